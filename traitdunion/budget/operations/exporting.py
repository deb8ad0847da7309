"""The whole ledger in a file, for a checker that is not ours."""

from collections.abc import Callable
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from uuid import uuid4

from traitdunion.base.actors import Actor
from traitdunion.base.snapshots import one_instant
from traitdunion.base.whole_files import whole_file
from traitdunion.budget import beancount
from traitdunion.budget.beancount import Written
from traitdunion.journal import operations as journal


def export_ledger(
    *, path: Path, by: Actor, at: datetime, progress: Callable[[int], None] = lambda _n: None
) -> Written:
    """
    Write every movement and entry for beancount, as they stood at one instant.

    Args:
        progress: called with the number of movements written since.
    Raises: OSError.
    """
    written, told = Written(), 0
    with whole_file(path) as out:
        text = TextIOWrapper(out, encoding="utf-8", write_through=False)
        with one_instant():
            for line in beancount.lines(written):
                text.write(line)
                if written.movements > told:
                    progress(written.movements - told)
                    told = written.movements
        text.flush()
        text.detach()
        facts = {"movements": written.movements, "entries": written.entries}
        subjects = [(uuid4(), facts)]
        kind = "budget.export"
        journal.record_many(
            verb="budget.exported", subject_kind=kind, subjects=subjects, by=by, at=at
        )
    return written
