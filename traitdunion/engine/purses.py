"""
Step 5 of the queue, as loops over arrays: which purse pays each need, and what would change it.

These functions run as they are on few rows, and compiled on many (`engine.scale`): they are
written for both, with numbers and arrays only.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOBODY = -1
CHECK, WAITING, SERVED = 0, 1, 2


def pay(  # noqa: PLR0912 - one loop, that a compiler unrolls
    bounds: Ints,
    cost: Ints,
    is_cite: Bools,
    amount: Ints,
    for_all: Bools,
    fungible: Bools,
    paid: NDArray[np.int16],
    left: Ints,
    closed: Bools,
) -> None:
    """
    Degree by degree, first the purse meant for a need, then those that may help.

    Args:
        bounds: where each degree begins in the queue, and the end, shape (degrees + 1,).
        cost, is_cite: of the needs that may be paid, in the order of the queue, shape (needs,).
        amount, for_all, fungible: of the purses, in the order in which they pay, shape (purses,).
        paid: filled with the purse of each need, -1 for none.
        left, closed: filled with what each purse holds, and whether it is closed, when each degree
            begins, shape (degrees + 1, purses).
    """
    purses = len(amount)
    for source in range(purses):
        left[0, source] = amount[source]
    for level in range(len(bounds) - 1):
        for source in range(purses):
            left[level + 1, source] = left[level, source]
            closed[level + 1, source] = closed[level, source]
        holds = left[level + 1]
        for turn in range(2):
            for i in range(bounds[level], bounds[level + 1]):
                if turn == 0:
                    paid[i] = -1
                elif paid[i] >= 0:
                    continue
                for source in range(purses):
                    fits = for_all[source] or is_cite[i] if turn == 0 else fungible[source]
                    if fits and not closed[level, source] and holds[source] >= cost[i]:
                        holds[source] -= cost[i]
                        paid[i] = source
                        break
        # A purse that could not pay all of its degree pays nothing lighter.
        for i in range(bounds[level], bounds[level + 1]):
            if paid[i] < 0:
                for source in range(purses):
                    if fungible[source] or for_all[source] or is_cite[i]:
                        closed[level + 1, source] = True


def reach(
    bounds: Ints,
    cost: Ints,
    is_cite: Bools,
    amount: Ints,
    for_all: Bools,
    reaches: Bools,
    left: Ints,
) -> None:
    """
    The needs that come to a last purse that would never be empty, nothing being ever closed.

    Args: as `pay`, without that last purse.
        reaches: filled, shape (needs,). left: filled with what each purse holds when each degree
            ends, shape (degrees, purses).
    """
    holds = amount.copy()
    for level in range(len(bounds) - 1):
        for i in range(bounds[level], bounds[level + 1]):
            reaches[i] = True
            for source in range(len(amount)):
                if (for_all[source] or is_cite[i]) and holds[source] >= cost[i]:
                    holds[source] -= cost[i]
                    reaches[i] = False
                    break
        for source in range(len(amount)):
            left[level, source] = holds[source]


def redrawn(
    asked: Ints,
    where: tuple[Any, ...],
    changed: tuple[Any, Any, Any, Any],
    queue: tuple[Any, Any, Any, Any, Any],
    purses: tuple[Any, Any, Any, Any, int],
    found: NDArray[np.int8],
) -> None:
    """
    What each changed group would become: the degree is drawn and paid again with its new keys.

    Args:
        asked: for each change the place, in its list, of the one that is asked about; -1 for all
            of the list, shape (changes,).
        where: level of each change (-1 - the level before which it comes, where nothing could be
            paid in its degree), number of its group, where its list begins and ends.
        changed: the lists: key, place in the draw, cost, whether in a cité, in their order.
        queue: where each level begins; then, in the order of the queue, key, place in the draw,
            cost and whether in a cité side by side, group; of the needs that may be paid.
        purses: for_all, fungible, left, closed (as `pay` filled them), the smallest price.
        found: CHECK for each member of the lists; filled with WAITING or SERVED.
    """
    level_of, group_of, begins, ends = where
    bounds, terms = queue[0], queue[3]
    _for_all, fungible, left, closed, _least = purses
    longest = 0
    for change in range(len(asked)):
        longest = max(longest, ends[change] - begins[change])
    unpaid = np.zeros(len(terms) + longest + 1, np.int64)
    for change in range(len(asked)):
        level = level_of[change]
        is_new = level < 0
        if is_new:
            level = -1 - level
        first = begins[change]
        holds = left[level].copy()
        span = (bounds[level], bounds[level] if is_new else bounds[level + 1], first, ends[change])
        own = (group_of[change], first + asked[change] if asked[change] >= 0 else -1)
        count = _own_turn(span, own, closed[level], holds, changed, queue, purses, unpaid, found)
        # Those that may help, along what is left: members come in the order of their list.
        member = first
        for k in range(count):
            cost, mine = unpaid[k] // 2, unpaid[k] % 2 == 1
            if mine:
                while found[member] != WAITING:
                    member += 1
            for source in range(len(holds)):
                if fungible[source] and not closed[level, source] and holds[source] >= cost:
                    holds[source] -= cost
                    if mine:
                        found[member] = SERVED
                    break
            if mine:
                member += 1


def _own_turn(  # noqa: PLR0912 - one loop, that a compiler unrolls
    span: tuple[int, int, int, int],
    own: tuple[int, int],
    closed: Bools,
    holds: Ints,
    changed: tuple[Any, Any, Any, Any],
    queue: tuple[Any, Any, Any, Any, Any],
    purses: tuple[Any, Any, Any, Any, int],
    unpaid: Ints,
    found: NDArray[np.int8],
) -> int:
    """
    Along the two lists merged, each need paid by the first purse that is for it; those that none
    could pay are kept in order (twice the cost, + 1 for a member). 0 when all is known: the goal
    is served, or no purse can pay anything any more.
    """
    i, stop, j, last = span
    group_, goal = own
    new_key, new_draw, new_cost, new_cite = changed
    _bounds, key, draw, terms, group = queue
    for_all, least = purses[0], purses[4]
    count = 0
    while True:
        while i < stop and group[i] == group_:
            i += 1
        if j < last and new_key[j] >= 1.0:
            # Beyond the ceiling, with all that follows: at the degree's end.
            last = j
        if i >= stop and j >= last:
            return count
        member = -1
        if j < last and (
            i >= stop or new_key[j] < key[i] or (new_key[j] == key[i] and new_draw[j] < draw[i])
        ):
            cost, is_cite, member = new_cost[j], new_cite[j], j
            j += 1
        else:
            cost, is_cite = terms[i, 0], terms[i, 1] != 0
            i += 1
        payer = -1
        for source in range(len(holds)):
            fits = for_all[source] or is_cite
            if fits and not closed[source] and holds[source] >= cost:
                holds[source] -= cost
                payer = source
                break
        if member >= 0:
            found[member] = SERVED if payer >= 0 else WAITING
            if member == goal and payer >= 0:
                return 0
        if payer < 0:
            unpaid[count] = cost * 2 + (1 if member >= 0 else 0)
            count += 1
            able = False
            for source in range(len(holds)):
                able |= not closed[source] and holds[source] >= least
            if not able:
                found[j:last] = _waiting_or_check(new_key[j:last])
                return 0


def _waiting_or_check(key: NDArray[np.float64]) -> NDArray[np.int8]:
    return np.where(key >= 1.0, CHECK, WAITING).astype(np.int8)


def placed(
    wanted: Ints,
    where: tuple[Any, Any, Any, Any],
    changed: tuple[Any, Any, Any],
    queue: tuple[Any, Any],
    before: Ints,
) -> None:
    """
    How many needs of its degree come before each changed one.

    Args:
        wanted: places in the lists. where: for each, where the level begins and ends in the queue,
            where its list begins and ends.
        changed: the lists: key, place in the draw, key of today (1 or more where it is not among
            those that may be paid).
        queue: key and place in the draw, of the needs that may be paid, in the order of the queue.
        before: filled, shape (wanted,).
    """
    start_of, stop_of, begins, ends = where
    new_key, new_draw, old_key = changed
    key, draw = queue
    for n in range(len(wanted)):
        member = wanted[n]
        mine, drawn = new_key[member], new_draw[member]
        low, high = start_of[n], stop_of[n]
        while low < high:
            middle = (low + high) // 2
            if key[middle] < mine or (key[middle] == mine and draw[middle] < drawn):
                low = middle + 1
            else:
                high = middle
        own = 0
        for other in range(begins[n], ends[n]):
            same = old_key[other] == mine and new_draw[other] < drawn
            if old_key[other] < 1.0 and (old_key[other] < mine or same):
                own += 1
        before[n] = low - start_of[n] - own + member - begins[n]
