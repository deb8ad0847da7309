"""Networks, their branches, and the places that they are funded for."""

from django.db import models
from django.db.models import F, Q

from traitdunion.base.models import BaseModel
from traitdunion.mentoring.states import (
    AgreementState,
    Definition,
)


class Network(BaseModel):
    """A tutoring or mentoring network, or one of its local branches."""

    organisation = models.OneToOneField(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    # The head of the network, for a branch; a branch has no branch of its own.
    head = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # It sends its pairs and sessions from there, with its own identifiers.
    keeps_own_tool = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(head__isnull=True) | ~Q(head=F("id")), name="no_branch_of_itself"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class NetworkAgreement(BaseModel):
    """Places that a network is funded for: how many, at what price, until when, counted how."""

    number = models.CharField(max_length=20, unique=True)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    funder = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    envelope = models.ForeignKey("budget.Envelope", on_delete=models.PROTECT, related_name="+")
    commitment = models.OneToOneField(
        "budget.Commitment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=AgreementState.choices, default=AgreementState.DRAFT
    )
    places = models.PositiveIntegerField()
    price_cents = models.BigIntegerField()
    advance_cents = models.BigIntegerField(default=0)
    # By which of the two counts a place is paid.
    counted_by = models.CharField(max_length=10, choices=Definition.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    # The network owes a report every so many days, and a last one so many days after the end.
    report_every_days = models.PositiveSmallIntegerField(default=30)
    last_report_days = models.PositiveSmallIntegerField(default=60)
    # What was paid, place by place: never more than the places, nor twice the same.
    paid_places = models.PositiveIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1, price_cents__gte=1), name="places_have_a_price"
            ),
            models.CheckConstraint(
                condition=Q(advance_cents__gte=0)
                & Q(advance_cents__lte=F("places") * F("price_cents")),
                name="advance_within_agreement",
            ),
            models.CheckConstraint(
                condition=Q(paid_places__lte=F("places")), name="paid_within_places"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="agreement_lasts"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(commitment__isnull=False),
                name="signed_is_committed",
            ),
        ]
        indexes = [models.Index(fields=["network", "state"], name="network_agreement_by_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def amount_cents(self) -> int:
        return self.places * self.price_cents


class PlaceShare(BaseModel):
    """The places of an agreement in one territory, held by the head or a branch."""

    agreement = models.ForeignKey(NetworkAgreement, on_delete=models.PROTECT, related_name="+")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        "territories.Department", on_delete=models.PROTECT, related_name="+"
    )
    places = models.PositiveIntegerField()
    # Taken by one conditional UPDATE: two branches never take the last place.
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "network", "department"], name="share_once"
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")), name="places_not_exceeded"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
