"""
Which neighbourhood: the engine beside what one would take instead, on one core.

    python benchmarks/zones.py [--zones FILE.geojson] [--most 10000000] [--svg FILE.svg]

Peers, on the same points and the same outlines: shapely's tree asked one point at a time (what a
view usually does), asked for all points at once, its boxes then prepared outlines, a tree of the
points asked by the outlines; geopandas and DuckDB spatial where they are installed. Every answer
of every way is compared with the exact predicate's, and so are the corners and middles of limits.

Without --zones a seeded crowd of rough discs stands for the official file. The grid is built
before, as the peers' trees are, and its time is told apart. Last: the ratio to the best peer.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import shapely
from rich.console import Console
from rich.table import Table

from benchmarks import growth
from traitdunion.engine import grid, grid_cache
from traitdunion.engine.zones import Zones

SEED = 2020
ONE_BY_ONE = 2_000
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
# Peers make an object of each point: asked for ten million at once, they need 3.5 GiB.
TOGETHER = 1_000_000
GOAL = 50
Points = np.ndarray
Way = Callable[[np.ndarray, np.ndarray], np.ndarray]


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


def addresses(zones: Zones, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Nine in ten around neighbourhoods, as those of families are; the others anywhere."""
    rng = np.random.default_rng(SEED)
    inside = shapely.get_coordinates(shapely.point_on_surface(zones.shapes))
    near = inside[rng.integers(0, len(inside), count)] + rng.normal(0, 0.004, (count, 2))
    far = rng.random(count) < 0.1
    near[far] = np.column_stack((rng.uniform(-4, 8, far.sum()), rng.uniform(43, 50, far.sum())))
    return np.ascontiguousarray(near[:, 0]), np.ascontiguousarray(near[:, 1])


def first(count: int, row: np.ndarray, zone: np.ndarray, zones: int) -> np.ndarray:
    found = np.full(count, zones)
    np.minimum.at(found, row, zone)
    return np.where(found == zones, -1, found)


