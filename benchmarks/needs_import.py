"""
A list of needs into the tables: ours beside django-import-export.

    python benchmarks/needs_import.py [--rows 100000] [--peer-rows 2000] [--memory-rows 1000000]

Both read the same CSV and write the same rows of the same tables (child, adult, tie, household,
address, notice, decision, need and two events a child). The peer runs as its documentation shows
it, and in its bulk mode with the other tables written by `bulk_create` at each batch; what it
does not do (doubles, rows refused one by one) it is not asked to do. It runs on fewer rows, which
flatters it. DATABASE_URL names a PostgreSQL server, where databases are made and dropped; without
it, temporary SQLite files.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.databases import made

SEED = 2020
HEADER = (
    "Nom;Prénom;Date de naissance;Classe;Adresse;Commune;Longitude;Latitude;Responsable;"
    "Téléphone;Équipement;Connexion;Besoin;Foyer;Signalement"
)
SYLLABLES = ("ba", "bel", "cor", "dar", "fal", "gar", "kan", "lor", "mar", "nor", "per", "sal")


def write_list(path: Path, rows: int) -> None:
    """Children with invented names, half of them in one of two neighbourhoods."""
    random = Random(SEED)
    screens, lines = ("aucun", "téléphone seul", "partagé"), ("aucune", "insuffisante", "correcte")
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        for n in range(rows):
            last = "".join(random.choices(SYLLABLES, k=3)).upper()
            first = "".join(random.choices(SYLLABLES, k=2)).capitalize()
            born = f"{random.randint(1, 28):02d}/{random.randint(1, 12):02d}/"
            lon, lat = 2.40 + random.random() * 0.03, 48.80 + random.random() * 0.01
            file.write(
                f"{last};{first};{born}{random.randint(2003, 2010)};5e B;{n % 98} rue du Lin;"
                f"Trame;{lon:.6f};{lat:.6f};Mme {last};06{random.randint(0, 99_999_999):08d};"
                f"{random.choice(screens)};{random.choice(lines)};tablette;F{n // 2};\n"
            )


@contextmanager
def database(folder: Path) -> Iterator[None]:
    """An empty database with a programme, a relay and two neighbourhoods; dropped afterwards."""
    server = os.environ.get("DATABASE_URL", "")
    with ExitStack() as ending:
        os.environ["DATABASE_URL"] = (
            ending.enter_context(made(server, f"bench_{os.getpid()}"))
            if server
            else f"sqlite:///{folder}/bench.sqlite3"
        )
        os.environ["DJANGO_SETTINGS_MODULE"] = "traitdunion.project.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        # Closed before the database goes.
        ending.callback(connection.close)
        call_command("migrate", verbosity=0, skip_checks=True)
        prepare()
        yield


def prepare() -> None:
    from datetime import date

    import shapely

    from traitdunion.base.actors import ROBOT
    from traitdunion.base.clock import now
    from traitdunion.census import operations as census
    from traitdunion.partners import operations as partners
    from traitdunion.programme import operations as programmes
    from traitdunion.programme import queries as programme
    from traitdunion.territories.models import Department, Neighbourhood

    department = Department.objects.create(code="94", name="Val-de-Marne")
    file = Path(programmes.__file__).parent / "plans" / "2020-04-continuite-educative.toml"
    loaded = programmes.load(toml=file.read_text(), by=ROBOT, at=now())
    census.open_census(programme=loaded, plan=programme.plan(loaded), by=ROBOT, at=now())
    uai = {"UAI": "0940071S"}
    partners.create_organisation(
        kind="SCHOOL", name="Collège A", identifiers=uai, by=ROBOT, at=now(), department=department
    )
    for n, west in enumerate((2.40, 2.415)):
        Neighbourhood.objects.create(
            code=f"QP09400{n}", name=f"Quartier {n}", generation="2015", department=department,
            valid_from_date=date(2015, 1, 1), layer="banc d’essai",
            outline=shapely.to_wkb(shapely.box(west, 48.80, west + 0.01, 48.81)),
        )  # fmt: skip


def ours(path: Path) -> tuple[int, float]:
    """Rows written and seconds, reading and duplicates included."""
    from traitdunion.base.actors import ROBOT
    from traitdunion.base.clock import now
    from traitdunion.base.sheets import open_sheet
    from traitdunion.census import operations as census
    from traitdunion.census import queries
    from traitdunion.partners import queries as partners
    from traitdunion.programme import queries as programme

    current = programme.current()
    start = time.perf_counter()
    with open_sheet(path, name=path.name) as sheet:
        report = census.import_rows(
            census=queries.current(current.pk), sheet=sheet, generation="2015",
            relay=partners.organisation_by_code("0940071S"), plan=programme.plan(current),
            by=ROBOT, at=now(),
        )  # fmt: skip
    return report.added, time.perf_counter() - start


def peer(path: Path, *, in_bulk: bool = False) -> tuple[int, float]:
    """django-import-export on the same file into the same tables."""
    import tablib

    from benchmarks.needs_import_peer import BulkNeedResource, NeedResource

    resource_ = BulkNeedResource() if in_bulk else NeedResource()
    start = time.perf_counter()
    data = tablib.Dataset().load(path.read_text(), format="csv", delimiter=";")
    result = resource_.import_data(data, raise_errors=True, use_transactions=True)
    return result.totals["new"], time.perf_counter() - start


WAYS = {"ours": ours, "peer": peer, "bulk": partial(peer, in_bulk=True)}


def measured(way: str, rows: int) -> dict[str, float]:
    """One way in a process and a database of its own."""
    asked = [sys.executable, "-m", "benchmarks.needs_import", "--way", way, "--rows", str(rows)]
    out = subprocess.run(asked, capture_output=True, check=False, text=True)
    if out.returncode:
        raise SystemExit(out.stderr[-2_000:])
    added, seconds, peak, tables = out.stdout.split()[-4:]
    return {
        "rows": int(added), "seconds": float(seconds), "peak": float(peak), "tables": tables,
    }  # fmt: skip


def one_way(way: str, rows: int) -> None:
    """Print rows, seconds, peak memory in MiB, and how many rows each table received."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "liste.csv"
        write_list(path, rows)
        with database(folder):
            added, seconds = WAYS[way](path)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(added, f"{seconds:.2f}", f"{peak:.0f}", tables_filled())


