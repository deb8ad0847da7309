"""
Envelopes as a tree, what was committed on them, every movement in double entry.

The counters of an envelope and of a commitment are what its entries sum to; they exist so that a
constraint can hold them. What an excess counter holds is a fact made elsewhere that went beyond
the rule: shown, and to be put right before anything else is decided there.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression

from traitdunion.base.models import BaseModel
from traitdunion.budget.states import (
    Account,
    Document,
    ExtractState,
    Ledger,
    LineState,
    MovementKind,
    Origin,
    PaymentState,
    Regime,
    RequestState,
    Spending,
)


def _sum(*names: str) -> CombinedExpression | F:
    total: CombinedExpression | F = F(names[0])
    for name in names[1:]:
        total = total + F(name)
    return total


def _cents() -> models.BigIntegerField:
    return models.BigIntegerField(default=0)


class Coordinates(models.Model):
    """Where the State's accounting files it, as Chorus calls it."""

    cost_center = models.CharField(max_length=20, blank=True)
    functional_domain = models.CharField(max_length=20, blank=True)
    activity_code = models.CharField(max_length=20, blank=True)

    class Meta:
        abstract = True


class Envelope(BaseModel, Coordinates):
    """Money that a holder may use for a strand in a year; a part of a larger one, or of none."""

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # The same envelope the year before, which carried over to this one.
    follows = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    regime = models.CharField(max_length=10, choices=Regime.choices, default=Regime.STATE)
    budget_programme = models.ForeignKey(
        "programme.BudgetProgramme", null=True, on_delete=models.PROTECT, related_name="+"
    )
    strand = models.ForeignKey("programme.Strand", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(
        "programme.Source", null=True, on_delete=models.PROTECT, related_name="+"
    )
    holder = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    # Money that a holder outside the State received from a commitment of the State.
    funded_by = models.ForeignKey(
        "budget.Commitment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    label = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    authorized_cents = _cents()
    delegated_cents = _cents()
    committed_cents = _cents()
    carried_cents = _cents()
    lapsed_cents = _cents()
    certified_cents = _cents()
    advanced_cents = _cents()
    cp_granted_cents = _cents()
    cp_delegated_cents = _cents()
    cp_carried_cents = _cents()
    cp_lapsed_cents = _cents()
    paid_cents = _cents()

    ae_excess_cents = _cents()
    cp_excess_cents = _cents()
    service_excess_cents = _cents()
    payment_excess_cents = _cents()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="envelope_never_overspent",
                condition=Q(
                    authorized_cents__gte=_sum(
                        "delegated_cents", "committed_cents", "carried_cents", "lapsed_cents"
                    )
                    - F("ae_excess_cents")
                ),
            ),
            models.CheckConstraint(
                name="envelope_never_overpaid",
                condition=Q(
                    cp_granted_cents__gte=_sum(
                        "cp_delegated_cents", "paid_cents", "cp_carried_cents", "cp_lapsed_cents"
                    )
                    - F("cp_excess_cents")
                ),
            ),
            models.CheckConstraint(
                name="certified_within_committed",
                condition=Q(certified_cents__lte=F("committed_cents") + F("service_excess_cents")),
            ),
            models.CheckConstraint(
                name="paid_within_committed_and_certified",
                condition=Q(paid_cents__lte=F("committed_cents") + F("payment_excess_cents"))
                & Q(
                    paid_cents__lte=_sum(
                        "certified_cents", "advanced_cents", "payment_excess_cents"
                    )
                ),
            ),
            models.UniqueConstraint(
                fields=["holder", "strand", "year"],
                condition=Q(regime=Regime.IN_KIND),
                name="one_envelope_of_gifts",
            ),
            models.CheckConstraint(
                name="no_envelope_counter_is_negative",
                condition=Q(
                    authorized_cents__gte=0, delegated_cents__gte=0, committed_cents__gte=0,
                    carried_cents__gte=0, lapsed_cents__gte=0, certified_cents__gte=0,
                    advanced_cents__gte=0, cp_granted_cents__gte=0, cp_delegated_cents__gte=0,
                    cp_carried_cents__gte=0, cp_lapsed_cents__gte=0, paid_cents__gte=0,
                    ae_excess_cents__gte=0, cp_excess_cents__gte=0, service_excess_cents__gte=0,
                    payment_excess_cents__gte=0,
                ),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["parent", "year"], name="envelope_by_parent"),
            models.Index(fields=["holder", "year"], name="envelope_by_holder"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def available_cents(self) -> int:
        """What may still be committed or delegated; negative when facts went beyond."""
        used = self.delegated_cents + self.committed_cents + self.carried_cents
        return self.authorized_cents - used - self.lapsed_cents

    @property
    def cp_available_cents(self) -> int:
        """What may still be paid; of a holder outside the State, what it has in hand."""
        used = self.cp_delegated_cents + self.paid_cents + self.cp_carried_cents
        return self.cp_granted_cents - used - self.cp_lapsed_cents

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def excess_cents(self) -> int:
        """What facts made elsewhere left to put right."""
        money = self.ae_excess_cents + self.cp_excess_cents
        return money + self.service_excess_cents + self.payment_excess_cents


class Commitment(BaseModel, Coordinates):
    """A signature that binds: an order, an agreement with a network, a decision of grant."""

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="+")
    spending = models.CharField(max_length=10, choices=Spending.choices, default=Spending.ORDERS)
    beneficiary = models.ForeignKey(
        "partners.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The year whose AE it consumed: given back later than that, they are lost.
    year = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.HERE)
    amount_cents = models.BigIntegerField()
    certified_cents = _cents()
    advanced_cents = _cents()
    # Asked for, paid or not: two requests never cover the same service.
    requested_cents = _cents()
    paid_cents = _cents()
    service_excess_cents = _cents()
    payment_excess_cents = _cents()
    label = models.CharField(max_length=200)
    reference = models.CharField(max_length=80)
    # Number of the engagement juridique in Chorus, when the State's accounting has given one.
    ej_number = models.CharField(max_length=20, blank=True)
    committed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="commitment_certified_within",
                condition=Q(certified_cents__lte=F("amount_cents") + F("service_excess_cents")),
            ),
            models.CheckConstraint(
                name="commitment_paid_within",
                condition=Q(paid_cents__lte=F("amount_cents") + F("payment_excess_cents"))
                & Q(
                    paid_cents__lte=_sum(
                        "certified_cents", "advanced_cents", "payment_excess_cents"
                    )
                ),
            ),
            models.CheckConstraint(
                name="commitment_requested_within",
                condition=Q(
                    requested_cents__gte=F("paid_cents"),
                    requested_cents__lte=_sum(
                        "certified_cents", "advanced_cents", "payment_excess_cents"
                    ),
                ),
            ),
            models.CheckConstraint(
                name="no_commitment_counter_is_negative",
                condition=Q(
                    amount_cents__gte=0, certified_cents__gte=0, advanced_cents__gte=0,
                    requested_cents__gte=0, paid_cents__gte=0, service_excess_cents__gte=0,
                    payment_excess_cents__gte=0,
                ),
            ),
            models.UniqueConstraint(
                fields=["ej_number"], condition=~Q(ej_number=""), name="one_commitment_an_ej"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["envelope", "committed_at"], name="commitment_by_envelope"),
            models.Index(fields=["reference"], name="commitment_by_reference"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def payable_cents(self) -> int:
        """What may be asked for now."""
        most = min(self.amount_cents, self.certified_cents + self.advanced_cents)
        return max(0, most - self.requested_cents)


class Movement(models.Model):
    """
    One movement and its paper. Rows are added, never changed or removed (triggers see to it).
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey(
        Commitment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=MovementKind.choices)
    amount_cents = models.BigIntegerField()
    document_kind = models.CharField(
        max_length=10, choices=Document.choices, default=Document.DECISION
    )
    document = models.CharField(max_length=120)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.HERE)
    # Of a reversal: what it undoes, and why. Never a word about a person.
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=40)
    by_id = models.UUIDField(null=True)
    # The event of the journal that tells it and keeps its digest.
    told_by = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="movement_is_positive"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reason=""), name="reversal_says_why"
            ),
        ]
        indexes = [models.Index(fields=["envelope", "id"], name="movement_by_envelope")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_cents}"


class Entry(models.Model):
    """One line of a movement on one account. Rows are added, never changed or removed."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="+")
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey(
        Commitment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ledger = models.CharField(max_length=4, choices=Ledger.choices)
    account = models.CharField(max_length=12, choices=Account.choices)
    amount_cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="entry_moves_something"),
        ]
        indexes = [
            models.Index(fields=["envelope", "ledger", "account"], name="entry_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.ledger} {self.account} {self.amount_cents}"


class PaymentRequest(BaseModel):
    """What is asked of the accountant for a commitment; the platform never pays for the State."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="+")
    # The envelope whose CP pay it: that of the year of the payment.
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=PaymentState.choices, default=PaymentState.REQUESTED
    )
    amount_cents = models.BigIntegerField()
    # Number of the demande de paiement in Chorus.
    dp_number = models.CharField(max_length=20, blank=True)
    invoice = models.CharField(max_length=80, blank=True)
    requested_at = models.DateTimeField()
    # From when the law counts, under which rule of the programme, until when.
    counted_from = models.DateField()
    rule = models.CharField(max_length=60, blank=True)
    due_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="request_is_positive"),
            models.UniqueConstraint(
                fields=["dp_number"], condition=~Q(dp_number=""), name="one_payment_a_dp"
            ),
            models.CheckConstraint(
                condition=Q(state="PAID", paid_on__isnull=False)
                | ~Q(state="PAID") & Q(paid_on__isnull=True),
                name="a_paid_request_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["commitment", "requested_at"], name="payment_by_commitment"),
            models.Index(fields=["state", "due_on"], name="payment_by_due_date"),
        ]

    def __str__(self) -> str:
        return self.dp_number or str(self.pk)


class SignatureRequest(BaseModel):
    """A decision that waits for signatures; nothing is taken from the envelope until the last."""

    holder = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64, blank=True)
    # What will be done once it is signed, when it is the ledger's own affair.
    terms = models.JSONField(default=dict)
    label = models.CharField(max_length=200)
    amount_cents = models.BigIntegerField()
    needed = models.PositiveSmallIntegerField()
    # Counted here, so that of two last signatures at once one completes the request.
    signed = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(
        max_length=10, choices=RequestState.choices, default=RequestState.WAITING
    )
    asked_by_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(needed__gte=1, needed__lte=3, signed__lte=F("needed")),
                name="one_to_three_signatures",
            ),
            models.CheckConstraint(
                condition=~Q(state="SIGNED") | Q(signed=F("needed")),
                name="signed_by_all_who_must",
            ),
            models.CheckConstraint(
                condition=~Q(state="REFUSED") | ~Q(reason=""), name="a_refusal_says_why"
            ),
        ]
        indexes = [models.Index(fields=["holder", "state"], name="request_by_holder")]

    def __str__(self) -> str:
        return self.label


class Signature(BaseModel):
    """One person signed a request: never twice, never one's own."""

    request = models.ForeignKey(SignatureRequest, on_delete=models.PROTECT, related_name="+")
    signed_by_id = models.UUIDField()
    # Copied from the request, so that a constraint can compare.
    asked_by_id = models.UUIDField(null=True)
    # The delegation of signature in force that day; none when signing by one's office.
    delegation_id = models.UUIDField(null=True)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "signed_by_id"], name="nobody_signs_twice"),
            models.CheckConstraint(
                condition=Q(asked_by_id__isnull=True) | ~Q(signed_by_id=F("asked_by_id")),
                name="nobody_signs_their_own_request",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SigningDelegation(BaseModel):
    """Somebody may sign for an organisation, up to an amount, between two dates."""

    holder = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("partners.User", on_delete=models.PROTECT, related_name="+")
    up_to_cents = models.BigIntegerField()
    from_date = models.DateField()
    until_date = models.DateField()
    # The order (arrêté) that gives it.
    document = models.CharField(max_length=120)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(up_to_cents__gt=0, until_date__gte=F("from_date")),
                name="delegation_has_dates_and_amount",
            )
        ]

    def __str__(self) -> str:
        return self.document


class Extract(BaseModel):
    """A file of the State's accounting, compared line by line; nothing enters until confirmed."""

    holder = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=ExtractState.choices, default=ExtractState.COMPARED
    )
    loaded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "digest"],
                condition=~Q(state="ABANDONED"),
                name="extract_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ExtractLine(BaseModel):
    """One line of the extract, what it was compared with, and what was done about it."""

    extract = models.ForeignKey(Extract, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=LineState.choices)
    ej_number = models.CharField(max_length=20, blank=True)
    dp_number = models.CharField(max_length=20, blank=True)
    cost_center = models.CharField(max_length=20, blank=True)
    amount_cents = models.BigIntegerField(null=True)
    known_cents = models.BigIntegerField(null=True)
    paid_on = models.DateField(null=True)
    commitment = models.ForeignKey(
        Commitment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["extract", "line"], name="extract_line_once")
        ]
        indexes = [models.Index(fields=["extract", "state"], name="extract_line_by_state")]

    def __str__(self) -> str:
        return f"{self.line} {self.state}"
