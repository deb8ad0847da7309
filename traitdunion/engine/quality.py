"""
Probable doubles among children, and values as spreadsheets spoil them.

Nothing is merged here: the answer is pairs, each with a score and its reasons, for a person to
settle. Two children are compared only when something already brings them together (a block), so
that the work grows with the blocks and not with the square of the list.
"""

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rapidfuzz import fuzz, process

from traitdunion.engine import blocks
from traitdunion.engine.scale import suited

# Below it a pair is left out. Of generated slips nine in ten are found; 0.88 finds eight, and
# hardly fewer others with them.
THRESHOLD = 0.84
# Of children who bear one name, one pair in a hundred is born one part of a date apart by chance:
# among more namesakes than this, that says nothing, unless they live together.
NAMESAKES = 10
# A block larger than this says nothing any more: it is cut by the first letter of the name.
LARGEST_BLOCK = 1_500
NO_HOUSEHOLD = -1
# Pairs looked at together: two megabytes a column.
PAIRS = 1 << 18

SAME_NAME = "same_name"
CLOSE_NAME = "close_name"
NAMES_SWAPPED = "names_swapped"
SAME_BIRTH = "same_birth_date"
DAY_AND_MONTH_SWAPPED = "day_and_month_swapped"
CLOSE_BIRTH = "close_birth_date"
BIRTH_MISSING = "birth_date_missing"
SAME_HOUSEHOLD = "same_household"

_WORDS = re.compile(r"[a-z0-9]+")
_SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789 "

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """
    Probable doubles.

    Attributes:
        left, right: row indexes, int64, left < right, ordered.
        score: 0 to 1, float64.
        reasons: for each pair the words above, in a steady order.
    """

    left: Integers
    right: Integers
    score: Floats
    reasons: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.left)


def bare(text: str) -> str:
    """
    A name as it is compared: no accent, no case, no hyphen, one blank between words.

    >>> bare("  Éloïse-MARIE  D’Œuvre ")
    'eloise marie d oeuvre'
    """
    letters = text.lower()
    if not letters.isascii():
        plain = unicodedata.normalize("NFKD", letters.replace("œ", "oe"))
        letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_WORDS.findall(letters))


def doubles(
    *,
    last_name: Sequence[str],
    first_name: Sequence[str],
    birth_date: ArrayLike,
    household: ArrayLike | None = None,
    is_new: ArrayLike | None = None,
    threshold: float = THRESHOLD,
) -> Pairs:
    """
    Children that are probably listed twice.

    Args:
        last_name, first_name: one text a row, as written.
        birth_date: datetime64[D], NaT where unknown, shape (rows,).
        household: a number the children of one household share, -1 where unknown.
        is_new: pairs without a new row are left out; every row is new by default.
        threshold: pairs below it are left out.
    Raises: ValueError naming an argument of another length.
    """
    plain = {name: bare(name) for name in {*last_name, *first_name}}
    last, first = [plain[name] for name in last_name], [plain[name] for name in first_name]
    born = np.asarray(birth_date, dtype="datetime64[D]")
    home = _or_filled(household, len(last), NO_HOUSEHOLD).astype(np.int64)
    new = _or_filled(is_new, len(last), True).astype(bool)
    for name, values in (("first_name", first), ("birth_date", born), ("household", home)):
        if len(values) != len(last):
            raise ValueError(f"{name}: {len(values)} values for {len(last)} rows")
    if len(new) != len(last):
        raise ValueError(f"is_new: {len(new)} values for {len(last)} rows")
    pairs = _candidates(last, first, born, home, new, threshold)
    # One number a pair: sorting numbers is ten times faster than sorting rows.
    rows = max(1, len(last))
    left, right = np.divmod(np.unique(pairs[0] * rows + pairs[1]), rows)
    return _kept(left, right, last, first, born, home, threshold)


