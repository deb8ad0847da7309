"""The census of today, its rules and the contours that decide: what every page here stands on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traitdunion.census import queries as census
from traitdunion.programme import queries as programme
from traitdunion.programme.schema import Plan
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.census.models import Census
    from traitdunion.programme.models import Programme


@dataclass(frozen=True, slots=True)
class Current:
    programme: "Programme"
    plan: Plan
    generation: str
    census: "Census"


def current() -> Current:
    """Raises NoProgramme, NoCensus."""
    running = programme.current()
    plan = programme.plan(running)
    state = territories.layer_state(plan.programme.neighbourhood_generation)
    return Current(running, plan, state.used, census.current(running.pk))
