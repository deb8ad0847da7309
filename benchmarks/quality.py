"""
Probable doubles among a million people, beside a blocked comparison by recordlinkage and pandas.

    python benchmarks/quality.py [--people 1000000] [--part 20] [--svg FILE.svg]

One row in twenty-five is a second writing of another, with none, one or two slips of the hand.
The peers compare the pairs that share a birth date or both names; they are given one birth day in
--part of the same list, where as many children are born on a day as in the whole, so that what
they take grows with the days. Each peer's threshold is the one with which it does best here. Last:
the ratio of seconds, on the same rows, to the best peer of at least the same quality.
"""

import argparse
import resource
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz
from rich.console import Console
from rich.table import Table

from benchmarks import growth
from benchmarks.people import People, people
from traitdunion.engine import quality

SIZES = (1_000, 10_000, 100_000, 1_000_000)
GOAL = 20
Found = tuple[np.ndarray, np.ndarray, np.ndarray]


def truth(rows: People) -> np.ndarray:
    """The pairs to find, each as one number."""
    second = np.flatnonzero((rows.of >= 0) & (rows.of != np.arange(len(rows))))
    first = rows.of[second]
    return np.minimum(first, second) * len(rows) + np.maximum(first, second)


def ours(rows: People) -> Found:
    found = quality.doubles(
        last_name=rows.last_name,
        first_name=rows.first_name,
        birth_date=rows.birth_date,
        household=rows.household,
    )
    return found.left, found.right, found.score


def frame(rows: People) -> object:
    pandas = import_module("pandas")
    return pandas.DataFrame(
        {
            "last": [quality.bare(name) for name in rows.last_name],
            "first": [quality.bare(name) for name in rows.first_name],
            "born": rows.birth_date.astype("datetime64[s]"),
        }
    )


def recordlinkage(rows: People) -> Found:
    package = import_module("recordlinkage")
    table = frame(rows)
    index = package.Index()
    index.block("born")
    index.block(["last", "first"])
    pairs = index.index(table)
    compare = package.Compare(n_jobs=1)
    compare.string("last", "last", method="jarowinkler", label="last")
    compare.string("first", "first", method="jarowinkler", label="first")
    compare.exact("born", "born", label="born")
    said = compare.compute(pairs, table)
    score = 0.75 * said[["last", "first"]].min(axis=1) + 0.25 * said["born"]
    return sided(pairs.get_level_values(0), pairs.get_level_values(1), score.to_numpy())


def pandas_and_rapidfuzz(rows: People) -> Found:
    table = frame(rows)
    table["row"] = np.arange(len(rows))
    pandas = import_module("pandas")
    day = table.merge(table, on="born")
    name = table.merge(table, on=["last", "first"])
    name["last_x"] = name["last_y"] = name["last"]
    name["first_x"] = name["first_y"] = name["first"]
    name["born"] = name["born_x"].where(name["born_x"] == name["born_y"])
    pairs = pandas.concat((day, name))[["row_x", "row_y", "last_x", "last_y", "first_x",
                                        "first_y", "born"]]  # fmt: skip
    pairs = pairs[pairs["row_x"] < pairs["row_y"]].drop_duplicates(["row_x", "row_y"])
    last = [fuzz.ratio(a, b) for a, b in zip(pairs["last_x"], pairs["last_y"], strict=True)]
    first = [fuzz.ratio(a, b) for a, b in zip(pairs["first_x"], pairs["first_y"], strict=True)]
    same = pairs["born"].notna().to_numpy()
    score = 0.0075 * np.minimum(last, first) + 0.25 * same
    return pairs["row_x"].to_numpy(), pairs["row_y"].to_numpy(), score


def sided(one: np.ndarray, other: np.ndarray, score: np.ndarray) -> Found:
    one, other = np.asarray(one), np.asarray(other)
    return np.minimum(one, other), np.maximum(one, other), score


