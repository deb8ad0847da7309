"""Reading the census: every neighbourhood, every need, no name."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound, Refusal
from traitdunion.census import closed
from traitdunion.census.models import Ask, Ceiling, Census, Duplicate, Import, Need
from traitdunion.census.states import Asked, Doubt, NeedState, State, Verdict
from traitdunion.partners import queries as partners
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat
    from traitdunion.programme.schema import Plan

BATCH = 5_000


class NoCensus(NotFound):
    """No census is open, or none at all."""


class CensusClosed(Refusal):
    """Nothing more enters a closed census, or one whose last day is over."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """What is known of one neighbourhood: asked or not, answered or silent, what it needs."""

    neighbourhood_id: UUID
    code: str
    name: str
    department: str
    communes: str
    asked: Asked
    asked_at: datetime | None
    contact: str
    phone: str
    pupils: int | None
    needs: int
    open_needs: int
    doubtful: int
    recorded_by: tuple[str, ...]
    # Needs of one degree before a check, and why when somebody decided it.
    ceiling: int | None = None
    ceiling_reason: str = ""

    @property
    def per_hundred(self) -> float | None:
        """Needs per 100 pupils, where the number of pupils is known."""
        return round(100 * self.needs / self.pupils, 1) if self.pupils else None


def current(programme_id: UUID) -> Census:
    """The latest census. Raises NoCensus."""
    found = Census.objects.filter(programme=programme_id).order_by("-number").first()
    if found is None:
        raise NoCensus(_("Aucun recensement n’est ouvert : l’administration du plan l’ouvre."))
    return found


def current_or_none(programme_id: UUID) -> Census | None:
    return Census.objects.filter(programme=programme_id).order_by("-number").first()


def latest() -> Census | None:
    """The census that was opened last, whatever the programme."""
    return Census.objects.order_by("-opens_on", "-number", "pk").first()


def day_of(plan: "Plan", at: datetime) -> date:
    """The day it is where the programme runs."""
    return at.astimezone(ZoneInfo(plan.programme.zone)).date()


def check_open(census: Census, plan: "Plan", at: datetime) -> None:
    """Raises CensusClosed once the census is closed, or its last day over."""
    # As it is now: a long list may have been read while somebody closed.
    if Census.objects.values_list("state", flat=True).get(pk=census.pk) != State.OPEN:
        raise CensusClosed(
            _("Le recensement est clos : cette liste comptera pour la vague suivante.")
        )
    if day_of(plan, at) > census.closes_on:
        raise CensusClosed(
            _("Le recensement a pris fin le %(day)s : ces besoins compteront au suivant.")
            % {"day": census.closes_on.strftime("%d/%m/%Y")}
        )


def may_close_on(census: Census, today: date) -> bool:
    """Whether the day of closing has come, and corrections are over."""
    return today >= census.closes_on and today > census.corrections_until_date


def open_censuses() -> list[Census]:
    rows = Census.objects.filter(state=State.OPEN).select_related("programme")
    return list(rows.order_by("closes_on", "pk"))


def is_closed_for_good(census_id: UUID) -> bool:
    """
    Whether the census is closed; one that is not cannot close before this transaction ends.
    """
    held = Census.objects.select_for_update(no_key=True).filter(pk=census_id)
    return held.values_list("state", flat=True).get() != State.OPEN


def censuses(programme_id: UUID) -> list[Census]:
    return list(Census.objects.filter(programme=programme_id).order_by("-number"))


def needs_seen_by(seat: "Seat | None") -> QuerySet[Need]:
    """A relay's own needs; for those who decide, the needs of their territory."""
    if seat is None:
        return Need.objects.none()
    rows = Need.objects.select_related("relay", "neighbourhood")
    rows = rows.order_by("-recorded_at", "pk")
    if seat.perimeter.everything:
        return rows
    mine = Q(relay=seat.organisation.pk)
    if not seat.is_relay:
        mine |= partners.within(seat, "relay__")
    area = seat.perimeter
    if area.departments:
        mine |= Q(neighbourhood__department__in=area.departments)
    if area.neighbourhoods:
        mine |= Q(neighbourhood__in=area.neighbourhoods)
    return rows.filter(mine)


