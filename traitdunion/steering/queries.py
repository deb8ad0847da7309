"""
The whole plan on one page, any thing by its number, and whether everything still holds together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from traitdunion.allocation import queries as allocation
from traitdunion.base.errors import NotFound
from traitdunion.base.identifiers import squeezed
from traitdunion.budget import queries as budget
from traitdunion.census import queries as census
from traitdunion.census.rights import may_see_census
from traitdunion.census.states import NeedState
from traitdunion.equipment import queries as equipment
from traitdunion.equipment.rights import may_see_devices
from traitdunion.journal import queries as journal
from traitdunion.lending import queries as lending
from traitdunion.lending.rights import may_see_loans, may_transfer
from traitdunion.mentoring import checking as mentoring
from traitdunion.mentoring import queries as counts
from traitdunion.partners import queries as partners
from traitdunion.people import queries as people
from traitdunion.programme import queries as programme
from traitdunion.steering.states import Figure
from traitdunion.supply import queries as supply
from traitdunion.supply.rights import may_see_orders
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.census.models import Census, Need
    from traitdunion.lending.models import Loan
    from traitdunion.mentoring.queries import Tally
    from traitdunion.partners.queries import Seat
    from traitdunion.territories.models import Neighbourhood

Wrong = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One neighbourhood or département: what it needs, what it got."""

    code: str
    name: str
    department: str
    department_code: str
    needs: int
    eligible: int
    served: int
    waiting: int
    lent: int

    @property
    def share(self) -> int:
        """Percentage of its eligible needs that are served."""
        wanted = self.served + self.waiting
        return round(100 * self.served / wanted) if wanted else 0

    @property
    def is_forgotten(self) -> bool:
        """It has needs, and nothing came: always shown."""
        return self.eligible > 0 and self.served == 0


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Every figure of the first page; each has a list behind it."""

    needs: int
    eligible: int
    doubtful: int
    served: int
    waiting: int
    ordered: int
    lent: int
    late_orders: int
    authorized_cents: int
    committed_cents: int
    certified_cents: int
    # What was given in kind, at its value: it is no credit, and in none of the sums above.
    in_kind_cents: int
    # The two counts, which always appear together; none for a seat that counts nobody.
    followed: "Tally | None"
    departments: list[PlaceRow]
    neighbourhoods: list[PlaceRow]

    @property
    def available_cents(self) -> int:
        return self.authorized_cents - self.committed_cents

    @property
    def forgotten(self) -> list[PlaceRow]:
        return [row for row in self.neighbourhoods if row.is_forgotten]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found by its number or name: what it is, how it is called, where its page is."""

    kind: str
    label: str
    key: str


