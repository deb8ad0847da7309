"""
A map of cells from which nearly every point is answered at once, and the others exactly.

The world is cut in cells of some thirty metres, gathered in tiles of 32 × 32 and blocks of 64 × 64
tiles, of which only those near a limit are kept. A cell that no limit comes near is wholly inside
a zone or outside all. In the others the edges of the cell's row are counted to the right of the
point, as one does by hand; a point so near an edge that rounding could decide is left undecided,
and `engine.zones` asks GEOS.
"""

from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Shapes = NDArray[np.object_]

# Cells a degree: 27 m from north to south; from west to east 54 m at the equator, 36 m at 48°.
ACROSS, UP = 2048.0, 4096.0
ORIGIN = np.array([180.0, 90.0])
# Edges are taken that much thicker than they are, in cells: far more than any rounding.
MARGIN = 1 / 64
# Kept under 64 MiB: beyond, cells are twice as large.
MOST_TILES, MOST_BLOCKS, MOST_STEPS = 20_000, 1_000, 3_000_000
POINTS, LINES, AREAS, MIXED = (0, 4), (1, 2, 5), (3, 6), 7


@dataclass(frozen=True, slots=True)
class Grid:
    """
    The arrays that the compiled loop reads; see `build`.

    ``scale``: cells a degree, east then north. ``top``, ``tiles``, ``cells``: the three levels; a
    cell says 0 for outside, a zone + 1, or minus a list + 1. ``begins``, ``members``: the lists,
    twice a piece, + 1 where the cell is wholly inside it. ``zone_of``, ``is_area``, ``first_row``,
    ``row_of``: of each piece. ``bounds``, ``edges``: for each row of each piece its edges, as
    x1, y1, x2, y2.
    """

    scale: Floats
    top: NDArray[np.int32]
    tiles: NDArray[np.int32]
    cells: NDArray[Any]
    begins: NDArray[np.int32]
    members: NDArray[np.int32]
    zone_of: NDArray[np.int32]
    is_area: Bools
    first_row: NDArray[np.int32]
    row_of: NDArray[np.int32]
    bounds: NDArray[np.int32]
    edges: Floats

    def nbytes(self) -> int:
        """Bytes held."""
        return sum(getattr(self, one.name).nbytes for one in fields(self))

    def locate(self, lon: Floats, lat: Floats) -> tuple[NDArray[np.int32], int, int]:
        """
        The zone of each point.

        Args:
            lon, lat: degrees, WGS84, contiguous, shape (points,).
        Returns: index of the zone, -1 outside, -2 undecided, int32, shape (points,);
            the first row that is no place on Earth, -1 for none; how many are undecided.
        """
        across, up = float(self.scale[0]), float(self.scale[1])
        found = np.empty(len(lon), dtype=np.int32)
        loops = import_module("traitdunion.engine.grid_loops")
        bad, undecided = loops.locate(
            (lon, lat),
            (across, up, _width(across)),
            tuple(getattr(self, one.name) for one in fields(self) if one.name != "scale"),
            found,
        )
        return found, int(bad), int(undecided)


def _width(across: float) -> int:
    return (int(360 * across) >> 11) + 1


