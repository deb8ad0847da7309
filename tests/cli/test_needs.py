"""``needs import``: the same list by command, with its refused rows beside it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.census.conftest import World, listed, world
from traitdunion.census.models import Need
from traitdunion.cli import needs

__all__ = ["world"]
GOOD = "DIALLO;Aïcha;04/05/2009;5e B;2.405;48.805;0612345678;aucun;aucune"
BAD = "MARTIN;Léo;31/02/2008;4e A;2.455;48.805;;aucun;aucune"


@pytest.fixture(autouse=True)
def _while_the_census_is_open(settings: SimpleNamespace) -> None:
    settings.TRAITDUNION_NOW = datetime(2020, 4, 28, 9, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text(listed(GOOD, BAD))
    return path


def test_a_list_is_imported_and_its_refused_rows_are_beside_it(
    world: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = needs.run(["import", str(file), "--relay", "0940071S", "--json"])

    document = json.loads(capsys.readouterr().out)
    beside = Path(document["rejected_file"])
    assert (code, document["added"], document["rejected"]) == (1, 1, 1)
    assert beside.name == "liste.csv.rejected.csv"
    assert "date illisible" in beside.read_text(encoding="utf-8-sig")


def test_the_refused_rows_once_mended_are_taken_as_they_are(world: World, file: Path) -> None:
    needs.run(["import", str(file), "--relay", "0940071S"])
    beside = file.with_name("liste.csv.rejected.csv")
    mended = beside.read_text(encoding="utf-8-sig").replace("31/02/2008", "28/02/2008")
    beside.write_text(mended)

    code = needs.run(["import", str(beside), "--relay", "0940071S"])

    assert (code, Need.objects.count()) == (0, 2)


def test_twice_adds_nothing(world: World, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(listed(GOOD))

    codes = [needs.run(["import", str(path), "--relay", "0940071S"]) for _ in range(2)]

    assert (codes, Need.objects.count()) == ([0, 0], 1)


def test_a_rehearsal_writes_neither_needs_nor_file(world: World, file: Path) -> None:
    code = needs.run(["import", str(file), "--relay", "0940071S", "--dry-run"])

    assert code == 1
    assert not Need.objects.exists()
    assert list(file.parent.iterdir()) == [file]


def test_the_zero_that_excel_took_from_the_code_is_given_back(world: World, file: Path) -> None:
    needs.run(["import", str(file), "--relay", "940071S"])

    assert Need.objects.get().relay == world.school


@pytest.mark.parametrize(
    ("content", "relay", "words"),
    [
        (listed(GOOD), "0940099Z", "Aucune organisation"),
        ("", "0940071S", "vide"),
        ("%PDF-1.4 …", "0940071S", "PDF"),
        ("Classe;Adresse\n5e;1 rue\n", "0940071S", "Nom"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_two(
    world: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    relay: str,
    words: str,
) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(content)

    code = needs.run(["import", str(path), "--relay", relay])

    told = capsys.readouterr().err
    assert code == 2
    assert words in told and "Traceback" not in told


def test_a_file_that_is_not_there_is_said_in_french(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert needs.run(["import", str(tmp_path / "rien.csv"), "--relay", "0940071S"]) == 2

    assert "rien.csv » : fichier ou dossier introuvable." in capsys.readouterr().err