def namesakes(*, name: ArrayLike, birth_date: ArrayLike, is_new: ArrayLike) -> Integers:
    """
    Rows of one name whose birth dates differ by a slip of the hand, or of which one is unknown,
    and one of them new; those of the same birth date are found by it.

    Args:
        name: a number for each name, shape (rows,).
        birth_date: datetime64[D], NaT where unknown.
    """
    day = np.asarray(birth_date, dtype="datetime64[D]")
    month = day.astype("datetime64[M]")
    parts = (day.astype("datetime64[Y]").astype(int), month.astype(int) % 12, (day - month))
    year, month_, day_ = (part.astype(np.int64) for part in parts)
    names, rows = np.asarray(name, dtype=np.int64), np.arange(len(day))
    found = [np.empty(0, dtype=np.int64)]
    for left, right in _pairs_within(names, rows, rows, np.asarray(is_new, dtype=bool)):
        same_month, same_day = month_[left] == month_[right], day_[left] == day_[right]
        same = (year[left] == year[right]).astype(int) + same_month + same_day
        turned = (month_[left] == day_[right]) & (day_[left] == month_[right])
        slip = (same == 2) | (turned & (year[left] == year[right]))
        kept = slip | np.isnat(day[left]) | np.isnat(day[right])
        found += [left[kept], right[kept]]
    return np.unique(np.concatenate(found))


class _Alike:
    """
    All but a few pairs stop here, on comparisons of numbers.

    One name of the one begins like one name of the other; and a letter that only one of two names
    has is one to add or remove, of which the threshold allows a few.
    """

    def __init__(
        self,
        last: list[str],
        first: list[str],
        born: NDArray[np.datetime64],
        threshold: float,
    ) -> None:
        self._names = tuple(
            _numbers(names, of) for names in (last, first) for of in (_letters, len, _initial)
        )
        self._birth = (*_parts(born), ~np.isnat(born))
        self._tolerated = 1 - threshold + 1e-6

    def pairs(
        self, block: Integers, rows: Integers, letter: Integers, new: NDArray[np.bool_]
    ) -> Integers:
        """Pairs of rows of one block that may be alike: left rows, then right rows."""
        order, after = _runs(block, rows, letter, new)
        loop = suited(blocks.alike, int(after.sum()))
        size = PAIRS + int(after.max(initial=0))
        buffers = np.empty(size, np.int64), np.empty(size, np.int64)
        found, start = [np.empty((2, 0), dtype=np.int64)], 0
        while start < len(order):
            start, count = loop(
                (order, after), self._names, self._birth, new, self._tolerated, start, *buffers
            )
            found.append(np.sort([buffers[0][:count], buffers[1][:count]], axis=0))
        return np.concatenate(found, axis=1)


def _numbers(names: list[str], of: Callable[[str], int]) -> Integers:
    known = {name: of(name) for name in set(names)}
    return np.array([known[name] for name in names], dtype=np.int64)


def _initial(name: str) -> int:
    return ord(name[0]) if name else 0


def _letters(name: str) -> int:
    """One bit for each letter, digit and blank that the bare name holds."""
    return sum(1 << _SIGNS.index(sign) for sign in set(name))


def _or_filled(values: ArrayLike | None, rows: int, filler: object) -> NDArray[np.generic]:
    return np.full(rows, filler) if values is None else np.asarray(values)


def _candidates(
    last: list[str],
    first: list[str],
    born: NDArray[np.datetime64],
    home: Integers,
    new: NDArray[np.bool_],
    threshold: float,
) -> Integers:
    """
    Pairs that share a birth date, a whole name, or a household, and may be alike: left rows, then
    right rows; some of them twice.
    """
    whole = _codes(" ".join(sorted(f"{a} {b}".split())) for a, b in zip(last, first, strict=True))
    letter = _codes(min(a[:1], b[:1]) for a, b in zip(last, first, strict=True))
    dated = ~np.isnat(born)
    day = np.where(dated, born.astype(np.int64), 0)
    alike = _Alike(last, first, born, threshold)
    found = [np.empty((2, 0), dtype=np.int64)]
    for block, rows in (
        (day, np.flatnonzero(dated)),
        (whole, np.arange(len(last))),
        (home, np.flatnonzero(home != NO_HOUSEHOLD)),
    ):
        found.append(alike.pairs(block, rows, letter, new))
    return np.concatenate(found, axis=1)


def _codes(words: Iterable[Hashable]) -> Integers:
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int64)


