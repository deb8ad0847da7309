"""
Who is followed by whom: the best set of pairs over a market, exact and proven.

A young person is in one pair at most, a mentor in as many as there are places. Greedy choices and
stable marriages leave one young person in eight without a mentor where everybody could have one;
so the whole set is chosen at once, of maximum total weight.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from traitdunion.engine.augmenting import FREE, Graph, State, bid, grouped, settle

Ints = NDArray[np.int64]
Indexes = NDArray[np.int32]
Bools = NDArray[np.bool_]

# Sums of three weights must stay within 64 bits.
LARGEST_WEIGHT = 2**61
LARGEST_TOTAL = 2**63 - 1


def indexed(owner: Indexes, mentor: Indexes, weight: Ints, *, young: int, mentors: int) -> Graph:
    """Edges that are already in the order of the young, with their indexes by young and mentor."""
    begins = _starts(mentor, mentors)
    back = grouped(mentor, begins)
    return Graph(_starts(owner, young), owner, mentor, weight, begins, back)


@dataclass(slots=True)
class Market:
    """A set of pairs with the prices that prove it: the state from which one solves again."""

    price: Ints
    chosen: Ints
    gain: Ints

    @classmethod
    def empty(cls, young: int, mentors: int) -> "Market":
        """Nobody has a mentor, nothing has a price."""
        return cls(
            np.zeros(mentors, np.int64), np.full(young, FREE, np.int64), np.zeros(young, np.int64)
        )

    def proves(self, graph: Graph, capacity: Ints) -> bool:
        """
        Whether the prices show that no other set of pairs over these edges has a larger total.

        The total of any set is at most what the young gain plus the price of all the places; this
        one reaches it.
        """
        regret = self.gain[graph.owner] + self.price[graph.mentor] - graph.weight
        paired = self.chosen[self.chosen >= 0]
        load = np.bincount(graph.mentor[paired], minlength=len(capacity))
        total = sum_exactly(graph.weight[paired])
        bound = sum_exactly(self.gain) + sum(
            int(p) * int(c) for p, c in zip(self.price, capacity, strict=True) if p
        )
        return bool(
            (regret >= 0).all()
            and (self.gain >= 0).all()
            and (self.price >= 0).all()
            and (load <= capacity).all()
            and total == bound
        )


def sum_exactly(values: Ints) -> int:
    """A sum that never overflows: high and low halves apart."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def solve(graph: Graph, capacity: Ints, start: Market | None = None) -> Market:
    """
    The best set of pairs over these edges, from a state that is already there or from nothing.

    Args:
        graph: edges of weights in 1 … 2**61.
        capacity: places of each mentor, int64, shape (mentors,).
        start: prices >= 0 and pairs within the capacities; what is not optimal is repaired.
    Returns: pairs of maximum total weight and the prices that prove it.
    """
    young, mentors = len(graph.first) - 1, len(capacity)
    market = start or Market.empty(young, mentors)
    state = State(
        capacity,
        market.price,
        market.chosen,
        market.gain,
        np.zeros(mentors, np.int64),
        np.full(mentors, FREE, np.int32),
        np.full(young, FREE, np.int32),
        np.full(young, FREE, np.int32),
    )
    if start is None:
        bid(graph, state)
    settle(graph, state)
    return market


