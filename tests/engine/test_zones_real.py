"""The neighbourhoods of 2024 as they are published, overseas included."""

import gzip
import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry import shape

from traitdunion.engine import grid_cache
from traitdunion.engine.zones import Zones

pytestmark = [pytest.mark.realdata, pytest.mark.once]

EARTH = pyproj.Geod(ellps="WGS84")
# What the grid says of a point that only exact arithmetic can place.
UNDECIDED = -2


@pytest.fixture(scope="module")
def path(real_data: Path) -> Path:
    return real_data / "qpv-2024.geojson.gz"


@pytest.fixture(scope="module")
def zones(path: Path) -> Zones:
    return Zones.read(path)


@pytest.fixture(scope="module")
def published(path: Path) -> list[object]:
    document = json.loads(gzip.decompress(path.read_bytes()))
    ordered = sorted(document["features"], key=lambda f: f["properties"]["code_qp"])
    return [shape(f["geometry"]) for f in ordered]


@pytest.fixture(scope="module")
def edges(published: list[object]) -> tuple[np.ndarray, np.ndarray]:
    lines = shapely.get_parts(shapely.boundary(published))
    points, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    return points[:-1][same], points[1:][same]


def test_every_neighbourhood_is_read_and_the_crossed_ones_repaired(zones: Zones) -> None:
    assert len(zones.codes) == 1584
    assert zones.repaired.sum() == 586
    assert zones.codes.tolist() == sorted(zones.codes.tolist())


def test_every_published_vertex_is_inside_and_no_vertex_of_an_area_is_off_its_limit(
    zones: Zones, edges: tuple[np.ndarray, np.ndarray]
) -> None:
    start, _ = edges
    corners = shapely.get_coordinates(zones.shapes[~zones.repaired])

    assert (zones.locate(*start.T) >= 0).all()
    assert (zones.distance(*corners.T) == 0).all()


def test_the_middle_of_every_limit_is_within_a_micrometre_of_it_and_inside_when_on_it(
    zones: Zones, edges: tuple[np.ndarray, np.ndarray]
) -> None:
    kept = zones.shapes[~zones.repaired]
    points, line = shapely.get_coordinates(
        shapely.get_parts(shapely.boundary(kept)), return_index=True
    )
    same = line[1:] == line[:-1]
    middle = ((points[1:] + points[:-1]) / 2)[same]

    assert zones.distance(*middle.T).max() < 1e-6
    # Where rounding lets the middle be on the line at all, it is inside.
    level = (points[1:] == points[:-1]).any(axis=1)[same]
    assert level.sum() > 1000
    assert (zones.locate(*middle[level].T) >= 0).all()


def test_near_every_limit_the_answer_is_shapely_s_own(
    zones: Zones, published: list[object], edges: tuple[np.ndarray, np.ndarray]
) -> None:
    whole = shapely.make_valid(np.array(published))
    rng = np.random.default_rng(2020)
    points = np.concatenate(
        ((edges[0] + edges[1]) / 2, edges[0] + rng.normal(0, 2e-4, edges[0].shape))
    )
    points = rng.permutation(points)[:40_000]
    tree = shapely.STRtree(whole)
    row, zone = tree.query(shapely.points(points), predicate="intersects")
    expected = np.full(len(points), len(whole))
    np.minimum.at(expected, row, zone)

    found = zones.locate(*points.T)

    assert np.array_equal(found, np.where(expected == len(whole), -1, expected))


def test_distances_are_those_of_brute_force_in_every_territory(zones: Zones) -> None:
    limit = every_few_metres(zones)
    rng = np.random.default_rng(31)
    near = limit[rng.integers(0, len(limit), 40)] + rng.normal(0, 0.02, (40, 2))
    apart = np.column_stack((rng.uniform(-5, 9, 15), rng.uniform(42, 51, 15)))
    world = np.column_stack((rng.uniform(-180, 180, 10), rng.uniform(-80, 80, 10)))
    points = np.concatenate((near, apart, world))

    metres = zones.distance(*points.T)

    for (lon, lat), said in zip(points, metres, strict=True):
        roughly = sphere(lon, lat, limit)
        hopeful = limit[roughly <= roughly.min() * 1.02 + 10]
        here = np.full(len(hopeful), lon), np.full(len(hopeful), lat)
        assert said == pytest.approx(EARTH.inv(*here, *hopeful.T)[2].min(), rel=0.005, abs=1)


def every_few_metres(zones: Zones) -> np.ndarray:
    """The limits of all areas, each at most about five metres from the next point."""
    parts = shapely.get_parts(shapely.get_parts(zones.shapes))
    polygons = parts[shapely.get_type_id(parts) == 3]
    return shapely.get_coordinates(shapely.segmentize(shapely.boundary(polygons), 0.00005))


def sphere(lon: float, lat: float, others: np.ndarray) -> np.ndarray:
    """Metres by the haversine formula."""
    x, y = np.radians(others - (lon, lat)).T
    up = np.cos(np.radians(lat)) * np.cos(np.radians(others[:, 1]))
    half = np.sin(y / 2) ** 2 + up * np.sin(x / 2) ** 2
    return 2 * 6_371_008.8 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def test_every_overseas_territory_of_the_file_answers(zones: Zones) -> None:
    beginnings = {code[2:5] for code in zones.codes.tolist()}
    inside = shapely.get_coordinates(shapely.point_on_surface(zones.shapes))

    found = zones.locate(*inside.T)

    assert {"971", "972", "973", "974", "976", "977", "987"} & beginnings
    assert (found >= 0).all() and (found <= np.arange(len(found))).all()


def test_the_grid_is_right_on_every_corner_every_middle_and_a_million_points_near_towns(
    zones: Zones, edges: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    rng = np.random.default_rng(2024)
    inside = shapely.get_coordinates(shapely.point_on_surface(zones.shapes))
    near = inside[rng.integers(0, len(inside), 1_000_000)] + rng.normal(0, 0.004, (1_000_000, 2))
    corners = shapely.get_coordinates(zones.shapes)
    points = np.concatenate((near, corners, edges[0], (edges[0] + edges[1]) / 2))
    grid = grid_cache.grid_of(zones.shapes, within=tmp_path)

    found, bad, undecided = grid.locate(*np.ascontiguousarray(points.T))

    expected = zones._exactly(*points.T)
    sure = found != UNDECIDED
    assert (bad, undecided) == (-1, (~sure).sum())
    assert np.array_equal(found[sure], expected[sure])
    # All is decided by the grid but what lies on a limit, or a rounding away from it.
    assert sure[:1_000_000].mean() > 0.9999
    assert not sure[1_000_000:].all()
    assert grid.nbytes() < 64 * 2**20
