"""The census: what was asked, what came, which needs it holds. No name is here."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.census.states import (
    Amended,
    Degree,
    Doubt,
    Equipment,
    NeedState,
    State,
    Verdict,
)


class Census(BaseModel):
    """One collection of needs; it closes at a date, and then has a digest."""

    programme = models.ForeignKey(
        "programme.Programme", on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opens_on = models.DateField()
    corrections_until_date = models.DateField()
    closes_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    # The programme's public text on the day of opening; empty for a former census.
    announced_seed = models.TextField(blank=True)
    # SHA-256 of the closed list; the seed follows from it and from the text announced, so that
    # nobody chooses a ticket.
    digest = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=200, blank=True)
    seed_published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="census_once"),
            models.CheckConstraint(
                condition=Q(seed_published_at__isnull=True) | ~Q(digest=""),
                name="no_seed_before_the_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Ask(BaseModel):
    """One neighbourhood was asked for its needs; what it answered, and whom to call."""

    census = models.ForeignKey(Census, on_delete=models.PROTECT, related_name="+")
    neighbourhood = models.ForeignKey(
        "territories.Neighbourhood", on_delete=models.PROTECT, related_name="+"
    )
    contact = models.ForeignKey(
        "partners.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    no_need_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["census", "neighbourhood"], name="asked_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Import(BaseModel):
    """One file that came; importing it again adds nothing."""

    census = models.ForeignKey(Census, on_delete=models.PROTECT, related_name="+")
    relay = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["census", "relay", "digest"], name="file_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Need(BaseModel):
    """A child needs a screen, a connection, or both. The child is in `people`."""

    census = models.ForeignKey(Census, on_delete=models.PROTECT, related_name="+")
    relay = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    neighbourhood = models.ForeignKey(
        "territories.Neighbourhood", null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Equipment.choices)
    degree = models.PositiveSmallIntegerField(choices=Degree.choices)
    priority = models.FloatField(default=0)
    level = models.CharField(max_length=20, blank=True)
    school_class = models.CharField(max_length=20, blank=True)
    drop_out_signal = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=NeedState.choices, default=NeedState.OPEN)
    doubt = models.CharField(max_length=10, choices=Doubt.choices, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["census", "person"],
                condition=~Q(state="WITHDRAWN"),
                name="one_need_a_child",
            ),
            models.CheckConstraint(
                condition=~Q(state="OPEN") | Q(neighbourhood__isnull=False),
                name="open_need_has_a_neighbourhood",
            ),
        ]
        indexes = [
            models.Index(fields=["census", "state", "neighbourhood"], name="need_by_place"),
            models.Index(fields=["relay", "state"], name="need_by_relay"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Duplicate(BaseModel):
    """Two needs that look like the same child: shown, settled by a person, never merged alone."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.TO_SETTLE)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "other"], name="pair_once"),
        ]

    def __str__(self) -> str:
        return f"{self.score:.2f}"


class ClosedLine(BaseModel):
    """
    A need as it stood when its census closed, as it is ranked: what the digest covers.

    Rows are added, never changed or removed (triggers see to it); what is settled later is an
    `Amendment` beside them.
    """

    append_only = True

    census = models.ForeignKey(Census, on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    # The code of the neighbourhood; empty while the address is in doubt.
    neighbourhood = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10, choices=Equipment.choices)
    degree = models.PositiveSmallIntegerField(choices=Degree.choices)
    priority = models.FloatField()
    # The same for two children of a household, and for nobody else; says nothing of the household.
    household = models.CharField(max_length=16, blank=True)
    cite_educative = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=NeedState.choices)
    # The event that carries the digest of these lines.
    told_by = models.UUIDField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["census", "need"], name="closed_once")]

    def __str__(self) -> str:
        return str(self.need_id)


class Amendment(models.Model):
    """What was settled on a need after the closing: it never changes the closed list."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    census = models.ForeignKey(Census, on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=Amended.choices)
    # Where the need stands since then.
    state = models.CharField(max_length=10, choices=NeedState.choices)
    neighbourhood = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()
    told_by = models.UUIDField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["census", "id"], name="amendment_by_census")]

    def __str__(self) -> str:
        return f"{self.need_id} {self.why}"


class Ceiling(BaseModel):
    """How many needs of one degree a neighbourhood may claim before a check, by decision."""

    census = models.ForeignKey(Census, on_delete=models.PROTECT, related_name="+")
    neighbourhood = models.ForeignKey(
        "territories.Neighbourhood", on_delete=models.PROTECT, related_name="+"
    )
    needs = models.PositiveIntegerField()
    # Of the situation of the neighbourhood, never of a child.
    reason = models.CharField(max_length=300)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["census", "neighbourhood"], name="ceiling_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="ceiling_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.needs}"
