"""The compiled loop of `engine.grid`: the cell of each point, and the edges of its row if any."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine.compiling import compiled

# Points looked at together: their cells are fetched from memory at the same time.
TOGETHER = 512
UNDECIDED = -2
# Shewchuk's bound on the rounding of an orientation; below it only exact arithmetic can say.
ROUNDING = 3.4e-16
SMALLEST = 1e-290


@compiled
def _among(
    px: float,
    py: float,
    row: int,
    chosen: int,
    lists: tuple[Any, Any],
    pieces: tuple[Any, Any, Any, Any],
    rows: tuple[Any, Any],
) -> int:
    """The first piece of a list that holds the point, by the edges of its row."""
    begins, members = lists
    zone_of, is_area, first_row, row_of = pieces
    bounds, edges = rows
    for nth in range(begins[chosen - 1], begins[chosen]):
        piece = members[nth] >> 1
        if members[nth] & 1:
            return int(zone_of[piece])
        place = row_of[piece] + row - first_row[piece]
        inside, unsure = False, False
        # Nothing is skipped: a branch guessed wrong costs more than an edge.
        for e in range(bounds[place], bounds[place + 1]):
            x1, y1 = edges[e, 0] - px, edges[e, 1] - py
            x2, y2 = edges[e, 2] - px, edges[e, 3] - py
            one, other = x1 * y2, x2 * y1
            turn = one - other
            unsure |= (
                (abs(turn) <= ROUNDING * (abs(one) + abs(other)) + SMALLEST)
                & (min(x1, x2) <= 0.0)
                & (max(x1, x2) >= 0.0)
                & (min(y1, y2) <= 0.0)
                & (max(y1, y2) >= 0.0)
            )
            inside ^= ((y1 > 0.0) != (y2 > 0.0)) & ((turn > 0.0) == (y2 > y1))
        if unsure:
            return UNDECIDED
        if inside and is_area[piece]:
            return int(zone_of[piece])
    return -1


@compiled
def locate(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    scale: tuple[float, float, int],
    levels: tuple[Any, Any, Any],
    lists: tuple[Any, Any],
    pieces: tuple[Any, Any, Any, Any],
    rows: tuple[Any, Any],
    found: NDArray[np.int32],
) -> tuple[int, int]:
    """Fill `found`; returns the first row that is no place or -1, and how many are unsure."""
    across, up, width = scale
    top, tiles, cells = levels
    begins, members = lists
    _zone_of, _is_area, first_row, row_of = pieces
    bounds, edges = rows
    near = np.empty(TOGETHER, np.int64)
    list_of = np.empty(TOGETHER, np.int64)
    height = np.empty(TOGETHER, np.int64)
    undecided = 0
    for start in range(0, len(lon), TOGETHER):
        count = 0
        for i in range(start, min(start + TOGETHER, len(lon))):
            x, y = lon[i], lat[i]
            if not (-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0):
                return i, 0
            column, row = np.int64((x + 180.0) * across), np.int64((y + 90.0) * up)
            block = np.int64(top[(row >> 11) * width + (column >> 11)])
            tile = tiles[(block << 12) + (((row >> 5) & 63) << 6) + ((column >> 5) & 63)]
            said = cells[(np.int64(tile) << 10) + ((row & 31) << 5) + (column & 31)]
            # Written whether or not it is needed: no branch to be guessed wrong.
            found[i] = said - 1
            near[count], list_of[count], height[count] = i, -said, row
            count += said < 0
        for k in range(count):
            piece = members[begins[list_of[k] - 1]] >> 1
            place = row_of[piece] + height[k] - first_row[piece]
            # Overwritten below: the edges are only called from memory, all together.
            found[near[k]] = np.int32(edges[bounds[place], 0] + edges[bounds[place + 1] - 1, 0])
        for k in range(count):
            i, chosen = near[k], list_of[k]
            found[i] = _among(lon[i], lat[i], height[k], chosen, lists, pieces, rows)
            undecided += found[i] == UNDECIDED
    return -1, undecided
