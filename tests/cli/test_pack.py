"""``pack``: the same pack as the page's, by command."""

import json
from pathlib import Path

import pytest

from tests.lending.scene import Scene, build
from traitdunion.cli import pack
from traitdunion.lending.models import Agreement

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return build()


def test_one_command_prepares_and_prints(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "dossier.pdf"

    code = pack.run(["--relay", "0940071S", str(out), "--json"])

    document = json.loads(capsys.readouterr().out)
    assert (code, document["agreements"], document["prepared"]) == (0, 3, 3)
    assert out.read_bytes().startswith(b"%PDF")


def test_a_dry_run_counts_and_writes_nothing(scene: Scene, tmp_path: Path) -> None:
    out = tmp_path / "dossier.pdf"

    assert pack.run(["--relay", "0940071S", str(out), "--dry-run"]) == 0

    assert not out.exists() and not Agreement.objects.exists()


def test_a_relay_for_which_nothing_waits_is_found_by_the_exit_code(
    scene: Scene, tmp_path: Path
) -> None:
    assert pack.run(["--relay", "0940072T", str(tmp_path / "dossier.pdf")]) == 1


@pytest.mark.parametrize("code", ["0000000Z", "x"])
def test_an_unknown_relay_is_one_clear_line(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    assert pack.run(["--relay", code, str(tmp_path / "dossier.pdf")]) == 2

    assert "Aucune organisation" in capsys.readouterr().err


def test_a_folder_that_does_not_exist_prepares_nothing(scene: Scene, tmp_path: Path) -> None:
    assert pack.run(["--relay", "0940071S", str(tmp_path / "none" / "dossier.pdf")]) == 2

    assert not Agreement.objects.exists()
