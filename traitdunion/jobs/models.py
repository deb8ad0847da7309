"""Long work that can be left and found again."""

from django.conf import settings
from django.db import models

from traitdunion.base.models import BaseModel
from traitdunion.jobs.states import State


class Work(BaseModel):
    """One piece of long work, as the person who started it sees it."""

    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # Where to go when it is finished (a path of this site), and one sentence on what happened.
    result_path = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["started_by", "created_at"], name="work_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0

    @property
    def is_over(self) -> bool:
        return self.state in {State.DONE, State.FAILED}
