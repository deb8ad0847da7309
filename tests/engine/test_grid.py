"""Many points at once: the grid says what the exact predicate says, everywhere."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion.engine import grid, grid_cache, zones
from traitdunion.engine.zones import Zones

pytestmark = pytest.mark.once

BOW_TIE = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
SPIKE = shapely.from_wkt("POLYGON ((0 0, 1 0, 1 1, 3 1, 1 1, 0 1, 0 0))")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "traitdunion"


def exactly(shapes: list[object], x: np.ndarray, y: np.ndarray) -> list[int]:
    """The first outline that holds each point, by shapely alone."""
    whole = shapely.make_valid(np.array(shapes, dtype=object))
    held = shapely.intersects(whole[:, None], shapely.points(x, y)[None, :])
    return np.where(held.any(axis=0), held.argmax(axis=0), -1).tolist()


def by_grid(shapes: list[object], x: np.ndarray, y: np.ndarray) -> list[int]:
    """What `locate` says when it has its grid, each point asked a thousand times."""
    named = Zones.of(shapes=shapes, codes=[f"QP{n:03d}" for n in range(len(shapes))])
    named.prepared()
    times = zones.GRID_ANSWERS // max(1, len(x)) + 1
    return named.locate(np.tile(x, times), np.tile(y, times))[: len(x)].tolist()


def around(shapes: list[object], seed: int, reach: float, count: int = 3_000) -> np.ndarray:
    """Points near the corners, the corners themselves and the middles of edges."""
    rng = np.random.default_rng(seed)
    corners = shapely.get_coordinates(shapely.make_valid(np.array(shapes, dtype=object)))
    near = corners[rng.integers(0, len(corners), count)] + rng.normal(0, reach, (count, 2))
    middles = (corners[1:] + corners[:-1]) / 2
    points = np.concatenate((near, corners, middles))
    return np.clip(points, [-180, -90], [180, 90])


FIGURES = {
    "a square": [shapely.box(2, 48, 2.01, 48.01)],
    "a hole": [shapely.Point(2, 48).buffer(0.01) - shapely.Point(2, 48).buffer(0.004)],
    "a crossed outline": [BOW_TIE],
    "a line left by the repair": [SPIKE],
    "a multipolygon that touches itself": [
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)])
    ],
    "overlaps": [shapely.Point(2 + 0.003 * n, 48).buffer(0.01) for n in range(6)],
    "one inside another": [shapely.Point(2, 48).buffer(r) for r in (0.003, 0.1, 0.01)],
    "neighbours of one limit": [shapely.box(2, 48, 2.1, 48.1), shapely.box(2.1, 48, 2.2, 48.1)],
    "a collection with overlapping parts": [
        shapely.GeometryCollection(
            [shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3), shapely.Point(4, 4)]
        )
    ],
    "the antimeridian": [shapely.box(179.99, -17, 180, -16.9), shapely.box(-180, -17, -179.9, 0)],
    "the poles": [shapely.box(-180, 89, 180, 90), shapely.box(-10, -90, 10, -89.5)],
    "a whole country": [shapely.box(-5, 42, 8, 51)],
    "the whole world": [shapely.box(-180, -90, 180, 90)],
    "a sliver": [shapely.Polygon([(2, 48), (2.5, 48.2), (2.5, 48.2 + 1e-9)])],
    "smaller than a cell": [shapely.Point(2, 48).buffer(1e-6)],
}


@pytest.mark.parametrize("figure", FIGURES)
def test_the_grid_says_what_the_exact_predicate_says(figure: str) -> None:
    shapes = FIGURES[figure]
    for reach in (1e-5, 2e-3, 1.0):
        x, y = around(shapes, 7, reach).T

        assert by_grid(shapes, x, y) == exactly(shapes, x, y)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_grid_stays_under_64_mib(figure: str) -> None:
    shapes = shapely.make_valid(np.array(FIGURES[figure], dtype=object))

    assert grid.build(shapes).nbytes() < 64 * 2**20


corners = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=10)


@settings(max_examples=25, deadline=None)
@given(rings=st.lists(corners, min_size=1, max_size=6), size=st.sampled_from([1e-4, 3e-3, 0.2]))
def test_whatever_the_outlines_and_their_size(
    rings: list[list[tuple[int, int]]], size: float
) -> None:
    shapes = [shapely.Polygon([(2 + x * size, 48 + y * size) for x, y in ring]) for ring in rings]
    x, y = around(shapes, 3, size, 400).T

    assert by_grid(shapes, x, y) == exactly(shapes, x, y)


def test_a_grid_of_nothing_holds_nothing() -> None:
    assert by_grid([], np.array([1.0]), np.array([1.0])) == [-1]
    assert by_grid([shapely.Polygon()], np.array([1.0]), np.array([1.0])) == [-1]


def test_an_unusable_point_among_many_is_named_with_its_row() -> None:
    named = Zones.of(shapes=[shapely.box(2, 48, 3, 49)], codes=["QP1"])
    named.prepared()
    lon, lat = np.full(5_000, 2.5), np.full(5_000, 48.5)
    lon[4_321] = np.nan
    with pytest.raises(ValueError, match="lon: row 4321: NaN"):
        named.locate(lon, lat)
    lon[4_321], lat[77] = 2.5, 91.0
    with pytest.raises(ValueError, match=r"lat: row 77: 91.0 is not between -90 and 90"):
        named.locate(lon, lat)


def test_few_points_do_without_the_grid_and_many_ask_for_it() -> None:
    named = Zones.of(shapes=[shapely.box(2, 48, 3, 49)], codes=["QP1"])
    lon, lat = np.full(60_000, 2.5), np.full(60_000, 48.5)

    made = []
    for _ in range(4):
        assert (named.locate(lon, lat) == 0).all()
        made.append(named._grid is not None)

    assert made == [False, False, False, True]


def test_a_grid_is_kept_on_disk_for_the_same_outlines_only(cache: Path) -> None:
    shapes = np.array([shapely.box(2, 48, 3, 49)])
    other = np.array([shapely.box(2, 48, 3, 49.5)])

    made = grid_cache.grid_of(shapes)
    read = grid_cache.grid_of(shapes)
    grid_cache.grid_of(other)

    assert np.array_equal(made.cells, read.cells) and np.array_equal(made.edges, read.edges)
    assert len(list(cache.glob("zones-*.npz"))) == 2
    assert cache.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"", b"nothing", None])
def test_a_damaged_cache_is_built_again(cache: Path, damage: bytes | None) -> None:
    shapes = np.array([shapely.Point(2, 48).buffer(0.01)])
    made = grid_cache.grid_of(shapes)
    (path,) = cache.glob("zones-*.npz")
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(bytes(whole) if damage is None else damage)

    again = grid_cache.grid_of(shapes)

    assert np.array_equal(made.cells, again.cells)
    assert grid_cache._read(path) is not None


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    made = grid_cache.grid_of(
        np.array([shapely.box(2, 48, 3, 49)]), within=tmp_path / "file" / "cache"
    )

    assert made.nbytes() > 0


def test_only_the_latest_grids_are_kept(cache: Path) -> None:
    for n in range(grid_cache.KEPT + 2):
        grid_cache.grid_of(np.array([shapely.box(2, 48, 3, 49 + n)]))

    assert len(list(cache.glob("zones-*.npz"))) == grid_cache.KEPT
