"""One byte flipped in a copy of the database: `verify` names a record, and never stumbles."""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.journal.conftest import Office
from tests.journal.damage import File
from traitdunion.cli import verify
from traitdunion.journal import telling
from traitdunion.journal.models import Event, Seal

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the bytes of a SQLite file"),
]

SEED = 2020
PLACES = 60


@pytest.fixture
def copy(transactional_db: None, tmp_path: Path) -> Path:
    """Two sealed days, in a file that nobody else uses."""
    office = Office()
    for _day in range(2):
        office.work_a_day()
        office.seal()
    path = tmp_path / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return path


@contextmanager
def instead(path: Path) -> Iterator[None]:
    """The database is that file."""
    kept = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept


def verified(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    with instead(path):
        code = verify.run(["--json"])
    return code, json.loads(capsys.readouterr().out)


def tables() -> list[str]:
    found = [one for one in telling.tables() if one._default_manager.exists()]
    return [one._meta.db_table for one in (Event, Seal, *found)]


def content(path: Path) -> Any:
    """Every value of these tables, with its type; None when they cannot be read."""
    try:
        with closing(sqlite3.connect(path)) as database:
            return [database.execute(f"SELECT * FROM {one}").fetchall() for one in tables()]
    except sqlite3.Error:
        return None


def test_a_copy_that_nobody_touched_verifies(copy: Path, capsys) -> None:
    assert verified(copy, capsys) == (0, {"first_wrong": None, "unsealed": 0})


def test_a_flipped_byte_is_found_wherever_it_is_in_a_row(copy: Path, capsys) -> None:
    whole, before = File(copy), content(copy)
    with closing(sqlite3.connect(copy)) as database:
        roots = dict(database.execute("SELECT name, rootpage FROM sqlite_master"))
    draw = random.Random(SEED)
    missed, harmless = [], 0

    for table in tables():
        cells = list(whole.cells(roots[table]))
        assert len(cells) >= 2
        for _try in range(PLACES):
            place = draw.choice(draw.choice(cells))
            bit = 1 << draw.randrange(8)
            damaged = bytearray(whole.bytes)
            damaged[place] ^= bit
            path = copy.with_name("damaged.sqlite3")
            path.write_bytes(damaged)
            code, told = verified(path, capsys)
            if code == 1 and told["first_wrong"]["table"]:
                continue
            # A byte that says nothing: every value is still there, of the same type.
            if content(path) == before:
                harmless += 1
            else:
                missed.append((table, place, bit, code, told))

    assert not missed
    assert harmless < PLACES // 4
