"""
The queue of a million needs beside one `numpy.lexsort` on the same keys.

    python benchmarks/ranking.py [--needs 1000000] [--cases 10000] [--svg FILE.svg]

The sort alone is the floor: it orders by degree, neighbourhood, priority and ticket, and counts
nothing. --cases compares so many small random lists with a heap of exact fractions, device by
device. Then the whole rule on columns (tickets, households, money), and what would serve each
need, for all at once. Last: the ratio of medians of five runs, taken in turn.
"""

import argparse
import random
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import growth
from tests.engine.test_ranking import by_heap, invented
from traitdunion.engine import changes, drawing
from traitdunion.engine.ranking import rank
from traitdunion.engine.rules import Rules, Source

SEED = 2020
RUNS = 5
GOAL = 3.0
SIZES = (1_000, 10_000, 100_000, 1_000_000)
KINDS = ("tablet", "key_4g", "both")
RULES = Rules(
    "graine",
    2,
    {"tablet": 18_500, "key_4g": 6_000, "both": 24_500},
    (Source("cites", 340_000_000, "cites_educatives", True), Source("plan", 900_000_000, "all")),
)


def needs(count: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(SEED)
    return {
        "degree": rng.integers(0, 3, count),
        "neighbourhood": rng.integers(0, 1_514, count),
        "priority": rng.integers(0, 3, count).astype(float),
        "ticket": rng.integers(0, 2**64, count, dtype=np.uint64),
    }


def declared(count: int) -> drawing.Columns:
    """One in twenty doubtful, half in households, a ceiling in three neighbourhoods of ten."""
    rng = np.random.default_rng(SEED)
    given, place = needs(count), rng.integers(1, 1_515, count)
    most = np.where(rng.random(1_515) < 0.3, count // 5_000 + 1, -1)
    return drawing.Columns(
        need=[f"b-{number:07d}" for number in range(count)],
        places=("", *(f"QP{number:06d}" for number in range(1_514))),
        place=place,
        kinds=KINDS,
        kind=rng.integers(0, 3, count),
        degree=given["degree"],
        priority=given["priority"],
        household=np.where(rng.random(count) < 0.5, rng.integers(0, count, count), -1),
        is_cite=rng.random(count) < 0.2,
        served_before=np.full(count, -1),
        ceiling=most[place],
        is_open=rng.random(count) > 0.05,
    )


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compared(cases: int) -> None:
    chance = random.Random(SEED)
    for _case in range(cases):
        columns = invented(chance)
        if rank(**{n: np.array(v) for n, v in columns.items()}).tolist() != by_heap(columns):
            raise SystemExit(f"not the heap's queue: {columns}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--needs", type=int, default=SIZES[-1])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--svg", type=Path)
    arguments = parser.parse_args()
    console = Console(width=110)
    console.print(growth.machine(), highlight=False)
    compared(arguments.cases)
    console.print(f"{arguments.cases:,} random lists: the queue of exact fractions each time",
                  highlight=False)  # fmt: skip

    names = ("numpy.lexsort", "rank", "the whole rule", "what would serve each need")
    lines: dict[str, list[tuple[int, float]]] = {name: [] for name in names}
    for count in [n for n in SIZES if n < arguments.needs] + [arguments.needs]:
        given = needs(count)
        keys = (given["ticket"], -given["priority"], given["neighbourhood"], given["degree"])
        times: dict[str, list[float]] = {"numpy.lexsort": [], "rank": []}
        for _run in range(RUNS):
            times["numpy.lexsort"].append(seconds(lambda k=keys: np.lexsort(k)))
            times["rank"].append(seconds(lambda g=given: rank(**g)))
        columns = declared(count)
        drawn = drawing.draw(columns, RULES)
        changes.of(drawn, RULES)
        times["the whole rule"] = [seconds(lambda c=columns: drawing.draw(c, RULES))]
        times["what would serve each need"] = [seconds(lambda d=drawn: changes.of(d, RULES))]
        for name in names:
            lines[name].append((count, statistics.median(times[name])))
    table = Table("way", *(f"{count:,}" for count, _ in lines["rank"]), title="seconds, by needs")
    for name, line in lines.items():
        table.add_row(name, *(f"{taken:.4f}" for _, taken in line))
    console.print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"peak of this process: {peak:.0f} MiB", highlight=False)
    if arguments.svg:
        growth.drawn("The queue", "needs", lines, arguments.svg)
    ratio = lines["rank"][-1][1] / lines["numpy.lexsort"][-1][1]
    console.print(f"ratio rank / lexsort: {ratio:.2f} (goal: at most {GOAL})", highlight=False)


if __name__ == "__main__":
    main()
