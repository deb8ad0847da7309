"""Without a zones file, the contours of the programme answer."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely

from traitdunion.base.actors import ROBOT
from traitdunion.cli import locate
from traitdunion.programme import operations as programme
from traitdunion.territories.models import Department, Neighbourhood

pytestmark = pytest.mark.django_db
PLAN = Path(locate.__file__).parents[1] / "programme/plans/2020-04-continuite-educative.toml"


@pytest.fixture
def points(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text("lon,lat\n2.5,48.5\n9,48.5\n")
    return path


@pytest.fixture
def plan() -> None:
    programme.load(toml=PLAN.read_text(), by=ROBOT, at=datetime(2020, 5, 1, tzinfo=UTC))


def loaded(code: str) -> None:
    department, _ = Department.objects.get_or_create(code="94", defaults={"name": "Val-de-Marne"})
    Neighbourhood.objects.create(
        code=code,
        name=code,
        generation="2015" if code.startswith("QP") else "2024",
        valid_from_date=date(2015, 1, 1),
        department=department,
        outline=shapely.to_wkb(shapely.box(2, 48, 3, 49)),
        layer="contours du jour",
    )


def test_the_contours_that_are_loaded_answer(points: Path, plan: None) -> None:
    loaded("QP094001")
    out = points.with_name("out.csv")

    assert locate.run([str(points), str(out)]) == 0

    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [r["answer"] for r in rows] == ["in", "out"]
    assert [r["layer"] for r in rows] == ["contours du jour"] * 2


def test_contours_of_another_generation_are_said(
    points: Path, plan: None, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded("QN09401M")

    assert locate.run([str(points), str(points.with_name("out.csv"))]) == 0
    assert "2024" in capsys.readouterr().err


def test_without_programme_or_contours_nothing_is_answered(
    points: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    out = points.with_name("out.csv")

    assert locate.run([str(points), str(out)]) == 2
    assert "init" in capsys.readouterr().err
    request.getfixturevalue("plan")
    assert locate.run([str(points), str(out)]) == 2
    assert "territories load" in capsys.readouterr().err
    assert not out.exists()
