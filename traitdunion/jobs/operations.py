"""Starting long work, and telling how far it is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.jobs.models import Work
from traitdunion.jobs.states import MOVES, State
from traitdunion.journal import operations as journal

UNEXPECTED = gettext_lazy("Une erreur imprévue a arrêté ce travail ; rien n’a été écrit à moitié.")


@transaction.atomic
def open_work(
    *, kind: str, organisation_id: UUID | None, total: int, by: Actor, at: datetime
) -> Work:
    """Note that long work is asked for; the edge then enqueues the task with the work's id."""
    work = Work.objects.create(
        kind=kind,
        started_by_id=by.actor_id,
        organisation_id=organisation_id,
        total=total,
        created_at=at,
    )
    journal.record(verb="jobs.work_opened", subject=work, by=by, at=at, facts={"kind": kind})
    return work


def begin(*, work_id: UUID, by: Actor, at: datetime) -> Work:
    """A worker takes the work up. Raises MoveRefused when it is already over."""
    work = Work.objects.get(pk=work_id)
    refusal = _("Ce travail est déjà terminé.")
    states.move(row=work, to=State.RUNNING, moves=MOVES, refusal=refusal, message="")
    return work


def tell(*, work_id: UUID, done: int, total: int, by: Actor, at: datetime) -> None:
    """Say how far the work is."""
    Work.objects.filter(pk=work_id, state=State.RUNNING).update(done=done, total=total)


def finish(*, work: Work, message: str, result_path: str, by: Actor, at: datetime) -> None:
    """The work is done; ``result_path`` is where its result is read."""
    _end(work, State.DONE, at, message=message, result_path=result_path, done=work.total)


def fail(*, work: Work, error: Exception, by: Actor, at: datetime) -> None:
    """The work stopped: a refusal is told as it is, anything else without detail."""
    message = str(error) if isinstance(error, Refusal) else str(UNEXPECTED)
    _end(work, State.FAILED, at, message=message[:500])


def _end(work: Work, to: State, at: datetime, **changes: Any) -> None:
    refusal = _("Ce travail est déjà terminé.")
    states.move(row=work, to=to, moves=MOVES, refusal=refusal, finished_at=at, **changes)
