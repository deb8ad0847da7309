"""One way in for every command: help, unknown words, refusals, never a traceback."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from traitdunion.base.errors import Refusal
from traitdunion.cli import console, main, settings_

PLAN = Path(main.__file__).parents[1] / "programme/plans/2020-04-continuite-educative.toml"


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["traitdunion", *words])
    return main.main()


def ran(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, in an empty folder."""
    return subprocess.run(
        [sys.executable, "-m", "traitdunion", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = typed(monkeypatch, "--help")

    said = capsys.readouterr()
    assert (code, said.out) == (0, "")
    assert all(name in said.err for name in main.COMMANDS)


@pytest.mark.parametrize(
    ("lang", "word"), [("en_GB.UTF-8", "shows what is"), ("fr_FR.UTF-8", "montre ce qui")]
)
def test_help_speaks_the_language_of_the_terminal(
    lang: str,
    word: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LANG", lang)
    monkeypatch.delenv("LC_ALL", raising=False)

    typed(monkeypatch, "--help")

    assert word in capsys.readouterr().err


@pytest.mark.parametrize("words", [(), ("tablette",)])
def test_without_a_known_command_the_code_is_2(
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typed(monkeypatch, *words) == 2
    assert "--help" in capsys.readouterr().err


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def run(argv: list[str]) -> int:
        raise error

    monkeypatch.setattr(settings_, "run", run)


def test_a_refusal_is_one_line_and_the_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, Refusal("Le fichier\nest vide."))

    assert typed(monkeypatch, "settings") == 2
    assert capsys.readouterr().err == "Le fichier est vide.\n"


def test_an_unexpected_error_tells_its_place_and_nothing_of_the_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TRAITDUNION_DEBUG", raising=False)
    failing(monkeypatch, ValueError("Camille Martin"))

    assert typed(monkeypatch, "settings") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "ValueError" in said and "référence" in said and "Martin" not in said


def test_whoever_develops_sees_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAITDUNION_DEBUG", "yes")
    failing(monkeypatch, ValueError("here"))

    with pytest.raises(ValueError, match="here"):
        typed(monkeypatch, "settings")


@pytest.mark.once
@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"TRAITDUNION_DEMONSTRATION": "maybe"}, "écrivez yes ou no"),
        ({"TRAITDUNION_SECRET_KEY_FILE": "/nowhere"}, "TRAITDUNION_SECRET_KEY_FILE"),
        ({"TRAITDUNION_NOW": "2020-07-31T18:00:00+02:00"}, "démonstration"),
        ({"TRAITDUNION_NOW": "hier", "TRAITDUNION_DEMONSTRATION": "yes"}, "un instant comme"),
        ({"DATABASE_URL": "un fichier"}, "DATABASE_URL"),
    ],
)
def test_a_setting_that_cannot_be_read_is_one_line(
    environment: Mapping[str, str], says: str, tmp_path: Path
) -> None:
    done = ran(tmp_path, "doctor", **environment)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr


@pytest.mark.once
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_before_init_the_answer_is_to_run_init(command: str, tmp_path: Path) -> None:
    done = ran(tmp_path, command)

    assert (done.returncode, done.stdout) == (2, "")
    assert "traitdunion init" in done.stderr


@pytest.mark.once
def test_files_alone_need_neither_settings_nor_database(tmp_path: Path) -> None:
    (tmp_path / "needs.csv").write_text("need,neighbourhood,kind\nA,QP1,tablet\n")

    done = ran(
        tmp_path,
        *("allocate", "needs.csv", "out.csv", "--programme", str(PLAN)),
        TRAITDUNION_DEMONSTRATION="maybe",
        DATABASE_URL="un fichier",
    )

    assert done.returncode == 0
    assert not (tmp_path / "var").exists()


def test_json_goes_to_the_output_and_words_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    console.answer({"ville": "Orléans"}, as_json=True, summary="fini")
    console.say("une phrase")

    said = capsys.readouterr()
    assert said.out == '{\n  "ville": "Orléans"\n}\n'
    assert said.err == "une phrase\n"
