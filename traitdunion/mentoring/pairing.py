"""
From rows to the engine and back: the priority of young people, and who fits whom.

A list that says nothing (no slot, no subject) excludes nobody: the two agree on it later. What is
written must be shared.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine import priority
from traitdunion.engine.matching import assign
from traitdunion.mentoring.models import Mentor, YoungPerson
from traitdunion.mentoring.states import Level, Mode, Signal, Slot, Subject

if TYPE_CHECKING:
    from traitdunion.programme.schema import MentoringTable

Ints = NDArray[np.int64]
# The sums of weights from which a young person comes first, second, third.
STEPS = (1, 2, 3)
# What a shared thing adds to the score of a pair; 999 at most in all.
SUBJECTS, SLOTS, LANGUAGES, NEAR, FORMER = 300, 200, 150, 150, 199
LARGEST_SCORE = 999
METRES_A_DEGREE = 111_195.0
ROWS = 512
ORIENTATION_LEVELS = {Level.THIRD, Level.SECOND, Level.FINAL}


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


@dataclass(slots=True)
class _Words:
    """Words as bits of one number; unknown words get a bit of their own as they come."""

    bits: dict[str, int] = field(default_factory=dict)

    def mask(self, words: Collection[str]) -> int:
        found = 0
        for word in words:
            found |= 1 << min(self.bits.setdefault(word, len(self.bits)), 61)
        return found


class _Side:
    """The columns of the young or of the mentors."""

    def __init__(self, rows: Sequence[Any], languages: _Words) -> None:
        self.rows = rows
        self.subjects = _masks([row.subjects for row in rows], _Words(_bits(Subject)))
        self.slots = _masks([row.slots for row in rows], _Words(_bits(Slot)))
        self.languages = _masks([row.languages for row in rows], languages)
        self.modes = _masks([row.modes or list(Mode) for row in rows], _Words(_bits(Mode)))
        self.lon = np.array([_number(row.lon) for row in rows])
        self.lat = np.array([_number(row.lat) for row in rows])


def match(
    *,
    young: Sequence[YoungPerson],
    mentors: Sequence[Mentor],
    refused: Collection[tuple[UUID, UUID]],
    former: Collection[tuple[UUID, UUID]],
    rules: "MentoringTable",
) -> Found:
    """
    The pairs of the largest sum of bases by priority, then of the largest sum of scores.

    Args:
        former: pairs proposed before and not confirmed yet; kept where nothing better comes.
    """
    if not young or not mentors:
        return Found([], dict.fromkeys(range(len(young)), "MENTORS"), 0)
    languages = _Words()
    sides = _Side(young, languages), _Side(mentors, languages)
    levels = _levels(young, mentors)
    edges = [
        _edges(sides, levels, start, min(start + ROWS, len(young)), rules)
        for start in range(0, len(young), ROWS)
    ]
    rows, columns, scores, on_site = (np.concatenate(part) for part in zip(*edges, strict=True))
    kept = ~_marked(young, mentors, rows, columns, refused)
    rows, columns, scores, on_site = rows[kept], columns[kept], scores[kept], on_site[kept]
    scores = scores + FORMER * _marked(young, mentors, rows, columns, former)
    bases = np.array([rules.bases[one.priority] for one in young], dtype=np.int64)
    whole = np.int64(LARGEST_SCORE + 1) * (len(young) + 1)
    chosen = assign(
        rows,
        columns,
        bases[rows] * whole + scores,
        mentor_capacity=np.array([one.room for one in mentors], dtype=np.int64),
    )
    pairs = [
        _told(sides, int(rows[k]), int(columns[k]), bool(on_site[k]), int(scores[k]))
        for k in np.flatnonzero(chosen)
    ]
    alone = set(range(len(young))) - {one.young for one in pairs}
    reached = set(rows.tolist())
    blocked = {
        row: "ROOM" if row in reached else _obstacle(sides, levels, row) for row in sorted(alone)
    }
    return Found(pairs, blocked, len(rows))


def _edges(
    sides: tuple[_Side, _Side], levels: NDArray[np.bool_], start: int, end: int, rules: Any
) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """The admissible pairs of some of the young: both indexes, score, on site."""
    mine, theirs = sides
    part = slice(start, end)
    shared = _shared(mine.subjects[part], theirs.subjects)
    slots = _shared(mine.slots[part], theirs.slots)
    modes = mine.modes[part, None] & theirs.modes[None, :]
    metres = _metres(mine, theirs, part)
    near = metres <= rules.distance_km * 1_000
    remote = (modes & _bit(Mode.REMOTE)) > 0
    on_site = ((modes & _bit(Mode.ON_SITE)) > 0) & near
    fits = levels[part] & (shared != 0) & (slots != 0) & (remote | on_site)
    rows, columns = np.nonzero(fits)
    asked = np.maximum(_count(mine.subjects[part]), 1)[rows]
    score = SUBJECTS * np.minimum(_count(shared[rows, columns]), asked) // asked
    score += SLOTS * np.minimum(_count(slots[rows, columns]), 2) // 2
    tongue = mine.languages[part, None] & theirs.languages[None, :]
    score += LANGUAGES * (tongue[rows, columns] != 0)
    here = on_site[rows, columns]
    closeness = 1 - metres[rows, columns] / max(rules.distance_km * 1_000, 1)
    score += np.where(here, NEAR * np.clip(np.nan_to_num(closeness), 0, 1), 0).astype(np.int64)
    return rows + start, columns, score.astype(np.int64), here


def _shared(mine: Ints, theirs: Ints) -> Ints:
    """What both wrote; one side that wrote nothing takes what the other did."""
    everything = np.int64(-1)
    own = np.where(mine == 0, everything, mine)[:, None]
    others = np.where(theirs == 0, everything, theirs)[None, :]
    return own & others


def _metres(mine: _Side, theirs: _Side, part: slice) -> NDArray[np.float64]:
    """Between homes, by the sphere; beyond reach where a point is not known."""
    lat = np.radians(mine.lat[part, None])
    dx = (mine.lon[part, None] - theirs.lon[None, :]) * np.cos(lat)
    dy = mine.lat[part, None] - theirs.lat[None, :]
    metres = np.hypot(dx, dy) * METRES_A_DEGREE
    return np.where(np.isnan(metres), np.inf, metres)


def _levels(young: Sequence[YoungPerson], mentors: Sequence[Mentor]) -> NDArray[np.bool_]:
    known = [str(one) for one in Level]
    takes = np.array([[not m.levels or level in m.levels for level in known] for m in mentors])
    index = [known.index(one.level) if one.level in known else -1 for one in young]
    fits = np.ones((len(young), len(mentors)), dtype=np.bool_)
    for row, level in enumerate(index):
        if level >= 0:
            fits[row] = takes[:, level]
    return fits


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
    sides: tuple[_Side, _Side], row: int, column: int, on_site: bool, score: int
) -> Proposed:
    """The pair with what the two share, in codes that a page puts into words."""
    one, other = sides[0].rows[row], sides[1].rows[column]
    reasons: list[list[Any]] = [["LEVEL", one.level]] if one.level else []
    for code, values in (
        ("SUBJECT", [s for s in one.subjects if s in other.subjects]),
        ("SLOT", [s for s in one.slots if s in other.slots]),
        ("LANGUAGE", [s for s in one.languages if s in other.languages]),
    ):
        reasons += [[code, value] for value in values[:3]]
    if on_site:
        metres = float(_metres(sides[0], sides[1], slice(row, row + 1))[0, column])
        reasons.append(["DISTANCE", round(metres, -2)])
    else:
        reasons.append(["MODE", str(Mode.REMOTE)])
    mode = Mode.ON_SITE if on_site else Mode.REMOTE
    return Proposed(row, column, str(mode), min(score, LARGEST_SCORE), reasons)


def _obstacle(sides: tuple[_Side, _Side], levels: NDArray[np.bool_], row: int) -> str:
    """The first thing for which no mentor is left."""
    mine, theirs = sides
    part = slice(row, row + 1)
    left = levels[row].copy()
    if not left.any():
        return "LEVEL"
    for code, fits in (
        ("SUBJECT", _shared(mine.subjects[part], theirs.subjects)[0] != 0),
        ("SLOT", _shared(mine.slots[part], theirs.slots)[0] != 0),
    ):
        left &= fits
        if not left.any():
            return code
    return "MODE"


def _masks(lists: Sequence[Collection[str]], words: _Words) -> Ints:
    return np.array([words.mask(one) for one in lists], dtype=np.int64)


def _bits(known: Any) -> dict[str, int]:
    return {str(one): place for place, one in enumerate(known)}


def _bit(mode: Mode) -> int:
    return 1 << _bits(Mode)[str(mode)]


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _count(masks: Ints) -> Ints:
    return np.bitwise_count(np.where(masks < 0, 0, masks).astype(np.uint64)).astype(np.int64)
