"""Points to neighbourhoods: hand-computed cases, properties, and brute force beside."""

import gzip
import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion.engine.outlines import BadOutlines
from traitdunion.engine.zones import Zones

EARTH = pyproj.Geod(ellps="WGS84")
SQUARE = shapely.box(2, 48, 3, 49)
BOW_TIE = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
SPIKE = shapely.from_wkt("POLYGON ((0 0, 1 0, 1 1, 3 1, 1 1, 0 1, 0 0))")


def one(shape: object, code: str = "QP000001") -> Zones:
    return Zones.of(shapes=[shape], codes=[code])


def test_a_point_is_inside_on_the_limit_or_outside() -> None:
    zones = one(SQUARE)

    found = zones.locate([2.5, 2.0, 2.0, 2.5, 1.999999], [48.5, 48.0, 48.3, 49.0, 48.5])

    assert found.dtype == np.int32
    assert found.tolist() == [0, 0, 0, 0, -1]


def test_where_neighbourhoods_overlap_the_smallest_code_as_text_wins() -> None:
    zones = Zones.of(shapes=[SQUARE, SQUARE, SQUARE], codes=["QP9", "QP10", "QP2"])

    found = zones.locate([2.5], [48.5])

    assert zones.codes.tolist() == ["QP10", "QP2", "QP9"]
    assert zones.codes[found[0]] == "QP10"


def test_a_crossed_outline_is_repaired_and_its_two_halves_are_inside() -> None:
    zones = one(BOW_TIE)

    found = zones.locate([0.2, 1.8, 1.0, 1.0], [1.0, 1.0, 0.2, 1.0])

    assert zones.repaired.tolist() == [True]
    assert found.tolist() == [0, 0, -1, 0]


def test_a_line_left_by_the_repair_is_inside_but_is_no_limit() -> None:
    zones = one(SPIKE)

    found = zones.locate([2.0, 2.0], [1.0, 1.1])
    metres = zones.distance([2.0], [1.0])

    assert found.tolist() == [0, -1]
    assert metres[0] == pytest.approx(EARTH.inv(2.0, 1.0, 1.0, 1.0)[2], rel=0.001)


def test_a_hole_is_outside_and_its_edge_is_a_limit() -> None:
    zones = one(shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2)))

    found = zones.locate([1.5, 1.0, 0.5], [1.5, 1.5, 0.5])
    metres = zones.distance([1.5], [1.999])

    assert found.tolist() == [-1, 0, 0]
    assert metres[0] == pytest.approx(EARTH.inv(1.5, 1.999, 1.5, 2.0)[2], rel=0.001)


def test_the_distance_is_that_of_the_ellipsoid_inside_as_outside() -> None:
    zones = one(SQUARE)

    metres = zones.distance([2.5, 2.999, 3.001, 2.0], [47.999, 48.5, 48.5, 48.0])

    expected = [
        EARTH.inv(2.5, 47.999, 2.5, 48.0)[2],
        EARTH.inv(2.999, 48.5, 3.0, 48.5)[2],
        EARTH.inv(3.001, 48.5, 3.0, 48.5)[2],
        0.0,
    ]
    assert metres == pytest.approx(expected, rel=0.001)
    assert metres[3] == 0.0


def test_a_parallel_of_one_degree_is_a_straight_line_of_degrees_not_a_great_circle() -> None:
    zones = one(SQUARE)

    metres = zones.distance([2.5], [49.00001])

    assert metres[0] == pytest.approx(EARTH.inv(2.5, 49.00001, 2.5, 49.0)[2], rel=0.005)


def test_nan_a_wrong_shape_or_impossible_degrees_name_the_argument() -> None:
    zones = one(SQUARE)

    with pytest.raises(ValueError, match="lon"):
        zones.locate([np.nan], [48.0])
    with pytest.raises(ValueError, match="lat"):
        zones.distance([2.0], [np.nan])
    with pytest.raises(ValueError, match="lat"):
        zones.locate([2.0, 3.0], [48.0])
    with pytest.raises(ValueError, match="lat"):
        zones.locate([2.0], [91.0])
    with pytest.raises(ValueError, match="codes"):
        Zones.of(shapes=[SQUARE], codes=[])


def test_an_unusable_point_is_unknown_and_never_out() -> None:
    zones = one(SQUARE)

    said = zones.answer(lon=[np.nan, 2.5, 181, 2.5, np.inf], lat=[48.5, np.nan, 0, -90.5, 1])

    assert said.answer.tolist() == ["unknown"] * 5
    assert np.isnan(said.distance_m).all()
    assert said.neighbourhood.tolist() == [-1] * 5


