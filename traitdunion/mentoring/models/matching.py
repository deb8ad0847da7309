"""What the match proposes, who was refused, who coordinates while somebody is away."""

from django.db import models
from django.db.models import F, Q

from traitdunion.base.models import BaseModel
from traitdunion.mentoring.models.agreements import Network
from traitdunion.mentoring.models.following import Mentor, YoungPerson
from traitdunion.mentoring.states import Mode


class Proposal(BaseModel):
    """A pair that the match proposes, until somebody confirms it or asks for another draw."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    young = models.OneToOneField(YoungPerson, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10, choices=Mode.choices)
    score = models.PositiveSmallIntegerField(default=0)
    # [code, value] each: what the two have in common.
    reasons = models.JSONField(default=list)
    # Chosen by a person: the next match leaves it as it is.
    is_chosen = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=999), name="proposal_score_to_999")
        ]
        indexes = [models.Index(fields=["network"], name="proposal_by_network")]

    def __str__(self) -> str:
        return str(self.pk)


class PairRefusal(BaseModel):
    """A pair that one of the two or a coordinator does not want: never proposed again."""

    young = models.ForeignKey(YoungPerson, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["young", "mentor"], name="refused_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CoordinatorAbsence(BaseModel):
    """A coordinator is away, and somebody else of the network answers for their pairs."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("partners.User", on_delete=models.PROTECT, related_name="+")
    cover = models.ForeignKey("partners.User", on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="absence_lasts"),
            models.CheckConstraint(condition=~Q(user=F("cover")), name="covered_by_another"),
        ]
        indexes = [models.Index(fields=["network", "until_on"], name="absence_by_network")]

    def __str__(self) -> str:
        return f"{self.from_on:%Y-%m-%d}"