def need(pk: UUID, seat: "Seat | None") -> Need:
    """Raises NotFound, for a foreign need as for none."""
    found = needs_seen_by(seat).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Ce besoin n’existe pas."))
    return found


def own_need(pk: UUID, seat: "Seat | None") -> Need:
    """A need that the seat's own organisation recorded. Raises NotFound."""
    found = need(pk, seat)
    if seat is None or found.relay_id != seat.organisation.pk:
        raise NotFound(_("Ce besoin n’existe pas."))
    return found


def persons_with_need(
    census: Census, person_ids: Sequence[UUID], *, withdrawn: bool = False
) -> set[UUID]:
    """
    Those of these children who already have a need in this census, whoever recorded it.

    Args:
        withdrawn: count those taken out again as well.
    """
    out = () if withdrawn else (NeedState.WITHDRAWN,)
    found: set[UUID] = set()
    for start in range(0, len(person_ids), BATCH):
        rows = Need.objects.filter(census=census, person__in=person_ids[start : start + BATCH])
        found.update(rows.exclude(state__in=out).values_list("person_id", flat=True))
    return found


def correctable(census: Census, relay_id: UUID, person_ids: Sequence[UUID]) -> list[Need]:
    """The standing needs that this relay recorded for these children."""
    found: list[Need] = []
    for start in range(0, len(person_ids), BATCH):
        rows = Need.objects.filter(
            census=census, relay=relay_id, person__in=person_ids[start : start + BATCH]
        )
        found += rows.exclude(state=NeedState.WITHDRAWN).order_by("pk")
    return found


