"""
Points to priority neighbourhoods: which one holds a point, and how far the nearest limit is.

Everything is an array: a million points are one call, never a loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from traitdunion.engine import grid_cache, limits, outlines
from traitdunion.engine.grid import Grid
from traitdunion.engine.limits import Bools, Floats, Ints

IN, OUT, REVIEW, UNKNOWN = "in", "out", "review", "unknown"
BATCH = 200_000
# From so many points asked in all, the grid is worth its making; once made, from so many at once.
GRID_PAYS, GRID_ANSWERS = 200_000, 1_000


@dataclass(frozen=True, slots=True)
class Answers:
    """
    What is said of points, in their order.

    ``answer``: ``in``, ``out``, ``review`` or ``unknown``, shape (points,). ``neighbourhood``:
    index in ``Zones.codes``, -1 for none. ``distance_m``: metres to the nearest limit, NaN when
    unknown.
    """

    answer: NDArray[np.str_]
    neighbourhood: NDArray[np.int32]
    distance_m: Floats


class Zones:
    """
    Neighbourhoods ready to answer for points. Make one with ``Zones.read`` or ``Zones.of``.

    ``codes``: their codes, in increasing order, shape (zones,). ``layer``: the name of what they
    were read from. ``shapes``: their repaired outlines. ``repaired``: whether each had to be.
    ``missing``: codes that the file gives without an outline.
    """

    def __init__(
        self, shapes: Sequence[Any], codes: Sequence[str], layer: str, missing: Sequence[str] = ()
    ) -> None:
        if len(shapes) != len(codes):
            raise ValueError(f"codes: {len(codes)} for {len(shapes)} shapes")
        order = sorted(range(len(codes)), key=lambda index: codes[index])
        published = np.array([shapes[index] for index in order], dtype=object)
        self.codes: NDArray[np.str_] = np.array([codes[index] for index in order], dtype=np.str_)
        self.layer = layer
        self.missing = tuple(missing)
        self.repaired: Bools = ~shapely.is_valid(published)
        self.shapes = outlines.repair(published)
        shapely.prepare(self.shapes)
        self._tree = shapely.STRtree(self.shapes)
        self._grid: Grid | None = None
        self._asked = 0
        self._territories: list[limits.Territory] | None = None

    @classmethod
    def read(cls, path: str | Path) -> "Zones":
        """
        Zones of a GeoJSON file in WGS84 degrees, gzipped or not.

        The code of a zone is its property ``code_qp``, else ``code``.

        Raises: BadOutlines (a ValueError) saying why the file cannot be used; OSError.
        """
        path = Path(path)
        found = outlines.read_geojson(path)
        drawn = [outline for outline in found if outline.shape is not None]
        missing = [outline.code for outline in found if outline.shape is None]
        return cls([o.shape for o in drawn], [o.code for o in drawn], path.name, missing)

    @classmethod
    def of(cls, *, shapes: Sequence[Any], codes: Sequence[str], layer: str = "") -> "Zones":
        """
        Zones from shapely geometries in WGS84 degrees, one code each.

        Raises: ValueError when there are not as many codes as shapes.

        >>> zones = Zones.of(shapes=[shapely.box(2, 48, 3, 49)], codes=["QP075001"])
        >>> zones.locate([2.5, 3.5], [48.5, 48.5])
        array([ 0, -1], dtype=int32)
        """
        return cls(shapes, codes, layer)

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int32]:
        """
        The neighbourhood that holds each point; on the limit is inside, and of several the
        smallest code wins.

        Args:
            lon: degrees east, WGS84, shape (points,).
            lat: degrees north, the same shape.
        Returns: index in ``codes``, -1 outside, int32, the same shape.
        Raises: ValueError naming the argument and row, on unequal shapes, NaN or a value beyond
            ±180, ±90.
        Source: ``shapely.intersects`` with the outline repaired by ``shapely.make_valid``.
        """
        x, y = _degrees(lon, lat)
        self._asked += x.size
        if x.size < GRID_ANSWERS or (self._grid is None and self._asked < GRID_PAYS):
            _refuse_unusable(x, y)
            return self._exactly(x.ravel(), y.ravel()).reshape(x.shape)
        found, bad, undecided = self.prepared().locate(
            np.ascontiguousarray(x.ravel()), np.ascontiguousarray(y.ravel())
        )
        if bad >= 0:
            _refuse_unusable(x, y)
        if undecided:
            unsure = np.flatnonzero(found < -1)
            found[unsure] = self._exactly(x.ravel()[unsure], y.ravel()[unsure])
        return found.reshape(x.shape)

    def prepared(self) -> Grid:
        """
        The grid that answers for many points, built once and kept on disk (`engine.grid_cache`);
        `locate` asks for it by itself when it pays.
        """
        if self._grid is None:
            self._grid = grid_cache.grid_of(self.shapes)
        return self._grid

    def _exactly(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """The zone of each point by the exact predicate."""
        found = np.full(len(x), len(self.codes), dtype=np.int32)
        row, zone = self._tree.query(shapely.points(x, y))
        inside = shapely.intersects_xy(self.shapes[zone], x[row], y[row])
        np.minimum.at(found, row[inside], zone[inside].astype(np.int32))
        found[found == len(self.codes)] = -1
        return found

    def distance(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """
        Metres to the nearest limit of any neighbourhood, from inside as from outside.

        Args:
            lon: degrees east, WGS84, shape (points,).
            lat: degrees north, the same shape.
        Returns: metres on the WGS84 ellipsoid, within 0.5 %, 0 on a limit; infinite when no zone
            has an area. The same shape.
        Raises: ValueError naming the argument and row, on unequal shapes, NaN or a value beyond
            ±180, ±90.
        Source: see ``engine.limits``.

        >>> zones = Zones.of(shapes=[shapely.box(0, 0, 1, 1)], codes=["QP075001"])
        >>> zones.distance([0.5, 1.001], [-0.001, 0.5]).round(2)
        array([110.57, 111.32])
        """
        points, shape = _checked(lon, lat)
        return self._nearest(points)[0].reshape(shape)

    def answer(self, *, lon: ArrayLike, lat: ArrayLike, tolerance_m: float = 0.0) -> Answers:
        """
        The answer for each point; unusable coordinates are ``unknown``, never ``out``.

        Args:
            lon, lat: degrees, WGS84, shape (points,); NaN or out of range when unknown.
            tolerance_m: a point nearer than this to a limit is ``review``; 0 for never.
        Returns: answers; with ``review`` and no neighbourhood around the point, the nearest one's.
        Raises: ValueError naming the argument, on unequal shapes or a tolerance that is not a
            number ≥ 0.

        >>> zones = Zones.of(shapes=[shapely.box(2, 48, 3, 49)], codes=["QP075001"])
        >>> far = [2.5, 3.5, 3.0001, np.nan]
        >>> zones.answer(lon=far, lat=[48.5] * 4, tolerance_m=10).answer
        array(['in', 'out', 'review', 'unknown'], dtype='<U7')
        """
        if not 0 <= tolerance_m < np.inf:
            raise ValueError(f"tolerance_m: {tolerance_m} is not a number of metres")
        points = _paired(lon, lat)[0]
        known = _usable(points)
        inside = np.full(len(points), -1, dtype=np.int32)
        metres, nearest = np.full(len(points), np.nan), np.full(len(points), -1, dtype=np.int64)
        inside[known] = self.locate(*points[known].T)
        metres[known], nearest[known] = self._nearest(points[known])
        review = known & (metres < tolerance_m)
        answer = np.select(
            [~known, review, inside >= 0], [UNKNOWN, REVIEW, IN], default=OUT
        ).astype("<U7")
        zone = np.where(review & (inside < 0), nearest, inside).astype(np.int32)
        return Answers(answer, zone, metres)

    def _nearest(self, points: Floats) -> tuple[Floats, Ints]:
        parts = [
            self._nearest_of(points[first : first + BATCH])
            for first in range(0, len(points), BATCH)
        ]
        if not parts:
            return np.empty(0), np.empty(0, dtype=np.int64)
        return np.concatenate([m for m, _ in parts]), np.concatenate([z for _, z in parts])

    def _nearest_of(self, points: Floats) -> tuple[Floats, Ints]:
        """The nearest territory first; another only where it might hold something nearer."""
        metres, zone = np.full(len(points), np.inf), np.full(len(points), -1, dtype=np.int64)
        territories = self._places()
        if not territories:
            return metres, zone
        here = limits.unit_vectors(points)
        away = np.column_stack([limits.arc(here, t.centre) - t.radius_m for t in territories])
        first = away.argmin(axis=1)
        at_least = np.abs(away) * -limits.SPHERE_ERROR + away
        for turn in (True, False):
            for number, territory in enumerate(territories):
                hopeful = (first == number) == turn
                these = np.flatnonzero(hopeful & (turn | (at_least[:, number] < metres)))
                if len(these):
                    found, index = territory.nearest(points[these])
                    closer = (found < metres[these]) | (
                        (found == metres[these]) & (index < zone[these])
                    )
                    metres[these[closer]], zone[these[closer]] = found[closer], index[closer]
        return metres, zone

    def _places(self) -> list[limits.Territory]:
        if self._territories is None:
            self._territories = limits.territories(limits.cut(outlines.areas(self.shapes)))
        return self._territories


def _degrees(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    east, north = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if east.shape != north.shape:
        raise ValueError(f"lat: shape {north.shape} where lon has {east.shape}")
    return east, north


def _paired(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, tuple[int, ...]]:
    east, north = _degrees(lon, lat)
    return np.column_stack((east.ravel(), north.ravel())), east.shape


def _checked(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, tuple[int, ...]]:
    points, shape = _paired(lon, lat)
    _refuse_unusable(*points.T)
    return points, shape


def _refuse_unusable(x: Floats, y: Floats) -> None:
    for name, values, most in (("lon", x, 180), ("lat", y, 90)):
        bad = np.flatnonzero(~(np.abs(values.ravel()) <= most))
        if len(bad):
            value = values.ravel()[bad[0]]
            why = "NaN" if np.isnan(value) else f"{value} is not between -{most} and {most}"
            raise ValueError(f"{name}: row {bad[0]}: {why}")


def _usable(points: Floats) -> Bools:
    usable: Bools = (np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90)
    return usable
