"""`match` on files: the best pairs, the same bytes whatever the order, bad rows beside."""

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

YOUNG = "id,department,priority,level,subjects,languages,slots,mode,lon,lat"
MENTORS = "id,department,capacity,levels,subjects,languages,slots,modes,lon,lat"
CHILDREN = [
    "awa,93,3,cm2,maths|français,,mardi|jeudi,on_site,2.36,48.92",
    "ben,93,0,cm2,maths,,mardi,on_site,2.361,48.921",
    "cyr,93,1,6e,maths,arabe,jeudi,remote,,",
    "dea,13,2,6e,anglais,,jeudi,remote,,",
    "eva,93,1,cm2,maths,,mardi,on_site,5.37,43.3",
]
OFFERS = [
    "m1,93,1,cm2|6e,maths|français,arabe,mardi|jeudi,on_site|remote,2.37,48.92",
    "m2,75,2,6e,maths,,jeudi,remote,,",
]
CSV = list[dict[str, str]]


def match(
    folder: Path, young: list[str], mentors: list[str], *options: str
) -> tuple[subprocess.CompletedProcess[str], CSV]:
    (folder / "young.csv").write_text("\n".join([YOUNG, *young]) + "\n", encoding="utf-8")
    (folder / "mentors.csv").write_text("\n".join([MENTORS, *mentors]) + "\n", encoding="utf-8")
    ran = launch(folder, "young.csv", "mentors.csv", "out.csv", "--json", *options)
    return ran, table(folder / "out.csv")


def launch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-m", "traitdunion", "match", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )


def table(path: Path) -> CSV:
    return list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []


def test_the_heaviest_are_paired_first_and_the_reasons_are_told(tmp_path: Path) -> None:
    ran, pairs = match(tmp_path, CHILDREN, OFFERS, "--reasons", "why.csv")

    # Awa and Ben want the only mentor near them: Awa is in danger of dropping out.
    assert ran.returncode == 0, ran.stderr
    assert [(pair["young"], pair["mentor"]) for pair in pairs] == [("awa", "m1"), ("cyr", "m2")]
    said = json.loads(ran.stdout)
    assert (said["pairs"], said["bases"], said["proven"]) == (2, 10, True)
    assert said["scores"] == sum(int(pair["score"]) for pair in pairs)
    why = {row["young"]: row["reason"] for row in table(tmp_path / "why.csv")}
    assert why["awa"] == "même matière : français, maths ; jeudi, mardi ; à 0,7 km"
    assert why["cyr"] == "même matière : maths ; jeudi ; à distance"
    assert why["ben"].startswith("des mentors conviennent")
    assert why["dea"] == "à ce niveau, aucun mentor des matières anglais"
    assert why["eva"] == "parmi ceux qui conviennent, aucun à moins de 5 km"


def test_the_same_rows_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    one, _pairs = match(tmp_path, CHILDREN, OFFERS)
    first = (tmp_path / "out.csv").read_bytes()

    match(tmp_path, CHILDREN[::-1], OFFERS[::-1])

    assert one.returncode == 0
    assert (tmp_path / "out.csv").read_bytes() == first
    assert first.startswith(b"young,mentor,score\n")


def test_the_programme_says_how_far_and_what_a_priority_is_worth(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("[mentoring]\ndistance_km = 0.5\nbases = [1, 1, 1, 1]\n")

    ran, pairs = match(tmp_path, CHILDREN, OFFERS, "--programme", "plan.toml")

    assert [pair["young"] for pair in pairs] == ["cyr"]
    assert json.loads(ran.stdout)["bases"] == 1


def test_an_existing_pair_is_kept_against_a_better_fit(tmp_path: Path) -> None:
    mentors = ["m1,75,1,cm2,maths,,mardi,remote,,", "m2,93,1,cm2,maths,,mardi,remote,,"]
    child = ["awa,93,3,cm2,maths,,mardi,remote,,"]
    (tmp_path / "had.csv").write_text("young,mentor\nawa,m1\ngone,m2\n", encoding="utf-8")

    _ran, free = match(tmp_path, child, mentors)
    ran, kept = match(tmp_path, child, mentors, "--previous", "had.csv")

    assert (free[0]["mentor"], kept[0]["mentor"]) == ("m2", "m1")
    assert json.loads(ran.stdout)["kept"] == 1
    assert int(kept[0]["score"]) < int(free[0]["score"]) <= 999


BAD = {
    "awa,93,1,cm2,maths,,mardi,remote,,": "déjà lu",
    "x,93,1,cm2,,,mardi,remote,,": "subjects",
    "x,93,,cm2,maths,,mardi,remote,,": "priority",
    "x,93,-1,cm2,maths,,mardi,remote,,": "priority",
    "x,93,4,cm2,maths,,mardi,remote,,": "priority",
    "x,93,1,cm2,maths,,mardi,pigeon,,": "mode inconnu",
    "x,93,1,cm2,maths,,mardi,on_site,,": "position",
    "x,93,1,cm2,maths,,mardi,on_site,nan,48": "coordonnée",
    "x,93,1,cm2,maths,,mardi,on_site,2,48,more": "plus de cellules",
    ",93,1,cm2,maths,,mardi,remote,,": "identifiant absent",
}


def test_rows_that_cannot_be_used_are_set_beside_each_with_its_reason(tmp_path: Path) -> None:
    ran, pairs = match(tmp_path, [*CHILDREN, *BAD], OFFERS)

    beside = table(tmp_path / "out.rejected.csv")
    assert ran.returncode == 1
    assert [pair["young"] for pair in pairs] == ["awa", "cyr"]
    assert [row["line"] for row in beside] == [str(line) for line in range(7, 7 + len(BAD))]
    assert {row["file"] for row in beside} == {"young.csv"}
    for row, why in zip(beside, BAD.values(), strict=True):
        assert why in row["reason"]


def test_a_negative_capacity_is_set_beside_and_a_null_one_is_not(tmp_path: Path) -> None:
    mentors = ["m1,93,-1,cm2,maths,,mardi,remote,,", "m2,93,0,cm2,maths,,mardi,remote,,"]

    ran, pairs = match(tmp_path, CHILDREN, mentors)

    assert ran.returncode == 1
    assert pairs == []
    assert [row["id"] for row in table(tmp_path / "out.rejected.csv")] == ["m1"]


def test_packed_files_are_read_and_written(tmp_path: Path) -> None:
    _ran, pairs = match(tmp_path, CHILDREN, OFFERS)
    for name in ("young", "mentors"):
        packed = gzip.compress((tmp_path / f"{name}.csv").read_bytes())
        (tmp_path / f"{name}.csv.gz").write_bytes(packed)

    ran = launch(tmp_path, "young.csv.gz", "mentors.csv.gz", "other.csv.gz")

    assert ran.returncode == 0
    unpacked = gzip.decompress((tmp_path / "other.csv.gz").read_bytes()).decode()
    assert list(csv.DictReader(unpacked.splitlines())) == pairs


@pytest.mark.parametrize(
    ("young", "mentors", "said"),
    [
        ("absent.csv", "mentors.csv", "introuvable"),
        ("young.csv", "young.csv", "capacity"),
        ("empty.csv", "mentors.csv", "empty.csv"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_line(
    tmp_path: Path, young: str, mentors: str, said: str
) -> None:
    match(tmp_path, CHILDREN, OFFERS)
    (tmp_path / "out.csv").unlink()
    (tmp_path / "empty.csv").write_bytes(b"")

    ran = launch(tmp_path, young, mentors, "out.csv")

    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1 and said in ran.stderr
    assert not (tmp_path / "out.csv").exists()
