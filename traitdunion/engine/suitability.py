"""
Which mentors suit a young person, and how well: the rule of a pair, and who can be met under it.

A pair needs a subject, a slot and a way of meeting in common, and the level; on site, at most the
reach. Its score, 0 to 999, is the sum of whole points that anybody can add up again:

- 300 × subjects in common / subjects asked for;
- 60 for each slot in common, three at most;
- 120 when they share a language, or the young person names none;
- 99 in the same département;
- 300 × (1 − distance / reach) when both may meet on site and live within reach; each rounded down.

The distance is that of the great circle on a sphere of 6 371.0088 km. Nothing here checks its
arguments: `pairing` does. Compiled by numba.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine.augmenting import FREE, Indexes, Ints
from traitdunion.engine.loops import Loop

Masks = NDArray[np.uint64]
Floats = NDArray[np.float64]

RADIUS_KM = 6_371.0088
REMOTE, ON_SITE = 1, 2
UNKNOWN = -1
BEST = 999
# Without the points of being near: what two people far apart may reach.
BEST_AFAR = 699
BY_SUBJECTS, BY_SLOT, SLOTS, BY_LANGUAGE, BY_DEPARTMENT, BY_DISTANCE = 300, 60, 3, 120, 99, 300
# Bits of one word of a mask.
WORD = 64


class Young(NamedTuple):
    """Who looks for a mentor: one row each; a mask has a bit for each word of the vocabulary."""

    level: Indexes  # index of a level, shape (young,)
    subjects: Masks  # shape (young, words)
    slots: Masks  # shape (young, words)
    languages: Masks  # shape (young, words); no bit: any
    modes: NDArray[np.uint8]  # REMOTE, ON_SITE or both, shape (young,)
    department: Indexes  # UNKNOWN where it is, shape (young,)
    point: Floats  # unit vector from the centre of the Earth; NaN: nowhere, shape (young, 3)


class Mentors(NamedTuple):
    """Who offers to follow young people, over the same vocabularies."""

    capacity: Ints  # shape (mentors,)
    levels: Masks  # shape (mentors, words)
    subjects: Masks
    slots: Masks
    languages: Masks
    modes: NDArray[np.uint8]
    department: Indexes
    point: Floats


class Blocks(NamedTuple):
    """
    Mentors by place, level and subject; those who may be met from afar have a place of their own.

    A place is a cube of the reach's side: who lives within reach is in it or in a neighbour.
    """

    key: Ints  # of each block, rising, shape (blocks,)
    start: Ints  # where its entries begin, shape (blocks + 1,)
    mentor: Indexes  # the entries, shape (entries,)
    same: Ints  # where the entries of the lowest price end, shape (blocks,)
    levels: int
    subjects: int


def unit_vectors(lon: Floats, lat: Floats) -> Floats:
    """
    Points as vectors from the centre of the Earth.

    Args:
        lon, lat: degrees, shape (points,).
    Returns: shape (points, 3), NaN where they are not on Earth.

    >>> unit_vectors(np.array([0.0, 200.0]), np.array([0.0, 0.0]))
    array([[ 1.,  0.,  0.],
           [nan, nan, nan]])
    """
    known = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    east, north = np.radians(np.where(known, lon, 0.0)), np.radians(np.where(known, lat, 0.0))
    point = np.stack(
        (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)), axis=1
    )
    point[~known] = np.nan
    return point


@Loop
def straight_km(one, i, other, j):
    """Through the Earth, in km; NaN when one of the points is unknown."""
    x = one[i, 0] - other[j, 0]
    y = one[i, 1] - other[j, 1]
    z = one[i, 2] - other[j, 2]
    return RADIUS_KM * np.sqrt(x * x + y * y + z * z)


@Loop
def along_km(straight):
    """Along the great circle, in km."""
    return 2.0 * RADIUS_KM * np.arcsin(min(1.0, straight / (2.0 * RADIUS_KM)))


@Loop
def apart_km(one, i, other, j):
    """Along the great circle, in km; NaN when one of the points is unknown."""
    return along_km(straight_km(one, i, other, j))


@Loop
def common(one, i, other, j):
    """How many words two masks share."""
    count = 0
    for word in range(one.shape[1]):
        shared = one[i, word] & other[j, word]
        while shared:
            shared &= shared - np.uint64(1)
            count += 1
    return count


@Loop
def _has(mask, row, bit):
    return (mask[row, bit // WORD] >> np.uint64(bit % WORD)) & np.uint64(1) != 0


@Loop
def _any(mask, row):
    for word in range(mask.shape[1]):
        if mask[row, word]:
            return True
    return False


@Loop
def points(young, i, mentors, j, reach_km):
    """
    The score of a pair whose level suits, -1 when it is not admissible; whether they live near.

    Near: both may meet on site, and live within reach.
    """
    modes = young.modes[i] & mentors.modes[j]
    if modes == 0:
        return -1, False
    slots = common(young.slots, i, mentors.slots, j)
    if slots == 0:
        return -1, False
    near, by_distance = False, 0
    if modes & ON_SITE:
        away = apart_km(young.point, i, mentors.point, j)
        if away <= reach_km:
            near, by_distance = True, int(BY_DISTANCE * (1.0 - away / reach_km))
    if not near and not modes & REMOTE:
        return -1, False
    shared = common(young.subjects, i, mentors.subjects, j)
    if shared == 0:
        return -1, False
    score = BY_SUBJECTS * shared // common(young.subjects, i, young.subjects, i)
    score += BY_SLOT * min(slots, SLOTS) + by_distance
    if not _any(young.languages, i) or common(young.languages, i, mentors.languages, j):
        score += BY_LANGUAGE
    if young.department[i] != UNKNOWN and young.department[i] == mentors.department[j]:
        score += BY_DEPARTMENT
    return score, near


@Loop
def _met_before(mine, i, theirs, j, subject):
    """Whether they share a subject before this one: then another block has shown the pair."""
    for word in range(subject // WORD + 1):
        shared = mine[i, word] & theirs[j, word]
        if word == subject // WORD:
            shared &= (np.uint64(1) << np.uint64(subject % WORD)) - np.uint64(1)
        if shared:
            return True
    return False


@Loop
def _find(sorted_values, value):
    low, high = 0, len(sorted_values)
    while low < high:
        middle = (low + high) >> 1
        if sorted_values[middle] < value:
            low = middle + 1
        else:
            high = middle
    if low < len(sorted_values) and sorted_values[low] == value:
        return low
    return FREE


class Best(NamedTuple):
    """The best mentors found for each young person, not in order."""

    mentor: Indexes  # FREE where there are fewer, shape (young, many)
    score: Indexes  # shape (young, many)
    value: Ints  # score less price, shape (young, many)


@Loop
def _keep(best, row, count, mentor, score, value):
    """Keep one more, instead of the worst when there is no room; how many there are."""
    many = best.mentor.shape[1]
    at = count
    if count == many:
        at = 0
        for other in range(1, many):
            if best.value[row, other] < best.value[row, at]:
                at = other
    else:
        count += 1
    best.mentor[row, at], best.score[row, at], best.value[row, at] = mentor, score, value
    return count


@Loop
def _floor(best, row, count, least):
    """The value that one more must pass."""
    many = best.mentor.shape[1]
    if count < many:
        return least
    worst = best.value[row, 0]
    for other in range(1, many):
        worst = min(worst, best.value[row, other])
    return max(worst, least)


@Loop
def _turned(index, start, same, turn):
    """Among those of the lowest price, begin at a place of each young person's own."""
    if index >= same:
        return index
    entry = index + turn
    return entry if entry < same else entry - same + start


