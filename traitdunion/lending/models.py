"""What lends devices out: agreements, loans, incidents, transfers between relays."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.lending.states import (
    AgreementState,
    EndReason,
    IncidentKind,
    Signature,
    TransferState,
)


class Agreement(BaseModel):
    """A loan agreement: for an award, or collective, for an organisation that runs workshops."""

    number = models.CharField(max_length=20, unique=True)
    relay = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    award = models.ForeignKey(
        "allocation.Award", null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "partners.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10)
    template = models.CharField(max_length=40)
    state = models.CharField(
        max_length=10, choices=AgreementState.choices, default=AgreementState.PREPARED
    )
    signature = models.CharField(max_length=10, choices=Signature.choices, blank=True)
    signatures_required = models.PositiveSmallIntegerField(default=1)
    signatures_given = models.PositiveSmallIntegerField(default=0)
    prepared_at = models.DateTimeField()
    signed_on = models.DateField(null=True)
    due_back_on = models.DateField()
    # Why a child is lent to without an award: of the situation, never a story about the child.
    reason = models.CharField(max_length=300, blank=True)
    # The adult who took it for an organisation. For a child, the name is on the paper alone.
    received_by = models.CharField(max_length=120, blank=True)
    # An absent family is seen again on that day.
    seen_again_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lent_to_one_borrower",
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["award"],
                condition=Q(award__isnull=False) & ~Q(state__in=("REFUSED", "ENDED")),
                name="one_agreement_an_award",
            ),
            models.CheckConstraint(
                condition=Q(award__isnull=False) | Q(person__isnull=True) | ~Q(reason=""),
                name="lent_without_award_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="SIGNED")
                | Q(signature="none")
                | Q(signatures_given__gte=models.F("signatures_required")),
                name="loan_signed_by_all",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(received_by=""),
                name="no_name_beside_a_child",
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(award__isnull=True, person__isnull=False)
                & ~Q(state__in=("REFUSED", "ENDED")),
                name="one_loan_without_award_a_kind",
            ),
        ]
        indexes = [models.Index(fields=["relay", "state"], name="agreement_by_relay")]

    def __str__(self) -> str:
        return self.number


class Loan(BaseModel):
    """One device, out of the door under an agreement, until it comes back."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("equipment.Device", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=10, choices=EndReason.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device"], condition=Q(ended_at__isnull=True), name="lent_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="")
                | Q(ended_at__isnull=False) & ~Q(end_reason=""),
                name="an_end_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["ended_at", "due_on"], name="loan_by_due_date")]

    def __str__(self) -> str:
        return str(self.pk)


class Incident(BaseModel):
    """A device that broke, was lost or stolen. No account of the child is kept here."""

    device = models.ForeignKey("equipment.Device", on_delete=models.PROTECT, related_name="+")
    loan = models.ForeignKey(Loan, null=True, on_delete=models.PROTECT, related_name="+")
    relay = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=IncidentKind.choices)
    declared_at = models.DateTimeField()
    complaint_number = models.CharField(max_length=60, blank=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.kind


class Transfer(BaseModel):
    """Devices sent from one organisation to another; theirs once received."""

    number = models.CharField(max_length=20, unique=True)
    sender = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=TransferState.choices, default=TransferState.SENT
    )
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(sender=models.F("receiver")), name="sent_to_somebody_else"
            )
        ]

    def __str__(self) -> str:
        return self.number


class TransferLine(BaseModel):
    """One device of a transfer."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("equipment.Device", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transfer", "device"], name="sent_once")]

    def __str__(self) -> str:
        return str(self.pk)
