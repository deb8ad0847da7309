"""The compiled loop of `engine.grid`: the cell of each point, and the edges of its row if any."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine.compiling import compiled

Found = NDArray[np.int32]
# Points looked at together: their cells are fetched from memory at the same time.
TOGETHER = 512
UNDECIDED = -2
# Shewchuk's bound on the rounding of an orientation; below it only exact arithmetic can say.
ROUNDING = 3.4e-16
SMALLEST = 1e-290


@compiled
def locate(
    points: tuple[Any, Any], scale: tuple[float, float, int], grid: tuple[Any, ...], found: Found
) -> tuple[int, int]:
    """Fill `found`; returns the first row that is no place or -1, and how many are unsure."""
    (lon, lat), (across, up, width) = points, scale
    top, tiles, cells, begins, members, zone_of, is_area, first_row, row_of, bounds, edges = grid
    near, list_of = np.empty(TOGETHER, np.int64), np.empty(TOGETHER, np.int64)
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
            px, py = lon[near[k]], lat[near[k]]
            answer = -1
            for nth in range(begins[list_of[k] - 1], begins[list_of[k]]):
                piece = members[nth] >> 1
                if members[nth] & 1:
                    answer = zone_of[piece]
                    break
                place = row_of[piece] + height[k] - first_row[piece]
                inside, unsure = False, False
                # Nothing is skipped: a branch guessed wrong costs more than an edge.
                for e in range(bounds[place], bounds[place + 1]):
                    x1, y1, x2, y2 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
                    x1, y1, x2, y2 = x1 - px, y1 - py, x2 - px, y2 - py
                    one, other = x1 * y2, x2 * y1
                    turn, error = one - other, ROUNDING * (abs(one) + abs(other)) + SMALLEST
                    along = (min(x1, x2) <= 0.0) & (max(x1, x2) >= 0.0)
                    beside = (min(y1, y2) <= 0.0) & (max(y1, y2) >= 0.0)
                    unsure |= (abs(turn) <= error) & along & beside
                    inside ^= ((y1 > 0.0) != (y2 > 0.0)) & ((turn > 0.0) == (y2 > y1))
                if unsure:
                    answer, undecided = UNDECIDED, undecided + 1
                    break
                if inside and is_area[piece]:
                    answer = zone_of[piece]
                    break
            found[near[k]] = answer
    return -1, undecided
