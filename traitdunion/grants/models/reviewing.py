"""Who reviews an application, who is asked what they think, and what the batch would cost."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.grants.models.applying import Application
from traitdunion.grants.states import AssignmentKind, Stance


class Assignment(BaseModel):
    """Somebody reviews an application, or follows it, until it ends."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("partners.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AssignmentKind.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(kind="REVIEWER", ended_at__isnull=True),
                name="one_reviewer_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["application", "user", "kind"],
                condition=Q(ended_at__isnull=True),
                name="assigned_once",
            ),
        ]
        indexes = [models.Index(fields=["user", "kind"], name="assignment_by_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.application_id}"


class Opinion(BaseModel):
    """An organisation is asked what it thinks, before a date; it may not answer."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    question = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    stance = models.CharField(max_length=12, choices=Stance.choices, blank=True)
    text = models.TextField(blank=True)
    given_by = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "organisation"], name="opinion_once_an_organisation"
            ),
            models.CheckConstraint(
                name="an_opinion_given_takes_a_stance",
                condition=Q(given_at__isnull=True, stance="")
                | Q(given_at__isnull=False) & ~Q(stance=""),
            ),
        ]
        indexes = [models.Index(fields=["organisation", "given_at"], name="opinion_by_asked")]

    def __str__(self) -> str:
        return f"{self.stance} {self.application_id}"


class Score(BaseModel):
    """Points given on one criterion of the programme's grid."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    criterion = models.CharField(max_length=60)
    points = models.PositiveSmallIntegerField()
    given_by = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion"], name="criterion_once")
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.points}"


class ConflictOfInterest(BaseModel):
    """Somebody is tied to an association: neither reviews nor decides what it asks for."""

    user = models.ForeignKey("partners.User", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="conflict_declared_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.organisation_id}"


class Simulation(BaseModel):
    """A named trial of amounts against the envelope: it decides nothing."""

    authority = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=80)
    made_by = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "name"], name="simulation_named_once")
        ]

    def __str__(self) -> str:
        return self.name


class SimulationLine(models.Model):
    """What an application would receive in a simulation."""

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["simulation", "application"], name="simulated_once"),
            models.CheckConstraint(
                name="simulated_not_negative", condition=Q(amount_cents__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.simulation_id} {self.amount_cents}"
