"""
How a task runs: take the work up, call one operation, say how it ended. A task is three lines:

    @task()
    def propose(work_id: str, census_id: str) -> None:
        with running(work_id) as work:
            wave = allocation.propose(census_id=UUID(census_id), by=ROBOT, at=now())
            work.ends_with(message, path)
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.jobs import operations

log = logging.getLogger(__name__)


@dataclass
class Running:
    """What the task says of its end."""

    work_id: UUID
    message: str = ""
    path: str = ""

    def ends_with(self, message: str, path: str) -> None:
        self.message, self.path = message, path

    def tell(self, done: int, total: int) -> None:
        operations.tell(work_id=self.work_id, done=done, total=total, by=ROBOT, at=now())


@contextmanager
def running(work_id: str) -> Iterator[Running]:
    """Keep the work's state true whatever happens inside."""
    work = operations.begin(work_id=UUID(work_id), by=ROBOT, at=now())
    told = Running(work.pk)
    try:
        yield told
    except Refusal as refusal:
        operations.fail(work=work, error=refusal, by=ROBOT, at=now())
    except Exception as error:
        operations.fail(work=work, error=error, by=ROBOT, at=now())
        log.exception("work failed")
    else:
        operations.finish(
            work=work, message=told.message, result_path=told.path, by=ROBOT, at=now()
        )
