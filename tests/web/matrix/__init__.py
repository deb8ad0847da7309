"""
Who gets what from each address: one row an address, by hand, never read from the code it checks.

Each area has its file here, `tests/web/matrix/<area>.py`, with ``ROWS``: name of the address →
`Row` (a list when an address answers GET and POST differently). A new address without a row fails.
"""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from tests.web.world import Side, World

# By first name; the roles are in tests/web/world.py. Chloé's side is the one called « own ».
RELAYS = frozenset({"bakary", "chloe", "gaelle", "yanis"})  # act for a relay
RECEIVERS = RELAYS | {"olga"}  # hand over and receive, Olga does nothing else
DECIDERS = frozenset({"alice", "elise", "farid", "lea", "paul"})
CONTROL = frozenset({"karim"})
SEATED = DECIDERS | CONTROL | RECEIVERS | {"hugo", "ines", "jeanne", "rachid"}
SIGNED_IN = SEATED | {"driss"}
ANONYMOUS = frozenset({"anonymous"})
EVERYBODY = SIGNED_IN | ANONYMOUS
# Whose territory holds Chloé's school, and Yanis's.
OVER_OWN = frozenset({"alice", "elise", "farid", "lea", "karim"})
OVER_FOREIGN = frozenset({"paul", "lea", "karim"})

# Files, answers for machines, or a way through to another page.
FILES = {
    "allocation:note",
    "allocation:published_rows",
    "allocation:published_rules",
    "allocation:rows",
    "allocation:rules",
    "census:rejected",
    "decisions:file",
    "decisions:letter",
    "decisions:open_data",
    "decisions:report_pdf",
    "decisions:signed_page",
    "grants:form",
    "grants:piece",
    "grants:receipt",
    "healthz",
    "journal:latest",
    "networks:certificate",
    "readyz",
    "set_language",
}

NOBODY: frozenset[str] = frozenset()
Name = Callable[[Side, World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """
    What one address answers.

    Attributes:
        may: who has the right; others signed in get 403, the anonymous is sent to log in.
        names: the object that the address names, on a side; none: the address names nothing.
        own: those among ``may`` who see the object of Chloé's side; the others get 404.
        foreign: those among ``may`` who see the same object of Yanis's side.
        ok: what they get; several where an empty form may be refused as well as shown again.
        watching: those who see the object without being a party to it: 403.
        post: ask by POST; a GET is then refused with 405.
        data: what is posted.
    """

    may: frozenset[str]
    names: Name | None = None
    own: frozenset[str] = NOBODY
    foreign: frozenset[str] = NOBODY
    ok: frozenset[int] = frozenset({200})
    watching: frozenset[str] = NOBODY
    post: bool = False
    data: Name = field(default=lambda side, world: {})


def answers(*statuses: int) -> frozenset[int]:
    return frozenset(statuses)


# An empty form is shown again (200), sent back with a word (302) or refused (400, 409).
HANDLED = answers(200, 302, 400, 409)


def rows() -> dict[str, list[Row]]:
    """Every row of every area."""
    found: dict[str, list[Row]] = {}
    for module in pkgutil.iter_modules(__path__):
        for name, row in import_module(f"{__name__}.{module.name}").ROWS.items():
            found[name] = row if isinstance(row, list) else [row]
    return found
