"""How many are followed: on any day, by two definitions at once, and where that is going."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from traitdunion.engine import following
from traitdunion.engine.following import Forecast
from traitdunion.mentoring.models import (
    CountCertificate,
    FollowedSpan,
    Network,
    Session,
    YoungPerson,
)
from traitdunion.mentoring.states import Definition, Level
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat
    from traitdunion.programme.schema import Plan

Row = TypeVar("Row", Session, FollowedSpan)
WEEK = timedelta(days=7)
# Weeks of the past that say how fast it goes.
SEEN = 8


@dataclass(frozen=True, slots=True)
class Scope:
    """Among whom: everybody, or some networks, départements or a level."""

    networks: tuple[UUID, ...] = ()
    departments: frozenset[str] = frozenset()
    level: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """The two counts, which always appear together."""

    wide: int = 0
    strict: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One day of the curve; ``aim`` is on the straight line from the baseline to the target."""

    on: date
    wide: int
    strict: int
    aim: int


@dataclass(frozen=True, slots=True)
class Curve:
    """From the first day of the programme to the day asked, a point a week."""

    points: tuple[Point, ...]
    # On the day of the target, when there is enough past to say.
    wide: Forecast | None
    strict: Forecast | None


EVERYBODY = Scope()


def scope_of(seat: "Seat | None") -> Scope | None:
    """What a seat may count: its networks, its territory, or everybody; None for nobody."""
    if seat is None:
        return None
    area = seat.perimeter
    if area.everything:
        return EVERYBODY
    departments = area.departments
    if area.academies:
        departments = territories.departments_of_academies(area.academies)
    if area.neighbourhoods:
        # A cité éducative reads the count of its département: its own would tell of few children.
        departments = territories.departments_of_neighbourhoods(area.neighbourhoods)
    if departments:
        return Scope(departments=departments)
    own = Q(organisation=seat.organisation.pk) | Q(head__organisation=seat.organisation.pk)
    networks = Network.objects.filter(own).order_by("pk").values_list("pk", flat=True)
    return Scope(networks=tuple(networks)) if networks else None


def followed(on: date, scope: Scope = EVERYBODY) -> Tally:
    """How many distinct young people are followed on that day."""
    # One definition at a time: the whole answer is in the index.
    wide, strict = (
        spans(scope).filter(holding(on), definition=code).aggregate(n=_children(scope))["n"]
        for code in (Definition.WIDE, Definition.STRICT)
    )
    return Tally(wide, strict)


def by_network(on: date, scope: Scope = EVERYBODY) -> list[Tally]:
    """
    Distinct inside each network. Their sum is more than the whole, by those whom two follow.
    """
    rows = _narrowed(FollowedSpan.objects.filter(network__isnull=False), scope)
    return _tallies(rows.filter(holding(on)), "network__organisation__name")


def by_department(on: date, scope: Scope = EVERYBODY) -> list[Tally]:
    return _tallies(spans(scope).filter(holding(on)), "child__department__name")


def by_level(on: date, scope: Scope = EVERYBODY) -> list[Tally]:
    found = {one.name: one for one in _tallies(spans(scope).filter(holding(on)), "child__level")}
    named = [(found[level], str(Level(level).label)) for level in Level if level in found]
    rest = [Tally(one.wide, one.strict) for name, one in found.items() if not name]
    return [Tally(one.wide, one.strict, name) for one, name in named] + rest


def spans(scope: Scope) -> QuerySet[FollowedSpan]:
    """
    The spans of whoever is in the scope. In several networks, whoever one of them follows.
    """
    rows = (
        FollowedSpan.objects.filter(network__in=scope.networks)
        if scope.networks
        else FollowedSpan.objects.filter(network__isnull=True)
    )
    return _narrowed(rows, scope)


def holding(on: date) -> Q:
    """The spans that hold on that day."""
    return Q(from_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gt=on))


