"""Loading reference data from the command line: counts, refusals, exit codes."""

import json
from pathlib import Path

import pytest
import shapely

from traitdunion.cli import territories
from traitdunion.territories import queries
from traitdunion.territories.models import Neighbourhood, School

pytestmark = pytest.mark.django_db
SCHOOLS = "numero_uai;appellation_officielle;longitude;latitude;code_departement\n"


def contours(folder: Path, *codes: str) -> str:
    box = shapely.geometry.mapping(shapely.box(2, 48, 3, 49))
    features = [
        {"properties": {"code_qp": c, "lib_qp": c, "insee_com": "94054"}, "geometry": box}
        for c in codes
    ]
    path = folder / "quartiers.geojson"
    path.write_text(json.dumps({"features": features}))
    return str(path)


def test_contours_are_loaded_on_an_empty_database_with_the_reference_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = territories.run(["load", "neighbourhoods", contours(tmp_path, "QP094001"), "--json"])

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (document["added"], document["rejected"]) == (1, [])
    assert queries.communes_of([Neighbourhood.objects.get().pk]).popitem()[1] == ["Orly"]


def test_refused_rows_are_listed_and_the_exit_code_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = contours(tmp_path, "QP094001", "QX1", "QP094001")

    code = territories.run(["load", "neighbourhoods", path])

    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert "ligne 2" in said.err and "ligne 3" in said.err and "2 refusées" in said.err


def test_a_rehearsal_says_what_would_be_done_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = territories.run(["load", "neighbourhoods", contours(tmp_path, "QP094001"), "--dry-run"])

    assert code == 0
    assert "1 ajoutées" in capsys.readouterr().err
    assert Neighbourhood.objects.count() == 0


def test_schools_are_placed_as_soon_as_contours_and_schools_are_there(tmp_path: Path) -> None:
    path = tmp_path / "ecoles.csv"
    path.write_text(f"{SCHOOLS}0940071S;Collège;2.5;48.5;094\n")
    territories.run(["load", "schools", str(path)])

    territories.run(["load", "neighbourhoods", contours(tmp_path, "QP094001")])

    assert School.objects.get().neighbourhood.code == "QP094001"


@pytest.mark.parametrize("kind", territories.KINDS)
@pytest.mark.parametrize("content", [None, b"", b"%PDF-1.4", b"\x1f\x8b\x00", b"hello"])
def test_an_unusable_file_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, content: bytes | None
) -> None:
    path = tmp_path / "faux"
    if content is not None:
        path.write_bytes(content)

    code = territories.run(["load", kind, str(path)])

    error = capsys.readouterr().err
    assert code == 2
    assert error.count("\n") == 1 and "faux" in error


def test_an_unknown_kind_is_bad_usage() -> None:
    with pytest.raises(SystemExit) as stopped:
        territories.run(["load", "planets", "x"])

    assert stopped.value.code == 2
