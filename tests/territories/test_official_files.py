"""Every official file as it is, dirt included, in one go and twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import open_sheet
from traitdunion.territories import operations, queries
from traitdunion.territories.models import Academy, Neighbourhood, School

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]
AT = datetime(2020, 5, 12, 8, tzinfo=UTC)
# The file, rows added, rows refused.
SCHOOLS = (
    ("colleges-france-2024.csv.gz", 7654, 0),
    ("ecoles-val-de-marne.csv", 613, 0),
    ("rep-2022.csv.gz", None, 11),
    ("ips-colleges-2023.csv.gz", 0, None),
    ("etablissements-saisis-a-la-main.csv", None, None),
)


def load_schools(folder: Path, name: str) -> operations.LoadReport:
    with open_sheet(folder / name, name=name) as sheet:
        return operations.load_schools(sheet=sheet, by=ROBOT, at=AT)


def load_neighbourhoods(folder: Path) -> operations.LoadReport:
    path = folder / "qpv-2024.geojson.gz"
    return operations.load_neighbourhoods(path=path, name=path.name, by=ROBOT, at=AT)


def load_cites(folder: Path) -> operations.LoadReport:
    path = folder / "cites-educatives-2019-partial.csv"
    with open_sheet(path, name=path.name) as sheet:
        return operations.load_cites_educatives(sheet=sheet, by=ROBOT, at=AT)


def test_the_neighbourhoods_are_all_loaded_and_their_doubts_said(real_data: Path) -> None:
    operations.load_reference(by=ROBOT, at=AT)

    report, again = load_neighbourhoods(real_data), load_neighbourhoods(real_data)

    assert (report.added, report.rejected) == (1584, [])
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1584)
    assert any("QN97654C" in notice for notice in report.notices)
    assert any("586" in notice for notice in report.notices)
    assert not Neighbourhood.objects.exclude(generation="2024").exists()


def test_the_schools_are_all_loaded_and_loading_them_again_changes_nothing(
    real_data: Path,
) -> None:
    operations.load_reference(by=ROBOT, at=AT)

    first = {name: load_schools(real_data, name) for name, _, _ in SCHOOLS}
    assert any("147 établissements sans position" in n for n in first[SCHOOLS[0][0]].notices)
    second = {name: load_schools(real_data, name) for name, _, _ in SCHOOLS}

    for name, added, refused in SCHOOLS:
        assert added in {None, first[name].added}
        assert refused in {None, len(first[name].rejected)}
        assert (second[name].added, second[name].changed) == (0, 0), name
    assert School.objects.filter(priority_network="REP+").count() > 2_000
    assert School.objects.exclude(social_index=None).count() == first[SCHOOLS[3][0]].changed
    assert Academy.objects.count() >= 30
    assert School.objects.filter(department=None).count() == 0


def test_typed_numbers_are_mended_or_refused_with_the_reason(real_data: Path) -> None:
    operations.load_reference(by=ROBOT, at=AT)

    report = load_schools(real_data, "etablissements-saisis-a-la-main.csv")

    assert report.added + len(report.rejected) == 1194
    assert 5 <= len(report.rejected) <= 9
    assert all("UAI" in reason for _, reason in report.rejected)


def test_the_cites_educatives_find_their_neighbourhoods(real_data: Path) -> None:
    operations.load_reference(by=ROBOT, at=AT)
    load_neighbourhoods(real_data)

    report, again = load_cites(real_data), load_cites(real_data)

    assert (report.added, report.rejected) == (57, [])
    assert (again.added, again.changed) == (0, 0)
    assert len(report.notices) < 8
    assert 100 < len(queries.cite_of_neighbourhoods()) < 400