def curve(on: date, plan: "Plan", scope: Scope = EVERYBODY) -> Curve:
    """The counts week after week until that day, the line of the target, the forecast."""
    target = plan.targets.get("mentoring")
    start = plan.programme.start_date
    days = [start]
    while days[-1] + WEEK <= on:
        days.append(days[-1] + WEEK)
    if days[-1] < on:
        days.append(on)
    changes = _changes(scope)
    counts = [(_at(changes, Definition.WIDE, d), _at(changes, Definition.STRICT, d)) for d in days]
    points = tuple(
        Point(day, wide, strict, _aim(day, plan))
        for day, (wide, strict) in zip(days, counts, strict=True)
    )
    if target is None or on >= target.by_date:
        return Curve(points, None, None)
    weekly = [on - WEEK * back for back in reversed(range(SEEN)) if on - WEEK * back >= start]
    ahead = (target.by_date - on).days / 7
    wide, strict = (
        following.forecast(counts=[_at(changes, code, d) for d in weekly], steps=ahead)
        if len(weekly) >= 3
        else None
        for code in (Definition.WIDE, Definition.STRICT)
    )
    return Curve(points, wide, strict)


def sessions_told(on: date, scope: Scope = EVERYBODY) -> QuerySet[Session]:
    """The sessions from which a count of that day is made."""
    return _narrowed(Session.objects.filter(day__lte=on), scope)


def certificates_seen_by(seat: "Seat | None") -> QuerySet[CountCertificate]:
    """
    All of them for whoever counts everybody; a network’s own; those of a préfecture’s agreements.
    """
    rows = CountCertificate.objects.select_related("network__organisation", "agreement")
    rows = rows.order_by("-at", "number")
    scope = scope_of(seat)
    if scope is None:
        return rows.none()
    if scope.networks:
        return rows.filter(network__in=scope.networks)
    if scope.departments and seat is not None:
        return rows.filter(agreement__funder=seat.organisation.pk)
    return rows


def counted_twice() -> int:
    """Young people whom several networks list: what counting enrolments would add."""
    rows = YoungPerson.objects.filter(child__isnull=False, network__isnull=False).values("child")
    several = rows.annotate(n=Count("network", distinct=True)).filter(n__gt=1).order_by("child")
    return several.count()


def _narrowed(rows: QuerySet[Row], scope: Scope) -> QuerySet[Row]:
    """Of what a network tells of a child, what is in that scope."""
    if scope.networks:
        rows = rows.filter(network__in=scope.networks)
    if scope.departments:
        rows = rows.filter(child__department__in=scope.departments)
    if scope.level:
        rows = rows.filter(child__level=scope.level)
    return rows


def _children(scope: Scope) -> Count:
    """In one network, or over everybody, a child has one span a day at most: rows are children."""
    return Count("child", distinct=True) if len(scope.networks) > 1 else Count("*")


def _tallies(rows: QuerySet[FollowedSpan], by: str) -> list[Tally]:
    grouped = rows.values("definition", name=F(by)).annotate(n=Count("child", distinct=True))
    found: dict[str, dict[str, int]] = {}
    for row in grouped.order_by("name", "definition"):
        found.setdefault(row["name"] or "", {})[row["definition"]] = row["n"]
    return [
        Tally(one.get(Definition.WIDE, 0), one.get(Definition.STRICT, 0), name)
        for name, one in found.items()
    ]


# Definition to (day, how many more that day, fewer when negative).
_Changes = dict[str, list[tuple[date, int]]]


def _changes(scope: Scope) -> _Changes:
    """When counts go up and down, read once for a whole curve."""
    found: _Changes = {code: [] for code in Definition}
    rows = spans(scope).values("definition", "from_on", "until_on").annotate(n=_children(scope))
    ordered: Iterable[dict[str, object]] = rows.order_by("definition", "from_on", "until_on")
    for row in ordered:
        found[row["definition"]].append((row["from_on"], row["n"]))
        if row["until_on"]:
            found[row["definition"]].append((row["until_on"], -row["n"]))
    return found


def _at(changes: _Changes, code: str, on: date) -> int:
    return sum(count for day, count in changes[code] if day <= on)


def _aim(on: date, plan: "Plan") -> int:
    target = plan.targets.get("mentoring")
    if target is None:
        return 0
    whole = max(1, (target.by_date - plan.programme.start_date).days)
    gone = min(whole, max(0, (on - plan.programme.start_date).days))
    return target.baseline + (target.target - target.baseline) * gone // whole


def young_of_agreement(agreement_id: UUID) -> Collection[UUID]:
    """The counted children who hold, or held, a place of the agreement."""
    rows = YoungPerson.objects.filter(share__agreement=agreement_id, child__isnull=False)
    return set(rows.order_by("pk").values_list("child_id", flat=True))
