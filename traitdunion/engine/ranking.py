"""
The one queue in which needs are served, exact and redone by hand.

Inside a degree every neighbourhood advances at the same pace: its k-th need comes when the share
served there, (s + k - 1) / m, is the smallest of all. That is Adams's method of apportionment,
need by need.
"""

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Tickets = NDArray[np.uint64]

# Two different fractions whose terms stay under this give two different doubles in the same order:
# they differ by more than two roundings. Beyond it fractions are compared exactly, more slowly.
EXACT_IN_DOUBLES = 2**25
NO_CEILING = np.iinfo(np.int64).max
# Counts above it could overflow once added to one another.
LARGEST_COUNT = 2**62


def rank(
    *,
    degree: ArrayLike,
    neighbourhood: ArrayLike,
    priority: ArrayLike,
    ticket: ArrayLike,
    served_before: ArrayLike | None = None,
    ceiling: ArrayLike | None = None,
) -> Ints:
    """
    Put needs in the one queue in which they are served.

    Args:
        degree: severity, shape (needs,); 0 = nothing at all, served first.
        neighbourhood: index of the need's neighbourhood, shape (needs,).
        priority: no unit, >= 0, higher first inside a neighbourhood, shape (needs,).
        ticket: lottery number, unsigned 64 bits, shape (needs,); the smaller wins between equals.
        served_before: needs that earlier waves served in the same neighbourhood and degree, shape
            (needs,); none: 0.
        ceiling: needs that the neighbourhood may claim in that degree before a check, shape
            (needs,); none: no limit.
    Returns: a permutation of range(needs), int64; the first index is served first. Equal tickets
        keep the order of the rows.
    Raises: ValueError naming the argument, on unequal shapes, NaN or a negative value.
    Source: Adams's method of apportionment, the key (k - 1) / n; Balinski and Young, *Fair
        Representation*, 1982.

    >>> rank(degree=np.zeros(3, int), neighbourhood=np.array([0, 0, 1]), priority=np.ones(3),
    ...      ticket=np.arange(3, dtype=np.uint64))
    array([0, 2, 1])
    """
    columns = checked(degree, neighbourhood, priority, ticket, served_before, ceiling)
    # Sorted by ticket once; every later sort is stable and need not look at tickets again.
    drawn = np.argsort(columns[3], kind="stable")
    degrees, places, priorities, _tickets, before, ceilings = columns
    degrees = degrees[drawn]
    numerator, denominator = keys(
        degrees, places[drawn], priorities[drawn], before[drawn], ceilings[drawn]
    )
    is_over = numerator >= denominator
    order = np.lexsort((comparable(numerator, denominator), is_over, _narrow(degrees)))
    return drawn[order].astype(np.int64)


def keys(
    degree: Ints,
    neighbourhood: Ints,
    priority: Floats,
    served_before: Ints,
    ceiling: Ints,
) -> tuple[Ints, Ints]:
    """
    The key of each need as a fraction that is not reduced: (s + k - 1) / m, or 1 / 1 where m is 0.

    Args: as `rank`, already checked, in the order of the tickets.
    Returns: numerators and denominators, int64, shape (needs,).
    """
    group = _groups(degree, neighbourhood)
    order = np.lexsort((-priority, _narrow(group)))
    sorted_group = group[order]
    starts = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    sizes = np.diff(np.r_[starts, len(order)])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.repeat(starts, sizes)
    size = np.empty(len(order), dtype=np.int64)
    size[order] = np.repeat(sizes, sizes)
    denominator = np.minimum(served_before + size, ceiling)
    numerator = served_before + place
    empty = denominator == 0
    return np.where(empty, 1, numerator), np.where(empty, 1, denominator)


