"""
Pairs of young people and mentors, the whole optimum with its proof, beside exact peers.

    python benchmarks/matching.py [--largest 30000] [--peers]

A tight market, 1.03 places a head, in towns of 3,000 young people and 2,000 mentors: level,
subject, slot, way of meeting, 5 km on site; some five hundred admissible mentors a head. Ours
chooses over every admissible pair and proves it. Peers are given all the admissible pairs with
their weights, already computed, or (« best 32 ») the 32 best of each young person; the time to
compute these is not counted for them. « Scan » is every admissible pair scored once with our own
kernel, the best 32 of each kept. The time of compiling is not counted: everything is run once on a
small market before.
Prints a table and last the ratios; --peers 0 leaves the slow ones out.
"""

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow
from rich.console import Console
from rich.table import Table
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from traitdunion.engine import pairing
from traitdunion.engine.blocking import ground
from traitdunion.engine.suitability import Best, Mentors, Young, look, unit_vectors

SEED, REACH_KM, TOWN = 2020, 5.0, 3_000
BASES = np.array([1, 2, 4, 8])
BEST = 32


@dataclass(frozen=True, slots=True)
class Market:
    young: Young
    mentors: Mentors
    base: np.ndarray


def masks(rng: np.random.Generator, rows: int, words: int, low: int, high: int) -> np.ndarray:
    chosen = rng.random((rows, words)).argsort(axis=1) < rng.integers(low, high + 1, (rows, 1))
    bits = np.uint64(1) << np.arange(words, dtype=np.uint64)
    return np.where(chosen, bits, np.uint64(0)).sum(axis=1, dtype=np.uint64)[:, None]


