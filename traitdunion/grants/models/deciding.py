"""What was decided, the letter that says it, the money asked for, the report that answers."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.grants.models.applying import Application
from traitdunion.grants.states import (
    DecisionForm,
    GrantPaymentState,
    Outcome,
    PaymentKind,
    ReportState,
)


class Decision(BaseModel):
    """One decision on an application; reopened, it is withdrawn and another one follows."""

    number = models.CharField(max_length=20, unique=True)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    form = models.CharField(max_length=10, choices=DecisionForm.choices)
    amount_cents = models.BigIntegerField(default=0)
    advance_cents = models.BigIntegerField(default=0)
    reason = models.TextField(blank=True)
    keeps_surplus = models.BooleanField(default=False)
    commitment = models.OneToOneField(
        "budget.Commitment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_decision_stands",
            ),
            models.CheckConstraint(
                name="granted_money_is_committed",
                condition=Q(outcome="ACCEPTED", amount_cents__gt=0, commitment__isnull=False)
                | ~Q(outcome="ACCEPTED")
                & Q(amount_cents=0, commitment__isnull=True)
                & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="advance_within_the_grant",
                condition=Q(advance_cents__gte=0, advance_cents__lte=models.F("amount_cents")),
            ),
        ]
        indexes = [models.Index(fields=["decided_at"], name="decision_by_date")]

    def __str__(self) -> str:
        return self.number


class Letter(BaseModel):
    """The paper that tells a decision; its pages carry the number by which it is found again."""

    number = models.CharField(max_length=20, unique=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    template = models.CharField(max_length=60)
    prepared_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # The signed paper came back.
    signed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class GrantPayment(BaseModel):
    """Money of a grant asked for: a part of what was decided, on an account, before a day."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=PaymentKind.choices)
    amount_cents = models.BigIntegerField()
    iban = models.CharField(max_length=34)
    account_holder = models.CharField(max_length=150)
    state = models.CharField(
        max_length=10,
        choices=GrantPaymentState.choices,
        default=GrantPaymentState.PREPARED,
    )
    payment = models.OneToOneField(
        "budget.PaymentRequest", null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_payment_is_positive", condition=Q(amount_cents__gt=0)
            ),
            models.UniqueConstraint(
                fields=["decision", "kind"],
                condition=~Q(state="CANCELLED"),
                name="grant_payment_once_a_kind",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="grant_payment_by_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_cents}"


class UseReport(BaseModel):
    """What the association did with the grant."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ReportState.choices, default=ReportState.DUE)
    due_on = models.DateField()
    spent_cents = models.BigIntegerField(null=True)
    text = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_on"], name="use_report_by_due")]

    def __str__(self) -> str:
        return str(self.pk)
