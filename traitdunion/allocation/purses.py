"""What each purse may still promise, what is kept for those who have not answered, who pays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from traitdunion.allocation import queries
from traitdunion.allocation.models import Award, Wave
from traitdunion.budget import queries as budget
from traitdunion.census import queries as census
from traitdunion.engine import queue as engine
from traitdunion.programme import queries as programme
from traitdunion.programme.schema import Plan
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.census.models import Need
    from traitdunion.programme.models import Programme, Source


@dataclass(frozen=True, slots=True)
class Purse:
    """A source of money, and what it may promise now."""

    source: "Source"
    opened_cents: int
    # Committed otherwise than by an order placed here: what had begun before, what Chorus tells.
    apart_cents: int
    # What standing awards take.
    promised_cents: int
    # Kept by earlier waves for the neighbourhoods that have not answered yet.
    kept_cents: int

    @property
    def free_cents(self) -> int:
        """Opened, less what is committed apart, promised or kept."""
        taken = self.apart_cents + self.promised_cents + self.kept_cents
        return max(0, self.opened_cents - taken)

    def is_for(self, cite_educative: str) -> bool:
        """Whether a need of that cité éducative, or of none, is its own."""
        return self.source.pays_for == engine.FOR_ALL or bool(cite_educative)


def hold(programme_id: UUID) -> None:
    """
    Nobody else promises money of this programme before this transaction ends.

    Every promise stands on a wave: whoever makes one takes them all, in one order.
    """
    waves = Wave.objects.select_for_update(no_key=True, of=("self",))
    list(waves.filter(census__programme=programme_id).order_by("pk").values_list("pk"))


def silent(running: "Programme", plan: Plan) -> int:
    """How many neighbourhoods of the programme never answered."""
    generation = territories.layer_state(plan.programme.neighbourhood_generation).used
    return census.unanswered(running.pk, generation)


def purses(running: "Programme", unanswered: int) -> list[Purse]:
    """The purses in the order in which they pay."""
    opened = budget.authorized_by_source()
    apart = budget.committed_apart_by_source()
    promised = queries.awarded_cents_by_source(running.pk)
    kept = _kept(queries.reserving_waves(running.pk), unanswered)
    return [
        Purse(
            source=one,
            opened_cents=opened.get(one.pk, 0),
            apart_cents=apart.get(one.pk, 0),
            promised_cents=promised.get(one.pk, 0),
            kept_cents=kept.get(one.name, 0),
        )
        for one in programme.sources(running)
    ]


def _kept(waves: list[Wave], unanswered: int) -> Mapping[str, int]:
    """Each neighbourhood that answers frees its share of what was kept."""
    found: dict[str, int] = {}
    for wave in waves:
        still = min(unanswered, wave.unanswered)
        for source in wave.rules["sources"]:
            share = source.get("reserve_cents", 0) * still
            # Rounded up: a cent is kept rather than promised twice.
            found[source["name"]] = found.get(source["name"], 0) - (-share // wave.unanswered)
    return found


def paying(found: list[Purse], cost_cents: int, cite_educative: str) -> Purse | None:
    """The first purse that is for a need and holds its price; then the first that may help."""
    able = [one for one in found if one.free_cents >= cost_cents]
    own = (one for one in able if one.is_for(cite_educative))
    helping = (one for one in able if one.source.fungible)
    return next(own, None) or next(helping, None)


def new_award(
    *,
    wave: Wave,
    need: "Need",
    source_id: UUID,
    cost_cents: int,
    lapses_on: date,
    at: datetime,
) -> Award:
    """A right to be lent what the need asks for; not saved yet."""
    return Award(
        wave=wave,
        need=need,
        person_id=need.person_id,
        relay_id=need.relay_id,
        neighbourhood_id=need.neighbourhood_id,
        source_id=source_id,
        kind=need.kind,
        degree=need.degree,
        cost_cents=cost_cents,
        awarded_at=at,
        lapses_on=lapses_on,
    )
