"""Where to look for a mentor: blocks by place, level and subject, and who they separate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from traitdunion.engine.augmenting import FREE, Indexes, Ints
from traitdunion.engine.suitability import (
    ON_SITE,
    RADIUS_KM,
    REMOTE,
    WORD,
    Blocks,
    Floats,
    Masks,
    Mentors,
    Young,
    touching,
)

Bools = NDArray[np.bool_]

# Bits of one of the three numbers of a cube.
SIDE_BITS = 20
# A cube is a little larger than the reach: a rounding never hides who is at the very limit.
SLACK = 1.000001
# Young people solved together at least: small territories are gathered.
TOGETHER = 5_000


@dataclass(frozen=True, slots=True)
class Ground:
    """Mentors in their blocks, before any price; and where each young person looks."""

    key: Ints
    mentor: Indexes
    around: Indexes
    levels: int
    subjects: int

    def blocks(self, price: Ints, chosen: Bools | None = None) -> Blocks:
        """The blocks, each from the lowest price up; of some of the mentors, when asked."""
        kept = slice(None) if chosen is None else chosen[self.mentor]
        key, mentor = self.key[kept], self.mentor[kept]
        asked = price[mentor]
        if asked.any():
            order = np.lexsort((asked, key))
            mentor, asked = mentor[order], asked[order]
        is_first = np.r_[True, key[1:] != key[:-1]] if len(key) else np.zeros(0, np.bool_)
        start = np.flatnonzero(is_first)
        stop = np.append(start[1:], len(key))
        dearer = np.flatnonzero(np.r_[asked[1:] != asked[:-1], True] if len(key) else [])
        same = np.minimum(dearer[np.searchsorted(dearer, start)] + 1, stop) if len(key) else start
        return Blocks(
            key[start], np.append(start, len(key)), mentor, same, self.levels, self.subjects
        )


def ground(young: Young, mentors: Mentors, reach_km: float) -> Ground:
    """Put mentors in blocks, and find the places around each young person."""
    offered = mentors.capacity > 0
    cubes_of_mentors = cubes(mentors.point, reach_km, offered & (mentors.modes & ON_SITE > 0))
    numbers = np.unique(cubes_of_mentors[cubes_of_mentors >= 0])
    place = np.searchsorted(numbers, cubes_of_mentors) + 1
    place[cubes_of_mentors < 0] = FREE
    afar = np.where(offered & (mentors.modes & REMOTE > 0), 0, FREE)
    level_of, levels = bits(mentors.levels)
    subject_of, subjects = bits(mentors.subjects)
    levels = max(levels, int(young.level.max(initial=-1)) + 1)
    subjects = max(subjects, bits(young.subjects)[1])
    who, kind = _kinds(level_of, subject_of, subjects, len(mentors.capacity))
    where = np.concatenate((afar[who], place[who]))
    key = where * (levels * subjects) + np.concatenate((kind, kind))
    who = np.concatenate((who, who))[where >= 0]
    key = key[where >= 0]
    order = np.argsort(key, kind="stable")
    around = neighbours(young.point, numbers, reach_km, young.modes & ON_SITE > 0)
    return Ground(key[order], who[order].astype(np.int32), around, levels, subjects)


def bits(mask: Masks) -> tuple[tuple[Ints, Ints], int]:
    """Row and number of every bit set, in the order of the rows; and one more than the largest."""
    octets = (
        np.ascontiguousarray(mask.astype("<u8"))
        .view(np.uint8)
        .reshape(len(mask), 8 * mask.shape[1])
    )
    row, bit = np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))
    return (row, bit), int(bit.max(initial=-1)) + 1


def _kinds(
    levels: tuple[Ints, Ints], subjects: tuple[Ints, Ints], width: int, size: int
) -> tuple[Ints, Ints]:
    """Every level with every subject of each mentor: the mentor, and the number of the two."""
    per_row = np.bincount(subjects[0], minlength=size)
    begins = np.cumsum(per_row) - per_row
    repeated = per_row[levels[0]]
    who = np.repeat(levels[0], repeated)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(repeated) - repeated, repeated)
    subject = subjects[1][begins[who] + nth] if len(who) else who
    return who, np.repeat(levels[1], repeated) * width + subject


def _side(reach_km: float) -> float:
    chord = 2 * np.sin(min(reach_km / (2 * RADIUS_KM), np.pi / 2))
    return max(float(chord) * SLACK, 2.0 ** (2 - SIDE_BITS))


def cubes(point: Floats, reach_km: float, where: Bools) -> Ints:
    """The number of the cube of each point, -1 where it is unknown or does not count."""
    known = where & ~np.isnan(point).any(axis=1)
    found = np.full(len(point), -1, np.int64)
    # One more on each side: the neighbours of a cube at the edge keep numbers of their own.
    steps = np.floor((point[known] + 1) / _side(reach_km)).astype(np.int64) + 1
    found[known] = (steps[:, 0] << 2 * SIDE_BITS) + (steps[:, 1] << SIDE_BITS) + steps[:, 2]
    return found


def neighbours(point: Floats, numbers: Ints, reach_km: float, where: Bools) -> Indexes:
    """
    The places of each point: 0, that of those met from afar, then one more than the index in
    ``numbers`` of its cube and of the 26 around, FREE where nobody is. Shape (points, 28).
    """
    around = np.full((len(point), 28), FREE, np.int32)
    around[:, 0] = 0
    own = cubes(point, reach_km, where)
    distinct, back = np.unique(own, return_inverse=True)
    if not len(numbers) or not len(distinct):
        return around
    steps = np.array([-1, 0, 1])
    moves = (
        (steps[:, None, None] << 2 * SIDE_BITS)
        + (steps[None, :, None] << SIDE_BITS)
        + steps[None, None, :]
    ).reshape(-1)
    looked = distinct[:, None] + moves[None, :]
    at = np.minimum(np.searchsorted(numbers, looked), len(numbers) - 1)
    found = np.where((numbers[at] == looked) & (distinct[:, None] >= 0), at + 1, FREE)
    # Those that exist first, in their order: most of the 27 are in the sky or under the ground.
    found = np.take_along_axis(found, np.argsort(found == FREE, axis=1, kind="stable"), axis=1)
    around[:, 1:] = found[back.reshape(-1)]
    return around


def territories(
    young: Young, mentors: Mentors, reach_km: float, *, together: int = TOGETHER
) -> list[tuple[Ints, Ints]]:
    """
    Cut the market where no admissible pair crosses: rows of the young and of the mentors.

    Small ones are gathered in the order of their first young person; the cut depends on the people
    alone, not on who computes.
    """
    made = ground(young, mentors, reach_km)
    blocks = made.blocks(np.zeros(len(mentors.capacity), np.int64))
    rows, found = touching(young, blocks, made.around)
    size, others = len(young.level), len(mentors.capacity)
    held = np.repeat(np.arange(len(blocks.key)), np.diff(blocks.start))
    one = np.concatenate((rows, size + blocks.mentor))
    other = np.concatenate((found, held)) + size + others
    shape = (size + others + len(blocks.key),) * 2
    links = coo_matrix((np.ones(len(one), np.bool_), (one, other)), shape=shape)
    label = connected_components(links, directed=False)[1]
    return _gathered(label[:size], label[size : size + others], together)


def _gathered(young: Indexes, mentors: Indexes, together: int) -> list[tuple[Ints, Ints]]:
    seen, first, counts = np.unique(young, return_index=True, return_counts=True)
    order = np.argsort(first)
    batch_of = np.full(int(max(young.max(initial=-1), mentors.max(initial=-1))) + 1, FREE)
    batch_of[seen[order]] = (np.cumsum(counts[order]) - counts[order]) // together
    _, dense = np.unique(batch_of[seen[order]], return_inverse=True)
    batch_of[seen[order]] = dense.reshape(-1)
    number = int(batch_of.max(initial=-1)) + 1
    return list(
        zip(_split(batch_of[young], number), _split(batch_of[mentors], number), strict=True)
    )


def _split(batch: Ints, number: int) -> list[Ints]:
    """The rows of each batch, in their order."""
    order = np.argsort(batch, kind="stable")
    edges = np.searchsorted(batch[order], np.arange(number + 1))
    return [order[edges[i] : edges[i + 1]] for i in range(number)]


def words(count: int) -> int:
    """How many words of a mask hold so many bits."""
    return max(1, -(-count // WORD))
