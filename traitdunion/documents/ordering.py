"""The order of school classes: the youngest first, as in a school and not as in a dictionary."""

import re

from traitdunion.base.identifiers import folded

_LEVELS = (
    "toute petite section|tps",
    "petite section|ps",
    "moyenne section|ms",
    "grande section|gs",
    "cp",
    "ce1",
    "ce2",
    "cm1",
    "cm2",
    "ulis",
    "sixieme|6 ?e?(?:me)?",
    "cinquieme|5 ?e?(?:me)?",
    "quatrieme|4 ?e?(?:me)?",
    "troisieme|3 ?e?(?:me)?",
    "seconde|2 ?n?de?",
    "premiere|1 ?e?(?:re)?",
    "terminale|term?|t",
    "cap ?1?",
    "cap ?2",
)
_PATTERNS = [re.compile(rf"(?:{level})(?![a-z0-9]{{2}})") for level in _LEVELS]


def class_order(label: str) -> tuple[int, str]:
    """
    Sort key of a class by its label; an unknown one comes after those known, an empty one last.

    >>> sorted(["5e A", "CM2", "6e B", "Tle", "2nde 3", "", "6e A", "CE1-CE2"], key=class_order)
    ['CE1-CE2', 'CM2', '6e A', '6e B', '5e A', '2nde 3', 'Tle', '']
    """
    text = folded(label)
    if not text:
        return (len(_LEVELS) + 1, "")
    for rank, pattern in enumerate(_PATTERNS):
        if pattern.match(text) or (rank == 16 and text.startswith("tle")):
            return (rank, text)
    return (len(_LEVELS), text)
