"""
Boxes of a table: the cells that may trade units without any sum changing.

Take two values of each axis: the 2ⁿ cells at their crossings make a box. Adding one unit to half
of them, those an even number of steps away from a corner, and taking one from the others leaves
every sum along every axis as it is. A box all hidden therefore leaves its cells room: the smallest
of one half, and the smallest of the other.

Compiled by numba; `disclosure` checks what it gives.
"""

import numpy as np

from traitdunion.engine.loops import Loop

# Values tried on each long axis, and boxes tried for one cell.
ALONG, BOXES = 64, 4_096
# Boxes put together for one cell, where none is enough alone.
TOGETHER = 8
NEVER = 2**62


@Loop
def _choices(cell, hidden, capacity, shape, strides, axis, many, seed):
    """Other values of one axis: those hidden on this line first, from a place of its own."""
    size = shape[axis]
    found = np.empty(min(many, size - 1), np.int64)
    here = cell // strides[axis] % size
    line = cell - here * strides[axis]
    turn = (cell * 2_654_435_761 + seed) % size
    count = 0
    for wanted in range(3):
        for step in range(size):
            if count == len(found):
                return found
            value = (turn + step) % size
            other = line + value * strides[axis]
            kind = 0 if hidden[other] else 1 if capacity[other] > 0 else 2
            if value != here and kind == wanted:
                found[count] = value
                count += 1
    return found[:count]


@Loop
def _corners(cell, others, shape, strides, box):
    """The cells of a box, the given one first; a cell of odd index parity is in the other half."""
    axes = len(shape)
    for corner in range(1 << axes):
        at = cell
        for axis in range(axes):
            if corner >> axis & 1:
                here = cell // strides[axis] % shape[axis]
                at += (others[axis] - here) * strides[axis]
        box[corner] = at


@Loop
def _is_odd(corner):
    odd = False
    while corner:
        odd = not odd
        corner &= corner - 1
    return odd


@Loop
def _halves(box, capacity):
    """How many units each half may give: the one with the first cell, and the other."""
    even, odd = NEVER, NEVER
    for corner in range(len(box)):
        if _is_odd(corner):
            odd = min(odd, capacity[box[corner]])
        else:
            even = min(even, capacity[box[corner]])
    return even, odd


@Loop
def _cost(box, hidden, open_, wanted, room, weight):
    """Cells that this box would newly hide, less a little for each that it protects at once."""
    cost = 0
    for at in box:
        if not hidden[at]:
            cost += 1_000 + weight[at]
        elif open_[at] and wanted[at] <= room:
            cost -= 60
    return cost


# What a box is asked for: room for both ways together, to take from the cell, or to add to it.
BOTH, DOWN, UP = range(3)


@Loop
def _best(cell, way, needed, table, hidden, open_, capacity, seed, best):
    """Put in ``best`` the cheapest box that leaves enough room; whether there is one."""
    wanted, weight, shape, strides = table
    axes = len(shape)
    box, others = np.empty(1 << axes, np.int64), np.empty(axes, np.int64)
    choices = np.empty((axes, ALONG), np.int64)
    counts, total = np.empty(axes, np.int64), 1
    for axis in range(axes):
        found = _choices(cell, hidden, capacity, shape, strides, axis, ALONG, seed)
        counts[axis] = len(found)
        choices[axis, : len(found)] = found
        total *= len(found)
    lowest = NEVER
    for index in range(min(total, BOXES)):
        left = index
        for axis in range(axes - 1, -1, -1):
            others[axis] = choices[axis, left % counts[axis]]
            left //= counts[axis]
        _corners(cell, others, shape, strides, box)
        even, odd = _halves(box, capacity)
        room = even + odd if way == BOTH else even if way == DOWN else odd
        if room < needed:
            continue
        cost = _cost(box, hidden, open_, wanted, even + odd if way == BOTH else 0, weight)
        if cost < lowest:
            lowest = cost
            best[:] = box
    return lowest < NEVER


@Loop
def _several(cell, table, hidden, open_, capacity, working, seed, boxes):
    """
    Boxes one after the other, each moving what the ones before have left; how many, 0: in vain.

    ``working`` is a copy of the capacity, and is one again afterwards.
    """
    room, count = 0, 0
    for way in (DOWN, UP):
        began = count
        while count < TOGETHER and room < table[0][cell]:
            if not _best(cell, way, 1, table, hidden, open_, working, seed, boxes[count]):
                break
            even, odd = _halves(boxes[count], working)
            moved = min(even if way == DOWN else odd, table[0][cell] - room)
            sign = -moved if way == DOWN else moved
            for corner in range(boxes.shape[1]):
                working[boxes[count, corner]] += -sign if _is_odd(corner) else sign
            room += moved
            count += 1
        for box in boxes[began:count]:
            for at in box:
                working[at] = capacity[at]
    return count if room >= table[0][cell] else 0


@Loop
def protect(cells, table, hidden, capacity, seed):
    """
    Hide what leaves each of these cells the room it wants, as little as is found.

    Args:
        cells: to protect, in the order in which it is tried, shape (cells,).
        table: the room that each cell needs; what breaks ties between cells to hide, 0 to 900;
            the shape of the table; how far apart neighbours are along each axis. The first two of
            shape (all cells,), the others of shape (axes,).
        hidden: shape (all cells,), changed in place.
        capacity: units that each cell may give, shape (all cells,).
    Returns: the cells that stay in need, and which cells serve to protect the others.
    """
    wanted = table[0]
    open_ = np.zeros(len(hidden), np.bool_)
    open_[cells] = True
    serves = np.zeros(len(hidden), np.bool_)
    working = capacity.copy()
    boxes = np.empty((TOGETHER, 1 << len(table[2])), np.int64)
    for cell in cells:
        if not open_[cell]:
            continue
        count, room = 1, 0
        if _best(cell, BOTH, wanted[cell], table, hidden, open_, capacity, seed, boxes[0]):
            even, odd = _halves(boxes[0], capacity)
            room = even + odd
        else:
            count = _several(cell, table, hidden, open_, capacity, working, seed, boxes)
        if count:
            open_[cell] = False
        for box in boxes[:count]:
            for at in box:
                hidden[at], serves[at] = True, True
                if open_[at] and wanted[at] <= room:
                    open_[at] = False
    return np.flatnonzero(open_), serves