def tables_filled() -> str:
    from django.apps import apps

    names = (
        "people.Person", "people.Guardianship", "people.Household", "people.Address",
        "people.InformationNotice", "people.EligibilityDecision", "census.Need",
    )  # fmt: skip
    return ",".join(str(apps.get_model(name).objects.count()) for name in names)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peer-rows", type=int, default=2_000)
    parser.add_argument("--memory-rows", type=int, default=0)
    parser.add_argument("--way", choices=WAYS)
    arguments = parser.parse_args()
    if arguments.way:
        one_way(arguments.way, arguments.rows)
        return
    rows = arguments.peer_rows
    same, plain, bulk = (measured(way, rows) for way in ("ours", "peer", "bulk"))
    if not same["tables"] == plain["tables"] == bulk["tables"]:
        raise SystemExit(f"not the same rows: {same} {plain} {bulk}")
    mine = measured("ours", arguments.rows)
    told = [("import-export", plain), ("import-export, bulk", bulk), ("traitdunion", mine)]
    if arguments.memory_rows:
        told.append(("traitdunion", measured("ours", arguments.memory_rows)))
    for way, seen in told:
        print(
            f"{way:20} {seen['rows']:>9,} rows {seen['seconds']:8.1f} s {rate(seen):8,.0f} rows/s"
            f" {seen['peak']:6.0f} MiB"
        )
    print(f"ratio: {rate(mine) / rate(plain):.1f} (bulk mode: {rate(mine) / rate(bulk):.1f})")


def rate(seen: dict[str, float]) -> float:
    return seen["rows"] / seen["seconds"]


if __name__ == "__main__":
    main()
