"""Every setting is listed with its value and meaning; a secret is never shown."""

import ast
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from traitdunion.cli import settings_

SOURCE = Path(settings_.__file__).parents[1] / "project" / "settings.py"
READERS = {"text", "flag", "number", "words"}


def names_that_settings_read() -> set[str]:
    calls = [
        node for node in ast.walk(ast.parse(SOURCE.read_text())) if isinstance(node, ast.Call)
    ]
    return {
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", "") in READERS and isinstance(call.args[0], ast.Constant)
    }


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("TRAITDUNION_")]:
        monkeypatch.delenv(name)


@pytest.mark.once
def test_what_is_listed_is_what_the_settings_file_reads() -> None:
    assert {setting.name for setting in settings_.KNOWN} == names_that_settings_read()


def test_each_setting_comes_with_its_value_and_its_meaning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert settings_.run(["--json"]) == 0

    rows = json.loads(capsys.readouterr().out)["settings"]
    values = {row["name"]: row["value"] for row in rows}
    assert values["TRAITDUNION_DEMONSTRATION"] == "no"
    assert values["TRAITDUNION_ALLOWED_HOSTS"].startswith("127.0.0.1,")
    assert all(row["meaning"] for row in rows)


def test_a_secret_is_only_said_to_be_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAITDUNION_SECRET_KEY", "s3cr3t")
    monkeypatch.setattr(settings, "SECRET_KEY", "s3cr3t")
    monkeypatch.setattr(settings, "DATABASE_URL", "postgres://compte:s3cr3t@base/traitdunion")

    settings_.run([])

    said = capsys.readouterr().err
    assert "s3cr3t" not in said
    assert "TRAITDUNION_SECRET_KEY = réglé" in said
    assert "postgres://compte:…@base/traitdunion" in said


def test_a_slip_of_the_pen_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAITDUNION_SECRETKEY", "x")

    assert settings_.run([]) == 1
    assert "TRAITDUNION_SECRETKEY : réglage inconnu" in capsys.readouterr().err


def first_secrets(folder: Path, prepared: str) -> set[str]:
    """What six first processes of an installation, started together, take for its secret."""
    script = f"import sys; sys.stdin.readline()\n{prepared}\nprint(kept_secret())"
    environment = {
        **os.environ,
        "TRAITDUNION_SECRET_KEY": "any",
        "PYTHONPATH": str(SOURCE.parents[2]),
    }
    with ExitStack() as ending:
        running = [
            ending.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", script],
                    cwd=folder, env=environment, text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                )
            )
            for _ in range(6)
        ]  # fmt: skip
        for one in running:
            one.stdin.write("go\n")
            one.stdin.flush()
        return {one.communicate(timeout=60)[0].strip() for one in running}


@pytest.mark.once
def test_the_first_processes_of_an_installation_agree_on_its_secret(tmp_path: Path) -> None:
    said = first_secrets(tmp_path, "from traitdunion.project.settings import kept_secret")

    file = tmp_path / "var" / "secret.key"
    assert said == {file.read_text()}
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.glob("secret*")) == [file]


NAIVE = """
import pathlib, secrets, time
def kept_secret():
    file = pathlib.Path("secret.key")
    if not file.exists():
        time.sleep(0.5)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()
"""


@pytest.mark.once
def test_without_the_link_they_would_not_agree(tmp_path: Path) -> None:
    assert len(first_secrets(tmp_path, NAIVE)) > 1
