"""
The country, one command at a time: where, who first, with whom.

    python benchmarks/national.py [--needs 1000000] [--young 30000] [--zones FILE.geojson]

Each command is run as anybody runs it, on files, and tells by itself (`--json`) its seconds on the
clock and of processor, and its peak of memory. The queue is then drawn again from the same rows in
another order: it must be the same file, byte for byte. Last: the ratio of what `allocate` takes to
one reading of the same file by the csv module.
"""

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from rich.console import Console
from rich.table import Table

from benchmarks import growth
from benchmarks.ranking import RULES, declared
from benchmarks.zones import addresses, invented
from traitdunion.engine.zones import Zones

HERE = Path(__file__).parents[1]


def traitdunion(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a command; what it says of itself."""
    ran = subprocess.run(
        [sys.executable, "-m", "traitdunion", *arguments, "--json"],
        cwd=folder,
        env={"PYTHONPATH": str(HERE), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise SystemExit(f"{arguments[0]}: {ran.stderr}")
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


def geojson(zones: Zones, path: Path) -> None:
    mapping = shapely.geometry.mapping
    features = [
        {"type": "Feature", "properties": {"code_qp": code}, "geometry": mapping(shape)}
        for code, shape in zip(zones.codes.tolist(), zones.shapes, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def points(path: Path, zones: Zones, count: int) -> None:
    x, y = addresses(zones, count)
    with path.open("w") as file:
        file.write("id,lon,lat\n")
        file.writelines(
            f"a{n},{a:.6f},{b:.6f}\n" for n, (a, b) in enumerate(zip(x, y, strict=True))
        )


def needs(path: Path, order: np.ndarray) -> None:
    """The file of the census, in the given order of rows."""
    one = declared(len(order))
    with path.open("w") as file:
        file.write(
            "need,neighbourhood,kind,degree,priority,household,cite_educative,ceiling,state\n"
        )
        for n in order:
            home = "" if one.household[n] < 0 else f"h{one.household[n]}"
            ceiling = "" if one.ceiling[n] < 0 else one.ceiling[n]
            state = "" if one.is_open[n] else "doubtful"
            file.write(
                f"{one.need[n]},{one.places[one.place[n]]},{one.kinds[one.kind[n]]},{one.degree[n]},"
                f"{one.priority[n]:.0f},{home},{'C' if one.is_cite[n] else ''},{ceiling},{state}\n"
            )


def rules(path: Path) -> None:
    parts = ["[allocation]", f'seed = "{RULES.seed}"', f"last_degree = {RULES.last_degree}"]
    parts += ["[allocation.prices_cents]", *(f"{k} = {v}" for k, v in RULES.prices_cents.items())]
    for one in RULES.sources:
        parts += ["[[allocation.sources]]", f'name = "{one.name}"', f'for = "{one.pays_for}"']
        parts += [f"amount_cents = {one.amount_cents}", f"fungible = {str(one.fungible).lower()}"]
    path.write_text("\n".join(parts) + "\n")


def market(folder: Path, young: int) -> None:
    """Young people and two thirds as many mentors, over the hundred and one départements."""
    rng = np.random.default_rng(2020)
    places = [f"{n:02d}" for n in range(1, 96) if n != 20] + ["971", "972", "973", "974", "976"]
    subjects, slots = ("français", "maths", "anglais", "histoire"), ("lun", "mar", "mer", "sam")
    levels = ("6e", "5e", "4e", "3e", "2nde")
    some = lambda words, most: "|".join(rng.permutation(words)[: rng.integers(1, most + 1)])  # noqa: E731
    with (folder / "young.csv").open("w") as file:
        file.write("id,department,priority,level,subjects,languages,slots,mode,lon,lat\n")
        for n in range(young):
            file.write(f"y{n},{places[rng.integers(len(places))]},{rng.integers(4)},"
                       f"{levels[rng.integers(5)]},{some(subjects, 2)},fr,{some(slots, 2)},"
                       "distance,,\n")  # fmt: skip
    with (folder / "mentors.csv").open("w") as file:
        file.write("id,department,capacity,levels,subjects,languages,slots,modes,lon,lat\n")
        for n in range(young * 2 // 3):
            file.write(f"m{n},{places[rng.integers(len(places))]},{rng.integers(1, 4)},"
                       f"{some(levels, 3)},{some(subjects, 3)},fr,{some(slots, 3)},"
                       "distance,,\n")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--needs", type=int, default=1_000_000)
    parser.add_argument("--young", type=int, default=30_000)
    parser.add_argument("--zones", type=Path)
    arguments = parser.parse_args()
    console = Console(width=110)
    console.print(growth.machine(), highlight=False)
    zones = Zones.read(arguments.zones) if arguments.zones else invented()
    table = Table("command", "rows", "seconds", "of processor", "peak MiB")

    def told(name: str, rows: int, said: dict[str, Any]) -> None:
        table.add_row(name, f"{rows:,}", f"{said['wall_seconds']:.1f}",
                      f"{said['cpu_seconds']:.1f}", f"{said['peak_mib']:.0f}")  # fmt: skip

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        geojson(zones, folder / "zones.geojson")
        points(folder / "points.csv", zones, arguments.needs)
        told("locate", arguments.needs, traitdunion(
            folder, "locate", "points.csv", "places.csv", "--zones", "zones.geojson"))  # fmt: skip
        rules(folder / "rules.toml")
        order = np.arange(arguments.needs)
        needs(folder / "needs.csv", order)
        said = traitdunion(
            folder, "allocate", "needs.csv", "queue.csv", "--programme", "rules.toml"
        )
        told("allocate", arguments.needs, said)
        start = time.perf_counter()
        with (folder / "needs.csv").open(newline="") as file:
            rows = sum(1 for _ in csv.reader(file))
        reading = time.perf_counter() - start
        needs(folder / "mixed.csv", np.random.default_rng(1).permutation(order))
        again = traitdunion(folder, "allocate", "mixed.csv", "mixed_queue.csv", "--programme",
                            "rules.toml")  # fmt: skip
        digests = {
            hashlib.sha256((folder / one).read_bytes()).hexdigest()
            for one in ("queue.csv", "mixed_queue.csv")
        }
        if len(digests) != 1 or again["digest"] != said["digest"]:
            raise SystemExit("the order of the rows changed the queue")
        market(folder, arguments.young)
        told("match", arguments.young, traitdunion(
            folder, "match", "young.csv", "mentors.csv", "pairs.csv"))  # fmt: skip
    console.print(table)
    console.print(
        f"{rows:,} rows in another order: the same queue, byte for byte", highlight=False
    )
    ratio = said["wall_seconds"] / reading
    console.print(f"ratio allocate / one reading of its file: {ratio:.1f}", highlight=False)


if __name__ == "__main__":
    main()
