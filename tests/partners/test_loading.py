"""Organisations come from a public list, dirt included: once each, refusals with their reason."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import Unreadable
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Identifier, Organisation
from traitdunion.territories.models import Department

pytestmark = pytest.mark.django_db
AT = datetime(2020, 5, 1, 9, tzinfo=UTC)
ALFA = {"code_tiers": "77554402601284", "raison_sociale": "ALFA 3A", "insee_dep": "01"}
CCAS = {"code_tiers": "26010004500014", "raison_sociale": "CCAS"}


def load(path: Path, rows: object) -> object:
    path.write_bytes(gzip.compress(json.dumps(rows).encode()))
    return partners.load_organisations(path=path, by=ROBOT, at=AT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "postes.json.gz"


def test_an_organisation_of_several_posts_is_there_once_in_its_departement(path: Path) -> None:
    ain = Department.objects.create(code="01", name="Ain")

    report = load(path, [ALFA, {**ALFA, "id_poste": "autre"}])

    one = Organisation.objects.get()
    assert (report.added, report.rejected) == (1, [])
    assert (one.name, one.kind, one.department) == ("ALFA 3A", "ASSOCIATION", ain)
    assert any("1 lignes répètent" in notice for notice in report.notices)


def test_loading_again_changes_nothing_and_a_new_name_is_corrected(path: Path) -> None:
    load(path, [ALFA])

    again = load(path, [ALFA])
    renamed = load(path, [{**ALFA, "raison_sociale": "Alfa Trois A"}])

    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert (renamed.added, renamed.changed) == (0, 1)
    assert Organisation.objects.get().name == "Alfa Trois A"


def test_a_name_in_the_column_of_the_number_is_put_right(path: Path) -> None:
    turned = {"code_tiers": ALFA["raison_sociale"], "raison_sociale": ALFA["code_tiers"]}

    report = load(path, [turned])

    assert report.added == 1 and Organisation.objects.get().name == "ALFA 3A"
    assert any("colonne du SIRET" in notice for notice in report.notices)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"code_tiers": "123", "raison_sociale": "X"}, "SIRET"),
        ({"code_tiers": ALFA["code_tiers"], "raison_sociale": ""}, "nom"),
        ({"code_tiers": "19170081400020", "raison_sociale": "COLLEGE"}, "schools"),
        ("une ligne", "ni SIRET ni nom"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(path: Path, row: object, words: str) -> None:
    report = load(path, [ALFA | {"code_tiers": "31538511200026"}, row])

    assert (report.added, [line for line, _reason in report.rejected]) == (1, [2])
    assert words in report.rejected[0][1]


@pytest.mark.parametrize("content", [b"{}", b"no", b"\x1f\x8b damaged"])
def test_a_file_that_is_no_list_is_refused_whole(path: Path, content: bytes) -> None:
    path.write_bytes(content if content.startswith(b"\x1f") else gzip.compress(content))

    with pytest.raises(Unreadable):
        partners.load_organisations(path=path, by=ROBOT, at=AT)


@pytest.mark.realdata
def test_the_official_list_is_read_as_it_is(real_data: Path) -> None:
    path = real_data / "adultes-relais-2020.json.gz"

    report = partners.load_organisations(path=path, by=ROBOT, at=AT)

    assert report.added + len(report.rejected) == 2555
    assert all("schools" in reason for _line, reason in report.rejected)
    assert Identifier.objects.filter(value="77554402601284", scheme="SIRET").exists()
    assert any("2105 lignes répètent" in notice for notice in report.notices)
