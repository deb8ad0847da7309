"""Envelopes, what was committed on them, and every movement. Integer cents, never overspent."""

from django.db import models
from django.db.models import F, Q

from traitdunion.base.models import BaseModel
from traitdunion.budget.states import Movement


class Envelope(BaseModel):
    """Money that a holder may use for a strand. Its counters are what its entries sum to."""

    strand = models.ForeignKey("programme.Strand", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(
        "programme.Source", null=True, on_delete=models.PROTECT, related_name="+"
    )
    holder = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    authorized_cents = models.BigIntegerField(default=0)
    committed_cents = models.BigIntegerField(default=0)
    certified_cents = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="envelope_never_overspent",
                condition=Q(committed_cents__gte=0, committed_cents__lte=F("authorized_cents")),
            ),
            models.CheckConstraint(
                name="certified_within_committed",
                condition=Q(certified_cents__gte=0, certified_cents__lte=F("committed_cents")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def available_cents(self) -> int:
        return self.authorized_cents - self.committed_cents


class Commitment(BaseModel):
    """A signature that binds: an order today, an agreement or a decision later."""

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    certified_cents = models.BigIntegerField(default=0)
    label = models.CharField(max_length=200)
    reference = models.CharField(max_length=80)
    # Number of the engagement juridique in Chorus, when the State's accounting has given one.
    ej_number = models.CharField(max_length=20, blank=True)
    committed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="commitment_certified_within",
                condition=Q(certified_cents__gte=0, certified_cents__lte=F("amount_cents")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Entry(models.Model):
    """One movement. Rows are added, never changed or removed (triggers see to it)."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey(
        Commitment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    movement = models.CharField(max_length=10, choices=Movement.choices)
    amount_cents = models.BigIntegerField()
    document = models.CharField(max_length=120)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=40)
    by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="entry_is_positive"),
        ]
        indexes = [models.Index(fields=["envelope", "id"], name="entry_by_envelope")]

    def __str__(self) -> str:
        return f"{self.movement} {self.amount_cents}"
