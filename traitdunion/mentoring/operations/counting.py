"""Counters of who is followed: kept up with each session, for any day that anybody asks about."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.base.columns import DRAWN, Columns
from traitdunion.mentoring import arrays
from traitdunion.mentoring.models import CountedChild, FollowedSpan, Session

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan

CHUNK = 5_000

# Network (none: all of them), definition, first day, first day it no longer holds.
_Row = tuple[UUID | None, str, date, date | None]


@transaction.atomic
def refresh_followed(*, children: Collection[UUID], plan: "Plan", by: Actor, at: datetime) -> None:
    """
    Count these children again from their sessions; whoever writes a session calls it.

    Each child is held for the length of the transaction: of two sessions of one child logged
    together, the second sees the first. The event of the session tells what happened.
    """
    wanted = sorted(set(children))
    for start in range(0, len(wanted), CHUNK):
        _refresh(wanted[start : start + CHUNK], plan)


def _refresh(children: list[UUID], plan: "Plan") -> None:
    # One after another in the same order, so that two writers never wait for each other.
    held = CountedChild.objects.select_for_update().filter(pk__in=children).order_by("pk")
    known = dict(held.values_list("pk", "sessions"))
    counts: dict[UUID, int] = defaultdict(int)
    by_scope: dict[UUID | None, list[tuple[UUID, date]]] = defaultdict(list)
    rows = Session.objects.filter(child__in=children).order_by("child", "day", "pk")
    for child, network, day in rows.values_list("child_id", "network_id", "day"):
        counts[child] += 1
        by_scope[None].append((child, day))
        by_scope[network].append((child, day))
    now: dict[UUID, set[_Row]] = defaultdict(set)
    for scope, told in by_scope.items():
        for span in arrays.spans(arrays.told(told), plan):
            now[span.child].add((scope, span.definition, span.from_on, span.until_on))
    _replace(children, now)
    changed = [CountedChild(pk=pk, sessions=counts[pk]) for pk in known if known[pk] != counts[pk]]
    CountedChild.objects.bulk_update(changed, ["sessions"], batch_size=500)


def _replace(children: Iterable[UUID], now: Mapping[UUID, set[_Row]]) -> None:
    """Write what changed and nothing else: most sessions change one span, or none."""
    before: dict[UUID, dict[_Row, UUID]] = defaultdict(dict)
    rows = FollowedSpan.objects.filter(child__in=list(children)).order_by("pk")
    for pk, child, *row in rows.values_list(
        "pk", "child_id", "network_id", "definition", "from_on", "until_on"
    ):
        before[child][tuple(row)] = pk
    gone = [
        pk for child, kept in before.items() for row, pk in kept.items() if row not in now[child]
    ]
    for start in range(0, len(gone), CHUNK):
        FollowedSpan.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
    fresh = [(child, *row) for child, some in now.items() for row in some - before[child].keys()]
    columns: Columns = {
        "id": DRAWN,
        "child_id": [row[0] for row in fresh],
        "network_id": [row[1] for row in fresh],
        "definition": [row[2] for row in fresh],
        "from_on": [row[3] for row in fresh],
        "until_on": [row[4] for row in fresh],
    }
    if fresh:
        bulk.insert_columns(FollowedSpan, columns)
