"""
What a network’s own tool tells, taken again and again without doubles.

A row is found again by the network’s identifier. What cannot be used is kept aside with a reason,
to mend over there; no value of it is kept, and no free text ever comes in.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from traitdunion.base.actors import Actor
from traitdunion.journal import operations as journal
from traitdunion.mentoring import network_files as reading
from traitdunion.mentoring.models import KeptAside, Network, NetworkFile
from traitdunion.mentoring.network_files import Aside, Cells
from traitdunion.mentoring.operations import taking_pairs, taking_sessions
from traitdunion.mentoring.operations.taking_pairs import Taken
from traitdunion.mentoring.states import FileKind

if TYPE_CHECKING:
    from traitdunion.base.sheets import Sheet
    from traitdunion.programme.schema import Plan

READ = 5_000


def load_file(
    *, network: Network, kind: str, sheet: "Sheet", plan: "Plan", by: Actor, at: datetime
) -> NetworkFile:
    """
    Take a file of pairs or of sessions. Raises Unreadable when a column is not there.
    """
    rows, ignored = reading.cells_of(sheet, kind)
    return take_rows(
        network=network,
        kind=kind,
        rows=rows,
        digest=sheet.digest,
        ignored=ignored,
        plan=plan,
        by=by,
        at=at,
    )


@transaction.atomic
def take_rows(
    *,
    network: Network,
    kind: str,
    rows: Iterable[tuple[int, Cells | None]],
    digest: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
    ignored: Sequence[str] = (),
) -> NetworkFile:
    """
    Record these rows, whole or not at all; those to mend are kept aside.

    Args:
        rows: number of each row in what was sent, and its cells by name.
        ignored: headings of the columns that were not read.
    """
    ground = reading.Ground(
        today=timezone.localtime(at).date(),
        zone=plan.programme.zone,
        kinds=tuple(plan.follow_up().check.kinds),
    )
    if kind == FileKind.PAIRS:
        pairs = reading.read_pairs(rows, ground)
        aside, read = pairs.aside, len(pairs.rows)
        taken = taking_pairs.take(network=network, rows=pairs.rows, plan=plan, by=by, at=at)
    else:
        sessions = reading.read_sessions(rows, ground)
        aside, read = sessions.aside, len(sessions.rows)
        taken = taking_sessions.take(network=network, rows=sessions.rows, plan=plan, by=by, at=at)
    aside = sorted([*aside, *taken.aside], key=lambda one: one.line)
    file = NetworkFile.objects.create(
        network=network,
        kind=kind,
        digest=digest,
        sent_at=at,
        rows=read + len(aside) - len(taken.aside),
        new=taken.new,
        corrected=taken.corrected,
        same=taken.same,
        aside=len(aside),
        ignored=[title[:80] for title in ignored][:50],
    )
    _keep_aside(file, aside, taken, at)
    journal.record(
        verb="mentoring.network_file_taken",
        subject=file,
        by=by,
        at=at,
        facts={
            "network": str(network.pk), "kind": kind, "digest": digest, "new": taken.new,
            "corrected": taken.corrected, "same": taken.same, "aside": len(aside),
        },
    )  # fmt: skip
    return file


def _keep_aside(file: NetworkFile, aside: Sequence[Aside], taken: Taken, at: datetime) -> None:
    """What is aside now takes the place of what was, and what came back whole is settled."""
    waiting = KeptAside.objects.filter(
        network=file.network_id, kind=file.kind, settled_at__isnull=True
    )
    told = {*taken.identifiers, *(one.external_id for one in aside if one.external_id)}
    known = waiting.exclude(external_id="").order_by("pk").values_list("pk", "external_id")
    settled = [pk for pk, name in known if name in told]
    # A row without an identifier is known by its file alone: the next file tells it again.
    settled += waiting.filter(external_id="").order_by("pk").values_list("pk", flat=True)
    for start in range(0, len(settled), READ):
        KeptAside.objects.filter(pk__in=settled[start : start + READ]).update(settled_at=at)
    KeptAside.objects.bulk_create(
        (
            KeptAside(
                network_id=file.network_id,
                file=file,
                kind=file.kind,
                external_id=one.external_id,
                line=one.line,
                reason=one.reason,
            )
            for one in aside
        ),
        batch_size=500,
    )
