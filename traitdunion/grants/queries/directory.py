"""Who does what in which neighbourhood, and where nobody does: told by what was accepted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from traitdunion.grants.models import ApplicationNeighbourhood
from traitdunion.grants.states import ApplicationState
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan
    from traitdunion.territories.models import Neighbourhood

# The side of the map, and what is left around it, in units of the drawing.
MAP, MARGIN = 1_000, 40


@dataclass(frozen=True, slots=True)
class Work:
    """What an association does, in its own words."""

    organisation: str
    title: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Dot:
    """Where a neighbourhood is drawn."""

    place: "Place"
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Place:
    """A neighbourhood and those who work in it with the programme's help."""

    neighbourhood: "Neighbourhood"
    works: list[Work] = field(default_factory=list)

    @property
    def associations(self) -> int:
        return len({one.organisation for one in self.works})


def places(plan: "Plan", department: str = "") -> list[Place]:
    """Every neighbourhood of the programme, those where nobody works included."""
    used = territories.layer_state(plan.programme.neighbourhood_generation).used
    rows = territories.neighbourhoods(used)
    if department:
        rows = rows.filter(department=department)
    works = _works()
    return [Place(one, works.get(one.pk, [])) for one in rows]


def dots(places: Sequence[Place]) -> list[Dot]:
    """Each neighbourhood as a dot of a square map of a hundred units, north above."""
    points = territories.centres([one.neighbourhood.pk for one in places])
    if not points:
        return []
    # A degree of longitude is shorter than one of latitude, the more so far from the equator.
    narrow = math.cos(math.radians(next(iter(points.values()))[1]))
    flat = {pk: (lon * narrow, lat) for pk, (lon, lat) in points.items()}
    west, east = min(x for x, _y in flat.values()), max(x for x, _y in flat.values())
    south, north = min(y for _x, y in flat.values()), max(y for _x, y in flat.values())
    scale = (MAP - 2 * MARGIN) / (max(east - west, north - south) or 1)
    found = []
    for one in places:
        x, y = flat[one.neighbourhood.pk]
        found.append(
            Dot(one, round(MARGIN + (x - west) * scale), round(MARGIN + (north - y) * scale))
        )
    return found


def _works() -> dict[UUID, list[Work]]:
    links = ApplicationNeighbourhood.objects.filter(
        application__state=ApplicationState.ACCEPTED
    ).select_related("application__organisation")
    found: dict[UUID, list[Work]] = {}
    for link in links.order_by("application__organisation__searchable", "pk"):
        one = link.application
        work = Work(one.organisation.name, one.title, one.get_purpose_display())
        found.setdefault(link.neighbourhood_id, []).append(work)
    return found
