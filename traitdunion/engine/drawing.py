"""
Steps 1 to 5 of the rule on whole columns: tickets, degrees, keys, queue, and who pays.

`engine.queue` says the same of needs one by one, with reasons; a million needs are read here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine import purses, ranking
from traitdunion.engine.ranking import Ints
from traitdunion.engine.rules import FOR_ALL, Rules
from traitdunion.engine.scale import suited

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

NOT_GIVEN = -1
SERVED, WAITING, CHECK, DOUBTFUL = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Columns:
    """
    Declared needs, column by column, all of shape (needs,).

    Attributes:
        need: identifiers, unique. places: the codes of neighbourhoods; the empty text where one is
            not known. place, kind: indexes in ``places`` and ``kinds``. degree: >= 0.
            priority: >= 0. household: a number the needs of one household share, -1 for none.
        served_before, ceiling: -1 where not given.
    """

    need: Sequence[str]
    places: tuple[str, ...]
    place: Ints
    kinds: tuple[str, ...]
    kind: Ints
    degree: Ints
    priority: Floats
    household: Ints
    is_cite: Bools
    served_before: Ints
    ceiling: Ints
    is_open: Bools


class Contradiction(ValueError):
    """Two rows of one neighbourhood and degree declare different served_before or ceiling."""

    def __init__(self, column: str, needs: Sequence[str]) -> None:
        super().__init__(f"{column}: {', '.join(needs)}")
        self.column, self.needs = column, tuple(needs)


@dataclass(frozen=True, slots=True)
class Payable:
    """
    The needs that may be paid, in the order of the queue, and what the purses held.

    Attributes:
        rows: of the columns. bounds: where each degree begins, and the end. left, closed: of each
            purse when each degree begins, shape (degrees + 1, purses). begins: the place in the
            whole queue at which each degree begins.
    """

    rows: Ints
    bounds: Ints
    left: Ints
    closed: Bools
    begins: Ints


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    What the rule gives, row by row in the order of the columns, but ``queue``.

    Attributes:
        queue: row indexes, first in the queue first. drawn: the place of each row in the order of
            the tickets. degree: after the household. is_shared: after another need of it.
            group: one number for each neighbourhood and degree. numerator, denominator: the key,
            not reduced; 0 / 0 for a doubtful one. before, ceiling: of its neighbourhood and
            degree. paid: index of the purse, -1 for none.
    """

    columns: Columns
    queue: Ints
    drawn: Ints
    degree: Ints
    is_shared: Bools
    group: Ints
    numerator: Ints
    denominator: Ints
    before: Ints
    ceiling: Ints
    cost: Ints
    paid: NDArray[np.int16]
    decision: NDArray[np.int8]
    payable: Payable


def tickets(seed: str, needs: Sequence[str]) -> NDArray[np.uint64]:
    """
    The first 8 bytes of SHA-256 of ``seed:need``, big-endian, for each need.

    >>> hex(tickets("graine", ["b-1"])[0])
    '0x56d59b1e84390afc'
    """
    begun = hashlib.sha256(f"{seed}:".encode())
    digests = bytearray()
    for need in needs:
        one = begun.copy()
        one.update(need.encode())
        digests += one.digest()[:8]
    return np.frombuffer(bytes(digests), dtype=">u8").astype(np.uint64)


def draw(columns: Columns, rules: Rules) -> Drawn:
    """
    Rank every need and share out the money; the order of the rows changes nothing.

    Raises: Contradiction, ValueError.
    """
    order = _order(columns, rules.seed)
    degree, is_shared = _shared_degrees(columns, order, rules.last_degree)
    group, before, ceiling = _declared(columns, degree)
    rows = len(order)
    numerator, denominator = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    opened = order[columns.is_open[order]]
    checked = ranking.checked(
        degree[opened],
        columns.place[opened],
        columns.priority[opened],
        np.arange(len(opened)),
        before[opened],
        ceiling[opened],
    )
    degrees, places, priorities, _tickets, earlier, limits = checked
    found = ranking.keys(degrees, places, priorities, earlier, limits)
    numerator[opened], denominator[opened] = found
    # Payable, to be checked, doubtful: in that order inside a degree.
    part = np.full(rows, 2, dtype=np.int64)
    part[opened] = found[0] >= found[1]
    value = np.zeros(rows, dtype=np.float64)
    value[opened] = ranking.comparable(*found)
    queue = order[np.lexsort((value[order], part[order], degree[order]))]
    place = np.empty(rows, np.int64)
    place[order] = np.arange(rows)
    prices = np.array([rules.prices_cents[kind] for kind in columns.kinds], np.int64)
    cost = prices[columns.kind] if rows else np.zeros(0, np.int64)
    payable, paid = _paid(columns, rules, queue, degree, part, cost)
    decision = np.select(
        [part == 2, part == 1, paid >= 0], [DOUBTFUL, CHECK, SERVED], default=WAITING
    ).astype(np.int8)
    return Drawn(
        columns=columns,
        queue=queue,
        drawn=place,
        degree=degree,
        is_shared=is_shared,
        group=group,
        numerator=numerator,
        denominator=denominator,
        before=before,
        ceiling=ceiling,
        cost=cost,
        paid=paid,
        decision=decision,
        payable=payable,
    )


