"""
The whole plan on one page, any thing by its number, and whether everything still holds together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from traitdunion.allocation import queries as allocation
from traitdunion.base.errors import NotFound
from traitdunion.base.identifiers import squeezed
from traitdunion.budget import queries as budget
from traitdunion.census import queries as census
from traitdunion.equipment import queries as equipment
from traitdunion.journal import queries as journal
from traitdunion.lending import queries as lending
from traitdunion.partners import queries as partners
from traitdunion.programme import queries as programme
from traitdunion.supply import queries as supply
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

Wrong = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One neighbourhood or département: what it needs, what it got."""

    code: str
    name: str
    department: str
    needs: int
    eligible: int
    served: int
    handed_over: int
    waiting: int
    lent: int

    @property
    def share(self) -> int:
        """Percentage of its eligible needs that are served."""
        return round(100 * self.served / self.eligible) if self.eligible else 0

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
    late_loans: int
    authorized_cents: int
    committed_cents: int
    certified_cents: int
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
    current = programme.current()
    one = census.current(current.pk)
    wanted = programme.plan(current).programme.neighbourhood_generation
    generation = territories.layer_state(wanted).used
    places = _places(one, seat, generation)
    money = budget.totals(budget.envelopes_seen_by(seat))
    return Dashboard(
        needs=sum(row.needs for row in places),
        eligible=sum(row.eligible for row in places),
        doubtful=census.counts(seat)["DOUBTFUL"],
        served=sum(row.served for row in places),
        waiting=sum(row.waiting for row in places),
        ordered=supply.ordered_total(seat),
        lent=lending.open_loan_count(seat),
        late_orders=supply.late_orders(seat, at.date()).count(),
        late_loans=lending.late_loans(seat, at.date()).count(),
        authorized_cents=money.authorized_cents,
        committed_cents=money.committed_cents,
        certified_cents=money.certified_cents,
        departments=_by_department(places),
        neighbourhoods=places,
    )


def _places(one: object, seat: "Seat", generation: str) -> list[PlaceRow]:
    """A row for each neighbourhood of the perimeter that has needs, the least served first."""
    area = territories.within(territories.neighbourhoods(generation), perimeter=seat.perimeter)
    counts = census.needs_by_neighbourhood(one)
    awards = allocation.tally()
    lent = lending.lent_by_neighbourhood()
    rows = []
    for place in area:
        count = counts.get(place.pk)
        if count is None:
            continue
        given = awards.get(place.pk, {"served": 0, "handed": 0})
        rows.append(
            PlaceRow(
                code=place.code,
                name=place.name,
                department=place.department.name,
                needs=count["needs"],
                eligible=count["open"],
                served=given["served"],
                handed_over=given["handed"],
                waiting=max(0, count["open"] - given["served"]),
                lent=lent.get(place.pk, 0),
            )
        )
    return sorted(rows, key=lambda row: (row.share, row.name, row.code))


def _by_department(places: list[PlaceRow]) -> list[PlaceRow]:
    names = sorted({row.department for row in places})
    return [_summed(name, [r for r in places if r.department == name]) for name in names]


def _summed(name: str, rows: list[PlaceRow]) -> PlaceRow:
    return PlaceRow(
        code="",
        name=name,
        department=name,
        needs=sum(row.needs for row in rows),
        eligible=sum(row.eligible for row in rows),
        served=sum(row.served for row in rows),
        handed_over=sum(row.handed_over for row in rows),
        waiting=sum(row.waiting for row in rows),
        lent=sum(row.lent for row in rows),
    )


def search(seat: "Seat", text: str) -> list[Hit]:
    """
    What the seat may see under that number, serial or name of organisation.

    A child is never found here: names are searched nowhere outside a relay's own lists.
    """
    wanted = text.strip()
    if len(wanted) < 3:
        return []
    hits = [*_device_hits(seat, wanted), *_order_hits(seat, wanted), *_place_hits(wanted)]
    if seat.is_relay:
        hits += _agreement_hits(seat, wanted)
    found = partners.search(seat, wanted)
    return hits + [Hit("organisation", one.name, str(one.pk)) for one in found]


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