@dataclass(frozen=True, slots=True)
class _Edges:
    """Ends in degrees, shape (edges, 2), and the piece of each."""

    start: Floats
    end: Floats
    piece: Ints


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Shapes without mixture: whole areas, lines or points; the zone of each; their edges."""

    zone: Ints
    is_area: Bools
    edges: _Edges


def build(shapes: Shapes) -> Grid:
    """
    The map of valid outlines.

    Args:
        shapes: valid shapely geometries in WGS84 degrees, in the order in which they win where
            they overlap, shape (zones,).
    Returns: a grid of at most 64 MiB: with outlines that are very large, its cells are too.
    """
    pieces = _pieces(shapes)
    for coarser in range(12):
        scale = np.array([ACROSS, UP]) / 2**coarser
        if _fits(pieces.edges, scale):
            break
    return _built(pieces, scale)


def _pieces(shapes: Shapes) -> _Pieces:
    parts, zone = shapes, np.arange(len(shapes))
    while (mixed := shapely.get_type_id(parts) == MIXED).any():
        inner, of = shapely.get_parts(parts[mixed], return_index=True)
        zone = np.r_[zone[~mixed], zone[mixed][of]]
        parts = np.r_[parts[~mixed], inner]
    full = ~(shapely.is_empty(parts) | shapely.is_missing(parts))
    order = np.argsort(zone[full], kind="stable")
    parts, zone = parts[full][order], zone[full][order]
    kind = shapely.get_type_id(parts)
    is_area = np.isin(kind, AREAS)
    found = [
        _lines(parts, np.flatnonzero(is_area), rings=True),
        _lines(parts, np.flatnonzero(np.isin(kind, LINES)), rings=False),
        _dots(parts, np.flatnonzero(np.isin(kind, POINTS))),
    ]
    edges = _Edges(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
    return _Pieces(zone.astype(np.int64), is_area, edges)


def _lines(parts: Shapes, chosen: Ints, *, rings: bool) -> tuple[Floats, Floats, Ints]:
    lines, of = shapely.get_parts(parts[chosen], return_index=True)
    if rings:
        lines, within = shapely.get_rings(lines, return_index=True)
        of = of[within]
    points, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    return points[:-1][same], points[1:][same], chosen[of[line[:-1][same]]]


def _dots(parts: Shapes, chosen: Ints) -> tuple[Floats, Floats, Ints]:
    points, of = shapely.get_coordinates(parts[chosen], return_index=True)
    return points, points, chosen[of]


def _fits(edges: _Edges, scale: Floats) -> bool:
    """Whether tiles, blocks and rows stay few; counted with room to spare, without making them."""
    low = _cell(np.minimum(edges.start, edges.end), scale, -MARGIN)
    high = _cell(np.maximum(edges.start, edges.end), scale, MARGIN)
    if (high - low + 1).sum() > MOST_STEPS:
        return False
    # An edge visits no more tiles than the columns and rows that it spans.
    some, step = _spread(np.zeros(len(low), np.int64), ((high - low) >> 5).max(axis=1) + 1)
    long = np.maximum(((high - low) >> 5).max(axis=1) + 1, 1)
    share = (step / long[some])[:, None]
    tile = (low[some] + share * (high - low)[some]).astype(np.int64) >> 5
    blocks = _boxes(edges, low, high)
    return len(np.unique(tile @ [1 << 32, 1])) < MOST_TILES and blocks < MOST_BLOCKS


def _boxes(edges: _Edges, low: Ints, high: Ints) -> int:
    """How many blocks the boxes of the pieces touch, at most."""
    if not len(low):
        return 0
    starts = np.flatnonzero(np.r_[True, np.diff(edges.piece) != 0])
    bottom = np.minimum.reduceat(low, starts) >> 11
    top = np.maximum.reduceat(high, starts) >> 11
    size = top - bottom + 1
    if size.prod(axis=1).sum() < MOST_BLOCKS:
        return 0
    one, column = _spread(bottom[:, 0], top[:, 0])
    if size[one, 1].sum() > 10 * MOST_BLOCKS * max(1, len(starts)):
        return MOST_BLOCKS
    two, row = _spread(bottom[one, 1], top[one, 1])
    return len(np.unique(column[two] << 32 | row))


def _cell(points: Floats, scale: Floats, margin: float = 0.0) -> Ints:
    """Column and row of each point; what lies beyond the edge of the world is brought back."""
    places = np.floor((points + ORIGIN) * scale + margin).astype(np.int64)
    clipped: Ints = np.clip(places, 0, (2 * ORIGIN * scale).astype(np.int64))
    return clipped


def _spread(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Each whole number from low to high, both included, and the row it comes from."""
    counts = np.maximum(high - low + 1, 0)
    row = np.repeat(np.arange(len(low)), counts)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    return row, low[row] + nth


@dataclass(frozen=True, slots=True)
class _Rows:
    """Each edge in each row that it comes near: numbers of the edge, of the row."""

    edge: Ints
    row: Ints


def _built(pieces: _Pieces, scale: Floats) -> Grid:
    edges = pieces.edges
    rows = _rows(edges, scale)
    column, row, piece = _near(edges, rows, scale)
    tiles = _Tiles(pieces, scale, column, row, piece)
    first_row, row_of, bounds, table = _table(pieces, rows)
    top, level, cells = tiles.levels()
    return Grid(
        scale=scale,
        top=top,
        tiles=level,
        cells=cells,
        begins=tiles.begins.astype(np.int32),
        members=tiles.members.astype(np.int32),
        zone_of=pieces.zone.astype(np.int32),
        is_area=pieces.is_area,
        first_row=first_row,
        row_of=row_of,
        bounds=bounds,
        edges=table,
    )


