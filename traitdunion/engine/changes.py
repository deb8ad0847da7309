"""
What would serve each need, for all at once: money, a check passed, a doubt settled.

Each answer is exact: the change, applied alone to the same rows and rules, gives what is promised.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine import drawing, purses
from traitdunion.engine.drawing import Drawn
from traitdunion.engine.ranking import EXACT_IN_DOUBLES, Ints
from traitdunion.engine.rules import FOR_ALL, Rules
from traitdunion.engine.scale import suited

UNKNOWN, CHECK, WAITING, SERVED = -1, purses.CHECK, purses.WAITING, purses.SERVED


@dataclass(frozen=True, slots=True)
class Changes:
    """
    Row by row, in the order of the columns.

    Attributes:
        source: the purse to which money would be added: the last one, where it is for all; else
            the empty text, for a new purse for all, placed last.
        cents: of a waiting need, what is to be added there so that it is served: with that much or
            more it is, and so is every need before it. 0 for the others.
        becomes: of a need to be checked, what it becomes once the check lets its neighbourhood
            have all that it declares in this degree; of a doubtful one whose neighbourhood is
            known, what it becomes once it is open. -1 for the others, and beyond 2**25 needs.
        rank: its rank then; 0 where it is not known.
    """

    source: str
    cents: Ints
    becomes: NDArray[np.int8]
    rank: Ints


def of(drawn: Drawn, rules: Rules) -> Changes:
    """What would serve each need of a queue."""
    cents = _money(drawn, rules)
    becomes = np.full(len(drawn.queue), UNKNOWN, dtype=np.int8)
    rank = np.zeros(len(drawn.queue), dtype=np.int64)
    if not _too_large(drawn):
        asked = _Asked(drawn)
        if asked.count:
            rows, said, places = asked.answered(rules)
            becomes[rows], rank[rows] = said, places
    return Changes(_last(rules), cents, becomes, rank)


def _last(rules: Rules) -> str:
    """The purse to which money would be added."""
    last = rules.sources[-1] if rules.sources else None
    return last.name if last and last.pays_for == FOR_ALL else ""


def _too_large(drawn: Drawn) -> bool:
    """Whether keys could be too close to one another for their quotients to tell them apart."""
    largest = max(drawn.numerator.max(initial=0), drawn.denominator.max(initial=0))
    return bool(max(largest, drawn.before.max(initial=0)) + len(drawn.queue) > EXACT_IN_DOUBLES)


def _money(drawn: Drawn, rules: Rules) -> Ints:
    """
    What to add to the last purse so that each waiting need is served.

    Were that purse never empty, it would pay each need that no purse before it can; their costs
    add up along the queue. With exactly the sum of the first of them it pays these and is empty;
    the one purse that may help others then pays those that follow, as far as what it keeps after
    its own goes. So the sum to reach is the smallest, over such firsts, that leaves it no more
    than that. With two purses that may help, or none, the last one pays all.
    """
    amount, for_all, fungible = drawing.held(rules)
    own = 0
    if _last(rules):
        own, amount = int(amount[-1]), amount[:-1]
        for_all, fungible = for_all[: len(amount)], fungible[: len(amount)]
    queue = drawn.payable
    cost, is_cite = drawn.cost[queue.rows], drawn.columns.is_cite[queue.rows]
    levels = len(queue.bounds) - 1
    reaches = np.zeros(len(queue.rows), dtype=np.bool_)
    left = np.zeros((levels, len(amount)), dtype=np.int64)
    suited(purses.reach, len(queue.rows))(
        queue.bounds, cost, is_cite, amount, for_all, reaches, left
    )
    sums = np.cumsum(np.where(reaches, cost, 0))
    level = np.repeat(np.arange(levels), np.diff(queue.bounds))
    # A need that a purse before pays only waits for the heavier ones to be.
    heavier = np.r_[0, sums][queue.bounds[:-1]][level]
    needed = np.where(reaches, sums, heavier)
    helpers = np.flatnonzero(fungible & ~for_all)
    if len(helpers) == 1:
        wanted = np.maximum(needed - left[level, helpers[0]], 0)
        firsts = np.r_[0, sums]
        needed = firsts[np.searchsorted(firsts, wanted)] if len(sums) else needed
    cents = np.zeros(len(drawn.queue), dtype=np.int64)
    waiting = drawn.decision[queue.rows] == drawing.WAITING
    cents[queue.rows[waiting]] = (needed - own)[waiting]
    return cents


class _Asked:
    """The groups to draw again: one for each neighbourhood to check, one for each doubt."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        named = np.array([place != "" for place in drawn.columns.places], dtype=np.bool_)
        known = named[drawn.columns.place] if len(drawn.queue) else np.zeros(0, np.bool_)
        self.checks = np.flatnonzero(drawn.decision == drawing.CHECK)
        self.doubts = np.flatnonzero((drawn.decision == drawing.DOUBTFUL) & known)
        # The open needs of each group, in the order of their keys.
        opened = np.flatnonzero(drawn.decision != drawing.DOUBTFUL)
        order = np.lexsort(
            (drawn.drawn[opened], -drawn.columns.priority[opened], drawn.group[opened])
        )
        self.members = opened[order]
        groups = int(drawn.group.max(initial=-1)) + 1
        self.starts = np.searchsorted(drawn.group[self.members], np.arange(groups + 1))

    @property
    def count(self) -> int:
        return len(self.checks) + len(self.doubts)

    def answered(self, rules: Rules) -> tuple[Ints, NDArray[np.int8], Ints]:
        """The rows asked about, what each becomes, and its rank then."""
        groups = np.unique(self.drawn.group[self.checks])
        lists = [self._lifted(int(group)) for group in groups]
        lists += [self._settled(int(row)) for row in self.doubts]
        asked = np.array([one[3] for one in lists], dtype=np.int64)
        sizes = np.array([len(one[0]) for one in lists], dtype=np.int64)
        ends = np.cumsum(sizes)
        begins = ends - sizes
        rows = np.concatenate([one[0] for one in lists])
        keys = np.concatenate([one[1] / np.maximum(one[2], 1) for one in lists])
        keys[np.concatenate([np.full(len(one[0]), one[2] == 0) for one in lists])] = 1.0
        level = self._levels(self.drawn.degree[rows[begins]])
        where = (level, self.drawn.group[rows[begins]], begins, ends)
        found = self._redrawn(rules, asked, where, rows, keys)
        wanted = np.zeros(len(rows), dtype=np.bool_)
        checked = np.repeat(asked < 0, sizes)
        wanted[checked] = self.drawn.decision[rows[checked]] == drawing.CHECK
        wanted[(begins + asked)[asked >= 0]] = True
        members = np.flatnonzero(wanted)
        change = np.repeat(np.arange(len(sizes)), sizes)[members]
        before = self._placed(members, [one[change] for one in where], rows, keys)
        first = self._begins(self.drawn.degree[rows[members]])
        rank = np.where(found[members] == CHECK, 0, first + before + 1)
        return rows[members], found[members], rank

    def _lifted(self, group: int) -> tuple[Ints, Ints, int, int]:
        """A neighbourhood and degree without its ceiling: rows, numerators, denominator."""
        rows = self.members[self.starts[group] : self.starts[group + 1]]
        before = int(self.drawn.before[rows[0]])
        return rows, before + np.arange(len(rows)), before + len(rows), -1

    def _settled(self, row: int) -> tuple[Ints, Ints, int, int]:
        """A neighbourhood and degree with one more open need, and its place there."""
        drawn = self.drawn
        group = int(drawn.group[row])
        rows = self.members[self.starts[group] : self.starts[group + 1]]
        priority = drawn.columns.priority
        ahead = (priority[rows] > priority[row]) | (
            (priority[rows] == priority[row]) & (drawn.drawn[rows] < drawn.drawn[row])
        )
        place = int(ahead.sum())
        rows = np.insert(rows, place, row)
        before, ceiling = int(drawn.before[row]), int(drawn.ceiling[row])
        return rows, before + np.arange(len(rows)), min(before + len(rows), ceiling), place

    def _levels(self, degree: Ints) -> Ints:
        """The place of each degree among those that hold a payable need; the next one if none."""
        queue = self.drawn.payable
        levels = self.drawn.degree[queue.rows[queue.bounds[:-1]]]
        place = np.searchsorted(levels, degree)
        hit = place < len(levels)
        hit[hit] = levels[place[hit]] == degree[hit]
        return np.where(hit, place, -place - 1)

    def _begins(self, degree: Ints) -> Ints:
        return np.searchsorted(self.drawn.degree[self.drawn.queue], degree).astype(np.int64)

    def _redrawn(
        self,
        rules: Rules,
        asked: Ints,
        where: tuple[Ints, Ints, Ints, Ints],
        rows: Ints,
        keys: NDArray[np.float64],
    ) -> NDArray[np.int8]:
        """What each member of the lists becomes; simulated only where money ends."""
        drawn, queue = self.drawn, self.drawn.payable
        level, _group, begins, ends = where
        _amount, for_all, fungible = drawing.held(rules)
        found = np.where(keys < 1, WAITING, CHECK).astype(np.int8)
        # What a change brings into its degree: one need, or all those of a list.
        sums = np.r_[0, np.cumsum(drawn.cost[rows])]
        brought = np.where(asked < 0, sums[ends] - sums[begins], 0)
        rich = self._spare(rules)[level] >= brought
        poor = np.asarray(queue.closed.all(axis=1), dtype=np.bool_)[level]
        # As many members as each list has.
        served = np.repeat(rich & (level >= 0), ends - begins)
        found[served & (keys < 1)] = SERVED
        unsure = ~(rich | poor) | (level < 0)
        terms = np.stack((drawn.cost[queue.rows], drawn.columns.is_cite[queue.rows]), axis=1)
        least = min(rules.prices_cents.values(), default=0)
        sizes = np.append(np.diff(queue.bounds), 0)
        suited(purses.redrawn, int(sizes[level[unsure]].sum()))(
            asked[unsure],
            tuple(one[unsure] for one in where),
            (keys, drawn.drawn[rows], drawn.cost[rows], drawn.columns.is_cite[rows]),
            (
                queue.bounds,
                self._key(queue.rows),
                drawn.drawn[queue.rows],
                terms.astype(np.int64),
                drawn.group[queue.rows],
            ),
            (for_all, fungible, queue.left, queue.closed, least),
            found,
        )
        return found

    def _spare(self, rules: Rules) -> Ints:
        """
        What the last purse has at the end of each degree beyond all that a change of order inside
        it, and one need more, could cost it; -1 where that is not known. It is, when this purse is
        the only one for all: each of the others, for cités alone, then pays at most one need less.
        """
        amount, for_all, _fungible = drawing.held(rules)
        queue = self.drawn.payable
        spare = np.full(len(queue.bounds), -1, dtype=np.int64)
        if len(amount) and for_all[-1] and not for_all[:-1].any():
            most = len(amount) * max(rules.prices_cents.values(), default=0)
            is_open = ~queue.closed[1:, -1]
            spare[:-1][is_open] = queue.left[1:, -1][is_open] - most
        return spare

    def _placed(
        self, members: Ints, where: list[Ints], rows: Ints, keys: NDArray[np.float64]
    ) -> Ints:
        drawn, queue = self.drawn, self.drawn.payable
        level, _group, begins, ends = where
        start = queue.bounds[np.where(level < 0, -1 - level, level)]
        stop = np.where(level < 0, start, queue.bounds[np.where(level < 0, 0, level + 1)])
        before = np.zeros(len(members), dtype=np.int64)
        old = np.where(drawn.decision[rows] < drawing.CHECK, self._key(rows), 1.0)
        suited(purses.placed, int((ends - begins).sum()))(
            members,
            (start, stop, begins, ends),
            (keys, drawn.drawn[rows], old),
            (self._key(queue.rows), drawn.drawn[queue.rows]),
            before,
        )
        return before

    def _key(self, rows: Ints) -> NDArray[np.float64]:
        key: NDArray[np.float64] = self.drawn.numerator[rows] / np.maximum(
            self.drawn.denominator[rows], 1
        )
        return key
