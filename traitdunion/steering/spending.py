"""Who spends how fast, what could be taken back from whom, and where needs wait for money."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from traitdunion.allocation import queries as allocation
from traitdunion.allocation.states import Decision, WaveState
from traitdunion.budget import queries as budget
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind
from traitdunion.programme import queries as programme

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


@dataclass(frozen=True, slots=True)
class Pace:
    """One envelope's own credits, what was made of them, and what would be left at this pace."""

    envelope: Any
    own_cents: int
    elapsed: float
    # Of its purse, what awards were given that nobody has ordered yet.
    promised_cents: int = 0

    @property
    def committed(self) -> float:
        return self.envelope.committed_cents / self.own_cents if self.own_cents else 0.0

    @property
    def spare_cents(self) -> int:
        """
        What 31 December would find uncommitted at this pace, within what is available now and
        promised to nobody.
        """
        if self.envelope.excess_cents or self.elapsed <= 0:
            return 0
        projected = int(self.envelope.committed_cents / self.elapsed)
        free = self.envelope.available_cents - self.promised_cents
        return max(0, min(free, self.own_cents - projected))


@dataclass(frozen=True, slots=True)
class SpendingRow:
    """A holder or a territory: its own credits, their use, and what its waiting needs cost."""

    name: str
    own_cents: int
    committed_cents: int
    certified_cents: int
    paid_cents: int
    available_cents: int
    # What no purse held for them when the queue was last drawn: it is missing whole.
    waiting_cents: int

    @property
    def committed_percent(self) -> int:
        return round(100 * self.committed_cents / self.own_cents) if self.own_cents else 0

    @property
    def paid_percent(self) -> int:
        return round(100 * self.paid_cents / self.own_cents) if self.own_cents else 0


@dataclass(frozen=True, slots=True)
class Spending:
    """
    The year at a glance.

    Attributes:
        elapsed_percent: of the time between the first envelope and 31 December.
        spare: envelopes that spend slower than time passes, the most to take back first.
        lacking: those whose needs wait, the most wanting first.
    """

    year: int
    elapsed_percent: int
    rows: list[SpendingRow]
    spare: list[Pace]
    lacking: list[SpendingRow]


def by_holder(holder: Any) -> str:
    return str(holder.name)


def by_department(holder: Any) -> str:
    return str(holder.department.name) if holder.department else ""


def by_academy(holder: Any) -> str:
    return str(holder.academy.name) if holder.academy else ""


# Territory asked -> from an organisation to its name; otherwise each holder is by itself.
TERRITORIES: Mapping[str, Callable[[Any], str]] = {
    "departement": by_department,
    "academie": by_academy,
}


def spending(seat: "Seat", *, on: date, by: str = "detenteur") -> Spending:
    """What the seat's envelopes of the year became, put together by holder or territory."""
    # What was given is used up as it comes: it has no pace.
    held = budget.credits_among(budget.envelopes_seen_by(seat))
    seen = held.filter(year=on.year, closed_at__isnull=True)
    envelopes = list(seen.select_related("holder__department", "holder__academy"))
    elapsed = _elapsed(envelopes, on)
    promised = _promised()
    paces = [Pace(one, _own(one), elapsed, _kept(one, promised)) for one in envelopes]
    group = TERRITORIES.get(by, by_holder)
    rows = _rows(paces, group, _waiting(seat, by))
    spare = [pace for pace in paces if pace.committed < elapsed and pace.spare_cents > 0]
    return Spending(
        year=on.year,
        elapsed_percent=round(100 * elapsed),
        rows=rows,
        spare=sorted(spare, key=lambda pace: (-pace.spare_cents, pace.envelope.label)),
        lacking=sorted(
            (row for row in rows if row.waiting_cents),
            key=lambda row: (-row.waiting_cents, row.name),
        ),
    )


def _own(one: Any) -> int:
    """Its credits, less what it passed on, to others or to another year."""
    gone = one.delegated_cents + one.carried_cents + one.lapsed_cents
    return int(one.authorized_cents - gone)


def _promised() -> dict[Any, int]:
    """Of each purse, what awards were given and no order has committed yet."""
    awarded = allocation.awarded_cents_by_source(programme.current().pk)
    committed = budget.committed_by_source()
    return {pk: max(0, cents - committed.get(pk, 0)) for pk, cents in awarded.items()}


def _kept(one: Any, promised: Mapping[Any, int]) -> int:
    """Whoever holds the purse, its promises hold back each part of it."""
    return promised.get(one.source_id, 0) if one.strand.code == budget.EQUIPMENT else 0


def _elapsed(envelopes: Iterable[Any], on: date) -> float:
    """From the first envelope of the year to its last day."""
    opened = [one.opened_at.date() for one in envelopes]
    if not opened:
        return 0.0
    first, last = min(opened), date(on.year, 12, 31)
    whole = max(1, (last - first).days)
    return min(1.0, max(0.0, (on - first).days / whole))


def _rows(
    paces: list[Pace], group: Callable[[Any], str], waiting: Mapping[str, int]
) -> list[SpendingRow]:
    found: dict[str, list[Pace]] = {}
    for pace in paces:
        found.setdefault(group(pace.envelope.holder), []).append(pace)
    rows = [_summed(name, some, waiting.get(name, 0)) for name, some in found.items()]
    return sorted(rows, key=lambda row: (row.committed_percent, row.name))


def _summed(name: str, paces: list[Pace], waiting_cents: int) -> SpendingRow:
    def total(field: str) -> int:
        return sum(getattr(pace.envelope, field) for pace in paces)

    return SpendingRow(
        name=name,
        own_cents=sum(pace.own_cents for pace in paces),
        committed_cents=total("committed_cents"),
        certified_cents=total("certified_cents"),
        paid_cents=total("paid_cents"),
        available_cents=total("available_cents"),
        waiting_cents=waiting_cents,
    )


def _waiting(seat: "Seat", by: str) -> dict[str, int]:
    """What the needs that no purse reached in the last wave would cost, by holder or territory."""
    wave = next((one for one in allocation.waves() if one.state == WaveState.CONFIRMED), None)
    if wave is None:
        return {}
    served = allocation.standing_needs(wave.census_id)
    lines = allocation.lines_seen_by(seat, wave).filter(decision=Decision.WAITING)
    lines = lines.select_related("need__relay__department", "need__relay__academy")
    answers = _who_answers() if by not in TERRITORIES else {}
    found: dict[str, int] = {}
    for line in lines:
        relay = line.need.relay
        name = TERRITORIES[by](relay) if by in TERRITORIES else answers.get(relay.department_id)
        if name and line.need_id not in served:
            found[name] = found.get(name, 0) + line.cost_cents
    return found


def _who_answers() -> dict[str | None, str]:
    """The préfecture that answers for the needs of its département, among holders."""
    prefectures = partners.of_kind(Kind.PREFECTURE)
    return {one.department_id: one.name for one in prefectures if one.department_id}
