"""
The queue of a million needs beside one `numpy.lexsort` on the same keys.

    python benchmarks/ranking.py [--needs 1000000]

The sort alone is the floor: it orders by degree, neighbourhood, priority and ticket, and counts
nothing.
Prints the median of five runs of each, taken in turn, and last the ratio.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from traitdunion.engine.ranking import rank

SEED = 2020
RUNS = 5
GOAL = 3.0


def needs(count: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(SEED)
    return {
        "degree": rng.integers(0, 3, count),
        "neighbourhood": rng.integers(0, 1_514, count),
        "priority": rng.integers(0, 3, count).astype(float),
        "ticket": rng.integers(0, 2**64, count, dtype=np.uint64),
    }


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--needs", type=int, default=1_000_000)
    columns = needs(parser.parse_args().needs)
    keys = (columns["ticket"], -columns["priority"], columns["neighbourhood"], columns["degree"])
    ways: dict[str, Callable[[], object]] = {
        "numpy.lexsort": lambda: np.lexsort(keys),
        "rank": lambda: rank(**columns),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _run in range(RUNS):
        for name, work in ways.items():
            times[name].append(seconds(work))
    table = Table("way", "seconds (median of 5)", title=f"{len(columns['degree']):,} needs")
    for name, taken in times.items():
        table.add_row(name, f"{statistics.median(taken):.3f}")
    console = Console()
    console.print(table)
    ratio = statistics.median(times["rank"]) / statistics.median(times["numpy.lexsort"])
    console.print(f"ratio rank / lexsort: {ratio:.2f} (goal: at most {GOAL})")


if __name__ == "__main__":
    main()