class Peers:
    """What one would take instead; each is given what it likes to have prepared."""

    def __init__(self, shapes: np.ndarray) -> None:
        self.shapes, self.count = shapes, len(shapes)
        self.tree = shapely.STRtree(shapes)
        self.ready = np.array([shapely.from_wkb(shapely.to_wkb(one)) for one in shapes])
        shapely.prepare(self.ready)

    def one_by_one(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        found = []
        for point in zip(x, y, strict=True):
            hits = self.tree.query(shapely.Point(point), predicate="intersects")
            found.append(min(hits) if len(hits) else -1)
        return np.array(found)

    def all_at_once(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        row, zone = self.tree.query(shapely.points(x, y), predicate="intersects")
        return first(len(x), row, zone, self.count)

    def boxes_then_prepared(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        row, zone = self.tree.query(shapely.points(x, y))
        held = shapely.intersects_xy(self.ready[zone], x[row], y[row])
        return first(len(x), row[held], zone[held], self.count)

    def tree_of_points(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        zone, row = shapely.STRtree(shapely.points(x, y)).query(self.ready, predicate="intersects")
        return first(len(x), row, zone, self.count)

    def ways(self) -> dict[str, Way]:
        found: dict[str, Way] = {
            "shapely tree, all at once": self.all_at_once,
            "shapely tree, boxes then prepared": self.boxes_then_prepared,
            "shapely tree of the points": self.tree_of_points,
        }
        if find_spec("geopandas"):
            found["geopandas sjoin"] = self.geopandas()
        if find_spec("duckdb_extension_spatial") and find_spec("pandas"):
            found["DuckDB spatial, one thread"] = self.duckdb()
        return found

    def geopandas(self) -> Way:
        gpd = import_module("geopandas")
        zones = gpd.GeoDataFrame({"zone": np.arange(self.count)}, geometry=self.shapes)

        def way(x: np.ndarray, y: np.ndarray) -> np.ndarray:
            points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
            hit = points.sjoin(zones, predicate="intersects")
            return first(len(x), hit.index.to_numpy(), hit["zone"].to_numpy(), self.count)

        return way

    def duckdb(self) -> Way:
        duckdb, pandas = import_module("duckdb"), import_module("pandas")
        package = Path(str(import_module("duckdb_extension_spatial").__file__)).parent
        database = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": 1})
        database.execute(f"LOAD '{next(package.rglob('*.duckdb_extension'))}'")
        database.execute("CREATE TABLE w (zone INT, outline BLOB)")
        told = [(n, bytes(one)) for n, one in enumerate(shapely.to_wkb(self.shapes))]
        database.executemany("INSERT INTO w VALUES (?, ?)", told)
        database.execute("CREATE TABLE z AS SELECT zone, ST_GeomFromWKB(outline) g FROM w")

        def way(x: np.ndarray, y: np.ndarray) -> np.ndarray:
            points = pandas.DataFrame({"row": np.arange(len(x)), "x": x, "y": y})
            database.register("p", points)
            hit = database.execute(
                "SELECT p.row AS row, z.zone AS zone FROM p JOIN z"
                " ON ST_Intersects(z.g, ST_Point(p.x, p.y))"
            ).fetchnumpy()
            return first(len(x), hit["row"], hit["zone"], self.count)

        return way


def timed(way: Way, x: np.ndarray, y: np.ndarray, times: int) -> tuple[float, np.ndarray]:
    """The best of several runs, and what it gave."""
    best, result = np.inf, np.empty(0)
    for _ in range(times):
        start = time.perf_counter()
        parts = [way(x[n : n + TOGETHER], y[n : n + TOGETHER]) for n in range(0, len(x), TOGETHER)]
        best = min(best, time.perf_counter() - start)
        result = np.concatenate(parts)
    return best, result


def checked_limits(zones: Zones, peers: Peers) -> int:
    """Every corner and the middle of every edge, against the exact predicate."""
    lines = shapely.get_parts(shapely.boundary(shapely.get_parts(zones.shapes)))
    points, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    points = np.concatenate((points, ((points[1:] + points[:-1]) / 2)[same]))
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    if not np.array_equal(zones.locate(x, y), peers.all_at_once(x, y)):
        raise SystemExit("the answers differ on a limit")
    return len(points)


def prepared(zones: Zones) -> tuple[float, float, float]:
    """Seconds to build the grid, seconds to read it from the cache, and its MiB."""
    start = time.perf_counter()
    grid.build(zones.shapes)
    built = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        grid_cache.grid_of(zones.shapes, within=Path(folder))
        start = time.perf_counter()
        made = grid_cache.grid_of(zones.shapes, within=Path(folder))
        read = time.perf_counter() - start
    zones._grid = made
    zones.locate(np.full(2_000, 2.0), np.full(2_000, 48.0))
    return built, read, made.nbytes() / 2**20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--zones", type=Path)
    parser.add_argument("--most", type=int, default=SIZES[-1])
    parser.add_argument("--svg", type=Path)
    arguments = parser.parse_args()
    zones = Zones.read(arguments.zones) if arguments.zones else invented()
    peers = Peers(np.array([shapely.from_wkb(shapely.to_wkb(one)) for one in zones.shapes]))
    built, read, size = prepared(zones)
    limits = checked_limits(zones, peers)

    ways: dict[str, Way] = {"engine.zones locate": zones.locate, **peers.ways()}
    table = Table(title=f"{len(zones.codes):,} zones ({zones.layer}), seconds (points a second)")
    table.add_column("way")
    seconds: dict[str, list[tuple[int, float]]] = {name: [] for name in ways}
    sizes = [count for count in SIZES if count <= arguments.most]
    for count in sizes:
        table.add_column(f"{count:,} points", justify="right")
        x, y = addresses(zones, count)
        _, expected = timed(peers.boxes_then_prepared, x, y, 1)
        for name, way in ways.items():
            times = 3 if count <= TOGETHER else 1 + 2 * (name == "engine.zones locate")
            taken, found = timed(way, x, y, times)
            if not np.array_equal(found, expected):
                raise SystemExit(f"the answers of {name} differ")
            seconds[name].append((count, taken))
    x, y = addresses(zones, ONE_BY_ONE)
    single, _ = timed(peers.one_by_one, x, y, 1)
    for name, line in seconds.items():
        table.add_row(name, *(f"{s:.4g} ({n / s:,.0f})" for n, s in line))
    slow = ["" for _ in sizes]
    slow[0] = f"({ONE_BY_ONE / single:,.0f})"
    table.add_row("shapely tree, one point at a time", *slow)

    console = Console(width=150)
    console.print(growth.machine(), highlight=False)
    console.print(table)
    console.print(
        f"grid: built in {built:.2f} s, read from its cache in {read:.3f} s, {size:.1f} MiB;"
        f" 0 wrong on {limits:,} corners and middles, 0 wrong on {sum(sizes):,} points",
        highlight=False,
    )
    if arguments.svg:
        growth.drawn("Points in neighbourhoods", "points", seconds, arguments.svg)
    best = min(line[-1][1] for name, line in seconds.items() if name != "engine.zones locate")
    ratio = best / seconds["engine.zones locate"][-1][1]
    console.print(
        f"ratio best peer / locate: {ratio:.1f} (goal: at least {GOAL})", highlight=False
    )


if __name__ == "__main__":
    main()
