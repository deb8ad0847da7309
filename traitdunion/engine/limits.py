"""
How far the nearest limit is, in metres on the ellipsoid, anywhere on Earth.

Limits are cut in short pieces, and the pieces gathered by territory (mainland France, Réunion,
Martinique…). Each territory has
a plane of its own, azimuthal equidistant around its centre, in which a tree finds the nearest
piece of each point; the length of the
shortest way to that piece is then computed on the ellipsoid itself. Lines are straight in
degrees, as they are published.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

EARTH = pyproj.Geod(ellps="WGS84")
RADIUS_M = 6_371_008.8
# An arc of this length strays from a straight line of degrees by less than 5 mm at 45°.
PIECE_M = 500.0
# In a plane centred c away, lengths grow by c²/6 R² at most: 0.33 % at this distance.
PLANE_REACH_M = 900_000.0
TERRITORY_M = 650_000.0
# Under this distance, the few millimetres by which pieces stray could choose the wrong one.
CLOSE_M, SLACK_M = 50.0, 0.02
# A sphere's distances differ from the ellipsoid's by less than this.
SPHERE_ERROR = 0.006
# Farther, the chord no longer says which of two points is nearer.
ALMOST_ANTIPODAL_M = 15_000_000.0
# Two points nearer than this are the same: below what a double says of a degree.
SAME_PLACE_M = 1e-6
SQUARE_M = 2_000.0
CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Pieces:
    """Short straight lines, in degrees: two ends and the index of the zone they bound."""

    start: Floats
    end: Floats
    zone: Ints

    def __len__(self) -> int:
        return len(self.zone)

    def __getitem__(self, chosen: Any) -> "Pieces":
        return Pieces(self.start[chosen], self.end[chosen], self.zone[chosen])


def cut(areas: NDArray[np.object_]) -> Pieces:
    """
    Cut the limits of areas in pieces of at most 500 m.

    Args:
        areas: polygons and multipolygons in degrees, shape (zones,).
    Returns: pieces; ``start`` and ``end`` of shape (pieces, 2), longitude first; ``zone`` of shape
        (pieces,), an index in ``areas``.

    >>> square = shapely.box(0, 0, 0.001, 0.001)
    >>> len(cut(np.array([square]))), len(cut(np.array([shapely.box(0, 0, 0.01, 0.01)])))
    (4, 12)
    """
    lines, zone = shapely.get_parts(shapely.boundary(areas), return_index=True)
    points, line = shapely.get_coordinates(lines, return_index=True)
    going_on = (line[1:] == line[:-1]) & (points[1:] != points[:-1]).any(axis=1)
    start, end = points[:-1][going_on], points[1:][going_on]
    return _shortened(Pieces(start, end, zone[line[:-1][going_on]].astype(np.int64)))


def _shortened(edges: Pieces) -> Pieces:
    east, north = _metres(edges.end - edges.start, (edges.start + edges.end)[:, 1] / 2)
    parts = np.maximum(np.ceil(np.hypot(east, north) / PIECE_M), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(edges)), parts)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts)
    whole = (edges.end - edges.start)[edge]
    count = parts[edge]
    start = edges.start[edge] + whole * (nth / count)[:, None]
    end = edges.start[edge] + whole * ((nth + 1) / count)[:, None]
    last = nth + 1 == count
    end[last] = edges.end[edge][last]
    return Pieces(start, end, edges.zone[edge])


def _metres(degrees: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Small differences of degrees as metres east and north at a latitude, on the ellipsoid."""
    around = 1 - EARTH.es * np.sin(np.radians(latitude)) ** 2
    normal = EARTH.a / np.sqrt(around)
    meridian = normal * (1 - EARTH.es) / around
    parallel = normal * np.cos(np.radians(latitude))
    return np.radians(degrees[..., 0]) * parallel, np.radians(degrees[..., 1]) * meridian


