"""
The whole rule, from declared needs to who is served by which purse: steps 1 to 5 of the contract.

`traitdunion allocate` and the allocation of the service are this same function.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine import explain, ranking

Ints = NDArray[np.int64]

OPEN, DOUBTFUL = "open", "doubtful"
KINDS = ("tablet", "key_4g", "both")
FOR_CITES, FOR_ALL = "cites_educatives", "all"


@dataclass(frozen=True, slots=True)
class Source:
    """A purse: what it holds, for whose needs, and whether it may pay for others after its own."""

    name: str
    amount_cents: int
    pays_for: str
    fungible: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """
    The programme's rule: seed, last degree, price of each kind, purses in the order they pay.
    """

    seed: str
    last_degree: int
    prices_cents: Mapping[str, int]
    sources: tuple[Source, ...]


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


class Contradiction(ValueError):
    """Two rows of one neighbourhood and degree declare different served_before or ceiling."""

    def __init__(self, column: str, needs: Sequence[str]) -> None:
        super().__init__(f"{column}: {', '.join(needs)}")
        self.column, self.needs = column, tuple(needs)


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
    declared = _declared(needs)
    tickets = [(ticket(rules.seed, one.need), one.need.encode()) for one in needs]
    # In the order of the tickets: from here on the first of two equal rows is the one drawn first.
    order = sorted(range(len(needs)), key=tickets.__getitem__)
    rows = [needs[i] for i in order]
    degree, is_shared = _shared_degrees(rows, rules.last_degree)
    queue, key = _queue(rows, degree, declared)
    paid = _Purses(rules).pay(rows, degree, queue, key)
    found = _Found(degree, is_shared, queue, key, paid)
    return _explained(rows, order, found, rules)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the steps found, row by row in the order of the tickets."""

    degree: Ints
    # Rows that come after another need of their household.
    is_shared: NDArray[np.bool_]
    queue: Ints
    key: Sequence[tuple[int, int] | None]
    paid: Mapping[int, str]


def _declared(needs: Sequence[Need]) -> dict[tuple[str, int, str], int]:
    """served_before and ceiling by neighbourhood and declared degree; they must not contradict."""
    found: dict[tuple[str, int, str], tuple[int, str]] = {}
    for row in needs:
        for column, value in (("served_before", row.served_before), ("ceiling", row.ceiling)):
            if value is None or not row.neighbourhood:
                continue
            known = found.setdefault((row.neighbourhood, row.degree, column), (value, row.need))
            if known[0] != value:
                raise Contradiction(column, (known[1], row.need))
    return {where: value for where, (value, _need) in found.items()}


def _shared_degrees(rows: Sequence[Need], last_degree: int) -> tuple[Ints, NDArray[np.bool_]]:
    """Step 2: in a household the first need keeps its degree, the others take the last one."""
    degree = np.array([row.degree for row in rows], dtype=np.int64)
    is_shared = np.zeros(len(rows), dtype=np.bool_)
    homes: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.household:
            homes.setdefault(row.household, []).append(index)
    for members in homes.values():
        members.sort(key=lambda i: (rows[i].degree, -rows[i].priority, i))
        is_shared[members[1:]] = True
    degree[is_shared] = last_degree
    return degree, is_shared


def _queue(
    rows: Sequence[Need], degree: Ints, declared: Mapping[tuple[str, int, str], int]
) -> tuple[Ints, list[tuple[int, int] | None]]:
    """Steps 3 and 4: the order of all rows, and the key of those that are open."""
    opened = np.array([i for i, r in enumerate(rows) if r.state == OPEN], dtype=np.int64)
    codes = {code: n for n, code in enumerate(sorted({r.neighbourhood for r in rows}))}
    columns = ranking.checked(
        degree[opened],
        np.array([codes[rows[i].neighbourhood] for i in opened], dtype=np.int64),
        np.array([rows[i].priority for i in opened], dtype=np.float64),
        opened,
        _column(rows, opened, degree, declared, "served_before", 0),
        _column(rows, opened, degree, declared, "ceiling", ranking.NO_CEILING),
    )
    degrees, places, priorities, _drawn, before, ceilings = columns
    numerator, denominator = ranking.keys(degrees, places, priorities, before, ceilings)
    key: list[tuple[int, int] | None] = [None] * len(rows)
    value = np.zeros(len(rows), dtype=np.float64)
    group = np.full(len(rows), 2, dtype=np.int64)
    compared = ranking.comparable(numerator, denominator)
    for place, i in enumerate(opened):
        key[i] = (int(numerator[place]), int(denominator[place]))
        value[i] = float(compared[place])
        group[i] = int(numerator[place] >= denominator[place])
    return np.lexsort((value, group, degree)), key


