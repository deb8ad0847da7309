"""Sessions as a network’s tool tells them, each on the pair that the same tool told before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils.translation import gettext as _

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.mentoring.models import Network, Pair, Session
from traitdunion.mentoring.network_files import Aside, ReadSession
from traitdunion.mentoring.operations.counting import refresh_followed
from traitdunion.mentoring.operations.taking_pairs import Taken
from traitdunion.mentoring.states import Origin

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan

READ, WRITE = 5_000, 500
# Of a session whose tool keeps the day alone: a minute after another for a second one.
NOON = time(12)
COLUMNS = (
    "id", "pair_id", "child_id", "network_id", "external_id", "started_at", "day", "minutes",
    "mode", "origin", "is_unchecked", "logged_at", "logged_by",
)  # fmt: skip


@dataclass
class _Known:
    """What is there already: pairs by identifier, sessions by identifier and by instant."""

    pairs: dict[str, Pair]
    by_name: dict[str, Session]
    by_instant: dict[tuple[UUID, datetime], Session]
    # Of tools that give sessions no identifier: those of a pair on a day.
    by_day: dict[tuple[UUID, date], Session]
    fresh: dict[UUID, Session] = field(default_factory=dict)
    changed: dict[UUID, Session] = field(default_factory=dict)
    children: set[UUID] = field(default_factory=set)


class _Refused(Exception):
    """The row cannot be used as it is."""


def take(
    *, network: Network, rows: Sequence[ReadSession], plan: "Plan", by: Actor, at: datetime
) -> Taken:
    """Record these sessions, and count again the children whose they are."""
    taken = Taken()
    known = _known(network, rows)
    zone = ZoneInfo(plan.programme.zone)
    for row in rows:
        try:
            _take_one(network, row, known, zone, taken, by, at)
        except _Refused as refused:
            taken.aside.append(Aside(row.line, row.external_id, str(refused)))
        else:
            taken.identifiers.add(row.external_id)
    _write(known)
    refresh_followed(children=known.children, plan=plan, by=by, at=at)
    return taken


def _known(network: Network, rows: Sequence[ReadSession]) -> _Known:
    pairs: dict[str, Pair] = {}
    names = sorted({row.pair_id for row in rows})
    for start in range(0, len(names), READ):
        found = Pair.objects.filter(
            network=network, external_id__in=names[start : start + READ]
        ).select_related("young")
        pairs.update({one.external_id: one for one in found.order_by("pk")})
    sessions: list[Session] = []
    ids = sorted({one.pk for one in pairs.values()})
    for start in range(0, len(ids), READ):
        sessions += Session.objects.filter(pair__in=ids[start : start + READ]).order_by("pk")
    wanted = sorted({row.external_id for row in rows if row.external_id})
    for start in range(0, len(wanted), READ):
        sessions += Session.objects.filter(
            network=network, external_id__in=wanted[start : start + READ]
        ).order_by("pk")
    return _Known(
        pairs=pairs,
        by_name={one.external_id: one for one in sessions if one.external_id},
        by_instant={(one.pair_id, one.started_at): one for one in sessions},
        by_day={(one.pair_id, one.day): one for one in sessions if not one.external_id},
    )


def _take_one(
    network: Network,
    row: ReadSession,
    known: _Known,
    zone: ZoneInfo,
    taken: Taken,
    by: Actor,
    at: datetime,
) -> None:
    pair = _pair_of(row, known)
    before = known.by_name.get(row.external_id) if row.external_id else None
    if before is None and not row.external_id:
        before = _unnamed(row, pair, known)
    started_at = _instant(row, pair, before, known, zone)
    values = {
        "pair_id": pair.pk,
        "child_id": pair.young.child_id,
        "started_at": started_at,
        "day": row.day,
        "minutes": row.minutes,
        "mode": row.mode,
        "is_unchecked": _is_unchecked(pair, row.day),
    }
    other = known.by_instant.get((pair.pk, started_at))
    if other is not None and other is not before:
        raise _Refused(_("une autre séance de ce binôme commence au même moment"))
    if before is None:
        before = Session(
            pk=uuid4(),
            network=network,
            external_id=row.external_id,
            origin=Origin.IMPORTED,
            logged_at=at,
            logged_by=by.actor_id,
            **values,
        )
        known.fresh[before.pk] = before
        taken.new += 1
    elif _differs(before, values):
        _correct(before, values, known)
        taken.corrected += 1
    else:
        taken.same += 1
        return
    known.children.add(values["child_id"])
    known.by_instant[pair.pk, started_at] = before
    if row.external_id:
        known.by_name[row.external_id] = before
    else:
        known.by_day[pair.pk, row.day] = before


def _pair_of(row: ReadSession, known: _Known) -> Pair:
    """The pair of that session, which was one that day. Raises _Refused."""
    pair = known.pairs.get(row.pair_id)
    if pair is None:
        raise _Refused(
            _("identifiant binôme : aucun binôme de ce nom ; envoyez d’abord les binômes")
        )
    if row.day < pair.made_on:
        raise _Refused(_("date : la séance est d’avant le début du binôme"))
    if pair.ended_on is not None and row.day > pair.ended_on:
        raise _Refused(_("date : la séance est d’après la fin du binôme"))
    return pair


def _unnamed(row: ReadSession, pair: Pair, known: _Known) -> Session | None:
    """Of a tool that gives sessions no identifier: the one that began then, or that day."""
    if row.started_at is not None:
        return known.by_instant.get((pair.pk, row.started_at))
    return known.by_day.get((pair.pk, row.day))


def _instant(
    row: ReadSession, pair: Pair, before: Session | None, known: _Known, zone: ZoneInfo
) -> datetime:
    """When it began: as told; else as kept; else at noon, or the first free minute after."""
    if row.started_at is not None:
        return row.started_at
    if before is not None and before.day == row.day and before.pair_id == pair.pk:
        return before.started_at
    started_at = datetime.combine(row.day, NOON, tzinfo=zone)
    while (pair.pk, started_at) in known.by_instant:
        started_at += timedelta(minutes=1)
    return started_at


def _is_unchecked(pair: Pair, day: date) -> bool:
    """Held after the mentor’s check ended, or after the time for which it was tolerated."""
    until = pair.check_until or pair.tolerated_until
    return until is not None and day > until


def _differs(before: Session, values: Mapping[str, object]) -> bool:
    return any(getattr(before, name) != value for name, value in values.items())


def _correct(before: Session, values: Mapping[str, object], known: _Known) -> None:
    known.children.add(before.child_id)
    known.by_instant.pop((before.pair_id, before.started_at), None)
    for name, value in values.items():
        setattr(before, name, value)
    if before.pk not in known.fresh:
        known.changed[before.pk] = before


def _write(known: _Known) -> None:
    names = ["pair", "child", "started_at", "day", "minutes", "mode", "is_unchecked"]
    changed = list(known.changed.values())
    Session.objects.bulk_update(changed, names, batch_size=200)
    bulk.insert(
        Session,
        COLUMNS,
        (
            [getattr(one, "pk" if name == "id" else name) for name in COLUMNS]
            for one in known.fresh.values()
        ),
    )
    touched = sorted({one.pair_id for one in [*changed, *known.fresh.values()]})
    for start in range(0, len(touched), READ):
        some = touched[start : start + READ]
        last = Session.objects.filter(pair__in=some).values("pair").order_by("pair")
        days = dict(last.annotate(on=Max("day")).values_list("pair", "on"))
        rows = [Pair(pk=pk, last_session_on=day) for pk, day in days.items()]
        Pair.objects.bulk_update(rows, ["last_session_on"], batch_size=WRITE)
