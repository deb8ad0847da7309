"""The invented département goes through the same loaders as the official files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.cli.demonstration import fiction
from traitdunion.territories import operations, queries

pytestmark = pytest.mark.django_db
AT = datetime(2020, 5, 12, 8, tzinfo=UTC)
FILES = (
    ("communes", "communes.csv"),
    ("neighbourhoods", "quartiers.geojson"),
    ("cites-educatives", "cites-educatives.csv"),
    ("schools", "colleges.csv"),
)


def test_every_invented_row_is_loaded_and_nothing_is_refused(tmp_path: Path) -> None:
    land = fiction.invent(seed=2020, scale=fiction.SCALES["small"])
    land.write(tmp_path)

    reports = {
        kind: operations.load_file(kind=kind, path=tmp_path / name, by=ROBOT, at=AT)
        for kind, name in FILES
    }

    assert all(not report.rejected for report in reports.values())
    assert reports["communes"].added == len(land.towns)
    assert reports["neighbourhoods"].added == len(land.quarters)
    assert reports["schools"].added == len(land.colleges)
    assert not reports["cites-educatives"].notices
    assert queries.layer_state("2015").loaded == ("2015",)
    assert any(school.neighbourhood for school in queries.schools())