def _groups(degree: Ints, neighbourhood: Ints) -> Ints:
    """One number for each neighbourhood and degree."""
    if not len(degree):
        return degree
    low, high = int(neighbourhood.min()), int(neighbourhood.max())
    width = high - low + 1
    if width * (int(degree.max()) + 1) < NO_CEILING:
        return degree * width + (neighbourhood - low)
    pairs = np.stack([degree, neighbourhood], axis=1)
    return np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _narrow(values: Ints) -> NDArray[np.integer[Any]]:
    """The same numbers on 16 bits where they fit: numpy sorts these by radix, in linear time."""
    fits = len(values) and values.min() >= 0 and values.max() < 2**16
    return values.astype(np.uint16) if fits else values


def comparable(numerator: Ints, denominator: Ints) -> Floats | Ints:
    """Numbers in the very order of the fractions, equal where they are equal, shape (needs,)."""
    if not len(numerator) or max(numerator.max(), denominator.max()) <= EXACT_IN_DOUBLES:
        return numerator / denominator
    pairs = np.stack([numerator, denominator], axis=1)
    distinct, back = np.unique(pairs, axis=0, return_inverse=True)
    fractions = [Fraction(int(p), int(q)) for p, q in distinct]
    places = {value: index for index, value in enumerate(sorted(set(fractions)))}
    return np.array([places[value] for value in fractions], dtype=np.int64)[back.reshape(-1)]


def checked(
    degree: ArrayLike,
    neighbourhood: ArrayLike,
    priority: ArrayLike,
    ticket: ArrayLike,
    served_before: ArrayLike | None,
    ceiling: ArrayLike | None,
) -> tuple[Ints, Ints, Floats, Tickets, Ints, Ints]:
    """The columns as arrays of one shape. Raises ValueError naming the argument."""
    degrees = _whole("degree", degree, None, 0)
    shape = degrees.shape
    before = np.zeros(shape, np.int64) if served_before is None else served_before
    limits = np.full(shape, NO_CEILING) if ceiling is None else ceiling
    earlier = _whole("served_before", before, shape, 0)
    _refuse_first("served_before", earlier > LARGEST_COUNT, "a count above 2**62")
    return (
        degrees,
        _whole("neighbourhood", neighbourhood, shape, None),
        _priorities(priority, shape),
        _tickets(ticket, shape),
        earlier,
        _whole("ceiling", limits, shape, 0),
    )


def _priorities(given: ArrayLike, shape: tuple[int, ...]) -> Floats:
    try:
        priorities = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("priority: numbers are expected") from None
    _same_shape("priority", priorities, shape)
    _refuse_first("priority", ~(priorities >= 0), "NaN or a negative value")
    return priorities


def _tickets(given: ArrayLike, shape: tuple[int, ...]) -> Tickets:
    tickets = np.asarray(given)
    _same_shape("ticket", tickets, shape)
    if not len(tickets):
        return tickets.astype(np.uint64)
    if tickets.dtype.kind not in "iu":
        raise ValueError("ticket: unsigned integers are expected")
    _refuse_first("ticket", tickets < 0, "a negative value")
    return tickets.astype(np.uint64)


def _whole(
    name: str, values: ArrayLike, shape: tuple[int, ...] | None, minimum: int | None
) -> Ints:
    """Whole numbers as int64, whatever they came in. Raises ValueError naming the argument."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name}: one dimension is expected, got {array.ndim}")
    if shape is not None:
        _same_shape(name, array, shape)
    if array.dtype.kind not in "iubf":
        raise ValueError(f"{name}: integers are expected")
    if array.dtype.kind == "f":
        whole = np.isfinite(array) & (array == np.floor(array))
        _refuse_first(name, ~whole, "NaN or a number that is not whole")
    if array.dtype.kind in "uf":
        _refuse_first(name, (array >= 2**63) | (array < -(2**63)), "a number beyond 64 bits")
    if minimum is not None:
        _refuse_first(name, array < minimum, "a negative value")
    return array.astype(np.int64)


def _refuse_first(name: str, bad: NDArray[np.bool_], why: str) -> None:
    """ValueError naming the argument and its first bad row, if any."""
    if bad.any():
        raise ValueError(f"{name}: row {int(bad.argmax())}: {why}")


def _same_shape(name: str, array: NDArray[np.generic], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{name}: shape {array.shape} is not that of degree, {shape}")
