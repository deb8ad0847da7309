"""
Children who may be the same one, found without comparing everybody with everybody.

Nothing is merged here: pairs and the reasons that bring them together, for a person to settle.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

# Above this two names are taken for two ways of typing one; see tests/engine/test_quality.py.
THRESHOLD = 0.90
SWAPPED = "first and last name exchanged"
SAME_BIRTH = "same birth date"
NEAR_NAME = "names nearly alike"
SAME_HOUSEHOLD = "same household"
# A block larger than this is a date typed for everybody: it tells nothing, and would cost its
# square.
LARGEST_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two rows that may be one child: their indexes (first < second), a score 0–1, why."""

    first: int
    second: int
    score: float
    reasons: tuple[str, ...]


def probable_duplicates(
    *,
    first_names: Sequence[str],
    last_names: Sequence[str],
    births: Sequence[str],
    households: Sequence[str],
    fresh: Sequence[bool] | None = None,
    threshold: float = THRESHOLD,
) -> list[Likeness]:
    """
    Pairs of rows that look like the same child.

    Args:
        first_names, last_names: normalised (no accent, lower case), shape (rows,).
        births: ISO dates, empty when unknown, shape (rows,).
        households: any text that is equal inside a household, empty when unknown, shape (rows,).
        fresh: rows to look at; pairs of two old rows are left alone; None: all, shape (rows,).
        threshold: likeness of the names from which a pair is told, 0–1.
    Returns: pairs in increasing order of their indexes.
    Raises: ValueError naming the argument, on unequal shapes.
    Source: Jaro-Winkler similarity; Winkler, 1990.

    >>> probable_duplicates(
    ...     first_names=["anais", "anaiss"], last_names=["martin", "martin"],
    ...     births=["2008-01-02", "2008-01-02"], households=["", ""])[0].reasons
    ('same birth date', 'names nearly alike')
    """
    columns = {"first_names": first_names, "births": births, "households": households}
    for name, column in columns.items():
        if len(column) != len(last_names):
            raise ValueError(f"{name}: {len(column)} rows, last_names has {len(last_names)}")
    if fresh is not None and len(fresh) != len(last_names):
        raise ValueError(f"fresh: {len(fresh)} rows, last_names has {len(last_names)}")
    found: dict[tuple[int, int], Likeness] = {}
    for one, other in _candidates(first_names, last_names, births, households):
        if (one, other) in found or (fresh is not None and not (fresh[one] or fresh[other])):
            continue
        likeness = _compare(one, other, first_names, last_names, births, households)
        if likeness.score >= threshold:
            found[one, other] = likeness
    return [found[pair] for pair in sorted(found)]


def _candidates(
    first_names: Sequence[str],
    last_names: Sequence[str],
    births: Sequence[str],
    households: Sequence[str],
) -> Iterator[tuple[int, int]]:
    """Pairs that share a birth date, a household, or a last name and an initial."""
    blocks: dict[tuple[str, str], list[int]] = {}
    for index, (first, last, birth, home) in enumerate(
        zip(first_names, last_names, births, households, strict=True)
    ):
        for key in (
            ("birth", birth),
            ("home", home),
            ("name", f"{last} {first[:1]}" if last and first else ""),
            ("name", f"{first} {last[:1]}" if last and first else ""),
        ):
            if key[1]:
                blocks.setdefault(key, []).append(index)
    for block in blocks.values():
        if len(block) > LARGEST_BLOCK:
            continue
        for place, one in enumerate(block):
            for other in block[place + 1 :]:
                if one != other:
                    yield one, other


def _compare(
    one: int,
    other: int,
    first_names: Sequence[str],
    last_names: Sequence[str],
    births: Sequence[str],
    households: Sequence[str],
) -> Likeness:
    straight = min(
        JaroWinkler.similarity(first_names[one], first_names[other]),
        JaroWinkler.similarity(last_names[one], last_names[other]),
    )
    swapped = min(
        JaroWinkler.similarity(first_names[one], last_names[other]),
        JaroWinkler.similarity(last_names[one], first_names[other]),
    )
    score, reasons = max(straight, swapped), []
    if births[one] and births[one] == births[other]:
        reasons.append(SAME_BIRTH)
    elif births[one] and births[other]:
        # Two dates that differ speak against the pair, less so when one digit does.
        near = sum(a != b for a, b in zip(births[one], births[other], strict=False)) <= 2
        score *= 0.95 if near else 0.8
    if households[one] and households[one] == households[other]:
        reasons.append(SAME_HOUSEHOLD)
    reasons.append(SWAPPED if swapped > straight else NEAR_NAME)
    return Likeness(one, other, round(score, 4), tuple(reasons))
