"""The only tables that hold names: children, those who answer for them, where they live."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.people.states import Activity, Answer, Kind, Means, Method


class Household(BaseModel):
    """Children who share a home, as a relay declared it; one visit serves them all."""

    # Keyed digest of what the relay calls this household; found again, never read.
    key = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return str(self.pk)


class Person(BaseModel):
    """A child, or an adult who answers for one. ``__str__`` tells no name."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField(null=True)
    # Keyed digest of name and birth date: the same child is found again without reading names.
    search_key = models.CharField(max_length=64, db_index=True)
    # The code under which a child appears outside this app (``queries.pseudonym``), kept so that
    # a code leads back to its child at once.
    code = models.CharField(max_length=12, blank=True)
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    # The relay that made the person known, and may read the file.
    known_to = models.UUIDField(db_index=True)
    created_at = models.DateTimeField()
    objected_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["code"], condition=~Q(code=""), name="person_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Guardianship(BaseModel):
    """
    Who holds parental authority over a child: an adult, or a service or institution.

    At most two; each with an address of its own when parents live apart.
    """

    child = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    guardian = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    institution = models.ForeignKey(
        "partners.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    rank = models.PositiveSmallIntegerField(default=1)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=40, blank=True)
    # Somebody of the relay spoke with this adult there: links go to no other place.
    verified_at = models.DateTimeField(null=True)
    verified_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "rank"], name="one_guardian_a_rank"),
            models.CheckConstraint(condition=Q(rank__in=(1, 2)), name="two_guardians_at_most"),
            models.CheckConstraint(
                condition=Q(guardian__isnull=False, institution__isnull=True)
                | Q(guardian__isnull=True, institution__isnull=False),
                name="guardian_or_institution",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Address(BaseModel):
    """Where a person lives; purged once it has been judged and is no longer needed."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=120, blank=True)
    city_code = models.CharField(max_length=5, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    # What the geocoder said: only house-number precision with a sufficient score decides.
    found_type = models.CharField(max_length=20, blank=True)
    found_score = models.FloatField(null=True)
    asked_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(lon__isnull=True, purged_at__isnull=True),
                name="address_to_place",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class EligibilityDecision(BaseModel):
    """A dated answer on where a child lives; kept when the address is purged. Only grows."""

    append_only = True

    person_id = models.UUIDField(db_index=True)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    neighbourhood = models.ForeignKey(
        "territories.Neighbourhood", null=True, on_delete=models.PROTECT, related_name="+"
    )
    layer = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=20, choices=Method.choices)
    distance_m = models.FloatField(null=True)
    tolerance_m = models.FloatField(default=0)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=40)
    by_id = models.UUIDField(null=True)
    # The event that carries the digest of this decision; none for those it found there.
    told_by = models.UUIDField(null=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["person_id", "at"], name="eligibility_by_person")]

    def __str__(self) -> str:
        return f"{self.answer} {self.at:%Y-%m-%d}"


class Authorisation(BaseModel):
    """What a holder of parental authority said of an activity. Never called consent."""

    child = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    guardianship = models.ForeignKey(
        Guardianship, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    activity = models.CharField(max_length=20, choices=Activity.choices)
    is_given = models.BooleanField()
    means = models.CharField(max_length=20, choices=Means.choices)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.activity} {self.is_given}"


class AuthorisationRequest(BaseModel):
    """
    A question put to one adult, by a link or a code on paper, which answers once and expires.

    It is bound to the telephone and e-mail that were verified: once they change, it opens nothing.
    Only the digests are kept.
    """

    child = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    guardianship = models.ForeignKey(Guardianship, on_delete=models.CASCADE, related_name="+")
    activity = models.CharField(max_length=20, choices=Activity.choices)
    means = models.CharField(max_length=20, choices=Means.choices)
    secret_digest = models.CharField(max_length=64, unique=True)
    contact_digest = models.CharField(max_length=64)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    is_given = models.BooleanField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("asked_at")), name="request_lasts"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, is_given__isnull=True)
                | Q(answered_at__isnull=False, is_given__isnull=False),
                name="an_answer_is_yes_or_no",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="no_answer_once_cancelled",
            ),
            models.UniqueConstraint(
                fields=["guardianship", "activity"],
                condition=Q(answered_at__isnull=True, cancelled_at__isnull=True),
                name="one_open_request_an_adult",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.asked_at:%Y-%m-%d}"


class Note(BaseModel):
    """
    What somebody wrote about a child for those who follow the child in the same organisation.

    Free text: it stays here, leaves with the file, and no other organisation ever reads it.
    """

    child = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation_id = models.UUIDField()
    author_id = models.UUIDField()
    text = models.CharField(max_length=2_000)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["child", "organisation_id", "at"], name="note_by_child")]

    def __str__(self) -> str:
        return str(self.pk)


class RecognitionKey(BaseModel):
    """
    A keyed digest by which a child in mentoring is recognised in another network's list.

    Several a child, one for each slip of the hand; no name can be read in them.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.BigIntegerField(db_index=True)
    is_exact = models.BooleanField()

    def __str__(self) -> str:
        return str(self.pk)


class InformationNotice(BaseModel):
    """
    The family of a listed child must be told, within a month, by whom and why (GDPR art. 14).
    """

    child = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    relay = models.UUIDField(db_index=True)
    due_on = models.DateField()
    printed_at = models.DateTimeField(null=True)
    handed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.due_on:%Y-%m-%d}"


class ListFile(BaseModel):
    """
    A list that a relay sent: it waits here, with its names, until it is recorded or abandoned.

    Its bytes go as soon as it is recorded; the rows to mend, some days later.
    """

    organisation_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)
    choices = models.JSONField(default=dict)
    sent_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)
    # What it brought: counts, columns and notices, without a name.
    summary = models.JSONField(default=dict)
    # The rows that were refused, as a table to mend and send again.
    refused = models.BinaryField(null=True)

    def __str__(self) -> str:
        return str(self.pk)