def pairs_known(pairs: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those of these pairs of needs that were flagged before, settled or not."""
    found: set[tuple[UUID, UUID]] = set()
    for start in range(0, len(pairs), BATCH):
        rows = Duplicate.objects.filter(need__in=[one for one, _ in pairs[start : start + BATCH]])
        found.update(rows.values_list("need_id", "other_id"))
    return found


def needs_of_persons(census: Census, person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The standing need of each of these children."""
    rows = Need.objects.filter(census=census, person__in=list(person_ids))
    rows = rows.exclude(state=NeedState.WITHDRAWN)
    return dict(rows.values_list("person_id", "pk"))


def without_screen(person_ids: Collection[UUID]) -> set[UUID]:
    """Those of these children whose standing need says that nothing is there at all."""
    rows = Need.objects.filter(person__in=list(person_ids), degree=0)
    rows = rows.exclude(state=NeedState.WITHDRAWN)
    return set(rows.values_list("person_id", flat=True))


def standing_needs_of(person_id: UUID) -> list[Need]:
    rows = Need.objects.filter(person=person_id).exclude(state=NeedState.WITHDRAWN)
    return list(rows.order_by("recorded_at", "pk"))


def needs_waiting_for_address(census: Census, person_ids: Sequence[UUID]) -> list[Need]:
    rows = Need.objects.filter(
        census=census, person__in=person_ids, doubt__in=(Doubt.ADDRESS, Doubt.LIMIT)
    )
    return list(rows.order_by("pk"))


def to_settle(seat: "Seat | None") -> QuerySet[Need]:
    """Needs whose address waits for a person."""
    return needs_seen_by(seat).filter(
        state=NeedState.DOUBTFUL, doubt__in=(Doubt.ADDRESS, Doubt.LIMIT)
    )


def _to_settle() -> QuerySet[Duplicate]:
    """Look-alikes that nobody settled; where the newer need is gone, nothing waits."""
    rows = Duplicate.objects.filter(verdict=Verdict.TO_SETTLE)
    return rows.exclude(need__state=NeedState.WITHDRAWN)


def duplicates_to_settle(seat: "Seat | None") -> QuerySet[Duplicate]:
    rows = _to_settle()
    if seat is None:
        return rows.none()
    rows = rows.filter(partners.within(seat, "need__relay__"))
    rows = rows.select_related("need__relay", "other__relay")
    return rows.order_by("-score", "pk")


def has_open_duplicates(need_id: UUID) -> bool:
    return Duplicate.objects.filter(need=need_id, verdict=Verdict.TO_SETTLE).exists()


def is_withdrawn(need_id: UUID) -> bool:
    return Need.objects.filter(pk=need_id, state=NeedState.WITHDRAWN).exists()


def same_child_stands_elsewhere(need: Need) -> bool:
    """Whether another need that people said is the same child's, step by step, still stands."""
    found, fresh = {need.pk}, {need.pk}
    while fresh:
        touching = Q(need__in=fresh) | Q(other__in=fresh)
        pairs = Duplicate.objects.filter(touching, verdict=Verdict.SAME)
        both = pairs.order_by("pk").values_list("need_id", "other_id")
        fresh = {pk for pair in both for pk in pair} - found
        found |= fresh
    others = Need.objects.filter(pk__in=found - {need.pk})
    return others.exclude(state=NeedState.WITHDRAWN).exists()


def ranked_needs(census: Census) -> list[Need]:
    """Everything that the queue ranks: retained needs and those in doubt, in a steady order."""
    rows = Need.objects.filter(census=census, state__in=(NeedState.OPEN, NeedState.DOUBTFUL))
    return list(rows.select_related("neighbourhood", "person").order_by("pk"))


def hold(need_ids: Sequence[UUID]) -> dict[UUID, Need]:
    """These needs as they are now; nobody changes them before this transaction ends."""
    found: dict[UUID, Need] = {}
    for start in range(0, len(need_ids), BATCH):
        rows = Need.objects.select_for_update(no_key=True, of=("self",))
        rows = rows.filter(pk__in=need_ids[start : start + BATCH])
        found |= {one.pk: one for one in rows.order_by("pk")}
    return found


def unanswered(programme_id: UUID, generation: str) -> int:
    """How many neighbourhoods never answered, in any census of the programme."""
    every = territories.neighbourhoods(generation)
    needs = Need.objects.filter(census__programme=programme_id, neighbourhood__isnull=False)
    needs = needs.exclude(state__in=(NeedState.WITHDRAWN, NeedState.OUT))
    none = Ask.objects.filter(census__programme=programme_id, no_need_at__isnull=False)
    silent = every.exclude(pk__in=needs.order_by().values("neighbourhood"))
    return silent.exclude(pk__in=none.order_by().values("neighbourhood")).count()


def ceilings(census: Census, plan: "Plan", generation: str) -> dict[UUID, int]:
    """
    The needs of one degree that each neighbourhood may claim before a check, where there is such a
    number: the one decided for it, or else the plan's for 100 pupils.
    """
    rate = plan.census.ceiling_per_hundred_pupils
    found: dict[UUID, int] = {}
    if rate is not None:
        known = territories.neighbourhoods(generation).filter(pupils__isnull=False)
        found = {
            pk: ceil(Fraction(str(rate)) * n / 100) for pk, n in known.values_list("pk", "pupils")
        }
    return found | {pk: one.needs for pk, one in decided_ceilings(census).items()}


def decided_ceilings(census: Census) -> dict[UUID, Ceiling]:
    rows = Ceiling.objects.filter(census=census).order_by("neighbourhood")
    return {one.neighbourhood_id: one for one in rows}


def board(census: Census, seat: "Seat", plan: "Plan", generation: str) -> list[BoardRow]:
    """Every neighbourhood of the seat's perimeter, silent ones first."""
    area = territories.within(territories.neighbourhoods(generation), perimeter=seat.perimeter)
    found = list(area)
    ids = [one.pk for one in found]
    asks = {a.neighbourhood_id: a for a in _asks(census)}
    counts = needs_by_neighbourhood(census)
    relays = _relays_by_neighbourhood(census)
    towns = territories.communes_of(ids)
    limits = ceilings(census, plan, generation)
    reasons = {pk: one.reason for pk, one in decided_ceilings(census).items()}
    rows = [
        replace(
            _board_row(one, asks.get(one.pk), counts.get(one.pk, {}), relays, towns),
            ceiling=limits.get(one.pk),
            ceiling_reason=reasons.get(one.pk, ""),
        )
        for one in found
    ]
    order = [Asked.SILENT, Asked.NOT_ASKED, Asked.ANSWERED, Asked.NO_NEED]
    return sorted(rows, key=lambda row: (order.index(row.asked), row.department, row.name))


def _asks(census: Census) -> QuerySet[Ask]:
    return Ask.objects.filter(census=census).select_related("contact").order_by("pk")


def _board_row(one: object, ask: Ask | None, count: dict, relays: dict, towns: dict) -> BoardRow:
    return BoardRow(
        neighbourhood_id=one.pk,
        code=one.code,
        name=one.name,
        department=one.department.name,
        communes=", ".join(towns.get(one.pk, [])),
        asked=_asked(ask, count.get("needs", 0)),
        asked_at=ask.asked_at if ask else None,
        contact=ask.contact.name if ask and ask.contact else "",
        phone=ask.contact.phone if ask and ask.contact else "",
        pupils=one.pupils,
        needs=count.get("needs", 0),
        open_needs=count.get("open", 0),
        doubtful=count.get("doubtful", 0),
        recorded_by=tuple(relays.get(one.pk, ())),
    )


def _asked(ask: Ask | None, needs: int) -> Asked:
    """
    No census is not no need: without an answer a neighbourhood is silent, or was never asked.
    """
    if needs:
        return Asked.ANSWERED
    if ask is None:
        return Asked.NOT_ASKED
    return Asked.NO_NEED if ask.no_need_at else Asked.SILENT


def counted(census: Census) -> QuerySet[Need]:
    """The needs that a census counts: neither withdrawn nor outside a neighbourhood."""
    rows = Need.objects.filter(census=census).select_related("relay", "neighbourhood")
    rows = rows.exclude(state__in=(NeedState.WITHDRAWN, NeedState.OUT))
    return rows.order_by("-recorded_at", "pk")


def needs_by_neighbourhood(census: Census) -> dict[UUID, dict[str, int]]:
    rows = (
        counted(census)
        .order_by()
        .values("neighbourhood")
        .annotate(
            needs=Count("pk"),
            open=Count("pk", filter=Q(state=NeedState.OPEN)),
            doubtful=Count("pk", filter=Q(state=NeedState.DOUBTFUL)),
        )
    )
    return {row["neighbourhood"]: row for row in rows.order_by()}


def _relays_by_neighbourhood(census: Census) -> dict[UUID, list[str]]:
    rows = Need.objects.filter(census=census, neighbourhood__isnull=False)
    pairs = rows.order_by("relay__name").values_list("neighbourhood", "relay__name").distinct()
    found: dict[UUID, list[str]] = {}
    for pk, name in pairs:
        found.setdefault(pk, []).append(name)
    return found


def counts(seat: "Seat | None", census: Census | None = None) -> dict[str, int]:
    """How many needs of each state the seat sees, in that census or in all."""
    seen = needs_seen_by(seat)
    if census:
        seen = seen.filter(census=census)
    rows = seen.order_by().values("state").annotate(n=Count("pk"))
    found = {row["state"]: row["n"] for row in rows}
    return {state: found.get(state, 0) for state in NeedState.values}


def imports_of(relay_id: UUID) -> list[Import]:
    return list(Import.objects.filter(relay=relay_id).order_by("-at", "pk"))


def duplicate(pk: UUID, seat: "Seat | None") -> Duplicate:
    """Raises NotFound."""
    found = duplicates_to_settle(seat).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Ce doublon est déjà tranché, ou n’existe pas."))
    return found


def check() -> Iterator[tuple[str, str, str]]:
    """Closed lists that no longer hold: see `census.closed`."""
    yield from closed.check()


def open_duplicates(census: Census) -> list[Duplicate]:
    """Look-alikes of a census that nobody has settled, the most alike first."""
    rows = _to_settle().filter(need__census=census)
    return list(rows.select_related("need", "other").order_by("-score", "pk"))


def census(pk: UUID) -> Census:
    """Raises NoCensus."""
    found = Census.objects.filter(pk=pk).select_related("programme").first()
    if found is None:
        raise NoCensus(_("Ce recensement n’existe pas."))
    return found