def _rows(edges: _Edges, scale: Floats) -> _Rows:
    low = _cell(np.minimum(edges.start, edges.end), scale, -MARGIN)[:, 1]
    high = _cell(np.maximum(edges.start, edges.end), scale, MARGIN)[:, 1]
    return _Rows(*_spread(low, high))


def _near(edges: _Edges, rows: _Rows, scale: Floats) -> tuple[Ints, Ints, Ints]:
    """The cells that each edge comes near: column, row, piece; each once."""
    start, end = edges.start[rows.edge], edges.end[rows.edge]
    bottom = rows.row / scale[1] - 90.0
    margin = MARGIN / scale[1]
    rise = end[:, 1] - start[:, 1]
    level = np.abs(rise) < margin
    slope = np.where(level, 1.0, rise)
    one = np.where(level, 0.0, np.clip((bottom - margin - start[:, 1]) / slope, 0, 1))
    top = bottom + 1 / scale[1] + margin
    other = np.where(level, 1.0, np.clip((top - start[:, 1]) / slope, 0, 1))
    length = end[:, 0] - start[:, 0]
    x = np.sort(start[:, 0] + np.stack((one, other)) * length, axis=0)
    west, east = (_cell(np.stack((side, bottom), axis=1), scale, sign * MARGIN)[:, 0]
                  for side, sign in ((x[0], -1), (x[1], 1)))  # fmt: skip
    which, column = _spread(west, east)
    row, piece = rows.row[which], edges.piece[rows.edge[which]]
    kept = np.unique(piece << 42 | row << 21 | column)
    return kept & 0x1FFFFF, kept >> 21 & 0x1FFFFF, kept >> 42


def _table(pieces: _Pieces, rows: _Rows) -> tuple[Any, Any, Any, Floats]:
    """The edges of each row of each piece, side by side in memory."""
    edges, count = pieces.edges, len(pieces.zone)
    piece = edges.piece[rows.edge]
    first = np.full(count, np.iinfo(np.int32).max, dtype=np.int64)
    last = np.full(count, -1, dtype=np.int64)
    np.minimum.at(first, piece, rows.row)
    np.maximum.at(last, piece, rows.row)
    heights = np.maximum(last - first + 1, 0)
    row_of = np.cumsum(heights) - heights
    place = row_of[piece] + rows.row - first[piece]
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(int(heights.sum()) + 1))
    chosen = rows.edge[order]
    table = np.concatenate((edges.start[chosen], edges.end[chosen]), axis=1)
    to32 = [values.astype(np.int32) for values in (first, row_of, bounds)]
    return to32[0], to32[1], to32[2], np.ascontiguousarray(table)


class _Crossings:
    """Where the limits of areas cross the middle of rows: what is inside, without any edge."""

    def __init__(self, pieces: _Pieces, scale: Floats) -> None:
        edges = pieces.edges
        places = (np.stack((edges.start, edges.end)) + ORIGIN) * scale
        heights = np.sort(places[:, :, 1], axis=0)
        area = pieces.is_area[edges.piece]
        low = np.ceil(heights[0] - 0.5).astype(np.int64)
        high = np.ceil(heights[1] - 0.5).astype(np.int64) - 1
        edge, row = _spread(low, np.where(area, high, low - 1))
        (x1, y1), (x2, y2) = places[0, edge].T, places[1, edge].T
        x = x1 + (row + 0.5 - y1) / (y2 - y1) * (x2 - x1)
        # The first cell of the row whose middle lies beyond.
        column = np.clip(np.ceil(x - 0.5), 0, (1 << 21) - 1).astype(np.int64)
        self.keys: Ints = np.sort(edges.piece[edge] << 42 | row << 21 | column)

    def parity(self, piece: Ints, row: Ints, column: Ints) -> Bools:
        """Whether the middle of each cell is inside the piece."""
        key = piece << 42 | row << 21
        before = np.searchsorted(self.keys, key)
        here = np.searchsorted(self.keys, key | column, side="right")
        return np.asarray((here - before) & 1, dtype=bool)


