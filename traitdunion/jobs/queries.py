"""Reading long work."""

from datetime import datetime, timedelta
from uuid import UUID

from traitdunion.base.errors import NotFound
from traitdunion.jobs.models import Work
from traitdunion.jobs.states import State

# A worker that left work waiting for longer than this is probably not running.
PATIENCE = timedelta(minutes=2)


def work(*, work_id: UUID, started_by: UUID) -> Work:
    """The work that this person started. Raises NotFound for anybody else's."""
    found = Work.objects.filter(pk=work_id, started_by=started_by).first()
    if found is None:
        raise NotFound
    return found


def recent(*, started_by: UUID, limit: int = 10) -> list[Work]:
    """What this person started last, newest first."""
    rows = Work.objects.filter(started_by=started_by)
    return list(rows.order_by("-created_at", "pk")[:limit])


def worker_seems_absent(*, at: datetime) -> bool:
    """Whether work has been waiting longer than a running worker would leave it."""
    return Work.objects.filter(state=State.WAITING, created_at__lt=at - PATIENCE).exists()


def asked_by(work_id: UUID) -> UUID | None:
    """The person who asked for this work, if it was one."""
    return Work.objects.values_list("started_by_id", flat=True).get(pk=work_id)


def total(work_id: UUID) -> int:
    """How much there is to do, as it was known at the start."""
    return Work.objects.values_list("total", flat=True).get(pk=work_id)
