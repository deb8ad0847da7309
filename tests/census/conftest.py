"""A small territory: two square neighbourhoods, two schools, a préfecture, an open census."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely

from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import Sheet, open_sheet
from traitdunion.census import operations as census_operations
from traitdunion.census.models import Census
from traitdunion.census.operations import Defaults, ImportReport
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation
from traitdunion.partners.states import Kind
from traitdunion.programme import operations as programmes
from traitdunion.programme import queries as programme_queries
from traitdunion.programme.models import Programme
from traitdunion.programme.schema import Plan
from traitdunion.territories.models import Department, Neighbourhood

AT = datetime(2020, 4, 27, 9, 0, tzinfo=UTC)
PLANS = Path(programmes.__file__).parent / "plans"
HEADER = "Nom;Prénom;Date de naissance;Classe;Longitude;Latitude;Téléphone;Équipement;Connexion"


@dataclass(frozen=True)
class World:
    """What the tests of the census stand on."""

    programme: Programme
    plan: Plan
    census: Census
    school: Organisation
    other_school: Organisation
    prefecture: Organisation
    north: Neighbourhood
    south: Neighbourhood

    def take(
        self, content: str | bytes, *, relay: Organisation | None = None, **more: object
    ) -> ImportReport:
        """Import a list for a relay; by default the first school, an hour after opening."""
        return census_operations.import_rows(
            census=self.census,
            sheet=sheet(content),
            relay=relay or self.school,
            plan=self.plan,
            generation="2015",
            by=ROBOT,
            at=more.pop("at", AT),
            **more,
        )


def sheet(content: str | bytes, name: str = "liste.csv") -> Sheet:
    data = content.encode() if isinstance(content, str) else content
    return open_sheet(io.BytesIO(data), name=name)


def listed(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def square(lon: float, lat: float) -> bytes:
    return shapely.to_wkb(shapely.box(lon, lat, lon + 0.01, lat + 0.01))


def neighbourhood(code: str, lon: float, department: Department) -> Neighbourhood:
    return Neighbourhood.objects.create(
        code=code,
        name=f"Quartier {code[-1]}",
        generation="2015",
        valid_from_date=date(2015, 1, 1),
        department=department,
        outline=square(lon, 48.80),
        layer="essai",
        pupils=200,
    )


def school(name: str, uai: str, department: Department, phone: str = "") -> Organisation:
    return partners.create_organisation(
        kind=Kind.SCHOOL,
        name=name,
        identifiers={"UAI": uai},
        by=ROBOT,
        at=AT,
        department=department,
        phone=phone,
    )


@pytest.fixture
def world(db: None) -> World:
    department = Department.objects.create(code="94", name="Val-de-Marne")
    toml = (PLANS / "2020-04-continuite-educative.toml").read_text()
    programme = programmes.load(toml=toml, by=ROBOT, at=AT)
    plan = programme_queries.plan(programme)
    census = census_operations.open_census(programme=programme, plan=plan, by=ROBOT, at=AT)
    prefecture = partners.create_organisation(
        kind=Kind.PREFECTURE, name="Préfecture", identifiers={}, by=ROBOT, at=AT,
        department=department,
    )  # fmt: skip
    return World(
        programme=programme,
        plan=plan,
        census=census,
        school=school("Collège A", "0940071S", department, "01 00 00 00 01"),
        other_school=school("Collège B", "0940072T", department, "01 00 00 00 02"),
        prefecture=prefecture,
        north=neighbourhood("QP094001", 2.40, department),
        south=neighbourhood("QP094002", 2.45, department),
    )


@pytest.fixture
def one_child() -> str:
    return listed("DIALLO;Aïcha;04/05/2009;5e B;2.405;48.805;0612345678;aucun;aucune")


@pytest.fixture
def defaults() -> Defaults:
    return Defaults(kind="tablet", degree=0)


@pytest.fixture
def take(world: World) -> Callable[..., ImportReport]:
    return world.take