def to_piece(points: Floats, pieces: Pieces) -> Floats:
    """
    Distance from each point to the piece of the same row.

    Args:
        points: longitude and latitude in degrees, shape (rows, 2).
        pieces: as many pieces.
    Returns: metres on the WGS84 ellipsoid, shape (rows,).
    Source: Karney, *Algorithms for geodesics*, 2013, by ``pyproj.Geod``.
    """
    middle = (points[:, 1] + (pieces.start + pieces.end)[:, 1] / 2) / 2
    along_x, along_y = _metres(pieces.end - pieces.start, middle)
    step = points - pieces.start
    step[:, 0] = (step[:, 0] + 180.0) % 360.0 - 180.0
    from_x, from_y = _metres(step, middle)
    length = np.maximum(along_x**2 + along_y**2, np.finfo(float).tiny)
    share = np.clip((from_x * along_x + from_y * along_y) / length, 0.0, 1.0)
    foot = pieces.start + (pieces.end - pieces.start) * share[:, None]
    foot[share == 1.0] = pieces.end[share == 1.0]
    metres: Floats = EARTH.inv(*points.T, *foot.T)[2]
    return np.where(metres < SAME_PLACE_M, 0.0, metres)


def unit_vectors(points: Floats) -> Floats:
    """
    Points as vectors from the centre of a sphere.

    Args:
        points: longitude and latitude in degrees, shape (points, 2).
    Returns: no unit, shape (points, 3).
    """
    lon, lat = np.radians(points).T
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def arc(one: Floats, other: Floats) -> Floats:
    """
    Distance along the sphere between unit vectors.

    Args:
        one, other: unit vectors, shapes (…, 3) that broadcast.
    Returns: metres, within 0.6 % of the ellipsoid's.
    """
    chord = np.linalg.norm(one - other, axis=-1)
    metres: Floats = 2 * RADIUS_M * np.arcsin(np.clip(chord / 2, 0.0, 1.0))
    return metres