def _order(columns: Columns, seed: str) -> Ints:
    """The rows in the order of their tickets; of equal ones the smaller identifier first."""
    ticket = tickets(seed, columns.need)
    order = np.argsort(ticket, kind="stable")
    same = np.flatnonzero(ticket[order][1:] == ticket[order][:-1])
    if len(same):
        named = [(int(ticket[i]), columns.need[i].encode()) for i in range(len(ticket))]
        order = np.array(sorted(range(len(ticket)), key=named.__getitem__), dtype=np.int64)
    return order.astype(np.int64)


def _shared_degrees(columns: Columns, order: Ints, last_degree: int) -> tuple[Ints, Bools]:
    """Step 2: in a household the first need keeps its degree, the others take the last one."""
    at_home = order[columns.household[order] >= 0]
    by_home = at_home[
        np.lexsort(
            (-columns.priority[at_home], columns.degree[at_home], columns.household[at_home])
        )
    ]
    home = columns.household[by_home]
    is_shared = np.zeros(len(order), dtype=np.bool_)
    is_shared[by_home[1:][home[1:] == home[:-1]]] = True
    return np.where(is_shared, last_degree, columns.degree), is_shared


def _declared(columns: Columns, degree: Ints) -> tuple[Ints, Ints, Ints]:
    """
    For each row the number of its neighbourhood and degree, and what the rows declared in that
    neighbourhood and degree say was served before and is the ceiling. Raises Contradiction.
    """
    rows = len(degree)
    places = np.concatenate((columns.place, columns.place))
    both = np.stack((np.concatenate((columns.degree, degree)), places), axis=1)
    groups = np.unique(both, axis=0, return_inverse=True)[1].reshape(-1) if rows else places
    told, group = groups[:rows], groups[rows:]
    named = np.array([place != "" for place in columns.places], dtype=np.bool_)
    known = named[columns.place] if rows else np.zeros(0, np.bool_)
    contradictions = []
    found = []
    for column, values, default in (
        ("served_before", columns.served_before, 0),
        ("ceiling", columns.ceiling, ranking.NO_CEILING),
    ):
        given = np.flatnonzero(known & (values != NOT_GIVEN))
        of, first = np.unique(told[given], return_index=True)
        declared = np.full(int(groups.max(initial=-1)) + 1, default, dtype=np.int64)
        declared[of] = values[given[first]]
        wrong = given[values[given] != declared[told[given]]]
        if len(wrong):
            earlier = given[first[np.searchsorted(of, told[wrong[0]])]]
            contradictions.append((int(wrong[0]), column, int(earlier)))
        found.append(declared[group])
    if contradictions:
        row, column, earlier = min(contradictions, key=lambda one: one[0])
        raise Contradiction(column, (columns.need[earlier], columns.need[row]))
    return group.astype(np.int64), found[0], found[1]


def _paid(
    columns: Columns, rules: Rules, queue: Ints, degree: Ints, part: Ints, cost: Ints
) -> tuple[Payable, NDArray[np.int16]]:
    rows = queue[part[queue] == 0]
    levels, bounds = np.unique(degree[rows], return_index=True)
    bounds = np.append(bounds, len(rows)).astype(np.int64)
    begins = np.searchsorted(degree[queue], levels)
    amount, for_all, fungible = held(rules)
    left = np.zeros((len(bounds), len(amount)), dtype=np.int64)
    closed = np.zeros((len(bounds), len(amount)), dtype=np.bool_)
    paid = np.full(len(rows), purses.NOBODY, dtype=np.int16)
    suited(purses.pay, 2 * len(rows))(
        bounds, cost[rows], columns.is_cite[rows], amount, for_all, fungible, paid, left, closed
    )
    whole = np.full(len(queue), purses.NOBODY, dtype=np.int16)
    whole[rows] = paid
    return Payable(rows, bounds, left, closed, begins), whole


def held(rules: Rules) -> tuple[Ints, Bools, Bools]:
    """The purses as arrays: what they hold, whether for all, whether they may help."""
    return (
        np.array([one.amount_cents for one in rules.sources], dtype=np.int64),
        np.array([one.pays_for == FOR_ALL for one in rules.sources], dtype=np.bool_),
        np.array([one.fungible for one in rules.sources], dtype=np.bool_),
    )
