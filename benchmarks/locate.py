"""
Which neighbourhood, and how far from a limit: the engine beside what one writes first.

    python benchmarks/locate.py [--points 100000] [--zones FILE.geojson]

Peers, on the same points: shapely's tree asked one point at a time; shapely's tree asked for all
points at once. Both only say *which* neighbourhood; the engine's own answer with distances is
timed apart. Without --zones a seeded grid of rough discs stands for the official file.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely
from rich.console import Console
from rich.table import Table

from traitdunion.engine.zones import Zones

SEED = 2020
ONE_BY_ONE = 2_000
Points = np.ndarray


def invented(count: int = 1_500) -> Zones:
    """Rough discs of about 150 corners over mainland France, two in three touching towns."""
    rng = np.random.default_rng(SEED)
    towns = np.column_stack((rng.uniform(-1, 7, 300), rng.uniform(43, 50, 300)))
    centre = towns[rng.integers(0, len(towns), count)] + rng.normal(0, 0.03, (count, 2))
    angle = np.linspace(0, 2 * np.pi, 150, endpoint=False)
    reach = rng.uniform(0.002, 0.006, (count, 1)) * rng.uniform(0.8, 1.2, (count, 150))
    corners = centre[:, None] + np.stack((np.cos(angle), np.sin(angle)), -1) * reach[..., None]
    shapes = [shapely.Polygon(corner) for corner in corners]
    return Zones.of(shapes=shapes, codes=[f"QP{n:06d}" for n in range(count)], layer="invented")


def addresses(zones: Zones, count: int) -> Points:
    """Nine in ten around neighbourhoods, as those of families are; the others anywhere."""
    rng = np.random.default_rng(SEED)
    inside = shapely.get_coordinates(shapely.point_on_surface(zones.shapes))
    near = inside[rng.integers(0, len(inside), count)] + rng.normal(0, 0.004, (count, 2))
    near[: count // 10] = np.column_stack(
        (rng.uniform(-4, 8, count // 10), rng.uniform(43, 50, count // 10))
    )
    return near


def one_by_one(tree: shapely.STRtree, points: Points) -> np.ndarray:
    found = []
    for x, y in points:
        hits = tree.query(shapely.Point(x, y), predicate="intersects")
        found.append(min(hits) if len(hits) else -1)
    return np.array(found)


def all_at_once(tree: shapely.STRtree, points: Points, count: int) -> np.ndarray:
    row, zone = tree.query(shapely.points(points), predicate="intersects")
    found = np.full(len(points), count)
    np.minimum.at(found, row, zone)
    return np.where(found == count, -1, found)


def timed(work: Callable[[], np.ndarray], times: int = 3) -> tuple[float, np.ndarray]:
    """The best of several runs, and what it gave."""
    best, result = np.inf, np.empty(0)
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--zones", type=Path)
    arguments = parser.parse_args()
    zones = Zones.read(arguments.zones) if arguments.zones else invented()
    points = addresses(zones, arguments.points)
    plain = np.array([shapely.from_wkb(shapely.to_wkb(shape)) for shape in zones.shapes])
    tree = shapely.STRtree(plain)
    zones.distance([2.0], [48.0])

    some = points[-ONE_BY_ONE:]
    single, slow = timed(lambda: one_by_one(tree, some), 1)
    whole, expected = timed(lambda: all_at_once(tree, points, len(plain)))
    ours, found = timed(lambda: zones.locate(*points.T))
    full, _ = timed(lambda: zones.answer(lon=points[:, 0], lat=points[:, 1]).distance_m)
    if not (np.array_equal(found, expected) and np.array_equal(slow, expected[-ONE_BY_ONE:])):
        raise SystemExit("the answers differ")

    table = Table(title=f"{len(points):,} points, {len(plain):,} zones ({zones.layer})")
    for title in ("way", "gives", "points a second"):
        table.add_column(title)
    for way, gives, rate in (
        ("shapely tree, one point at a time", "zone", len(some) / single),
        ("shapely tree, all at once", "zone", len(points) / whole),
        ("engine.zones locate", "zone", len(points) / ours),
        ("engine.zones answer", "zone, metres, review", len(points) / full),
    ):
        table.add_row(way, gives, f"{rate:,.0f}")
    Console().print(table)
    print(f"ratio locate / one at a time: {len(points) / ours / (len(some) / single):.1f}")
    print(f"ratio locate / tree all at once: {whole / ours:.2f}")


if __name__ == "__main__":
    main()