@Loop
def _look(
    young, i, mentors, blocks, block, near, subject, price, least, best, row, count, left, reach_km
):
    """
    One block: its mentors in the order of their prices, until no score could make one worth it.

    The same sum as `points`, in the order in which it is soonest known to be too small: this is
    where the whole country passes, and where columns are taken out of their tuples, once.
    """
    their_slots, their_modes, their_point = mentors.slots, mentors.modes, mentors.point
    their_subjects, entries = mentors.subjects, blocks.mentor
    their_languages, their_department = mentors.languages, mentors.department
    my_slots, my_subjects, my_languages = young.slots, young.subjects, young.languages
    my_modes, my_point, my_department = young.modes[i], young.point, young.department[i]
    asked = common(my_subjects, i, my_subjects, i)
    any_language = not _any(my_languages, i)
    start, stop, same = blocks.start[block], blocks.start[block + 1], blocks.same[block]
    turn = (i * 2_654_435_761) % (same - start)
    highest = BEST if near else BEST_AFAR
    floor = _floor(best, row, count, least)
    for index in range(start, stop):
        j = entries[_turned(index, start, same, turn)]
        if highest - price[j] <= floor or left == 0:
            break
        left -= 1
        slots = common(my_slots, i, their_slots, j)
        modes = my_modes & their_modes[j]
        if slots == 0 or modes == 0:
            continue
        score = BY_SLOT * min(slots, SLOTS)
        if any_language or common(my_languages, i, their_languages, j):
            score += BY_LANGUAGE
        if my_department != UNKNOWN and my_department == their_department[j]:
            score += BY_DEPARTMENT
        score += BY_SUBJECTS * common(my_subjects, i, their_subjects, j) // asked
        enough = floor + price[j]
        if score + (BY_DISTANCE if near else 0) <= enough:
            continue
        if modes & ON_SITE:
            straight = straight_km(my_point, i, their_point, j)
            # The arc is longer than the straight line, and not known before its cost.
            if near and (score + BY_DISTANCE * (1.0 - straight / reach_km) <= enough):
                continue
            away = along_km(straight)
            if (away <= reach_km) != near:
                continue
            if near:
                score += int(BY_DISTANCE * (1.0 - away / reach_km))
        if score > enough and not _met_before(my_subjects, i, their_subjects, j, subject):
            count = _keep(best, row, count, j, score, score - price[j])
            floor = _floor(best, row, count, least)
    return count, left