def dashboard(seat: "Seat", at: datetime) -> Dashboard:
    """What the plan did in the seat's territory. Raises NoProgramme, NoCensus."""
    ground = _ground(seat)
    places = _places(ground)
    envelopes = budget.envelopes_seen_by(seat)
    money = budget.totals(budget.credits_among(envelopes))
    scope = counts.scope_of(seat)
    return Dashboard(
        needs=sum(row.needs for row in places),
        eligible=sum(row.eligible for row in places),
        doubtful=_needs(ground, Figure.DOUBTFUL).count(),
        served=sum(row.served for row in places),
        waiting=sum(row.waiting for row in places),
        ordered=supply.ordered_total(seat),
        lent=_loans(ground).count(),
        late_orders=supply.late_orders(seat, at.date()).count(),
        authorized_cents=money.authorized_cents,
        committed_cents=money.committed_cents,
        certified_cents=money.certified_cents,
        in_kind_cents=budget.given_in_kind(envelopes),
        followed=counts.followed(at.date(), scope) if scope else None,
        departments=_by_department(places),
        neighbourhoods=places,
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a seat's figures are counted on."""

    seat: "Seat"
    census: "Census"
    # The neighbourhoods it looks over, or those of one place among them.
    area: "QuerySet[Neighbourhood]"
    is_whole: bool


def needs_behind(
    seat: "Seat", figure: str, *, neighbourhood: str = "", department: str = ""
) -> "QuerySet[Need]":
    """
    The needs that a figure of the dashboard counts: the figure is the length of this list.

    Args:
        neighbourhood, department: the codes of the place; empty for the whole territory.
    """
    return _needs(_ground(seat, neighbourhood, department), figure)


def loans_behind(
    seat: "Seat", *, neighbourhood: str = "", department: str = ""
) -> "QuerySet[Loan]":
    """
    The devices now lent: in that place by the need that was served; for the whole territory, those
    that its relays lent besides.
    """
    return _loans(_ground(seat, neighbourhood, department))


def departments_seen_by(seat: "Seat") -> list[tuple[str, str]]:
    """The départements of the seat's territory, code and name, to choose from."""
    area = _ground(seat).area.order_by("department__name", "department__code")
    return list(area.values_list("department__code", "department__name").distinct())


def _ground(seat: "Seat", neighbourhood: str = "", department: str = "") -> _Ground:
    running = programme.current()
    wanted = programme.plan(running).programme.neighbourhood_generation
    rows = territories.neighbourhoods(territories.layer_state(wanted).used)
    area = territories.within(rows, perimeter=seat.perimeter)
    if neighbourhood:
        area = area.filter(code=neighbourhood)
    if department:
        area = area.filter(department=department)
    one = census.current(running.pk)
    return _Ground(seat, one, area, not (neighbourhood or department))


def _needs(ground: _Ground, figure: str) -> "QuerySet[Need]":
    here = Q(neighbourhood__in=ground.area.order_by().values("pk"))
    if figure == Figure.DOUBTFUL and ground.is_whole:
        # An address that is not placed lies in no neighbourhood yet: its relay says whose it is.
        here |= Q(neighbourhood__isnull=True) & partners.within(ground.seat, "relay__")
    rows = census.counted(ground.census).filter(here)
    served = allocation.served_needs(ground.census.pk)
    match figure:
        case Figure.KEPT:
            return rows.filter(state=NeedState.OPEN)
        case Figure.DOUBTFUL:
            return rows.filter(state=NeedState.DOUBTFUL)
        case Figure.SERVED:
            return rows.filter(pk__in=served)
        case Figure.WAITING:
            return rows.filter(state=NeedState.OPEN).exclude(pk__in=served)
        case _:
            return rows


def _loans(ground: _Ground) -> "QuerySet[Loan]":
    if ground.is_whole and ground.seat.perimeter.everything:
        return lending.open_loans()
    area = ground.area.order_by().values("pk")
    here = Q(agreement__award__need__neighbourhood__in=area)
    if ground.is_whole:
        here |= partners.within(ground.seat, "agreement__relay__")
    return lending.open_loans().filter(here)


def _places(ground: _Ground) -> list[PlaceRow]:
    """A row for each neighbourhood of the perimeter that has a figure, the least served first."""
    counts = {figure: _by_place(_needs(ground, figure)) for figure in Figure}
    lent = _by_place(_loans(ground), "agreement__award__need__neighbourhood")
    rows = [
        PlaceRow(
            code=place.code,
            name=place.name,
            department=place.department.name,
            department_code=place.department_id,
            needs=counts[Figure.NEEDS].get(place.pk, 0),
            eligible=counts[Figure.KEPT].get(place.pk, 0),
            served=counts[Figure.SERVED].get(place.pk, 0),
            waiting=counts[Figure.WAITING].get(place.pk, 0),
            lent=lent.get(place.pk, 0),
        )
        for place in ground.area
    ]
    shown = [row for row in rows if row.needs or row.lent]
    return sorted(shown, key=lambda row: (row.share, row.name, row.code))


def _by_place(rows: "QuerySet", path: str = "neighbourhood") -> dict[UUID | None, int]:
    counted = rows.order_by().values(path).annotate(n=Count("pk"))
    return {row[path]: row["n"] for row in counted}


def _by_department(places: list[PlaceRow]) -> list[PlaceRow]:
    names = sorted({(row.department, row.department_code) for row in places})
    return [
        _summed(name, code, [r for r in places if r.department_code == code])
        for name, code in names
    ]


def _summed(name: str, code: str, rows: list[PlaceRow]) -> PlaceRow:
    return PlaceRow(
        code="",
        name=name,
        department=name,
        department_code=code,
        needs=sum(row.needs for row in rows),
        eligible=sum(row.eligible for row in rows),
        served=sum(row.served for row in rows),
        waiting=sum(row.waiting for row in rows),
        lent=sum(row.lent for row in rows),
    )


def search(seat: "Seat", text: str) -> list[Hit]:
    """
    What the seat may open under that number, serial, code or name of organisation.

    A child is found by its code alone: names are searched nowhere outside a relay's own lists.
    """
    wanted = text.strip()
    if len(wanted) < 3:
        return []
    looked_for = (
        (may_see_devices, _device_hits),
        (may_see_orders, _order_hits),
        (may_see_loans, _agreement_hits),
        (may_transfer, _transfer_hits),
        (may_see_census, _need_hits),
    )
    hits = [hit for may, found in looked_for if may(seat) for hit in found(seat, wanted)]
    named = partners.search(seat, wanted)
    return [
        *hits,
        *_place_hits(wanted),
        *(Hit("organisation", one.name, str(one.pk)) for one in named),
    ]


def _device_hits(seat: "Seat", wanted: str) -> list[Hit]:
    try:
        device = equipment.device(wanted)
    except NotFound:
        return []
    if not equipment.devices_seen_by(seat).filter(pk=device.pk).exists():
        return []
    return [Hit("device", f"{device.label} {device.serial}", device.serial)]


def _order_hits(seat: "Seat", wanted: str) -> list[Hit]:
    found = supply.orders_seen_by(seat).filter(number__iexact=wanted)
    return [Hit("order", one.number, one.number) for one in found]


def _agreement_hits(seat: "Seat", wanted: str) -> list[Hit]:
    found = lending.agreements_seen_by(seat).filter(number=squeezed(wanted))
    return [Hit("agreement", one.number, one.number) for one in found]


def _transfer_hits(seat: "Seat", wanted: str) -> list[Hit]:
    found = lending.transfers_seen_by(seat).filter(number=squeezed(wanted))
    return [Hit("transfer", one.number, one.number) for one in found]


def _need_hits(seat: "Seat", wanted: str) -> list[Hit]:
    """The needs of the child of that code, the latest first."""
    children = people.persons_coded(wanted)
    seen = census.needs_seen_by(seat).filter(person__in=children)
    rows = seen.order_by("-recorded_at", "pk") if children else []
    return [Hit("need", people.pseudonym(one.person_id), str(one.pk)) for one in rows]


def _place_hits(wanted: str) -> list[Hit]:
    place = territories.neighbourhood(squeezed(wanted))
    return [Hit("neighbourhood", str(place), place.code)] if place else []


def first_wrong() -> Wrong | None:
    """The first record that does not hold together: (table, identifier, reason)."""
    return next(iter(every_wrong()), None)


def every_wrong() -> Iterator[Wrong]:
    """
    Each record that does not hold together: the journal first, then app by app, money first.

    The journal never reads a value but as bytes: what can no longer be read is named there, before
    a check stumbles on it.
    """
    checks: dict[str, Callable[[], Iterator[Wrong]]] = {
        "journal": journal.check,
        "budget": budget.check,
        "supply": supply.check,
        "equipment": equipment.check,
        "lending": lending.check,
        "mentoring": mentoring.check,
        "allocation": allocation.check,
        "census": census.check,
    }
    for app, check in checks.items():
        try:
            yield from check()
        except Exception as error:  # a damaged value may do anything; that too is an answer
            yield app, "", f"it cannot be read: {error}"


def unsealed() -> int:
    """Events that no seal covers yet."""
    return journal.unsealed()
