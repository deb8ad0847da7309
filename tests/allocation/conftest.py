"""A census with as many children as a test asks for, and purses that hold so many tablets."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.census.conftest import World, world
from traitdunion.allocation import operations
from traitdunion.allocation.models import Award, Line, Wave
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.census import operations as census
from traitdunion.census.models import Need
from traitdunion.programme.models import Source, Strand
from traitdunion.programme.schema import Plan
from traitdunion.territories.models import CiteEducative, CiteEducativeNeighbourhood

__all__ = ["world"]
TABLET = 18_500
MAY = datetime(2020, 5, 7, 9, tzinfo=UTC)
JUNE = datetime(2020, 6, 20, 9, tzinfo=UTC)
REASON = "Placement en urgence hors du foyer"
HEADER = "Nom;Prénom;Date de naissance;Longitude;Latitude"


@dataclass
class Scene:
    """What a test asks for, in the order of a plan: children, money, closing, waves."""

    world: World
    plan: Plan
    rows: list[str] = field(default_factory=list)

    def children(self, count: int, *, lon: float = 2.405, degree: int = 0) -> list[Need]:
        """So many children of one place, no two alike."""
        known = set(Need.objects.values_list("pk", flat=True))
        rows = [self._child(lon) for _ in range(count)]
        self.world.take(
            "\n".join((HEADER, *rows)) + "\n",
            defaults=census.Defaults(kind="tablet", degree=degree),
        )
        return list(Need.objects.exclude(pk__in=known).order_by("pk"))

    def _child(self, lon: float) -> str:
        number = len(self.rows)
        text = hashlib.sha256(str(number).encode()).hexdigest()
        word = text.translate(str.maketrans("0123456789", "ghijklmnop"))
        born = f"{1 + number % 28:02d}/{1 + number % 12:02d}/{2004 + number % 9}"
        row = f"{word[:12]};{word[20:28]};{born};{lon};48.805"
        self.rows.append(row)
        return row

    def fund(self, tablets: int, *, source: str = "plan", more_cents: int = 0) -> Any:
        """A purse that holds the price of so many tablets."""
        return budget.open_envelope(
            strand=Strand.objects.get(code="equipment"),
            source=Source.objects.get(name=source),
            holder=self.world.prefecture,
            label=source,
            year=2020,
            amount_cents=tablets * TABLET + more_cents,
            by=ROBOT,
            at=MAY,
        )

    def close(self) -> None:
        census.close(census=self.world.census, by=ROBOT, at=MAY)
        census.publish_seed(census=self.world.census, by=ROBOT, at=MAY)

    def propose(self, at: datetime = MAY) -> Wave:
        return operations.propose(census=self.world.census, plan=self.plan, by=ROBOT, at=at)

    def confirm(self, wave: Wave, at: datetime = MAY) -> Wave:
        operations.confirm(wave=wave, plan=self.plan, by=ROBOT, at=at)
        return wave

    def serve_out_of_turn(self, need: Need, wave: Wave) -> Award:
        return operations.serve_out_of_turn(
            need=need, wave=wave, reason=REASON, plan=self.plan, by=ROBOT, at=MAY
        )

    def shared_out(self, *, served: int, waiting: int) -> Wave:
        """So many children served by a confirmed wave, so many that wait."""
        self.children(served + waiting)
        self.fund(served)
        self.close()
        return self.confirm(self.propose())

    def with_cite(self) -> None:
        """The north is covered by a cité éducative."""
        north = self.world.north
        cite = CiteEducative.objects.create(
            code="cite-94", name="Cité 94", department=north.department
        )
        CiteEducativeNeighbourhood.objects.create(cite_educative=cite, neighbourhood=north)

    def changed(self, **tables: dict[str, Any]) -> None:
        """The programme, with other values in some of its tables."""
        updated = {
            name: getattr(self.plan, name).model_copy(update=values)
            for name, values in tables.items()
        }
        self.plan = self.plan.model_copy(update=updated)


@pytest.fixture
def scene(world: World) -> Scene:
    """Everybody has answered, but for the south: no money is kept unless a test says so."""
    made = Scene(world, world.plan)
    made.changed(census={"reserve_percent": 0})
    return made


def decided(wave: Wave, decision: str) -> list[Line]:
    rows = Line.objects.filter(wave=wave, decision=decision).select_related("need")
    return list(rows.order_by("rank"))