class _Tiles:
    """The tiles, and what each of their cells says."""

    def __init__(
        self, pieces: _Pieces, scale: Floats, column: Ints, row: Ints, piece: Ints
    ) -> None:
        self.pieces, self.scale = pieces, scale
        tile = row >> 5 << 32 | column >> 5
        # Tiles of each piece that hold some of its edges.
        pair = np.unique(np.stack((tile, piece)), axis=1)
        where = _find_pairs(pair, tile, piece)
        cell = (row & 31) << 5 | column & 31
        self.is_near = np.zeros((pair.shape[1], 1024), dtype=bool)
        self.is_near[where, cell] = True
        self.is_inside = self._inside(pair)
        self.is_inside &= ~self.is_near
        whole = self._whole(pair)
        self._answer(pair, whole)

    def _inside(self, pair: Ints) -> Bools:
        """For each tile of a piece, whether the middle of each cell is inside it."""
        tile, piece = pair
        crossings = _Crossings(self.pieces, self.scale)
        left, bottom = (tile & 0xFFFFFFFF) << 5, tile >> 32 << 5
        turns = np.zeros((len(tile), 32, 32), dtype=np.int8)
        lines = np.arange(32)
        before = crossings.parity(
            np.repeat(piece, 32),
            (bottom[:, None] + lines).ravel(),
            np.repeat(left, 32),
        )
        turns[:, :, 0] = before.reshape(-1, 32)
        keys = crossings.keys
        of, row, column = keys >> 42, keys >> 21 & 0x1FFFFF, keys & 0x1FFFFF
        within = np.flatnonzero(column & 31)
        where = _find_pairs(pair, row >> 5 << 32 | column >> 5, of)
        within = within[where[within] >= 0]
        np.add.at(turns, (where[within], row[within] & 31, column[within] & 31), 1)
        inside: Bools = (np.cumsum(turns, axis=2, dtype=np.int8) & 1).astype(bool)
        return inside.reshape(len(tile), 1024)

    def _whole(self, pair: Ints) -> Ints:
        """Tiles wholly inside a piece, of whose edges they hold none: tile, piece."""
        scale = self.scale / 32
        crossings = _Crossings(self.pieces, scale)
        keys = crossings.keys
        # Two by two, in the order of the row: what lies between is inside.
        enter, leave = keys[0::2], keys[1::2]
        one, column = _spread(enter & 0x1FFFFF, (leave & 0x1FFFFF) - 1)
        tile = (enter[one] >> 21 & 0x1FFFFF) << 32 | column
        piece = enter[one] >> 42
        free = _find_pairs(pair, tile, piece) < 0
        return np.stack((tile[free], piece[free]))

    def _answer(self, pair: Ints, whole: Ints) -> None:
        """What each tile says, and the lists of pieces to look at."""
        count = len(self.pieces.zone)
        # A list of one piece for each, then those of several.
        self.begins = np.arange(count + 1)
        self.members = np.arange(count) * 2
        self.edge_tiles, first = np.unique(pair[0], return_index=True)
        last = np.r_[first[1:], pair.shape[1]]
        zone = self.pieces.zone[pair[1]]
        said = np.where(self.is_inside, zone[:, None] + 1, 0).astype(np.int32)
        said[self.is_near] = np.repeat(-pair[1] - 1, self.is_near.sum(axis=1))
        self.said = said[first]
        beside = np.isin(self.edge_tiles, whole[0])
        crowded = np.flatnonzero((last - first > 1) | beside)
        if len(crowded):
            self._merge(crowded, pair, whole)
        alone = whole[:, ~np.isin(whole[0], self.edge_tiles)]
        order = np.lexsort((alone[1], alone[0]))
        self.plain_tiles, least = np.unique(alone[0][order], return_index=True)
        self.plain_zone = self.pieces.zone[alone[1][order][least]]

    def _merge(self, crowded: Ints, pair: Ints, whole: Ints) -> None:
        """Tiles that several pieces share: cell by cell, pieces in the order of their zones."""
        number = np.full(len(self.edge_tiles), -1)
        number[crowded] = np.arange(len(crowded))
        entries = []
        for tile, piece, near, inside in (
            (pair[0], pair[1], self.is_near, self.is_inside),
            (whole[0], whole[1], None, None),
        ):
            place = np.searchsorted(self.edge_tiles, tile)
            known = place < len(self.edge_tiles)
            known[known] = self.edge_tiles[place[known]] == tile[known]
            chosen = np.flatnonzero(known)
            chosen = chosen[number[place[chosen]] >= 0]
            if near is None or inside is None:
                row, cell = (index.ravel() for index in np.indices((len(chosen), 1024)))
                sure = np.ones(len(row), dtype=bool)
            else:
                row, cell = np.nonzero(near[chosen] | inside[chosen])
                sure = inside[chosen][row, cell]
            at = number[place[chosen[row]]] << 10 | cell
            entries.append(np.stack((at, piece[chosen[row]] * 2 + sure)))
        at, code = np.concatenate(entries, axis=1)
        order = np.lexsort((code, at))
        at, code = at[order], code[order]
        merged = np.zeros(len(crowded) << 10, dtype=np.int64)
        places, values = self._lists(at, code)
        merged[places] = values
        self.said[crowded] = merged.reshape(-1, 1024)

    def _lists(self, at: Ints, code: Ints) -> tuple[Ints, Ints]:
        """For each place, what it says: a zone + 1, or minus a list + 1, made if it is new."""
        places, first, size = np.unique(at, return_index=True, return_counts=True)
        sure = np.flatnonzero(code & 1)
        # Nothing after the first piece that is sure to hold the point.
        nearest = np.searchsorted(sure, first)
        stop = np.where(nearest < len(sure), np.r_[sure, 0][np.minimum(nearest, len(sure))], -1)
        size = np.where((stop >= first) & (stop < first + size), stop - first + 1, size)
        value = np.zeros(len(places), dtype=np.int64)
        settled = code[first] & 1 == 1
        value[settled] = self.pieces.zone[code[first[settled]] >> 1] + 1
        alone = ~settled & (size == 1)
        value[alone] = -(code[first[alone]] >> 1) - 1
        many = np.flatnonzero(~settled & (size > 1))
        value[many] = -self._new_lists(first[many], size[many], code) - 1
        return places, value

    def _new_lists(self, first: Ints, size: Ints, code: Ints) -> Ints:
        """The number of the list of each run of codes; equal runs share one."""
        same = np.zeros(len(first), dtype=np.int64)
        width = 2 * len(self.pieces.zone) + 2
        for depth in range(int(size.max(initial=0))):
            going = np.where(size > depth, code[np.minimum(first + depth, len(code) - 1)] + 1, 0)
            same = np.unique(same * width + going, return_inverse=True)[1].reshape(-1)
        known, example, back = np.unique(same, return_index=True, return_inverse=True)
        before = len(self.begins) - 1
        for run in example:
            run_codes = code[first[run] : first[run] + size[run]]
            self.members = np.r_[self.members, run_codes]
            self.begins = np.r_[self.begins, len(self.members)]
        return before + back.reshape(-1) if len(known) else back

    def levels(self) -> tuple[Any, Any, Any]:
        """Top, tiles and cells as the loop reads them."""
        zones, of = np.unique(self.plain_zone, return_inverse=True)
        plain = np.repeat(zones[:, None] + 1, 1024, axis=1)
        cells = np.concatenate((np.zeros((1, 1024), np.int64), plain, self.said))
        small = max(cells.max(initial=0), -cells.min(initial=0)) < 2**15
        tile = np.r_[self.plain_tiles, self.edge_tiles]
        number = np.r_[of.reshape(-1) + 1, np.arange(len(self.said)) + 1 + len(zones)]
        row, column = tile >> 32, tile & 0xFFFFFFFF
        width = _width(float(self.scale[0]))
        height = (int(180 * self.scale[1]) >> 11) + 1
        block, back = np.unique((row >> 6) * width + (column >> 6), return_inverse=True)
        top = np.zeros(width * height, dtype=np.int32)
        top[block] = np.arange(1, len(block) + 1)
        level = np.zeros((len(block) + 1, 4096), dtype=np.int32)
        level[back.reshape(-1) + 1, (row & 63) << 6 | column & 63] = number
        kept = cells.astype(np.int16 if small else np.int32)
        return top, level.reshape(-1), np.ascontiguousarray(kept.reshape(-1))


def _find_pairs(pair: Ints, tile: Ints, piece: Ints) -> Ints:
    """The column of each tile and piece in the sorted pairs, -1 where there is none."""
    width = int(max(pair[1].max(initial=0), piece.max(initial=0))) + 1
    known, asked = _one_number(pair, width), _one_number(np.stack((tile, piece)), width)
    place = np.searchsorted(known, asked)
    hit = place < len(known)
    hit[hit] = known[place[hit]] == asked[hit]
    return np.where(hit, place, -1)


def _one_number(pair: Ints, width: int) -> Ints:
    """Row, column and piece in one number, in the same order as the pairs."""
    row, column = pair[0] >> 32, pair[0] & 0xFFFFFFFF
    number: Ints = (row << 16 | column) * width + pair[1]
    return number
