"""The command that says where points are: files in, files out, no database."""

import csv
import gzip
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import shapely

from traitdunion.cli import locate

pytestmark = pytest.mark.once


@pytest.fixture
def zones(tmp_path: Path) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"code_qp": code},
            "geometry": shapely.geometry.mapping(shapely.box(west, 48, west + 1, 49)),
        }
        for code, west in (("QP075002", 2), ("QP075001", 2.5), ("QP075003", 5))
    ]
    path = tmp_path / "quartiers.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def located(
    tmp_path: Path, zones: Path, content: str | bytes, *options: str
) -> list[dict[str, str]]:
    raw = content.encode() if isinstance(content, str) else content
    (tmp_path / "in.csv").write_bytes(raw)
    out = tmp_path / "out.csv"
    code = locate.run([str(tmp_path / "in.csv"), str(out), "--zones", str(zones), *options])
    assert code == 0
    return list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))


def test_each_row_keeps_its_columns_and_its_place_and_gains_four(
    tmp_path: Path, zones: Path
) -> None:
    content = 'id,lat,lon,note\nb,48.5,2.1,"rue, 3"\na,40,2.1,\n'

    rows = located(tmp_path, zones, content)

    assert [*rows[0]] == [
        "id", "lat", "lon", "note", "answer", "neighbourhood", "distance_m", "layer",
    ]  # fmt: skip
    assert [r["id"] for r in rows] == ["b", "a"]
    assert rows[0]["note"] == "rue, 3"
    assert [(r["answer"], r["neighbourhood"]) for r in rows] == [("in", "QP075002"), ("out", "")]
    assert rows[0]["layer"] == "quartiers.geojson"


def test_the_smallest_code_wins_and_the_limit_is_inside_at_zero_metre(
    tmp_path: Path, zones: Path
) -> None:
    rows = located(tmp_path, zones, "lon,lat\n2.7,48.5\n2,48\n2,48.1\n")

    assert [r["neighbourhood"] for r in rows] == ["QP075001", "QP075002", "QP075002"]
    assert [r["answer"] for r in rows] == ["in"] * 3
    assert [r["distance_m"] for r in rows[1:]] == ["0", "0"]


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("", "48.5"), ("2.5", ""), ("", ""), ("abc", "48.5"), ("nan", "48.5"), ("inf", "1"),
        ("180.1", "48.5"), ("2.5", "-90.01"), ("2_5", "48"), ("0x1", "48"), ("1e999", "0"),
        ("2°30", "48.5"), ("'2,5'", "48.5"),
    ],
)  # fmt: skip
def test_unusable_coordinates_are_unknown_never_out(
    tmp_path: Path, zones: Path, lon: str, lat: str
) -> None:
    rows = located(tmp_path, zones, f"id;lon;lat\n1;{lon};{lat}\n")

    assert rows[0]["answer"] == "unknown"
    assert rows[0]["neighbourhood"] == rows[0]["distance_m"] == ""


def test_a_row_without_any_cell_filled_still_has_its_answer(tmp_path: Path, zones: Path) -> None:
    rows = located(tmp_path, zones, "lon,lat\n,\n2.1,48.5\n,\n")

    assert [r["answer"] for r in rows] == ["unknown", "in", "unknown"]


def test_a_tolerance_sends_those_near_a_limit_to_a_person(tmp_path: Path, zones: Path) -> None:
    content = "lon,lat\n2,48.2\n1.9999,48.2\n2.0001,48.2\n2.2,48.5\n1.9,48.2\n"

    rows = located(tmp_path, zones, content, "--tolerance-m", "20")

    assert [r["answer"] for r in rows] == ["review", "review", "review", "in", "out"]
    assert [r["neighbourhood"] for r in rows[:3]] == ["QP075002"] * 3


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffid;lon;lat\né;2.1;48.5\n".encode(),
        "id\tlon\tlat\né\t2.1\t48.5\n".encode(),
        "id,lon,lat\r\né,2.1,48.5\r\n".encode("cp1252"),
        gzip.compress("id,lon,lat\né,2.1,48.5\n".encode()),
    ],
    ids=["bom", "tab", "cp1252", "gzip"],
)
def test_the_files_that_people_send_are_read(tmp_path: Path, zones: Path, content: bytes) -> None:
    rows = located(tmp_path, zones, content)

    assert (rows[0]["id"], rows[0]["answer"]) == ("é", "in")


def test_a_located_file_is_located_again_without_doubling_its_columns(
    tmp_path: Path, zones: Path
) -> None:
    located(tmp_path, zones, "lon,lat\n2.1,48.5\n")
    out = tmp_path / "out.csv"
    first = out.read_bytes()

    assert locate.run([str(out), str(out), "--zones", str(zones)]) == 0
    assert out.read_bytes() == first