def _column(
    rows: Sequence[Need],
    opened: Ints,
    degree: Ints,
    declared: Mapping[tuple[str, int, str], int],
    name: str,
    default: int,
) -> Ints:
    values = [declared.get((rows[i].neighbourhood, int(degree[i]), name), default) for i in opened]
    return np.array(values, dtype=np.int64)


class _Purses:
    """Step 5: degree by degree, first the purse meant for a need, then those that may help."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.left = {source.name: source.amount_cents for source in rules.sources}
        self.closed: set[str] = set()

    def pay(
        self,
        rows: Sequence[Need],
        degree: Ints,
        queue: Ints,
        key: Sequence[tuple[int, int] | None],
    ) -> dict[int, str]:
        """The purse that pays each served row."""
        paid: dict[int, str] = {}
        payable = [i for i in map(int, queue) if _is_payable(key[i])]
        for level in sorted({int(degree[i]) for i in payable}):
            here = [i for i in payable if degree[i] == level]
            self._turn(rows, here, paid, own=True)
            self._turn(rows, here, paid, own=False)
            self._close(rows, [i for i in here if i not in paid])
        return paid

    def _turn(
        self, rows: Sequence[Need], here: Sequence[int], paid: dict[int, str], *, own: bool
    ) -> None:
        for i in here:
            if i in paid:
                continue
            price = self.rules.prices_cents[rows[i].kind]
            for source in self.rules.sources:
                fits = _is_for(source, rows[i]) if own else source.fungible
                usable = source.name not in self.closed and self.left[source.name] >= price
                if fits and usable:
                    self.left[source.name] -= price
                    paid[i] = source.name
                    break

    def _close(self, rows: Sequence[Need], unpaid: Sequence[int]) -> None:
        """A purse that could not pay all of its degree pays nothing lighter."""
        for source in self.rules.sources:
            if any(source.fungible or _is_for(source, rows[i]) for i in unpaid):
                self.closed.add(source.name)


def _is_payable(key: tuple[int, int] | None) -> bool:
    return key is not None and key[0] < key[1]


def _is_for(source: Source, row: Need) -> bool:
    return source.pays_for == FOR_ALL or bool(row.cite_educative)


def _explained(
    rows: Sequence[Need], order: Sequence[int], found: _Found, rules: Rules
) -> list[Ranked]:
    ranked, missing = [], 0
    for place, i in enumerate(map(int, found.queue), 1):
        row, cost = rows[i], rules.prices_cents[rows[i].kind]
        source = found.paid.get(i, "")
        decision = _decision(row, found.key[i], source)
        missing += cost if decision == explain.WAITING else 0
        ranked.append(
            Ranked(
                need=row.need,
                rank=place,
                degree=int(found.degree[i]),
                key=_written(found.key[i]),
                decision=decision,
                source=source,
                cost_cents=cost,
                reason=_reason(decision, place, source, missing, bool(found.is_shared[i])),
                index=order[i],
            )
        )
    return ranked


def _decision(row: Need, key: tuple[int, int] | None, source: str) -> str:
    if row.state == DOUBTFUL:
        return explain.DOUBTFUL
    if not _is_payable(key):
        return explain.CHECK
    return explain.SERVED if source else explain.WAITING


def _written(key: tuple[int, int] | None) -> str:
    if key is None:
        return ""
    common = gcd(*key)
    return f"{key[0] // common}/{key[1] // common}"


def _reason(
    decision: str, rank: int, source: str, missing: int, is_shared: bool
) -> explain.Reason:
    values = {"rank": str(rank)}
    if decision == explain.SERVED:
        values["source"] = source
    if decision == explain.WAITING:
        values["missing"] = explain.amount(missing)
        return explain.Reason(explain.SHARED if is_shared else decision, values)
    return explain.Reason(decision, values)