def assign(
    young: ArrayLike, mentor: ArrayLike, weight: ArrayLike, *, mentor_capacity: ArrayLike
) -> Bools:
    """
    Choose the pairs of maximum total weight.

    Args:
        young: index of the young person of each edge, >= 0, shape (edges,).
        mentor: index of the mentor of each edge, a row of ``mentor_capacity``, shape (edges,).
        weight: what the pair is worth, whole number at most 2**61, shape (edges,); an edge of
            weight <= 0 is never chosen.
        mentor_capacity: places of each mentor, >= 0, shape (mentors,).
    Returns: bool mask of the chosen edges, shape (edges,): a young person in one at most, a mentor
        within the capacity. The same edges in the same order give the same mask.
    Raises: ValueError naming the argument and the row, on NaN, a number that is not whole, a
        negative index or capacity, unequal lengths, and weights whose total may pass 64 bits.
    Source: maximum-weight b-matching by shortest augmenting paths with dual prices; Kuhn, *The
        Hungarian method*, 1955; Jonker and Volgenant, 1987.

    >>> assign([0, 0, 1], [0, 1, 0], [9, 8, 7], mentor_capacity=[1, 1])
    array([False,  True,  True])
    """
    who = _whole("young", young, minimum=0)
    at = _whole("mentor", mentor, minimum=0, size=len(who))
    worth = _whole("weight", weight, size=len(who))
    capacity = _whole("mentor_capacity", mentor_capacity, minimum=0)
    _refuse("mentor", at >= len(capacity), at, f"no such row in mentor_capacity ({len(capacity)})")
    _refuse("weight", worth > LARGEST_WEIGHT, worth, "above 2**61, would overflow int64")
    mask = np.zeros(len(who), dtype=np.bool_)
    useful = np.flatnonzero((worth > 0) & (capacity[at] > 0) if len(at) else mask)
    if not len(useful):
        return mask
    people, dense = np.unique(who[useful], return_inverse=True)
    dense = dense.reshape(-1)
    order = np.argsort(dense, kind="stable")
    rows = useful[order]
    _refuse_total(worth, rows, dense[order])
    graph = indexed(
        dense[order].astype(np.int32),
        at[rows].astype(np.int32),
        worth[rows],
        young=len(people),
        mentors=len(capacity),
    )
    market = solve(graph, np.minimum(capacity, len(people)))
    mask[rows[market.chosen[market.chosen >= 0]]] = True
    return mask


def _refuse_total(worth: Ints, rows: Ints, owner: Ints) -> None:
    """No set of pairs may have a total beyond 64 bits."""
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    if sum_exactly(np.maximum.reduceat(worth[rows], starts)) > LARGEST_TOTAL:
        row = rows[int(np.argmax(worth[rows]))]
        raise ValueError(
            f"weight: row {row}: {worth[row]}: the best weights together would overflow int64"
        )


def _starts(of: Indexes, size: int) -> Ints:
    counts = np.bincount(of, minlength=size)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _whole(
    name: str, values: ArrayLike, *, minimum: int | None = None, size: int | None = None
) -> Ints:
    """Whole numbers as int64, whatever they came in. Raises ValueError naming the argument."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name}: rows of unequal length") from None
    if array.ndim != 1:
        raise ValueError(f"{name}: one dimension is expected, got {array.ndim}")
    if size is not None and len(array) != size:
        raise ValueError(f"{name}: {len(array)} rows, but {size} in young")
    if array.dtype.kind == "O":
        array = _from_objects(name, array)
    if array.dtype.kind not in "iubf":
        raise ValueError(f"{name}: integers are expected")
    if array.dtype.kind == "f":
        _refuse(name, ~np.isfinite(array), array, "NaN or infinite")
        _refuse(name, array != np.floor(array), array, "not a whole number")
        _refuse(name, np.abs(array) >= 2.0**63, array, "beyond 64 bits, would overflow int64")
    if array.dtype.kind == "u" and array.dtype.itemsize == 8:
        _refuse(name, array > np.uint64(LARGEST_TOTAL), array, "would overflow int64")
    whole = array.astype(np.int64)
    if minimum is not None:
        _refuse(name, whole < minimum, whole, "negative")
    return whole


def _from_objects(name: str, array: NDArray[np.object_]) -> NDArray[np.generic]:
    """Python's own numbers, which may be larger than any of numpy's."""
    for row, value in enumerate(array):
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise ValueError(f"{name}: row {row}: {value}: would overflow int64")
        if not isinstance(value, int | float | np.number):
            raise ValueError(f"{name}: row {row}: a number is expected")
    fits = all(isinstance(value, int | np.integer) for value in array)
    return array.astype(np.int64 if fits else np.float64)


def _refuse(name: str, wrong: Bools, values: NDArray[np.generic], why: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"{name}: row {row}: {values[row]}: {why}")