def test_a_row_longer_than_its_header_is_not_trusted(
    tmp_path: Path, zones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = located(tmp_path, zones, "id,lon,lat\n1,rue, 2.1,48.5\n2,2.1,48.5\n")

    assert [r["answer"] for r in rows] == ["unknown", "in"]
    assert "lignes : 2" in capsys.readouterr().err


def test_json_is_one_document_on_stdout(
    tmp_path: Path, zones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    located(tmp_path, zones, "lon,lat\n2.1,48.5\n1,1\n,\n", "--json")

    document = json.loads(capsys.readouterr().out)

    assert document["rows"] == 3
    assert document["answers"] == {"in": 1, "out": 1, "review": 0, "unknown": 1}
    assert (document["zones"], document["layer"]) == (3, "quartiers.geojson")


def test_a_rehearsal_writes_nothing(tmp_path: Path, zones: Path) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n1,1\n")
    out = tmp_path / "out.csv"

    assert (
        locate.run([str(tmp_path / "in.csv"), str(out), "--zones", str(zones), "--dry-run"]) == 0
    )
    assert not out.exists()


def test_the_result_is_packed_when_its_name_says_so(tmp_path: Path, zones: Path) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n2.1,48.5\n")
    out = tmp_path / "out.csv.gz"

    locate.run([str(tmp_path / "in.csv"), str(out), "--zones", str(zones)])

    assert gzip.decompress(out.read_bytes()).startswith(b"lon,lat,answer")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"id,x\n1,2\n", "lon"),
        (b"%PDF-1.4 ...", "PDF"),
        (b"lon,lat\n1,\x00\n", "ligne 2"),
    ],
)
def test_an_unusable_file_is_one_clear_line_and_nothing_is_written(
    tmp_path: Path,
    zones: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
    said: str,
) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    out = tmp_path / "out.csv"

    code = locate.run([str(tmp_path / "in.csv"), str(out), "--zones", str(zones)])

    error = capsys.readouterr().err
    assert code == 2
    assert said in error and error.count("\n") == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "quartiers.geojson"]


def test_files_that_are_missing_or_are_no_zones_are_refused(
    tmp_path: Path, zones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = tmp_path / "in.csv"
    points.write_text("lon,lat\n1,1\n")
    out = str(tmp_path / "out.csv")

    for arguments in (
        [str(tmp_path / "none.csv"), out, "--zones", str(zones)],
        [str(points), out, "--zones", str(tmp_path / "none.geojson")],
        [str(points), out, "--zones", str(points)],
        [str(points), str(tmp_path / "no" / "out.csv"), "--zones", str(zones)],
        [str(points), out, "--zones", str(zones), "--tolerance-m", "-1"],
        [str(points), out, "--zones", str(zones), "--tolerance-m", "nan"],
    ):
        assert locate.run(arguments) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and "Traceback" not in error


def test_the_same_points_packed_twice_are_the_same_bytes(tmp_path: Path, zones: Path) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n2.1,48.5\n")
    outs = [tmp_path / "a.csv.gz", tmp_path / "b.csv.gz"]

    for out in outs:
        assert locate.run([str(tmp_path / "in.csv"), str(out), "--zones", str(zones)]) == 0
        time.sleep(1.1)

    assert outs[0].read_bytes() == outs[1].read_bytes()
    # Neither a name (flag 8) nor an hour in the header.
    assert outs[0].read_bytes()[3:8] == b"\0\0\0\0\0"


def test_a_missing_folder_is_named_as_it_was_written(
    tmp_path: Path, zones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n2.1,48.5\n")
    out = tmp_path / "absent" / "out.csv"

    assert locate.run([str(tmp_path / "in.csv"), str(out), "--zones", str(zones)]) == 2

    assert capsys.readouterr().err == f"« {tmp_path}/absent » : fichier ou dossier introuvable.\n"


def test_bad_usage_is_exit_code_2_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        locate.run(["only-one.csv"])

    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_with_a_zones_file_neither_settings_nor_database_are_touched(
    tmp_path: Path, zones: Path
) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n2.1,48.5\n,\n")
    program = (
        "import sys; from traitdunion.cli import locate; code = locate.run(sys.argv[1:]);"
        "assert 'traitdunion.project.settings' not in sys.modules;"
        "assert 'django.db.models' not in sys.modules; sys.exit(code)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program, "in.csv", "out.csv", "--zones", str(zones)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "DATABASE_URL": "nothing"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert "1 dedans" in ran.stderr
    assert (tmp_path / "out.csv").read_text().count("\n") == 3
    assert not (tmp_path / "var").exists()


def test_exchanged_longitude_and_latitude_are_said_as_such_and_nothing_is_written(
    tmp_path: Path, zones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n48.5,2.1\n48.6,2.2\n48.5,\n2.3,48.5\n48.2,3.1\n")
    (tmp_path / "far.csv").write_text("lon,lat\n48.5,2.1\n48.6,2.2\n-74,40.7\n13.4,52.5\n")
    out = tmp_path / "out.csv"
    options = ["--zones", str(zones)]

    # One of them is in a neighbourhood as it stands: it is not the columns that are wrong.
    assert locate.run([str(tmp_path / "in.csv"), str(out), *options]) == 0
    out.unlink()
    # Half of them abroad either way: they are only far.
    assert locate.run([str(tmp_path / "far.csv"), str(out), *options]) == 0
    out.unlink()
    (tmp_path / "in.csv").write_text("lon,lat\n48.5,2.1\n48.6,2.2\n48.5,\n2.3,47.5\n48.2,3.1\n")
    capsys.readouterr()
    code = locate.run([str(tmp_path / "in.csv"), str(out), *options])

    said = capsys.readouterr().err
    assert code == 2
    assert "« lon » et « lat » sont échangées : 3 points sur 4" in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_a_file_cut_in_two_gives_the_same_lines_and_each_says_what_it_cost(
    tmp_path: Path, zones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{n},{1.9 + n / 50},{47.9 + n / 60}" for n in range(60)]
    whole = located(tmp_path, zones, "id,lon,lat\n" + "\n".join(lines))

    halves = [
        *located(tmp_path, zones, "id,lon,lat\n" + "\n".join(lines[:23])),
        *located(tmp_path, zones, "id,lon,lat\n" + "\n".join(lines[23:]), "--json"),
    ]

    assert halves == whole
    cost = json.loads(capsys.readouterr().out)
    assert all(cost[name] > 0 for name in ("wall_seconds", "cpu_seconds", "peak_mib"))
