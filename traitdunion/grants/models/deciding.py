"""What was decided, the letter that says it, the money asked for."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.grants.models.applying import Application
from traitdunion.grants.states import (
    Channel,
    DecisionForm,
    GrantPaymentState,
    LetterKind,
    Outcome,
    PaymentKind,
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


class LetterTemplate(BaseModel):
    """The words of an authority for one kind of letter, who signs; a change is a new version."""

    authority = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=LetterKind.choices)
    version = models.PositiveSmallIntegerField()
    opening = models.TextField()
    # Articles: a line « # title », then its text.
    body = models.TextField()
    closing = models.TextField(blank=True)
    signatory_name = models.CharField(max_length=120)
    signatory_title = models.CharField(max_length=200)
    # Drawings, as SVG; empty: room is left to sign by hand.
    signature = models.TextField(blank=True)
    stamp = models.TextField(blank=True)
    made_by = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "kind", "version"], name="letter_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind.lower()}-{self.version}"


class Letter(BaseModel):
    """The paper that tells a decision; its pages carry the number by which it is found again."""

    number = models.CharField(max_length=20, unique=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    template = models.CharField(max_length=60)
    # None: the words that come with the service.
    words = models.ForeignKey(
        LetterTemplate, null=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField()
    # The worker drew it; what was drawn is kept as it left.
    drawn_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    # The signed paper came back.
    signed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["drawn_at", "prepared_at"], name="letter_to_draw")]

    def __str__(self) -> str:
        return self.number


class LetterContent(models.Model):
    """The PDF of a letter as it left."""

    letter = models.OneToOneField(
        Letter, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.pk)


class SignedPage(BaseModel):
    """A page of a letter that came back signed, as a picture."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            # The same pile uploaded twice adds nothing.
            models.UniqueConstraint(fields=["letter", "digest"], name="signed_page_once")
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.position}"


class PaymentFile(BaseModel):
    """Payments that left together: for the State's accountant, or for a bank."""

    number = models.CharField(max_length=20, unique=True)
    payer = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    payments = models.PositiveIntegerField()
    amount_cents = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["payer", "made_at"], name="payment_file_by_payer")]

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
    # None where no law gives a delay at that date.
    due_on = models.DateField(null=True)
    file = models.ForeignKey(PaymentFile, null=True, on_delete=models.PROTECT, related_name="+")
    # Why the bank sent it back.
    reason = models.CharField(max_length=300, blank=True)
    reminded_at = models.DateTimeField(null=True)
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


class BankChange(BaseModel):
    """Other bank details after the decision: held until a second person releases them."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    iban = models.CharField(max_length=34)
    account_holder = models.CharField(max_length=150)
    reason = models.CharField(max_length=300)
    asked_by_id = models.UUIDField()
    asked_at = models.DateTimeField()
    released_by_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(ended_at__isnull=True),
                name="one_bank_change_at_a_time",
            ),
            models.CheckConstraint(
                name="nobody_releases_their_own_change",
                condition=Q(released_by_id__isnull=True)
                | ~Q(released_by_id=models.F("asked_by_id")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
