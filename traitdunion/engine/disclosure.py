"""
Small cells hidden so that nothing gives them back: not their row, not their column, not both.

A table of counts is published with its sums along every axis. Cells under a threshold would point
at people, so they are hidden; and enough others with them that the sums leave each of these at
least three units of doubt. What a reader could deduce is computed by linear programming (HiGHS).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog
from scipy.sparse import block_diag, coo_matrix, csr_matrix, hstack

from traitdunion.engine.boxes import protect

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

THRESHOLD = 5
# Units between what can be said at least and at most of a hidden small cell.
WIDTH = 3
LARGEST_COUNT = 2**53
# Of the solver: two bounds nearer than this are the same.
CLOSE = 1e-6
# What breaks ties between cells to hide.
HEAVIEST = 900
# Tries of a small table, and cells protected in all of them.
TRIES, EFFORT = 300, 20_000
# Side of the part of a table in which an exact way out is sought first.
PART = 14


def suppress(
    counts: ArrayLike,
    threshold: int = THRESHOLD,
    *,
    previous: tuple[ArrayLike, ArrayLike] | None = None,
) -> Bools:
    """
    Choose the cells to hide: the small ones, and as few others as are found to protect them.

    Args:
        counts: people in each cell, whole numbers >= 0, two dimensions or more; the sums along
            every axis, and the cells that are not hidden, are public.
        threshold: a cell is small when 0 < count < threshold.
        previous: counts and hidden cells of the release before, of the same shape. What was
            hidden stays so, and a cell whose change is small is hidden too: the difference of two
            releases says no more than one.
    Returns: bool mask of the cells to hide, of the shape of ``counts``. For each hidden small cell
        the bounds of `attack` are at least 3 apart, or as far apart as with every cell hidden,
        where the sums alone say more.
    Raises: ValueError naming the argument, on NaN, a negative or fractional count, fewer than two
        dimensions, or other shapes.
    Source: complementary cell suppression; Willenborg and de Waal, *Elements of Statistical
        Disclosure Control*, 2001, chapter 8.

    >>> suppress([[2, 9, 9], [9, 9, 9], [9, 9, 9]]).sum()
    np.int64(4)
    >>> suppress([[6, 9], [9, 9]]).any()
    np.False_
    """
    table = _checked("counts", counts)
    if isinstance(threshold, bool) or not isinstance(threshold, int | np.integer) or threshold < 1:
        raise ValueError(f"threshold: {threshold}: a whole number above 0 is expected")
    small = (table > 0) & (table < threshold)
    hidden = small.copy()
    if previous is not None:
        before, was_hidden = _release(previous, table.shape)
        change = np.abs(table - before)
        small |= (change > 0) & (change < threshold)
        hidden |= small | was_hidden
    if small.any():
        _protect(table, small, hidden)
    return hidden


def attack(
    counts: ArrayLike, hidden: ArrayLike, cells: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """
    What anybody can deduce of hidden cells from all that is published, by linear programming.

    Args:
        counts: as `suppress`; only sums and cells that are not hidden are used.
        hidden: bool mask of the same shape.
        cells: positions in the flattened table of the hidden cells to deduce; all by default.
    Returns: for each, the least and the most that it can be, shape (cells,).
    """
    table = _checked("counts", counts)
    mask = np.asarray(hidden, dtype=np.bool_)
    if mask.shape != table.shape:
        raise ValueError(f"hidden: shape {mask.shape} is not that of counts, {table.shape}")
    where = np.flatnonzero(mask.reshape(-1))
    asked = where if cells is None else np.asarray(cells, dtype=np.int64)
    at = np.searchsorted(where, asked)
    if len(asked) and not (len(where) and (where[np.minimum(at, len(where) - 1)] == asked).all()):
        raise ValueError("cells: a cell that is not hidden")
    lines = _lines(table.shape, where)
    known = lines @ table.reshape(-1)[where]
    low, high = np.empty(len(asked)), np.empty(len(asked))
    for index, target in enumerate(at):
        objective = np.zeros(len(where))
        objective[target] = 1.0
        low[index] = _solved(objective, lines, known).fun
        high[index] = -_solved(-objective, lines, known).fun
    return low, high


def _solved(objective: Floats, equal: csr_matrix, known: Floats, **more: Any) -> Any:
    found = linprog(objective, A_eq=equal, b_eq=known, method="highs", **more)
    if found.status != 0:
        raise ArithmeticError(f"linear program: {found.message}")
    return found


def _lines(shape: tuple[int, ...], cells: Ints) -> csr_matrix:
    """Which of these cells each published sum adds up: one row a line, whatever its axis."""
    at = np.unravel_index(cells, shape)
    rows, start = [], 0
    for axis in range(len(shape)):
        rest = tuple(size for other, size in enumerate(shape) if other != axis)
        place = [one for other, one in enumerate(at) if other != axis]
        _lines_met, line = np.unique(np.ravel_multi_index(place, rest), return_inverse=True)
        rows.append(line.reshape(-1) + start)
        start += len(_lines_met)
    columns = np.tile(np.arange(len(cells)), len(shape))
    entries = (np.ones(len(columns)), (np.concatenate(rows), columns))
    return coo_matrix(entries, shape=(start, len(cells))).tocsr()


def _protect(table: Ints, small: Bools, hidden: Bools) -> None:
    """Hide in place what the small cells need."""
    shape, flat, mask = table.shape, table.reshape(-1), hidden.reshape(-1)
    strides = np.array(table.strides, np.int64) // table.itemsize
    most, least = _simple_bounds(table)
    wanted = np.minimum(most - least, WIDTH).reshape(-1)
    cells = np.flatnonzero(small.reshape(-1) & (wanted > 0))
    # The hardest first: where little may move, there is little choice.
    order = cells[np.lexsort((flat[cells], most.reshape(-1)[cells]))]
    # Between cells to hide, the one with fewest people: what is published says the most.
    shown = (wanted, np.minimum(flat, HEAVIEST), np.array(shape), strides)
    best, in_need = _with_boxes(order, shown, mask, flat)
    mask[:] = best
    for cell in in_need:
        _protect_exactly(table, mask, int(cell), float(wanted[cell]))


def _with_boxes(
    order: Ints, shown: tuple[Ints, ...], must: Bools, flat: Ints
) -> tuple[Bools, Ints]:
    """
    The smallest mask that a few tries find, and the cells that no box protects.

    Each try after the first keeps a part of what the best one added, and hides again what is
    missing in another order (large neighbourhood search); the seeds are always the same.
    """
    best, in_need = must, order
    tries = int(np.clip(EFFORT // max(len(order), 1), 1, TRIES)) if len(order) else 0
    for seed in range(tries):
        mask, around = must.copy(), order
        if seed:
            rng = np.random.default_rng(seed)
            mask |= best & (rng.random(len(best)) < rng.choice([0.3, 0.6, 0.8]))
            around = rng.permutation(order)
        left, serves = protect(around, shown, mask, flat, seed)
        # What was kept and serves nobody is shown again.
        mask = must | serves
        if not seed or (len(left), mask.sum()) < (len(in_need), best.sum()):
            best, in_need = mask, left
    return best, in_need


def _simple_bounds(table: Ints) -> tuple[Ints, Ints]:
    """What no reader can go beyond: the smallest sum of a cell, less what others can hold."""
    most = np.full(table.shape, LARGEST_COUNT, np.int64)
    for axis in range(table.ndim):
        most = np.minimum(most, table.sum(axis=axis, keepdims=True))
    least = np.zeros(table.shape, np.int64)
    for axis in range(table.ndim):
        others = most.sum(axis=axis, keepdims=True) - most
        least = np.maximum(least, table.sum(axis=axis, keepdims=True) - others)
    return most, least


def _protect_exactly(table: Ints, mask: Bools, cell: int, wanted: float) -> None:
    """
    Where no box is enough: the moves that give the room, or all there is, by linear programming.

    Looked for in a small part of the table first; only the whole table can say that there is less.
    """
    sides: Sequence[int] = (PART, 8 * PART, max(table.shape))
    for side in sides:
        part = _part(table, cell, side)
        inside = int(np.searchsorted(part, cell))
        lines, start = _lines(table.shape, part), table.reshape(-1)[part].astype(np.float64)
        room = _room_of(lines, start, inside)
        if room >= wanted - CLOSE or len(part) == table.size:
            needed = min(room, wanted)
            if needed > CLOSE:
                moved = _cheapest(lines, start, inside, needed, mask[part])
                mask[part[moved]] = True
            return


def _part(table: Ints, cell: int, side: int) -> Ints:
    """Cells of a smaller table around one: on each axis, where its own lines hold the most."""
    at = np.unravel_index(cell, table.shape)
    kept = []
    for axis, size in enumerate(table.shape):
        line = table[tuple(slice(None) if a == axis else at[a] for a in range(table.ndim))].copy()
        line[at[axis]] = LARGEST_COUNT
        kept.append(np.sort(np.argsort(-line, kind="stable")[: min(side, size)]))
    return np.ravel_multi_index(np.ix_(*kept), table.shape).reshape(-1)


def _room_of(lines: csr_matrix, start: Floats, cell: int) -> float:
    objective = np.zeros(len(start))
    objective[cell] = 1.0
    known = lines @ start
    most = -_solved(-objective, lines, known).fun
    return float(most - _solved(objective, lines, known).fun)


def _cheapest(lines: csr_matrix, start: Floats, cell: int, needed: float, hidden: Bools) -> Ints:
    """
    The cells of two moves, one up and one down, that set the bounds of a cell that far apart.

    A move adds what it adds and takes what it takes from each cell, changes no sum and leaves
    nothing below zero; a cell not hidden yet costs what it moves.
    """
    size = len(start)
    moves = hstack((lines, -lines))
    both = block_diag((moves, moves)).tocsr()
    price = np.tile(np.where(hidden, 1e-3, 1.0), 4)
    apart = np.zeros(4 * size)
    apart[[cell, 3 * size + cell]], apart[[size + cell, 2 * size + cell]] = -1.0, 1.0
    upper = np.tile(np.concatenate((np.full(size, np.inf), start)), 2)
    found = _solved(
        price,
        both,
        np.zeros(both.shape[0]),
        A_ub=apart[None, :],
        b_ub=[-needed],
        bounds=np.column_stack((np.zeros(4 * size), upper)),
    )
    moved = found.x.reshape(4, size) > CLOSE / 10
    return np.flatnonzero(moved.any(axis=0))


def _checked(name: str, counts: ArrayLike) -> Ints:
    try:
        table = np.asarray(counts)
    except ValueError:
        raise ValueError(f"{name}: rows of unequal length") from None
    if table.ndim < 2:
        raise ValueError(f"{name}: two dimensions or more are expected, got {table.ndim}")
    if table.dtype.kind not in "iuf":
        raise ValueError(f"{name}: whole numbers are expected")
    wrong = (
        ~np.isfinite(table) | (table < 0) | (table > LARGEST_COUNT) | (table != np.floor(table))
    )
    if wrong.any():
        where = tuple(int(one) for one in np.argwhere(wrong)[0])
        raise ValueError(f"{name}: cell {where}: {table[where]}: a whole number >= 0 is expected")
    return np.ascontiguousarray(table, dtype=np.int64)


def _release(previous: tuple[ArrayLike, ArrayLike], shape: tuple[int, ...]) -> tuple[Ints, Bools]:
    before = _checked("previous", previous[0])
    was_hidden = np.asarray(previous[1], dtype=np.bool_)
    if before.shape != shape or was_hidden.shape != shape:
        raise ValueError(f"previous: not of the shape of counts, {shape}")
    return before, was_hidden
