"""
The whole rule, from declared needs to who is served by which purse: steps 1 to 5 of the contract.

`traitdunion allocate` and the allocation of the service are this same function.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np

from traitdunion.engine import changes, drawing, explain
from traitdunion.engine.drawing import Columns, Contradiction, Drawn
from traitdunion.engine.rules import FOR_ALL, FOR_CITES, Rules, Source

__all__ = (
    "FOR_ALL",
    "FOR_CITES",
    "Contradiction",
    "Need",
    "Ranked",
    "Rules",
    "Source",
    "allocate",
    "columns_of",
    "lines",
    "ticket",
)

OPEN, DOUBTFUL = "open", "doubtful"
KINDS = ("tablet", "key_4g", "both")


@dataclass(frozen=True, slots=True)
class Need:
    """One declared need; empty texts and None mean not given."""

    need: str
    neighbourhood: str
    kind: str
    degree: int = 0
    priority: float = 0.0
    household: str = ""
    cite_educative: str = ""
    served_before: int | None = None
    ceiling: int | None = None
    state: str = OPEN


@dataclass(frozen=True, slots=True)
class Ranked:
    """One need in the queue."""

    need: str
    rank: int
    degree: int
    key: str
    decision: str
    source: str
    cost_cents: int
    reason: explain.Reason
    # Index of the need among those given.
    index: int


def ticket(seed: str, need: str) -> int:
    """
    The lottery number of a need: the first 8 bytes of SHA-256 of ``seed:need``, big-endian.

    >>> hex(ticket("graine", "b-1"))
    '0x56d59b1e84390afc'
    """
    return int.from_bytes(hashlib.sha256(f"{seed}:{need}".encode()).digest()[:8], "big")


def allocate(needs: Sequence[Need], rules: Rules) -> list[Ranked]:
    """
    Rank every need and share out the money; the same needs give the same list in any order.

    Args:
        needs: with unique identifiers; kinds of ``rules.prices_cents``.
    Returns: every need once, in order of rank.
    Raises: Contradiction, ValueError.
    """
    drawn = drawing.draw(columns_of(needs), rules)
    return list(lines(drawn, changes.of(drawn, rules), rules))


def columns_of(needs: Sequence[Need]) -> Columns:
    """The needs as columns, for millions of which objects would be too many."""
    places = {code: n for n, code in enumerate(sorted({one.neighbourhood for one in needs}))}
    homes: dict[str, int] = {"": -1}
    kinds = {one.kind: 0 for one in needs}
    number = {kind: n for n, kind in enumerate(kinds)}
    whole = np.int64
    return Columns(
        need=[one.need for one in needs],
        places=tuple(places),
        place=np.array([places[one.neighbourhood] for one in needs], whole),
        kinds=tuple(kinds),
        kind=np.array([number[one.kind] for one in needs], whole),
        degree=np.array([one.degree for one in needs], whole),
        priority=np.array([one.priority for one in needs], np.float64),
        household=np.array(
            [homes.setdefault(one.household, len(homes) - 1) for one in needs], whole
        ),
        is_cite=np.array([bool(one.cite_educative) for one in needs], np.bool_),
        served_before=np.array([_given(one.served_before) for one in needs], whole),
        ceiling=np.array([_given(one.ceiling) for one in needs], whole),
        is_open=np.array([one.state == OPEN for one in needs], np.bool_),
    )


def _given(value: int | None) -> int:
    return drawing.NOT_GIVEN if value is None else value


def lines(drawn: Drawn, changed: changes.Changes, rules: Rules) -> Iterator[Ranked]:
    """Each need of the queue with its reason, in order of rank."""
    return (_ranked(place, drawn, changed, rules) for place in range(len(drawn.queue)))


def _ranked(place: int, drawn: Drawn, changed: changes.Changes, rules: Rules) -> Ranked:
    row = int(drawn.queue[place])
    decision = DECISIONS[int(drawn.decision[row])]
    payer = int(drawn.paid[row])
    source = rules.sources[payer].name if payer >= 0 else ""
    return Ranked(
        need=drawn.columns.need[row],
        rank=place + 1,
        degree=int(drawn.degree[row]),
        key=written(int(drawn.numerator[row]), int(drawn.denominator[row])),
        decision=decision,
        source=source,
        cost_cents=int(drawn.cost[row]),
        reason=reason(place, row, drawn, changed, rules),
        index=row,
    )


DECISIONS = {
    drawing.SERVED: explain.SERVED,
    drawing.WAITING: explain.WAITING,
    drawing.CHECK: explain.CHECK,
    drawing.DOUBTFUL: explain.DOUBTFUL,
}


def written(numerator: int, denominator: int) -> str:
    """
    A key in its lowest terms; empty for a need that has none.

    >>> written(2, 4), written(0, 3), written(0, 0)
    ('1/2', '0/1', '')
    """
    if not denominator:
        return ""
    common = gcd(numerator, denominator)
    return f"{numerator // common}/{denominator // common}"


def reason(
    place: int, row: int, drawn: Drawn, changed: changes.Changes, rules: Rules
) -> explain.Reason:
    """Why the need of this row is decided so, and what would change it."""
    values = {"rank": str(place + 1)}
    decision = int(drawn.decision[row])
    if decision == drawing.SERVED:
        values["source"] = rules.sources[int(drawn.paid[row])].name
        return explain.Reason(explain.SERVED, values)
    if decision == drawing.WAITING:
        values["missing"] = explain.amount(int(changed.cents[row]))
        values["source"] = changed.source
        return explain.Reason(_waiting(bool(drawn.is_shared[row]), changed.source), values)
    said = explain.CHECK if decision == drawing.CHECK else explain.DOUBTFUL
    becomes = BECOMES[int(changed.becomes[row])]
    if not becomes:
        return explain.Reason(said, values)
    if changed.rank[row] > 0:
        values["then"] = str(int(changed.rank[row]))
    return explain.Reason(f"{said}_{becomes}", values)


BECOMES = {
    changes.UNKNOWN: "",
    changes.SERVED: explain.SERVED,
    changes.WAITING: explain.WAITING,
    changes.CHECK: explain.CHECK,
}


def _waiting(is_shared: bool, source: str) -> str:
    if source:
        return explain.SHARED if is_shared else explain.WAITING
    return explain.SHARED_NEW if is_shared else explain.WAITING_NEW
