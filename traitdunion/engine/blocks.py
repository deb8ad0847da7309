"""
Pairs of one block that may be alike, as a loop over arrays.

It runs as it is on few rows, and compiled on many (`engine.scale`).
"""

from typing import Any

from numpy.typing import NDArray


def alike(
    runs: tuple[Any, Any],
    names: tuple[Any, ...],
    birth: tuple[Any, Any, Any, Any],
    is_new: NDArray[Any],
    tolerated: float,
    start: int,
    left: NDArray[Any],
    right: NDArray[Any],
) -> tuple[int, int]:
    """
    Find pairs until the buffers are full.

    Args:
        runs: the rows block by block, and how many of its own block come after each.
        names: letters (one bit each), lengths and initials of the last names, then of the first.
        birth: year, month and day counted from 0, and whether they are known.
        tolerated: share of the letters of two names that may have to be added or removed.
        start: where to begin in the runs.
        left, right: filled with rows; longer than the largest block.
    Returns: where to go on, and how many pairs were found.
    """
    order, after = runs
    last, last_length, last_initial, first, first_length, first_initial = names
    year, month, day, known = birth
    count = 0
    for place in range(start, len(order)):
        if count + after[place] > len(left):
            return place, count
        i = order[place]
        for other in range(place + 1, place + 1 + after[place]):
            j = order[other]
            if not (is_new[i] or is_new[j]):
                continue
            if known[i] and known[j]:
                # Two parts of the date at least, or day and month exchanged: else another child.
                same = int(year[i] == year[j]) + int(month[i] == month[j]) + int(day[i] == day[j])
                turned = year[i] == year[j] and month[i] == day[j] and day[i] == month[j]
                if same < 2 and not turned:
                    continue
            if (
                last_initial[i] == last_initial[j]
                or first_initial[i] == first_initial[j]
                or last_initial[i] == first_initial[j]
                or first_initial[i] == last_initial[j]
            ) and _written_alike(
                (last[i], last_length[i], first[i], first_length[i]),
                (last[j], last_length[j], first[j], first_length[j]),
                tolerated,
            ):
                left[count], right[count] = i, j
                count += 1
    return len(order), count


def _written_alike(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int], tolerated: float
) -> bool:
    """A letter that only one of two names has is one to add or to remove: of these, few."""
    last, last_length, first, first_length = one
    its_last, its_last_length, its_first, its_first_length = other
    if _apart(first ^ its_first) <= tolerated * (first_length + its_first_length) and (
        _apart(last ^ its_last) <= tolerated * (last_length + its_last_length)
        # « Dupont » and « Dupont-Martin »: all the letters of one are in the other.
        or last & ~its_last == 0
        or its_last & ~last == 0
    ):
        return True
    return bool(
        _apart(last ^ its_first) <= tolerated * (last_length + its_first_length)
        and _apart(first ^ its_last) <= tolerated * (first_length + its_last_length)
    )


def _apart(bits: int) -> int:
    """How many bits are set, of at most 48."""
    bits = bits - ((bits >> 1) & 0x555555555555)
    bits = (bits & 0x333333333333) + ((bits >> 2) & 0x333333333333)
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F
    bits = bits + (bits >> 24)
    return (bits + (bits >> 8) + (bits >> 16)) & 0xFF