@Loop
def look(young, mentors, blocks, around, price, least, rows, reach_km, limit, best):
    """
    For some of the young, the mentors of the best score less price, above a least value.

    Args:
        blocks: entries of each block in the order of the prices.
        around: places where each young person may find somebody, 0 being that of those met from
            afar; FREE after the last, shape (young, 28).
        price: shape (mentors,).
        least: what score less price must pass, shape (young,).
        rows: the young to look for, shape (rows,).
        limit: how many mentors each looks at, at most.
        best: shape (rows, many), receives them, FREE where there are fewer.
    Returns: how many pairs were looked at.
    """
    seen = 0
    per_place = blocks.levels * blocks.subjects
    for row in range(len(rows)):
        i = rows[row]
        count, left = 0, limit
        for subject in range(blocks.subjects):
            if not _has(young.subjects, i, subject):
                continue
            kind = young.level[i] * blocks.subjects + subject
            for cube in around[i]:
                # The first of the row is everywhere: those who are met from afar.
                near = cube > 0
                if cube == FREE:
                    break
                if not young.modes[i] & (ON_SITE if near else REMOTE):
                    continue
                block = _find(blocks.key, cube * per_place + kind)
                if block != FREE:
                    count, left = _look(
                        young, i, mentors, blocks, block, near, subject, price, least[i],
                        best, row, count, left, reach_km,
                    )  # fmt: skip
        seen += limit - left
    return seen


@Loop
def scores(young, mentors, rows, others, reach_km):
    """The score of each pair of rows, -1 when it is not admissible, shape (pairs,)."""
    found = np.full(len(rows), -1, np.int32)
    for index in range(len(rows)):
        i, j = rows[index], others[index]
        if mentors.capacity[j] > 0 and _has(mentors.levels, j, young.level[i]):
            found[index] = points(young, i, mentors, j, reach_km)[0]
    return found


@Loop
def touching(young, blocks, around):
    """Which blocks each young person leads to: rows and blocks, shapes (links,)."""
    per_place = blocks.levels * blocks.subjects
    count = 0
    rows, found = np.empty(1024, np.int32), np.empty(1024, np.int32)
    for i in range(len(young.level)):
        for cube in around[i]:
            if cube == FREE:
                break
            if not young.modes[i] & (ON_SITE if cube > 0 else REMOTE):
                continue
            for subject in range(blocks.subjects):
                if not _has(young.subjects, i, subject):
                    continue
                kind = young.level[i] * blocks.subjects + subject
                block = _find(blocks.key, cube * per_place + kind)
                if block == FREE:
                    continue
                if count == len(rows):
                    rows = np.concatenate((rows, np.empty(count, np.int32)))
                    found = np.concatenate((found, np.empty(count, np.int32)))
                rows[count], found[count] = i, block
                count += 1
    return rows[:count], found[:count]


# What stops a young person, the first of these that nobody passes once the ones before are passed.
NO_MENTOR, NO_LEVEL, NO_SUBJECT, NO_SLOT, NO_MODE, TOO_FAR, NO_PLACE = range(7)


@Loop
def stopped_by(young, mentors, rows, reach_km):
    """
    Why each of these young people has no mentor.

    Returns: the constraint that nobody passes, among those who pass the ones before it; NO_PLACE
        when some mentor is admissible, whose places are better used for others. Shape (rows,).
    """
    found = np.full(len(rows), NO_MENTOR, np.int32)
    for row in range(len(rows)):
        i = rows[row]
        for j in range(len(mentors.capacity)):
            if mentors.capacity[j] > 0:
                found[row] = max(found[row], _passed(young, i, mentors, j, reach_km))
            if found[row] == NO_PLACE:
                break
    return found


@Loop
def _passed(young, i, mentors, j, reach_km):
    if not _has(mentors.levels, j, young.level[i]):
        return NO_LEVEL
    if common(young.subjects, i, mentors.subjects, j) == 0:
        return NO_SUBJECT
    if common(young.slots, i, mentors.slots, j) == 0:
        return NO_SLOT
    if young.modes[i] & mentors.modes[j] == 0:
        return NO_MODE
    return TOO_FAR if points(young, i, mentors, j, reach_km)[0] < 0 else NO_PLACE