def judged(found: Found, rows: People, threshold: float) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean, of the pairs at least so alike."""
    left, right, score = found
    kept = score >= threshold
    pairs = left[kept] * len(rows) + right[kept]
    hits = np.isin(pairs, truth(rows)).sum()
    precision, recall = hits / max(1, len(pairs)), hits / max(1, len(truth(rows)))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def best(found: Found, rows: People) -> tuple[float, tuple[float, float, float]]:
    """The threshold with which a way does best."""
    tried = [(judged(found, rows, t), t) for t in np.arange(0.7, 1.0, 0.01)]
    said, threshold = max(tried, key=lambda one: one[0][2])
    return threshold, said


def timed(way: Callable[[People], Found], rows: People) -> tuple[float, Found]:
    start = time.perf_counter()
    found = way(rows)
    return time.perf_counter() - start, found


def calibrated(found: Found, rows: People) -> Table:
    """What a score is worth: of the pairs that have it, how many are one person."""
    table = Table("score", "pairs", "are one person", title="What a score says")
    left, right, score = found
    real = np.isin(left * len(rows) + right, truth(rows))
    edges = (0.84, 0.86, 0.88, 0.90, 0.92, 0.94, 0.96, 0.98, 1.0, 1.01)
    for low, high in pairwise(edges):
        here = (score >= low) & (score < high)
        share = f"{real[here].mean():.0%}" if here.any() else "–"
        table.add_row(f"{low:.2f}" if low == 1 else f"{low:.2f} – {high:.2f}",
                      f"{here.sum():,}", share)  # fmt: skip
    return table


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=SIZES[-1])
    parser.add_argument("--part", type=int, default=20)
    parser.add_argument("--svg", type=Path)
    arguments = parser.parse_args()
    console = Console(width=110)
    console.print(growth.machine(), highlight=False)

    everybody = people(arguments.people)
    ours(everybody.only(np.arange(min(20_000, len(everybody)))))
    line = []
    for size in [*(n for n in SIZES if n < arguments.people), arguments.people]:
        rows = everybody if size == arguments.people else people(size)
        taken, whole = timed(ours, rows)
        line.append((size, taken))
    precision, recall, _ = judged(whole, rows, 0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    day = (everybody.birth_date - np.datetime64("2007-01-01")).astype(int)
    some = everybody.only(np.flatnonzero(day % arguments.part == 0))
    table = Table("way", "seconds", "threshold", "precision", "recall", "F1",
                  title=f"{len(some):,} rows: one birth day in {arguments.part}")  # fmt: skip
    ways: dict[str, Callable[[People], Found]] = {"engine.quality doubles": ours}
    if find_spec("recordlinkage"):
        ways["recordlinkage, blocked"] = recordlinkage
    if find_spec("pandas"):
        ways["pandas merge + rapidfuzz"] = pandas_and_rapidfuzz
    seconds = {}
    for name, way in ways.items():
        seconds[name], found = timed(way, some)
        threshold, said = (
            (quality.THRESHOLD, judged(found, some, 0)) if way is ours else best(found, some)
        )
        table.add_row(name, f"{seconds[name]:.2f}", f"{threshold:.2f}",
                      *(f"{value:.3f}" for value in said))  # fmt: skip
    console.print(table)

    console.print(calibrated(whole, everybody))
    grown = ", ".join(f"{n:,}: {s:.2f} s" for n, s in line)
    console.print(f"doubles as the list grows: {grown}", highlight=False)
    console.print(f"whole list: precision {precision:.3f}, recall {recall:.3f};"
                  f" peak of this process {peak:.0f} MiB", highlight=False)  # fmt: skip
    if arguments.svg:
        growth.drawn("Probable doubles", "people", {"engine.quality": line}, arguments.svg)
    peers = [name for name in ways if name != "engine.quality doubles"]
    if peers:
        ratio = min(seconds[name] for name in peers) / seconds["engine.quality doubles"]
        slowest = max(seconds[name] for name in peers) / seconds["engine.quality doubles"]
        console.print(f"ratio slowest peer / doubles: {slowest:.1f}", highlight=False)
        console.print(f"ratio best peer / doubles: {ratio:.1f} (goal: at least {GOAL})",
                      highlight=False)  # fmt: skip


if __name__ == "__main__":
    main()
