"""
By what a child is recognised in two lists, without either list being read: keyed digests.

A child has one digest for each way in which a hand may have slipped: a letter missing from the
name, day and month swapped, name and first name swapped. Two lists that differ by one slip share a
digest; nobody without the installation's key can make one, nor read a name in it.
"""

import hmac
from collections.abc import Iterator
from datetime import date

from django.conf import settings

from traitdunion.base.identifiers import folded

# Shorter names lose too much with one letter: « Léo » and « Léa » stay two children.
SHORTEST = 4


def exact(last_name: str, first_name: str, birth_date: date) -> int:
    """The digest of the child as it is written."""
    return _digest(_bare(last_name), _bare(first_name), birth_date)


def slips(last_name: str, first_name: str, birth_date: date) -> set[int]:
    """Every digest under which the same child may be found again, the exact one included."""
    last, first = _bare(last_name), _bare(first_name)
    found = {_digest(last, first, birth_date), _digest(first, last, birth_date)}
    found |= {_digest(shorter, first, birth_date) for shorter in _without_a_letter(last)}
    found |= {_digest(last, shorter, birth_date) for shorter in _without_a_letter(first)}
    if birth_date.day <= 12 and birth_date.day != birth_date.month:
        swapped = birth_date.replace(month=birth_date.day, day=birth_date.month)
        found.add(_digest(last, first, swapped))
    return found


def _bare(name: str) -> str:
    return folded(name).replace(" ", "")


def _without_a_letter(name: str) -> Iterator[str]:
    if len(name) >= SHORTEST:
        for place in range(len(name)):
            yield name[:place] + name[place + 1 :]


def _digest(last: str, first: str, birth_date: date) -> int:
    """Eight bytes of a keyed digest, as the databases hold a signed integer."""
    message = f"recognised\x1f{last}\x1f{first}\x1f{birth_date.isoformat()}".encode()
    raw = hmac.digest(settings.PSEUDONYM_KEY.encode(), message, "sha256")
    return int.from_bytes(raw[:8], "big", signed=True)
