"""The demonstration, as somebody who has just cloned the project runs it, then `verify`."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {"neighbourhoods", "schools", "needs", "awards", "devices", "loans"}


def traitdunion(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL"}}
    return subprocess.run(
        [sys.executable, "-m", "traitdunion", *arguments],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("demo")
    ran = traitdunion(folder, "demo", "--no-serve", "--json")
    assert ran.returncode == 0, ran.stderr
    return folder, json.loads(ran.stdout)


def verify(folder: Path, url: str) -> tuple[int, dict]:
    ran = traitdunion(
        folder, "verify", "--json", DATABASE_URL=url, TRAITDUNION_DEMONSTRATION="yes"
    )
    return ran.returncode, json.loads(ran.stdout)


def test_the_document_says_where_to_enter_and_what_is_there(built: tuple[Path, dict]) -> None:
    folder, document = built

    assert document["url"] == "http://127.0.0.1:8000/"
    assert document["database_url"] == f"sqlite:///{folder}/var/demo.sqlite3"
    assert document["counts"].keys() >= COUNTS
    assert all(document["counts"][name] > 0 for name in COUNTS)
    assert {"name", "role", "organisation", "login", "password"} <= document["personas"][0].keys()
    assert len(document["personas"]) >= 11


def test_everybody_who_sits_somewhere_has_a_token_and_nobody_else(
    built: tuple[Path, dict],
) -> None:
    _folder, document = built

    holding = {bool(one["organisation"]): one["api_token"] for one in document["personas"]}

    assert all(bool(one["organisation"]) == bool(one["api_token"]) for one in document["personas"])
    assert holding[True].startswith("tdu_") and holding[False] == ""


def test_everything_holds_after_it(built: tuple[Path, dict]) -> None:
    folder, document = built

    code, told = verify(folder, document["database_url"])

    assert (code, told["first_wrong"]) == (0, None)
    assert told["unsealed"] == 0


def test_the_crisis_is_not_over_something_is_late_doubtful_waiting_and_lost(
    built: tuple[Path, dict],
) -> None:
    folder, _document = built
    with sqlite3.connect(folder / "var" / "demo.sqlite3") as database:
        ask = database.execute
        late = ask(
            "select count(*) from supply_purchaseorder where promised_on < '2020-05-14'"
            " and state in ('PLACED', 'PARTLY_RECEIVED')"
        ).fetchone()[0]
        doubtful = ask("select count(*) from census_need where state = 'DOUBTFUL'").fetchone()[0]
        waiting = ask(
            "select count(*) from allocation_line where decision = 'waiting'"
        ).fetchone()[0]
        lost = ask("select count(*) from equipment_device where state = 'LOST'").fetchone()[0]

    assert late and doubtful and waiting and lost


@pytest.mark.parametrize(
    ("tampering", "table"),
    [
        (
            "update budget_envelope set committed_cents = committed_cents - 100"
            " where committed_cents > certified_cents + 100",
            "budget_envelope",
        ),
        (
            "update equipment_device set version = version + 1 where state = 'LENT'",
            "equipment_device",
        ),
        (
            "update supply_orderline set received = received - 1 where received > 1"
            " and certified < received",
            "supply_orderline",
        ),
        ("delete from allocation_line where decision = 'served'", "allocation_wave"),
    ],
)
def test_a_hand_in_the_tables_is_found_and_named(
    built: tuple[Path, dict], tmp_path: Path, tampering: str, table: str
) -> None:
    folder, _document = built
    copy = tmp_path / "touched.sqlite3"
    with sqlite3.connect(folder / "var" / "demo.sqlite3") as database:
        database.execute("VACUUM INTO ?", [str(copy)])
    with sqlite3.connect(copy) as database:
        changed = database.execute(tampering).rowcount

    code, told = verify(folder, f"sqlite:///{copy}")

    assert changed > 0
    assert code == 1
    assert told["first_wrong"]["table"] == table


def test_it_builds_again_over_itself_but_never_over_another_database(
    built: tuple[Path, dict], tmp_path: Path
) -> None:
    _folder, document = built

    refused = traitdunion(
        tmp_path, "demo", "--no-serve", "--json", "--database", document["database_url"]
    )

    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "vide" in refused.stderr


@pytest.mark.realdata
def test_the_official_files_build_one_too_and_it_holds(tmp_path: Path, real_data: Path) -> None:
    ran = traitdunion(tmp_path, "demo", "--no-serve", "--json", "--data", str(real_data))
    document = json.loads(ran.stdout)

    code, told = verify(tmp_path, document["database_url"])

    assert document["counts"]["neighbourhoods"] == 1_584
    assert document["counts"]["schools"] >= 7_654
    assert (code, told["first_wrong"]) == (0, None)


def test_a_folder_that_does_not_exist_is_one_clear_line(tmp_path: Path) -> None:
    ran = traitdunion(tmp_path, "demo", "--no-serve", "--data", "nulle-part")

    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