class Territory:
    """The pieces of one part of the world, and the plane in which they are searched."""

    def __init__(self, pieces: Pieces, centre: Floats, radius_m: float) -> None:
        self.pieces = pieces
        self.centre = centre
        self.radius_m = radius_m
        lon, lat = np.degrees(np.arctan2(centre[1], centre[0])), np.degrees(np.arcsin(centre[2]))
        self._plane = pyproj.Proj(proj="aeqd", lon_0=lon, lat_0=lat, datum="WGS84")
        ends = np.stack((self._flat(pieces.start), self._flat(pieces.end)), axis=1)
        # Small nodes, and points asked in the order of the ground: half the time of the defaults.
        self._tree = shapely.STRtree(shapely.linestrings(ends), node_capacity=3)
        self._marks: dict[float, Ints] = {}

    def _flat(self, points: Floats) -> Floats:
        return np.column_stack(self._plane(*points.T))

    def nearest(self, points: Floats) -> tuple[Floats, Ints]:
        """
        Distance to the nearest piece, and its zone (the smallest index among equals).

        Args:
            points: longitude and latitude in degrees, shape (points, 2).
        Returns: metres, shape (points,), within 0.4 %; zone, shape (points,).
        """
        away = arc(unit_vectors(points), self.centre)
        metres, zone = np.full(len(points), np.inf), np.full(len(points), -1, dtype=np.int64)
        for these, search in (
            (away <= PLANE_REACH_M, self._in_plane),
            (away > PLANE_REACH_M, self._from_afar),
        ):
            if these.any():
                metres[these], zone[these] = search(points[these])
        return metres, zone

    def _in_plane(self, points: Floats) -> tuple[Floats, Ints]:
        ground = self._flat(points)
        places = shapely.points(ground)
        order = np.lexsort((ground // SQUARE_M).T)
        (row, piece), flat = self._tree.query_nearest(places[order], return_distance=True)
        row = order[row]
        metres, zone = self._best(points, row, piece)
        close = np.flatnonzero(metres < CLOSE_M)
        if len(close):
            reach = np.zeros(len(points))
            reach[row] = flat * 1.005 + SLACK_M
            again, piece = self._tree.query(
                places[close], predicate="dwithin", distance=reach[close]
            )
            metres[close], zone[close] = self._best(points[close], again, piece)
        return metres, zone

    def _best(self, points: Floats, row: Ints, piece: Ints) -> tuple[Floats, Ints]:
        """Of several pieces for a point, the nearest; of equals, that of the smallest zone."""
        metres = to_piece(points[row], self.pieces[piece])
        order = np.lexsort((self.pieces.zone[piece], metres, row))
        first = np.ones(len(order), dtype=bool)
        first[1:] = row[order][1:] != row[order][:-1]
        chosen = order[first]
        return metres[chosen], self.pieces.zone[piece[chosen]]

    def _from_afar(self, points: Floats) -> tuple[Floats, Ints]:
        """From so far that one mark here and there stands for all the pieces around it."""
        away = arc(unit_vectors(points), self.centre) - self.radius_m
        spacing = np.where(away > 6_000_000, 10_000.0, 0.001 * (PLANE_REACH_M - TERRITORY_M))
        chosen = np.empty(len(points), dtype=np.int64)
        for step in np.unique(spacing):
            marks = self._marks_every(float(step))
            these = np.flatnonzero(spacing == step)
            width = max(1, CHUNK // len(marks))
            for first in range(0, len(these), width):
                some = these[first : first + width]
                chosen[some] = marks[self._nearest_mark(points[some], marks)]
        return to_piece(points, self.pieces[chosen]), self.pieces.zone[chosen]

    def _marks_every(self, spacing_m: float) -> Ints:
        """One piece for each square of the plane that holds any."""
        if spacing_m not in self._marks:
            square = np.floor(self._flat(self.pieces.start) / spacing_m).astype(np.int64)
            self._marks[spacing_m] = np.unique(square, axis=0, return_index=True)[1]
        return self._marks[spacing_m]

    def _nearest_mark(self, points: Floats, marks: Ints) -> Ints:
        starts = self.pieces.start[marks]
        closeness = unit_vectors(points) @ unit_vectors(starts).T
        found: Ints = closeness.argmax(axis=1)
        antipodal = arc(unit_vectors(points), unit_vectors(starts[found])) > ALMOST_ANTIPODAL_M
        for index in np.flatnonzero(antipodal):
            # So far, no shortcut holds; nobody lives there, and marks are few.
            here = np.broadcast_to(points[index], starts.shape)
            found[index] = np.argmin(EARTH.inv(*here.T, *starts.T)[2])
        return found


def territories(pieces: Pieces) -> list[Territory]:
    """
    Gather pieces so that none is farther than 650 km from the centre of its territory.

    Where they do not fit in one, they are parted at the widest gap along their longest axis: the
    sea, between overseas territories.

    Args:
        pieces: at least one.
    Returns: territories, in no meaningful order.
    """
    found, waiting = [], [np.arange(len(pieces))] if len(pieces) else []
    vectors = unit_vectors((pieces.start + pieces.end) / 2)
    while waiting:
        members = waiting.pop()
        here = vectors[members]
        centre = _centre(here)
        radius = float(arc(here, centre).max()) + PIECE_M
        if radius <= TERRITORY_M:
            found.append(Territory(pieces[members], centre, radius))
        else:
            waiting += [members[part] for part in _parted(here)]
    return found


def _centre(vectors: Floats) -> Floats:
    middle = (vectors.min(axis=0) + vectors.max(axis=0)) / 2
    length = float(np.linalg.norm(middle))
    return np.asarray(middle / length) if length > 1e-9 else vectors[0]


def _parted(vectors: Floats) -> tuple[Ints, Ints]:
    axis = np.ptp(vectors, axis=0).argmax()
    order = np.argsort(vectors[:, axis], kind="stable")
    steps = np.diff(vectors[order, axis])
    # A gap in the middle half, so that pieces of one long line are parted in few rounds.
    widest = steps.argmax() + 1
    if steps.max() * RADIUS_M < 50_000:
        middle = (vectors[order[0], axis] + vectors[order[-1], axis]) / 2
        widest = max(1, int(np.searchsorted(vectors[order, axis], middle)))
    return order[:widest], order[widest:]