def market(young: int, mentors: int, seed: int = SEED, afar: float = 0.0) -> Market:
    """People of towns scattered over the country; a share may also be met from afar."""
    rng = np.random.default_rng(seed)
    towns = max(1, young // TOWN)
    lon, lat = rng.uniform(-1, 7, towns), rng.uniform(43, 50, towns)

    def ends(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        town = rng.integers(0, towns, rows)
        point = unit_vectors(
            lon[town] + rng.normal(0, 0.02, rows), lat[town] + rng.normal(0, 0.02, rows)
        )
        modes = np.where(rng.random(rows) < afar, 3, 2).astype(np.uint8)
        return modes, town.astype(np.int32), point

    looking = Young(
        rng.integers(0, 7, young).astype(np.int32),
        masks(rng, young, 6, 1, 2),
        masks(rng, young, 14, 3, 6),
        masks(rng, young, 5, 0, 1),
        *ends(young),
    )
    places = 1 + rng.multinomial(int(1.03 * young) - mentors, np.full(mentors, 1 / mentors))
    offering = Mentors(
        places.astype(np.int64),
        masks(rng, mentors, 7, 2, 5),
        masks(rng, mentors, 6, 2, 4),
        masks(rng, mentors, 14, 4, 8),
        masks(rng, mentors, 5, 1, 2),
        *ends(mentors),
    )
    return Market(looking, offering, BASES[rng.integers(0, 4, young)])


def scan(given: Market, many: int) -> Best:
    """Every admissible pair scored once; the best of each young person kept."""
    size, others = len(given.base), len(given.mentors.capacity)
    made = ground(given.young, given.mentors, REACH_KM)
    price = np.zeros(others, np.int64)
    best = Best(
        np.full((size, many), -1, np.int32),
        np.zeros((size, many), np.int32),
        np.zeros((size, many), np.int64),
    )
    look(
        given.young, given.mentors, made.blocks(price), made.around, price,
        np.full(size, -1, np.int64), np.arange(size, dtype=np.int32), REACH_KM, 2**62, best,
    )  # fmt: skip
    return best


def edges(given: Market, many: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, mentors and weights of two levels in one number that a double holds."""
    best = scan(given, many)
    rows, slots = np.nonzero(best.mentor >= 0)
    unit = 1_000 * len(given.base)
    weight = given.base[rows] * unit + best.score[rows, slots]
    return rows, best.mentor[rows, slots].astype(np.int64), weight


def flow(given: Market, made: tuple[np.ndarray, ...]) -> int:
    """OR-Tools: minimum-cost flow, capacities native, a way out for whoever has nobody."""
    rows, mentor, weight = made
    size, others = len(given.base), len(given.mentors.capacity)
    source, sink = size + others, size + others + 1
    network = min_cost_flow.SimpleMinCostFlow()
    people, places = np.arange(size), size + np.arange(others)
    ones = np.ones(size, np.int64)
    network.add_arcs_with_capacity_and_unit_cost(np.full(size, source), people, ones, 0 * ones)
    network.add_arcs_with_capacity_and_unit_cost(people, np.full(size, sink), ones, 0 * ones)
    network.add_arcs_with_capacity_and_unit_cost(
        rows, size + mentor, np.ones(len(rows), np.int64), -weight
    )
    capacity = given.mentors.capacity
    network.add_arcs_with_capacity_and_unit_cost(
        places, np.full(others, sink), capacity, 0 * capacity
    )
    network.set_nodes_supplies(np.array([source, sink]), np.array([size, -size]))
    if network.solve() != network.OPTIMAL:
        raise RuntimeError("OR-Tools found no flow")
    return -int(network.optimal_cost())


def dense(given: Market, made: tuple[np.ndarray, ...]) -> int:
    """SciPy on a table with a column for each place."""
    rows, mentor, weight = made
    table = np.zeros((len(given.base), len(given.mentors.capacity)))
    table[rows, mentor] = weight
    table = np.repeat(table, given.mentors.capacity, axis=1)
    return int(table[linear_sum_assignment(table, maximize=True)].sum())


def sparse(given: Market, made: tuple[np.ndarray, ...]) -> int:
    """SciPy on every admissible pair: places apart, and one way out each."""
    rows, mentor, weight = made
    capacity, size = given.mentors.capacity, len(given.base)
    begins = np.cumsum(capacity) - capacity
    count = capacity[mentor]
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    row = np.concatenate((np.repeat(rows, count), np.arange(size)))
    column = np.concatenate(
        (np.repeat(begins[mentor], count) + nth, capacity.sum() + np.arange(size))
    )
    highest = int(weight.max()) + 1
    cost = np.concatenate((highest - np.repeat(weight, count), np.full(size, highest)))
    graph = csr_matrix((cost.astype(float), (row, column)))
    chosen = min_weight_full_bipartite_matching(graph)
    return int(sum(highest - graph[r, c] for r, c in zip(*chosen, strict=True)))


def timed(work: Callable[[], object], times: int = 3) -> tuple[float, object]:
    """The median of a few runs, and what the last gave."""
    taken, found = [], None
    for _run in range(times):
        began = time.perf_counter()
        found = work()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[len(taken) // 2], found


def value(given: Market, pairs: pairing.Pairs) -> int:
    paired = pairs.mentor >= 0
    return int((given.base[paired] * 1_000 * len(given.base) + pairs.score[paired]).sum())


def ours(given: Market, **more: object) -> pairing.Pairs:
    return pairing.pair(given.young, given.mentors, given.base, reach_km=REACH_KM, **more)


def again(given: Market, first: pairing.Pairs) -> tuple[float, float]:
    """One in a hundred of the young replaced: seconds to solve, share of pairs that moved."""
    size, rng = len(given.base), np.random.default_rng(1)
    changed = rng.permutation(size)[: size // 100]
    other = market(size, len(given.mentors.capacity), SEED)
    from_ = rng.permutation(size)[: len(changed)]
    young = Young._make(column.copy() for column in given.young)
    for column, source in zip(young, other.young, strict=True):
        column[changed] = source[from_]
    was = np.arange(size)
    was[changed] = -1
    before = pairing.Before(first, was, np.arange(len(given.mentors.capacity)))
    previous = np.where(was >= 0, first.mentor, -1).astype(np.int32)
    now = Market(young, given.mentors, given.base)
    taken, found = timed(lambda: ours(now, before=before, previous=previous))
    had = previous >= 0
    return taken, float((had & (found.mentor != previous)).sum() / had.sum())


def measure(table: Table, young: int, mentors: int, peers: int) -> list[str]:
    given = market(young, mentors)
    title, said = f"{young:,} × {mentors:,}", []
    many = 3 if young < 100_000 else 1
    scanned, _best = timed(lambda: scan(given, BEST), many)
    taken, pairs = timed(lambda: ours(given), many)
    worth = value(given, pairs)

    def row(name: str, seconds: float, total: int | None, note: str = "") -> None:
        share = "" if total is None else f"{100 * total / worth:.3f} %"
        table.add_row(title, name, f"{seconds:.3f}", share, note)

    row("scan of every admissible pair", scanned, None)
    proof = "proven" if pairs.proven else f"gap {pairs.gap}"
    followed = int((pairs.mentor >= 0).sum())
    row("ours, every pair", taken, worth, f"{followed:,} followed, {pairs.rounds} rounds, {proof}")
    said.append(f"{title}: ours / scan {taken / scanned:.1f} (goal at 300,000: at most 10)")
    renewed, moved = again(given, pairs)
    row("ours, again after 1 % changed", renewed, None, f"{100 * moved:.2f} % of pairs moved")
    said.append(f"{title}: again / full {renewed / taken:.3f} (goal: at most 0.1)")
    if peers:
        few = edges(given, BEST)
        seconds, total = timed(lambda: flow(given, few), many)
        row("OR-Tools flow, best 32", seconds, total)
        said.append(f"{title}: ours / OR-Tools on 32 {taken / seconds:.2f} (goal at 30,000: ≤ 3)")
    if peers and young <= 3_000:
        every = edges(given, mentors)
        exact = {}
        ways = {"OR-Tools flow": flow, "SciPy dense": dense, "SciPy sparse": sparse}
        for name, way in ways.items():
            exact[name], total = timed(lambda way=way: way(given, every))
            row(f"{name}, every pair", exact[name], total)
        best = min(exact, key=exact.get)
        said.append(
            f"{title}: {best} / ours {exact[best] / taken:.1f} (goal at 3,000: at least 5)"
        )
    return said


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--largest", type=int, default=30_000)
    parser.add_argument("--peers", type=int, default=1)
    arguments = parser.parse_args()
    for afar in (0.0, 0.5):
        small = market(200, 130, afar=afar)
        again(small, ours(small))
    table = Table("market", "way", "seconds", "value", "", title="Pairs")
    said = []
    for young in (300, 3_000, 30_000, 300_000):
        if young <= arguments.largest:
            said += measure(table, young, young * 2 // 3, arguments.peers)
    console = Console(width=120)
    console.print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    console.print(f"peak memory of the run, peers included: {peak} MiB")
    for line in said:
        console.print(line)


if __name__ == "__main__":
    main()