def test_nobody_is_reviewed_without_a_tolerance_not_even_on_the_limit() -> None:
    said = one(SQUARE).answer(lon=[2.0, 2.5], lat=[48.0, 40.0])

    assert said.answer.tolist() == ["in", "out"]


def test_a_point_nearer_than_the_tolerance_is_reviewed_with_the_nearest_neighbourhood() -> None:
    zones = Zones.of(shapes=[SQUARE, shapely.box(3.01, 48, 4, 49)], codes=["QP1", "QP2"])

    said = zones.answer(lon=[2.0, 2.0001, 3.001, 3.009, 2.5], lat=[48.5] * 5, tolerance_m=100.0)

    assert said.answer.tolist() == ["review", "review", "review", "review", "in"]
    assert zones.codes[said.neighbourhood].tolist() == ["QP1", "QP1", "QP1", "QP2", "QP1"]


def test_equally_near_the_smallest_code_is_the_one_to_review() -> None:
    zones = Zones.of(
        shapes=[shapely.box(2, 48, 3, 49), shapely.box(3, 48, 4, 49)], codes=["QP2", "QP1"]
    )

    said = zones.answer(lon=[3.0], lat=[49.0005], tolerance_m=100.0)

    assert zones.codes[said.neighbourhood[0]] == "QP1"


def test_a_tolerance_must_be_a_number_of_metres() -> None:
    for tolerance in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="tolerance_m"):
            one(SQUARE).answer(lon=[2.0], lat=[48.0], tolerance_m=tolerance)


def test_no_point_gives_no_answer_and_no_zone_holds_nothing() -> None:
    empty = Zones.of(shapes=[], codes=[])

    assert one(SQUARE).answer(lon=[], lat=[]).answer.tolist() == []
    assert empty.locate([1.0], [1.0]).tolist() == [-1]
    assert empty.distance([1.0], [1.0]).tolist() == [np.inf]


def test_a_zone_that_is_only_a_line_holds_its_points_and_has_no_limit() -> None:
    zones = one(shapely.from_wkt("LINESTRING (0 0, 1 1)"))

    assert zones.locate([0.5, 0.6], [0.5, 0.5]).tolist() == [0, -1]
    assert zones.distance([0.5], [0.5]).tolist() == [np.inf]


PLACES = {
    "Paris": (2.35, 48.85),
    "Ajaccio": (8.74, 41.93),
    "Pointe-à-Pitre": (-61.53, 16.24),
    "Fort-de-France": (-61.07, 14.61),
    "Cayenne": (-52.33, 4.93),
    "Saint-Denis": (55.45, -20.88),
    "Mamoudzou": (45.23, -12.78),
    "Papeete": (-149.57, -17.54),
    "Nouméa": (166.45, -22.27),
    "Saint-Pierre": (-56.17, 46.78),
    "Mata-Utu": (-176.17, -13.28),
    "antiméridien": (179.995, -16.0),
}


@pytest.mark.parametrize("place", PLACES)
def test_metres_are_right_in_every_territory_in_every_direction(place: str) -> None:
    lon, lat = PLACES[place]
    zones = Zones.of(
        shapes=[shapely.Point(x, y).buffer(0.003) for x, y in PLACES.values()], codes=list(PLACES)
    )
    bearings = np.arange(0.0, 360.0, 15.0)
    for away in (400.0, 5_000.0, 60_000.0):
        x, y, _ = EARTH.fwd([lon] * 24, [lat] * 24, bearings, [away] * 24)

        metres = zones.distance(x, y)

        assert metres == pytest.approx(by_brute_force(zones, x, y), rel=0.005)


def by_brute_force(
    zones: Zones, x: np.ndarray, y: np.ndarray, step: float = 0.00002
) -> np.ndarray:
    """Each point against each limit cut every two metres, by geodesics."""
    lines = shapely.segmentize(shapely.boundary(zones.shapes), step)
    limit = np.unique(shapely.get_coordinates(lines), axis=0)
    return np.array(
        [
            EARTH.inv(np.full(len(limit), a), np.full(len(limit), b), *limit.T)[2].min()
            for a, b in zip(x, y, strict=True)
        ]
    )


def test_metres_are_right_from_the_other_side_of_the_earth() -> None:
    zones = Zones.of(
        shapes=[shapely.box(2, 48, 2.1, 48.1), shapely.box(-149.6, -17.6, -149.5, -17.5)],
        codes=["QP1", "QP2"],
    )
    x = np.array([-177.9, 139.7, -60.0, 0.0, 30.0, -178.0])
    y = np.array([-48.05, 35.7, -30.0, 90.0, -89.0, -47.0])
    expected = by_brute_force(zones, x, y, step=0.001)

    assert zones.distance(x, y) == pytest.approx(expected, rel=0.005)


