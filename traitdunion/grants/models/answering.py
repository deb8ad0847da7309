"""What the association answers for: its report, the sample that is looked at, money given back."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.grants.models.deciding import Decision
from traitdunion.grants.states import ControlState, ReportState, Side


class UseReport(BaseModel):
    """What the association did with the grant."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ReportState.choices, default=ReportState.DUE)
    # None: no law asks for one at that date.
    due_on = models.DateField(null=True)
    spent_cents = models.BigIntegerField(null=True)
    text = models.TextField(blank=True)
    # How shared costs were divided.
    keys = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)
    # What the authority said when it took or sent back the report.
    remark = models.TextField(blank=True)
    looked_at = models.DateTimeField(null=True)
    # Unspent: kept as a reasonable surplus when the decision says so, or to be given back.
    kept_cents = models.BigIntegerField(default=0)
    to_return_cents = models.BigIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_submitted_is_whole",
                condition=Q(state="DUE")
                | Q(spent_cents__gte=0, submitted_at__isnull=False) & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="unspent_not_negative", condition=Q(kept_cents__gte=0, to_return_cents__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="use_report_by_due")]

    def __str__(self) -> str:
        return str(self.pk)


class ReportLine(models.Model):
    """One line of the table: planned, and real."""

    report = models.ForeignKey(UseReport, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=120)
    planned_cents = models.BigIntegerField(default=0)
    real_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "side", "position"], name="report_line_once"
            ),
            models.CheckConstraint(
                name="report_line_not_negative",
                condition=Q(planned_cents__gte=0, real_cents__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Control(BaseModel):
    """A draw among the grants of a period: its seed is published, anybody may draw again."""

    authority = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    seed = models.CharField(max_length=80)
    from_date = models.DateField()
    until_date = models.DateField()
    # Of the numbers among which it drew, in order.
    population = models.PositiveIntegerField()
    population_digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "seed"], name="control_seed_once")
        ]

    def __str__(self) -> str:
        return self.seed


class ControlCase(BaseModel):
    """One grant that the draw chose."""

    control = models.ForeignKey(Control, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=ControlState.choices, default=ControlState.DRAWN
    )
    observations = models.TextField(blank=True)
    answer_due_on = models.DateField(null=True)
    answer = models.TextField(blank=True)
    conclusion = models.TextField(blank=True)
    to_return_cents = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["control", "decision"], name="controlled_once"),
            models.CheckConstraint(
                name="nothing_returned_unheard",
                condition=~Q(state="TO_RETURN")
                | Q(asked_at__isnull=False, to_return_cents__gt=0) & ~Q(conclusion=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.control_id} {self.rank}"


class Restitution(BaseModel):
    """Money of a grant that came back."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    document = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="restitution_is_positive", condition=Q(amount_cents__gt=0)
            ),
            models.UniqueConstraint(fields=["decision", "document"], name="restitution_once"),
        ]

    def __str__(self) -> str:
        return self.document
