"""
How many young people are followed on a day, among a million sessions, beside DuckDB.

    python -m benchmarks.followed [--sessions 1000000] [--children 100000]

Both definitions of the plan, on the same rows, on random days of the plan: our counters (what the
pages and the API read), DuckDB and bare SQL over the sessions themselves, and our kernel over
arrays in memory. All must give the same two numbers. Rounds alternate; times are medians. What the
counters cost is told too: made from nothing, and one more session logged.
DATABASE_URL chooses PostgreSQL; without it, a temporary SQLite file.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, DAYS = 5, 12
FIRST, LAST = date(2020, 4, 20), date(2020, 7, 31)
PLAN = ROOT / "traitdunion/programme/plans/2020-04-continuite-educative.toml"
JULIAN = "julianday(max(day)) - julianday(min(day))"
# What both SQL engines are asked, once a definition.
ASKED = """
SELECT count(*) FROM (
    SELECT child FROM told WHERE day BETWEEN {first} AND {last}
    GROUP BY child HAVING count(*) >= {sessions} AND {apart} >= {span}
) AS followed
"""


def prepare(sessions: int, children: int) -> tuple[Any, list[tuple[Any, date]]]:
    """A plan, two networks, and sessions over fifteen weeks, written as an import writes them."""
    from django.core.management import call_command
    from django.db import transaction

    from traitdunion.base import bulk
    from traitdunion.base.actors import ROBOT
    from traitdunion.base.columns import DRAWN, Same
    from traitdunion.mentoring.models import CountedChild, Session
    from traitdunion.programme import operations as programmes
    from traitdunion.programme import queries as plans

    call_command("migrate", verbosity=0)
    at = datetime(2020, 4, 20, 9, tzinfo=UTC)
    plan = plans.plan(programmes.load(toml=PLAN.read_text(), by=ROBOT, at=at))
    chance = Random(2020)
    pairs = [_pair(name, at) for name in ("Un jeune, un mentor", "Tandem")]
    ids = bulk.new_ids(children)
    whose = [chance.randrange(children) for _session in range(sessions)]
    days = [FIRST + timedelta(days=chance.randrange((LAST - FIRST).days)) for _session in whose]
    mine = [pairs[one % 2] for one in whose]
    with bulk.large_write(), transaction.atomic():
        bulk.insert_columns(
            CountedChild,
            {
                "id": ids, "code": [f"E-{n:09d}" for n in range(children)],
                "level": Same("5E"), "sessions": Same(0),
            },
        )  # fmt: skip
        bulk.insert_columns(
            Session,
            {
                "id": DRAWN,
                "pair_id": [pair.pk for pair in mine],
                "child_id": [ids[one] for one in whose],
                "network_id": [pair.network_id for pair in mine],
                "external_id": Same(""),
                # One pair holds them all: a microsecond apart, so that each is one.
                "started_at": [
                    datetime(on.year, on.month, on.day, 12, tzinfo=UTC) + timedelta(microseconds=n)
                    for n, on in enumerate(days)
                ],
                "day": days,
                "minutes": Same(60),
                "mode": Same("REMOTE"),
                "origin": Same("IMPORTED"),
                "is_unchecked": Same(False),
                "logged_at": Same(at),
            },
        )
    return plan, [(ids[one], on) for one, on in zip(whose, days, strict=True)]


def _pair(name: str, at: datetime) -> Any:
    from traitdunion.base.actors import ROBOT
    from traitdunion.mentoring import operations
    from traitdunion.mentoring.models import Mentor, Pair, YoungPerson
    from traitdunion.partners import operations as partners
    from traitdunion.partners.states import Kind
    from traitdunion.people import operations as people

    organisation = partners.create_organisation(
        kind=Kind.MENTORING_NETWORK, name=name, identifiers={}, by=ROBOT, at=at
    )
    network = operations.declare_network(organisation=organisation, by=ROBOT, at=at)
    person = people.register_children(
        rows=[people.NewChild("A", name)], relay_id=organisation.pk, notice_days=30,
        by=ROBOT, at=at,
    )[0]  # fmt: skip
    young = YoungPerson.objects.create(
        person_id=person, network=network, state="FOLLOWED", referred_at=at
    )
    mentor = Mentor.objects.create(
        network=network, state="ACTIVE", origin="IMPORTED", applied_at=at, taken=1
    )
    return Pair.objects.create(
        young=young, mentor=mentor, network=network, made_on=FIRST, mode="REMOTE",
        check_until=date(2021, 1, 1),
    )  # fmt: skip


def build(plan: Any) -> float:
    """Every counter, as an import makes them; seconds."""
    from traitdunion.base import bulk
    from traitdunion.base.actors import ROBOT
    from traitdunion.mentoring import operations
    from traitdunion.mentoring.models import CountedChild

    ids = list(CountedChild.objects.order_by("pk").values_list("pk", flat=True))
    clock = time.perf_counter()
    with bulk.large_write():
        operations.refresh_followed(
            children=ids, plan=plan, by=ROBOT, at=datetime(2020, 8, 1, 9, tzinfo=UTC)
        )
    return time.perf_counter() - clock


def log_one(plan: Any) -> float:
    """What a session costs in counters once it is logged; milliseconds, the median of thirty."""
    from traitdunion.base.actors import ROBOT
    from traitdunion.mentoring import operations
    from traitdunion.mentoring.models import Session

    at = datetime(2020, 8, 1, 9, tzinfo=UTC)
    taken = []
    for n, one in enumerate(Session.objects.order_by("pk")[:30]):
        one._state.adding = True
        one.started_at, one.day, one.id = at + timedelta(seconds=n), at.date(), uuid4()
        one.save(force_insert=True)
        clock = time.perf_counter()
        operations.refresh_followed(children=[one.child_id], plan=plan, by=ROBOT, at=at)
        taken.append(1_000 * (time.perf_counter() - clock))
        one.delete()
        operations.refresh_followed(children=[one.child_id], plan=plan, by=ROBOT, at=at)
    return statistics.median(taken)


def duckdb_of(told: list[tuple[Any, date]]) -> Any:
    """The same rows in DuckDB, in memory, children as it holds them best."""
    import duckdb
    import polars

    numbers: dict[Any, int] = {}
    frame = polars.DataFrame(
        {
            "child": [numbers.setdefault(child, len(numbers)) for child, _day in told],
            "day": [day for _child, day in told],
        }
    )
    database = duckdb.connect()
    database.execute("SET threads = 2")
    with tempfile.TemporaryDirectory() as folder:
        frame.write_parquet(f"{folder}/told.parquet")
        database.execute(f"CREATE TABLE told AS SELECT * FROM '{folder}/told.parquet'")
    return database


def asked(plan: Any, on: date, *, sqlite: bool) -> list[str]:
    found = []
    for rule in plan.definitions().values():
        first = FIRST if rule.window_days is None else on - timedelta(days=rule.window_days - 1)
        found.append(
            ASKED.format(
                first=f"'{first}'" if sqlite else f"DATE '{first}'",
                last=f"'{on}'" if sqlite else f"DATE '{on}'",
                sessions=rule.sessions,
                apart="julianday(max(day)) - julianday(min(day))"
                if sqlite
                else "max(day) - min(day)",
                span=rule.span_days,
            )
        )
    return found


def ways(plan: Any, told: list[tuple[Any, date]]) -> dict[str, Any]:
    """Each way, as a function of the day that gives (wide, strict)."""
    from django.db import connection

    from traitdunion.mentoring import arrays, queries

    database, sessions = duckdb_of(told), arrays.told(told)

    def ours(on: date) -> tuple[int, int]:
        tally = queries.followed(on)
        return tally.wide, tally.strict

    def duck(on: date) -> tuple[int, int]:
        wide, strict = (
            database.execute(sql).fetchone()[0] for sql in asked(plan, on, sqlite=False)
        )
        return wide, strict

    def bare(on: date) -> tuple[int, int]:
        from_sessions = "(SELECT child_id AS child, day FROM mentoring_session) AS told"
        with connection.cursor() as cursor:
            counts = []
            for sql in asked(plan, on, sqlite=connection.vendor == "sqlite"):
                cursor.execute(sql.replace("FROM told", f"FROM {from_sessions}"))
                counts.append(cursor.fetchone()[0])
        return counts[0], counts[1]

    def kernel(on: date) -> tuple[int, int]:
        found = arrays.followed(sessions, on, plan)
        return len(found["WIDE"]), len(found["STRICT"])

    return {"counters (ours)": ours, "DuckDB": duck, "bare SQL": bare, "kernel in memory": kernel}


def main(sessions: int, children: int) -> int:
    plan, told = prepare(sessions, children)
    built = build(plan)
    one = log_one(plan)
    chance = Random(7)
    days = [FIRST + timedelta(days=chance.randrange((LAST - FIRST).days)) for _day in range(DAYS)]
    found = ways(plan, told)
    seconds: dict[str, list[float]] = {name: [] for name in found}
    for _round in range(ROUNDS):
        for on in days:
            answers = {}
            for name, way in found.items():
                clock = time.perf_counter()
                answers[name] = way(on)
                seconds[name].append(time.perf_counter() - clock)
            if len(set(answers.values())) != 1:
                print(f"{on}: {answers}")
                return 1
    from django.db import connection

    print(f"{sessions:,} sessions of {children:,} young people, {connection.vendor}")
    print(f"both definitions, {DAYS} days, {ROUNDS} rounds: every way gives the same counts")
    medians = {name: 1_000 * statistics.median(each) for name, each in seconds.items()}
    for name, each in medians.items():
        print(f"  {name:20} {each:9.2f} ms a day (both counts)")
    ratio = medians["counters (ours)"] / medians["DuckDB"]
    print(f"  ours beside DuckDB: {ratio:.2f} (at most 2)")
    print(f"  counters made from nothing: {built:.1f} s; one more session logged: {one:.1f} ms")
    return 0 if ratio <= 2 else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--children", type=int, default=100_000)
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/followed.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "traitdunion.project.settings"
        os.environ.setdefault("TRAITDUNION_SECRET_KEY", "benchmark")
        os.environ.setdefault("TRAITDUNION_PSEUDONYM_KEY", "benchmark")
        import django

        django.setup()
        sys.exit(main(given.sessions, given.children))
