"""
From rows to the engine and back: the priority of young people, and who suits whom.

The score of a pair is the engine's (`engine/suitability.py`). A list that says nothing (no slot,
no subject, no level) excludes nobody: the two agree on it later. What is written must be shared.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine import priority, suitability
from traitdunion.engine.matching import assign
from traitdunion.mentoring.models import Mentor, YoungPerson
from traitdunion.mentoring.states import Level, Mode, Signal, Slot, Subject

if TYPE_CHECKING:
    from traitdunion.programme.schema import MentoringTable

Ints = NDArray[np.int64]
# The sums of weights from which a young person comes first, second, third.
STEPS = (1, 2, 3)
# A pair proposed before stays where nothing better comes: more than the best score, less than a
# unit of base.
FORMER = suitability.BEST + 1
# Young people whose pairs with every mentor are scored together.
ROWS = 256
ORIENTATION_LEVELS = {Level.THIRD, Level.SECOND, Level.FINAL}
MODES = {Mode.REMOTE: suitability.REMOTE, Mode.ON_SITE: suitability.ON_SITE}
BLOCKED = {
    suitability.NO_MENTOR: "MENTORS",
    suitability.NO_LEVEL: "LEVEL",
    suitability.NO_SUBJECT: "SUBJECT",
    suitability.NO_SLOT: "SLOT",
}


def signals_of(level: str, told: Collection[str], *, no_screen: bool = False) -> list[str]:
    """The signs that were told, with those that the level and the shared facts add."""
    found = set(told)
    if level in ORIENTATION_LEVELS:
        found.add(Signal.ORIENTATION)
    if no_screen:
        found.add(Signal.NO_SCREEN)
    return [str(one) for one in Signal if one in found]


def priorities(signals: Sequence[Collection[str]], rules: "MentoringTable") -> list[int]:
    """The priority, 0 to 3, of each young person."""
    if not signals:
        return []
    names = list(rules.signal_weights)
    seen = [[name in told for name in names] for told in signals]
    weights = [rules.signal_weights[name] for name in names]
    risk = priority.drop_out(signals=seen, weights=weights, steps=STEPS)
    return [int(one) for one in risk.priority]


@dataclass(frozen=True, slots=True)
class Proposed:
    """One pair of the match: rows of the young and of the mentors, and what they share."""

    young: int
    mentor: int
    mode: str
    score: int
    reasons: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """The match, and why each of the others has nobody."""

    pairs: list[Proposed]
    blocked: Mapping[int, str]
    candidates: int


def match(
    *,
    young: Sequence[YoungPerson],
    mentors: Sequence[Mentor],
    refused: Collection[tuple[UUID, UUID]],
    former: Collection[tuple[UUID, UUID]],
    rules: "MentoringTable",
) -> Found:
    """
    The pairs of the largest sum of bases by priority, then of the largest sum of scores, over
    every admissible pair that nobody refused.

    Args:
        former: pairs proposed before and not confirmed yet.
    """
    if not young or not mentors:
        return Found([], dict.fromkeys(range(len(young)), "MENTORS"), 0)
    these, those = _columns(young, mentors)
    rows, columns, scores = _edges(these, those, rules.distance_km)
    kept = ~_marked(young, mentors, rows, columns, refused)
    rows, columns, scores = rows[kept], columns[kept], scores[kept]
    worth = scores + 1 + FORMER * _marked(young, mentors, rows, columns, former)
    # A unit of base is worth more than all the scores together.
    unit = np.int64(2 * FORMER + 1) * (len(young) + 1)
    bases = np.array([rules.bases[one.priority] for one in young], dtype=np.int64)
    chosen = np.flatnonzero(
        assign(rows, columns, bases[rows] * unit + worth, mentor_capacity=those.capacity)
    )
    pairs = [
        _told(young[rows[k]], mentors[columns[k]], these, those, (rows[k], columns[k], scores[k]),
              rules.distance_km)
        for k in chosen
    ]  # fmt: skip
    alone = sorted(set(range(len(young))) - {one.young for one in pairs})
    return Found(pairs, _blocked(alone, set(rows.tolist()), these, those, rules), len(rows))


def _columns(
    young: Sequence[YoungPerson], mentors: Sequence[Mentor]
) -> tuple[suitability.Young, suitability.Mentors]:
    """Both sides over the same vocabularies."""
    tongues = sorted({word for one in (*young, *mentors) for word in one.languages})
    places = sorted({one.department_id or "" for one in (*young, *mentors)})
    # Whoever has no level takes the last one, that every mentor accepts.
    levels = [*map(str, Level), ""]

    def shared(rows: Sequence[Any]) -> dict[str, Any]:
        return {
            "subjects": _masks([one.subjects for one in rows], list(map(str, Subject))),
            "slots": _masks([one.slots for one in rows], list(map(str, Slot))),
            "languages": _masks([one.languages for one in rows], tongues, anything=False),
            "modes": np.array([_modes(one.modes) for one in rows], dtype=np.uint8),
            "department": np.array(
                [places.index(one.department_id) if one.department_id else suitability.UNKNOWN
                 for one in rows],
                dtype=np.int32,
            ),
            "point": suitability.unit_vectors(
                np.array([_number(one.lon) for one in rows]),
                np.array([_number(one.lat) for one in rows]),
            ),
        }  # fmt: skip

    level = np.array(
        [levels.index(one.level if one.level in levels else "") for one in young], dtype=np.int32
    )
    room = np.array([one.room for one in mentors], dtype=np.int64)
    accepted = _masks([[*one.levels, ""] if one.levels else [] for one in mentors], levels)
    return (
        suitability.Young(level=level, **shared(young)),
        suitability.Mentors(capacity=room, levels=accepted, **shared(mentors)),
    )


def _masks(
    lists: Sequence[Collection[str]], words: Sequence[str], *, anything: bool = True
) -> suitability.Masks:
    """A bit for each word; a list that says nothing has every bit, or none."""
    bit = {word: number for number, word in enumerate(words)}
    size = max(-(-len(words) // suitability.WORD), 1)
    masks = np.zeros((len(lists), size), dtype=np.uint64)
    for row, told in enumerate(lists):
        for word in told or (words if anything else ()):
            if word in bit:
                place, shift = divmod(bit[word], suitability.WORD)
                masks[row, place] |= np.uint64(1) << np.uint64(shift)
    return masks


def _edges(
    these: suitability.Young, those: suitability.Mentors, reach_km: float
) -> tuple[Ints, Ints, Ints]:
    """Every admissible pair: both rows, and the score."""
    columns = np.arange(len(those.capacity), dtype=np.int32)
    found: list[tuple[Any, Any, Any]] = []
    for start in range(0, len(these.level), ROWS):
        part = np.arange(start, min(start + ROWS, len(these.level)), dtype=np.int32)
        one, other = np.repeat(part, len(columns)), np.tile(columns, len(part))
        score = suitability.scores(these, those, one, other, reach_km)
        kept = score >= 0
        found.append((one[kept], other[kept], score[kept]))
    rows, others, scores = (np.concatenate(some) for some in zip(*found, strict=True))
    return rows.astype(np.int64), others.astype(np.int64), scores.astype(np.int64)


def _marked(
    young: Sequence[YoungPerson],
    mentors: Sequence[Mentor],
    rows: Ints,
    columns: Ints,
    pairs: Collection[tuple[UUID, UUID]],
) -> NDArray[np.bool_]:
    """Which edges are among these pairs."""
    row_of = {one.pk: row for row, one in enumerate(young)}
    column_of = {one.pk: column for column, one in enumerate(mentors)}
    wanted = np.array(
        [row_of[y] * len(mentors) + column_of[m] for y, m in pairs
         if y in row_of and m in column_of],
        dtype=np.int64,
    )  # fmt: skip
    return np.isin(rows * len(mentors) + columns, wanted)


def _told(
    one: YoungPerson,
    other: Mentor,
    these: suitability.Young,
    those: suitability.Mentors,
    edge: tuple[int, int, int],
    reach_km: float,
) -> Proposed:
    """The pair with what the two share, in codes that a page puts into words."""
    row, column, score = map(int, edge)
    reasons: list[list[Any]] = [["LEVEL", one.level]] if one.level else []
    for code, values in (
        ("SUBJECT", [s for s in one.subjects if s in other.subjects]),
        ("SLOT", [s for s in one.slots if s in other.slots]),
        ("LANGUAGE", [s for s in one.languages if s in other.languages]),
    ):
        reasons += [[code, value] for value in values[:3]]
    near = bool(these.modes[row] & those.modes[column] & suitability.ON_SITE)
    away = suitability.apart_km(these.point, row, those.point, column) if near else np.inf
    on_site = bool(away <= reach_km)
    mode = Mode.ON_SITE if on_site else Mode.REMOTE
    reasons.append(["DISTANCE", round(away, 1)] if on_site else ["MODE", str(mode)])
    return Proposed(row, column, str(mode), score, reasons)


def _blocked(
    alone: Sequence[int],
    reached: Collection[int],
    these: suitability.Young,
    those: suitability.Mentors,
    rules: "MentoringTable",
) -> dict[int, str]:
    """Why each of these rows has nobody: no room left, or the first thing that nobody passes."""
    rows = np.array(alone, dtype=np.int32)
    stops = suitability.stopped_by(these, those, rows, rules.distance_km) if alone else []
    return {
        row: "ROOM" if row in reached else BLOCKED.get(int(stop), "MODE")
        for row, stop in zip(alone, stops, strict=True)
    }


def _modes(told: Collection[str]) -> int:
    return sum(value for mode, value in MODES.items() if not told or mode in told)


def _number(value: float | None) -> float:
    return np.nan if value is None else value
