"""People who do not exist, and the slips of the hand with which lists write them twice."""

from dataclasses import dataclass

import numpy as np

SEED = 2020
BEGINNINGS = (
    "ba", "be", "bo", "ca", "cha", "co", "da", "de", "do", "fa", "fe", "ga", "gi", "ha", "ja",
    "jo", "ka", "la", "le", "li", "lo", "ma", "me", "mi", "mo",
)  # fmt: skip
MIDDLES = (
    "bi", "ca", "di", "fi", "go", "la", "li", "ma", "mi", "na", "ni", "ra", "ri", "ro", "sa",
    "si", "ta", "ti", "va", "vi",
)  # fmt: skip
ENDINGS = (
    "n", "nd", "r", "rd", "s", "t", "l", "ne", "re", "tte", "lle", "que", "ry", "ck", "ya",
    "ia", "ane", "ine", "oud", "ahi",
)  # fmt: skip
DAYS = 13 * 365


@dataclass
class People:
    """Rows as a list has them, and the row of which each is a second writing (itself if first)."""

    last_name: list[str]
    first_name: list[str]
    birth_date: np.ndarray
    household: np.ndarray
    of: np.ndarray

    def __len__(self) -> int:
        return len(self.last_name)

    def only(self, rows: np.ndarray) -> "People":
        place = np.full(len(self), -1)
        place[rows] = np.arange(len(rows))
        return People(
            [self.last_name[i] for i in rows],
            [self.first_name[i] for i in rows],
            self.birth_date[rows],
            self.household[rows],
            place[self.of[rows]],
        )


def names(rng: np.random.Generator, count: int, syllables: int) -> np.ndarray:
    found = {
        "".join(
            [BEGINNINGS[rng.integers(len(BEGINNINGS))]]
            + [MIDDLES[rng.integers(len(MIDDLES))] for _ in range(rng.integers(0, syllables))]
            + [ENDINGS[rng.integers(len(ENDINGS))]]
        ).capitalize()
        for _ in range(count)
    }
    return np.array(sorted(found))


def frequent(rng: np.random.Generator, count: int, among: int) -> np.ndarray:
    """A few names are borne by many, most by few."""
    return np.minimum((rng.pareto(0.9, count) * among / 60).astype(np.int64), among - 1)


def people(count: int, twice: float = 0.04) -> People:
    """So many rows, of which that share is a second writing of another."""
    rng = np.random.default_rng(SEED)
    lasts, firsts = names(rng, 60_000, 4), names(rng, 9_000, 3)
    rng.shuffle(lasts)
    rng.shuffle(firsts)
    original = count - int(count * twice)
    last = lasts[frequent(rng, original, len(lasts))]
    first = firsts[frequent(rng, original, len(firsts))]
    born = np.datetime64("2007-01-01") + rng.integers(0, DAYS, original)
    home = np.where(rng.random(original) < 0.6, np.arange(original) // 2, -1)
    again = rng.choice(original, count - original, replace=False)
    slips = [slip(rng, last[i], first[i], born[i]) for i in again]
    order = rng.permutation(count)
    of = np.concatenate((np.arange(original), again))
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    return People(
        [str(x) for x in np.concatenate((last, [s[0] for s in slips]))[order]],
        [str(x) for x in np.concatenate((first, [s[1] for s in slips]))[order]],
        np.concatenate((born, np.array([s[2] for s in slips], born.dtype)))[order],
        np.concatenate((home, np.full(len(again), -1)))[order],
        place[of[order]],
    )


def slip(rng: np.random.Generator, last: str, first: str, born: np.datetime64) -> tuple:
    """One slip in half of the second writings, two in a quarter, none in the others."""
    for _ in range(int(rng.choice([0, 1, 1, 2]))):
        kind = int(rng.integers(7))
        if kind == 0:
            last, first = first, last
        elif kind == 1:
            day = born.astype(object)
            if day.day <= 12:
                born = np.datetime64(day.replace(month=day.day, day=day.month))
        elif kind == 2:
            last = last.upper().replace("E", "É", 1)
        elif kind in {3, 4}:
            last = typed(rng, last)
        else:
            first = typed(rng, first)
    return last, first, born


def typed(rng: np.random.Generator, name: str) -> str:
    """A letter missed, doubled, changed or exchanged with the next."""
    if len(name) < 4:
        return name
    at, kind = int(rng.integers(1, len(name) - 1)), int(rng.integers(4))
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2:
        return name[:at] + chr(97 + int(rng.integers(26))) + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
