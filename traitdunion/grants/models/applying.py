"""What an association asks for, its pieces, its signature, what was said about it."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.grants.states import (
    ApplicationState,
    MessageKind,
    PieceKind,
    Purpose,
    SignatureKind,
)


class Application(BaseModel):
    """
    A request for a grant. It belongs to the organisation, whoever of its members filled it in.
    """

    number = models.CharField(max_length=10, unique=True)
    strand = models.ForeignKey("programme.Strand", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    # Whoever decides: the préfecture of the département.
    authority = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=12, choices=ApplicationState.choices, default=ApplicationState.DRAFT
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices, blank=True)
    title = models.CharField(max_length=150, blank=True)
    summary = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    requested_cents = models.BigIntegerField(null=True)
    granted_cents = models.BigIntegerField(null=True)
    # « Mairie 2 000 », one a line, and what they sum to.
    other_aid = models.TextField(blank=True)
    other_aid_cents = models.BigIntegerField(default=0)
    iban = models.CharField(max_length=34, blank=True)
    account_holder = models.CharField(max_length=150, blank=True)
    representative_name = models.CharField(max_length=120, blank=True)
    representative_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    # As they are compared, to see the same president or address elsewhere.
    representative_folded = models.CharField(max_length=120, blank=True, editable=False)
    address_folded = models.CharField(max_length=300, blank=True, editable=False)
    # Why it was refused or closed.
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    # After that day, silence means refusal; none where no law says so at that date.
    silence_on = models.DateField(null=True)
    review_started_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "strand"],
                condition=Q(state="DRAFT"),
                name="one_draft_an_organisation",
            ),
            models.CheckConstraint(
                name="grant_asked_is_positive",
                condition=Q(requested_cents__isnull=True) | Q(requested_cents__gt=0),
            ),
            models.CheckConstraint(
                name="grant_within_what_is_asked",
                condition=Q(granted_cents__isnull=True)
                | Q(granted_cents__gt=0, granted_cents__lte=models.F("requested_cents")),
            ),
            models.CheckConstraint(
                name="other_aid_not_negative", condition=Q(other_aid_cents__gte=0)
            ),
            models.CheckConstraint(
                name="submitted_is_whole",
                condition=Q(state="DRAFT")
                | Q(requested_cents__isnull=False, submitted_at__isnull=False)
                & ~Q(purpose="")
                & ~Q(title=""),
            ),
            models.CheckConstraint(
                name="accepted_says_how_much",
                condition=~Q(state="ACCEPTED")
                | Q(granted_cents__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="refused_says_why",
                condition=~Q(state__in=("REFUSED", "CLOSED"))
                | Q(decided_at__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_starts", condition=Q(ends_on__gte=models.F("starts_on"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "state", "submitted_at"], name="application_by_authority"
            ),
            models.Index(fields=["organisation", "created_at"], name="application_by_asker"),
            models.Index(fields=["iban"], name="application_by_iban"),
            models.Index(fields=["representative_folded"], name="application_by_president"),
            models.Index(fields=["address_folded"], name="application_by_address"),
        ]

    def __str__(self) -> str:
        return self.number


class ApplicationNeighbourhood(models.Model):
    """A neighbourhood that the association says it serves with this grant."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    neighbourhood = models.ForeignKey(
        "territories.Neighbourhood", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "neighbourhood"], name="neighbourhood_served_once"
            )
        ]
        indexes = [models.Index(fields=["neighbourhood"], name="application_by_quarter")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.neighbourhood_id}"


class Piece(BaseModel):
    """A document attached, as it was cleaned when it came in; a later one replaces it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=PieceKind.choices)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    added_by = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # The same photograph sent twice by an impatient finger is one piece.
            models.UniqueConstraint(
                fields=["application", "kind", "digest"],
                condition=Q(removed_at__isnull=True),
                name="piece_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PieceContent(models.Model):
    """The bytes of a piece, apart: lists never carry them."""

    piece = models.OneToOneField(
        Piece, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.pk)


class Signature(BaseModel):
    """The legal representative commits the association: by a link sent, or a mandate attached."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=SignatureKind.choices)
    # Of the link; empty for a mandate.
    token_digest = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    # Of the answers that were signed: changed afterwards, they are signed again.
    content_digest = models.CharField(max_length=64, blank=True)
    commits_to_republic = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token_digest"], condition=~Q(token_digest=""), name="signing_link_once"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(revoked_at__isnull=True),
                name="one_signature_an_application",
            ),
            models.CheckConstraint(
                name="signed_says_what",
                condition=Q(signed_at__isnull=True) | ~Q(content_digest=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Message(BaseModel):
    """What the association and those who review write to each other inside the application."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=10, choices=MessageKind.choices, default=MessageKind.MESSAGE
    )
    from_applicant = models.BooleanField()
    author = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()
    sent_at = models.DateTimeField()
    # Of a correction: the applicant said that it is done.
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="message_says_something", condition=~Q(text="")),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(kind="CORRECTION", answered_at__isnull=True),
                name="one_correction_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["application", "sent_at"], name="message_by_application")]

    def __str__(self) -> str:
        return str(self.pk)