def _pairs_within(
    block: Integers, rows: Integers, letter: Integers, new: NDArray[np.bool_]
) -> Iterator[tuple[Integers, Integers]]:
    """
    Every pair of rows of the same block in which at least one row is new, some thousands at a
    time; the left row is above the right one.
    """
    order, after = _runs(block, rows, letter, new)
    total = np.cumsum(after)
    start = 0
    while start < len(order):
        done = int(total[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(total, done + PAIRS, side="right")))
        counts = after[start:end]
        one = np.repeat(np.arange(start, end), counts)
        before = total[start:end] - counts - done
        other = one + 1 + np.arange(len(one)) - np.repeat(before, counts)
        left, right = order[one], order[other]
        wanted = new[left] | new[right]
        yield left[wanted], right[wanted]
        start = end


def _runs(
    block: Integers, rows: Integers, letter: Integers, new: NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    """The rows block by block, and how many of its own block come after each."""
    if not len(rows):
        return rows, rows
    order = rows[np.lexsort((rows, block[rows]))]
    starts, sizes = _cut(block[order])
    if sizes.max() > LARGEST_BLOCK:
        crowd = np.repeat(sizes, sizes) > LARGEST_BLOCK
        part = np.where(crowd, letter[order], 0)
        order = order[np.lexsort((order, part, block[order]))]
        part = np.where(crowd, letter[order], 0)
        starts, sizes = _cut(block[order], part)
    # Between children all listed before, everything was said.
    wanted = np.logical_or.reduceat(new[order], starts)
    ends = np.repeat(starts + sizes, sizes)
    after = np.where(np.repeat(wanted, sizes), ends - np.arange(len(order)) - 1, 0)
    return order, after.astype(np.int64)


def _cut(*values: Integers) -> tuple[Integers, Integers]:
    """Where each run of equal values starts, and how long it is."""
    changes = np.zeros(len(values[0]) - 1, dtype=bool)
    for one in values:
        changes |= one[1:] != one[:-1]
    starts = np.concatenate(([0], np.flatnonzero(changes) + 1))
    return starts, np.diff(np.append(starts, len(values[0])))


def _kept(
    left: Integers,
    right: Integers,
    last: list[str],
    first: list[str],
    born: NDArray[np.datetime64],
    home: Integers,
    threshold: float,
) -> Pairs:
    straight, plain = _close(left, right, (first, first), (last, last), threshold, part=True)
    across, turned = _close(left, right, (last, first), (first, last), threshold, part=False)
    place = np.concatenate((straight, across[~np.isin(across, straight)]))
    place.sort()
    scores = np.zeros((2, len(left)))
    scores[0, straight], scores[1, across] = plain, turned
    name, swapped = scores[:, place].max(axis=0), scores[1, place] > scores[0, place]
    left, right = left[place], right[place]
    birth, why = _birth_scores(born[left], born[right])
    together = (home[left] == home[right]) & (home[left] != NO_HOUSEHOLD)
    birth[(why == CLOSE_BIRTH) & ~together & (_namesakes(last, first)[left] > NAMESAKES)] = 0.0
    score = np.minimum(1.0, 0.75 * name + 0.25 * birth + np.where(together, 0.03, 0.0))
    kept = np.flatnonzero((score >= threshold) & (birth > 0))
    reasons = tuple(
        _reasons(float(name[i]), bool(swapped[i]), why[i], bool(together[i])) for i in kept
    )
    rounded = np.round(score[kept], 3).astype(np.float64)
    return Pairs(left[kept], right[kept], rounded, reasons)


def _namesakes(last: list[str], first: list[str]) -> Integers:
    """How many rows bear the name of each."""
    names = _codes(zip(last, first, strict=True))
    return np.bincount(names, minlength=1)[names].astype(np.int64)


Names = tuple[list[str], list[str]]


def _close(
    left: Integers, right: Integers, one: Names, other: Names, threshold: float, *, part: bool
) -> tuple[Integers, Floats]:
    """
    The pairs whose both names are alike, and how much; both must be, so that brothers and twins
    are told apart. The second name is compared only where the first is close.

    Args:
        one, other: the names compared, those of the left rows and those of the right rows.
        part: one name of a compound name is enough in the second comparison.
    """
    score = _alike(left, right, *one)
    place = np.flatnonzero(score >= threshold)
    second = _alike(left[place], right[place], *other)
    if part:
        # « Dupont » and « Dupont-Martin ».
        whole = _alike(left[place], right[place], *other, scorer=fuzz.token_set_ratio)
        second = np.maximum(second, np.where(whole >= 1, 0.93, 0))
    both = np.minimum(score[place], second)
    kept = both >= threshold
    return place[kept], both[kept]


def _alike(
    left: Integers,
    right: Integers,
    mine: list[str],
    theirs: list[str],
    *,
    scorer: Callable[..., float] = fuzz.ratio,
) -> Floats:
    if not len(left):
        return np.empty(0)
    one, other = [mine[i] for i in left.tolist()], [theirs[i] for i in right.tolist()]
    ratio = process.cpdist(one, other, scorer=scorer, dtype=np.float32) / 100
    return np.asarray(ratio, dtype=np.float64)


def _birth_scores(
    one: NDArray[np.datetime64], other: NDArray[np.datetime64]
) -> tuple[Floats, NDArray[np.object_]]:
    mine, theirs = _parts(one), _parts(other)
    alike = [a == b for a, b in zip(mine, theirs, strict=True)]
    turned = alike[0] & (mine[1] == theirs[2]) & (mine[2] == theirs[1])
    cases: list[tuple[NDArray[np.bool_], float, str]] = [
        (np.isnat(one) | np.isnat(other), 0.7, BIRTH_MISSING),
        (one == other, 1.0, SAME_BIRTH),
        (turned, 0.9, DAY_AND_MONTH_SWAPPED),
        # One part of the date differs: a slip of the hand. Two: another child of that name.
        (np.sum(alike, axis=0) == 2, 0.6, CLOSE_BIRTH),
    ]
    score, why = np.zeros(len(one)), np.full(len(one), "", dtype=object)
    for holds, value, word in reversed(cases):
        score[holds], why[holds] = value, word
    return score, why


def _parts(born: NDArray[np.datetime64]) -> tuple[Integers, Integers, Integers]:
    """Year, month and day, from 0; of no meaning where there is no date."""
    month = born.astype("datetime64[M]")
    year = born.astype("datetime64[Y]")
    parts = (year, month - year, born - month)
    # Days and months count from 1 on both sides: they may be compared as they are.
    found = [part.astype(np.int64) for part in parts]
    return found[0], found[1], found[2]


def _reasons(name: float, swapped: bool, birth: str, together: bool) -> tuple[str, ...]:
    said = NAMES_SWAPPED if swapped else SAME_NAME if name >= 1 else CLOSE_NAME
    return (said, birth, SAME_HOUSEHOLD) if together else (said, birth)


# Values as people and spreadsheets write them

_DATE = re.compile(r"(\d{1,4})[/.\- ](\d{1,2})[/.\- ](\d{1,4})(?:[ T]\d{1,2}:\d{2}.*)?")
_UAI = re.compile(r"(\d{1,7})([A-Z])")
UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def read_date(text: str) -> date | None:
    """
    A date as French lists write it: day first, or ISO; None when it is none.

    >>> read_date("4/5/2009")
    datetime.date(2009, 5, 4)
    >>> read_date("2009-05-04")
    datetime.date(2009, 5, 4)
    """
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    one, month, three = found.groups()
    year, day = (one, three) if len(one) == 4 else (three, one)
    if len(year) == 2:
        # Pupils: 09 is 2009, 98 is 1998.
        year = f"20{year}" if int(year) < 50 else f"19{year}"
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def repaired_uai(text: str) -> str:
    """
    A school's number whose leading zeros Excel took, when its check letter proves it.

    >>> repaired_uai("940071S")
    '0940071S'
    """
    found = _UAI.fullmatch(text.strip().upper())
    if not found:
        return text
    digits, letter = found[1].zfill(7), found[2]
    return digits + letter if UAI_LETTERS[int(digits) % 23] == letter else text


def repaired_code(text: str, *, length: int, known: frozenset[str]) -> str:
    """
    A code whose leading zeros Excel took, when the registry knows the whole one.

    >>> repaired_code("6000", length=5, known=frozenset({"06000"}))
    '06000'
    """
    if len(text) >= length or not text.isdigit():
        return text
    whole = text.zfill(length)
    return whole if whole in known else text