def test_metres_are_right_for_zones_as_large_as_a_country() -> None:
    zones = Zones.of(shapes=[shapely.box(-5, 42, 8, 51)], codes=["QP1"])
    rng = np.random.default_rng(4)
    x, y = rng.uniform(-12, 15, 40), rng.uniform(36, 58, 40)
    expected = by_brute_force(zones, x, y, step=0.001)
    far = expected > 1_000

    assert zones.distance(x, y)[far] == pytest.approx(expected[far], rel=0.005)


cells = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=9)
spots = st.lists(st.tuples(st.integers(-4, 36), st.integers(-4, 36)), min_size=1, max_size=30)


@given(rings=st.lists(cells, min_size=1, max_size=5), at=spots)
@settings(max_examples=120, deadline=None)
def test_whatever_the_outlines_inside_is_what_shapely_says_one_by_one(
    rings: list[list[tuple[int, int]]], at: list[tuple[int, int]]
) -> None:
    shapes = [shapely.Polygon([(x / 8, y / 8) for x, y in ring]) for ring in rings]
    codes = [f"QP{number}" for number in range(len(shapes))]
    x, y = np.array([a / 32 for a, _ in at]), np.array([b / 32 for _, b in at])
    whole = [shapely.make_valid(shape) for shape in shapes]

    found = Zones.of(shapes=shapes, codes=codes).locate(x, y)

    for index, a, b in zip(found, x, y, strict=True):
        holding = [n for n, z in enumerate(whole) if z.intersects(shapely.Point(a, b))]
        assert index == (holding[0] if holding else -1)


@given(at=st.tuples(st.floats(-180, 180), st.floats(-90, 90)), reach=st.floats(0, 1e6))
@settings(max_examples=80, deadline=None)
def test_reviewed_is_exactly_nearer_than_the_tolerance(
    at: tuple[float, float], reach: float
) -> None:
    zones = one(SQUARE)

    said = zones.answer(lon=[at[0]], lat=[at[1]], tolerance_m=reach)

    assert (said.answer[0] == "review") == bool(zones.distance([at[0]], [at[1]])[0] < reach)


def written(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def feature(code: object, geometry: object = shapely.geometry.mapping(SQUARE)) -> dict:
    return {"type": "Feature", "properties": {"code_qp": code}, "geometry": geometry}


def collection(*features: object) -> dict:
    return {"type": "FeatureCollection", "features": list(features)}


def test_a_file_is_read_plain_gzipped_or_with_a_byte_order_mark(tmp_path: Path) -> None:
    text = json.dumps(collection(feature("QP1")))
    (tmp_path / "a.geojson").write_text(text, encoding="utf-8-sig")
    (tmp_path / "b.geojson.gz").write_bytes(gzip.compress(text.encode()))

    for name in ("a.geojson", "b.geojson.gz"):
        zones = Zones.read(tmp_path / name)

        assert (zones.codes.tolist(), zones.layer) == (["QP1"], name)


def test_the_code_is_code_qp_else_code(tmp_path: Path) -> None:
    both = {**feature("QP2"), "properties": {"code_qp": "QP2", "code": "other"}}
    plain = {**feature("x"), "properties": {"code": "QP1"}}

    zones = Zones.read(written(tmp_path / "a.json", collection(both, plain)))

    assert zones.codes.tolist() == ["QP1", "QP2"]


def test_a_neighbourhood_without_outline_is_told_apart(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", collection(feature("QP1"), feature("QP2", None)))

    zones = Zones.read(path)

    assert (zones.codes.tolist(), zones.missing) == (["QP1"], ("QP2",))


BROKEN = {"type": "Polygon", "coordinates": [[1]]}
LAMBERT = shapely.geometry.mapping(shapely.box(6e5, 6e6, 7e5, 7e6))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_json"),
        (b"a;b\n1;2\n", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"\x1f\x8bbroken", "bad_archive"),
        (b"[]", "not_geojson"),
        (b'{"type": "FeatureCollection", "features": []}', "empty"),
        (json.dumps(collection(feature(""))).encode(), "no_code"),
        (json.dumps(collection(feature("QP1", None))).encode(), "empty"),
        (json.dumps(collection(3)).encode(), "not_geojson"),
        (json.dumps(collection(feature("QP1", BROKEN))).encode(), "bad_outline"),
        (json.dumps(collection(feature("QP1", LAMBERT))).encode(), "not_degrees"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_zones_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "zones.geojson"
    path.write_bytes(content)

    with pytest.raises(BadOutlines) as refusal:
        Zones.read(path)

    assert refusal.value.reason == reason


def test_a_file_that_is_not_there_is_the_system_s_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Zones.read(tmp_path / "nothing.geojson")
