"""What several tests of commands stand on: the commands themselves, and one demonstration."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def traitdunion(
    *arguments: str, url: str, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command on a database, as somebody at a terminal does."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "TRAITDUNION_DEMONSTRATION": "yes",
        "TRAITDUNION_SECRET_KEY": "the key of the tests of commands",
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-m", "traitdunion", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a demonstration's database, built once; nobody writes in it but its log."""
    folder = tmp_path_factory.mktemp("demonstration")
    ran = traitdunion("demo", "--no-serve", "--json", url="", folder=folder)
    assert ran.returncode == 0, ran.stderr
    return f"sqlite:///{folder}/var/demo.sqlite3"
