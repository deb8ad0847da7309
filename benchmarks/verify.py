"""
`verify` on the journal of a large year beside the least that Python can do with the same rows:
read them through the driver and hash them.

    python benchmarks/verify.py [--events 1000000]

One event in four tells a line of custody, each in its own event, which is the dearest way to tell
them. In a SQLite file of its own, or wherever DATABASE_URL says. Prints the median of three runs
of each, taken in turn, the memory that each added, and last the ratio.
"""

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

RUNS = 3
GOAL = 1.5
EVERY = 4
CHUNK = 20_000
AT = datetime(2020, 4, 27, 9, tzinfo=UTC)


def prepare(url: str) -> None:
    """Tables in an empty database."""
    os.environ.setdefault("DATABASE_URL", url)
    os.environ["DJANGO_SETTINGS_MODULE"] = "traitdunion.project.settings"
    os.environ.setdefault("TRAITDUNION_DEMONSTRATION", "yes")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill(count: int) -> None:
    """So many events, all sealed."""
    from traitdunion.base.actors import ROBOT
    from traitdunion.equipment import operations as equipment
    from traitdunion.journal import operations as journal
    from traitdunion.journal.models import Event
    from traitdunion.partners import operations as partners

    who = {"by": ROBOT, "at": AT}
    school = partners.create_organisation(kind="SCHOOL", name="Collège", identifiers={}, **who)
    new = [equipment.NewDevice("tablet", "TAB00001", "Tablette")]
    [device] = equipment.register_devices(
        rows=new, owner=school, holder=school, origin="BC-1", **who
    )
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        events = list(_events(device, start, size))
        Event.objects.bulk_create(events, batch_size=90)
        journal.seal(**who)


def _events(device: object, start: int, size: int) -> Iterator[object]:
    from traitdunion.equipment.models import Custody
    from traitdunion.journal import canonical
    from traitdunion.journal.models import Event

    lines = [
        Custody(
            device=device,
            seq=number + 2,
            move="TRANSFER",
            state="IN_STOCK",
            to_organisation_id=device.holder_organisation_id,
            at=AT + timedelta(seconds=number),
            by_kind="robot",
            document=f"BC-{number}",
            told_by=uuid4(),
        )
        for number in range(start // EVERY, (start + size) // EVERY)
    ]
    Custody.objects.bulk_create(lines, batch_size=60)
    for number in range(size):
        line = lines[number // EVERY] if number % EVERY == 0 else None
        told = {one.label: one.told() for one in canonical.rows_of([line])} if line else {}
        yield Event(
            uid=line.told_by if line else uuid4(),
            at=AT + timedelta(seconds=start + number),
            actor_kind="robot",
            verb="equipment.moved",
            subject_kind="equipment.device",
            subject_id=str(device.pk),
            facts=canonical.ordered({"seq": number, **({"rows": told} if told else {})}),
        )


def read_and_hash() -> None:
    """Every row of the same tables, through the driver, hashed as Python shows it."""
    from django.db import connection

    whole = sha256()
    for table in ("journal_event", "journal_seal", "equipment_custody"):
        key = "number" if table == "journal_seal" else "id"
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")
            while rows := cursor.fetchmany(2_000):
                for row in rows:
                    whole.update(repr(row).encode())


def verify() -> None:
    from traitdunion.journal import queries

    assert list(queries.check()) == []
    assert queries.unsealed() == 0


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    count = parser.parse_args().events
    with tempfile.TemporaryDirectory(prefix="traitdunion-verify-") as folder:
        prepare(f"sqlite:///{Path(folder)}/journal.sqlite3")
        fill(count)
        compare(count)


def compare(count: int) -> None:
    from rich.console import Console
    from rich.table import Table

    ways = {"read and hash": read_and_hash, "verify": verify}
    times: dict[str, list[float]] = {name: [] for name in ways}
    added = dict.fromkeys(ways, 0.0)
    for _run in range(RUNS):
        for name, work in ways.items():
            before = peak_mib()
            times[name].append(seconds(work))
            added[name] += peak_mib() - before
    table = Table(
        "way", "seconds (median of 3)", "peak memory added, MiB", title=f"{count:,} events"
    )
    for name, taken in times.items():
        table.add_row(name, f"{statistics.median(taken):.2f}", f"{added[name]:.0f}")
    console = Console()
    console.print(table)
    ratio = statistics.median(times["verify"]) / statistics.median(times["read and hash"])
    console.print(f"ratio verify / read and hash: {ratio:.2f} (goal: at most {GOAL})")


if __name__ == "__main__":
    main()
