"""
Pairs for a whole country: the optimum over every admissible pair, without writing them all.

Two levels: the sum of the bases of priority first, so that nobody who can be paired is left out
for a better fit elsewhere; then the sum of the scores. A few candidates a head are solved exactly
(`matching`); the prices that come out say of every other pair whether it could do better. Those
that could become candidates, until there is none: then no better set of pairs exists (column
generation). What changed since yesterday is solved from yesterday's prices in the same way.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine import matching
from traitdunion.engine.augmenting import FREE, Indexes, Ints
from traitdunion.engine.blocking import TOGETHER, Ground, ground, territories
from traitdunion.engine.suitability import WORD, Best, Blocks, Mentors, Young, look, scores

Bools = NDArray[np.bool_]

# A unit of base, in points of score: no sum of scores reaches it.
BASE = 2**40
LARGEST_BASE = 1_000
# What keeping an existing pair is worth, in points: more than any score.
KEEPING = 1_000
# Candidates a head to begin with, and those that one round may add.
FIRST, MORE = 16, 16
# Mentors that each looks at before the first prices; the prices make all be looked at.
FIRST_LOOKS = 3_000
ALL = 2**62
# Young people for whom to look side by side.
WORTH_A_THREAD = 500
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs that were solved together, in the order of the young."""

    young: Indexes
    mentor: Indexes
    score: Indexes

    @classmethod
    def none(cls) -> "Candidates":
        """No pair."""
        nobody = np.zeros(0, np.int32)
        return cls(nobody, nobody, nobody)

    def more(self, young: Indexes, mentor: Indexes, score: Indexes) -> "Candidates":
        """With some more, in order again."""
        everybody = np.concatenate((self.young, young))
        order = np.argsort(everybody, kind="stable")
        return Candidates(
            everybody[order],
            np.concatenate((self.mentor, mentor))[order],
            np.concatenate((self.score, score))[order],
        )


@dataclass(frozen=True, slots=True)
class Task:
    """One territory: arrays of numbers, and nothing that names anybody."""

    young: Young
    mentors: Mentors
    base: Ints  # what pairing each young person is worth, shape (young,)
    reach_km: float
    previous: Indexes  # mentor of the pair that exists already, or FREE, shape (young,)
    # From an earlier result, in the rows of today.
    candidates: Candidates
    paired: Indexes  # mentor of each young person, or FREE, shape (young,)
    price: Ints  # shape (mentors,)
    gain: Ints  # shape (young,)
    is_new: Bools  # young people who were not there, or have changed, shape (young,)
    is_new_mentor: Bools
    rounds: int = ROUNDS


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs, and what proves them."""

    mentor: Indexes  # of each young person, or FREE, shape (young,)
    score: Indexes  # of each young person's pair, 0 without, shape (young,)
    price: Ints  # of a place of each mentor, shape (mentors,)
    gain: Ints  # of each young person at these prices, shape (young,)
    candidates: Candidates
    looked_at: int
    rounds: int
    # How far from the optimum at most, in points and units of base: 0 when proven.
    gap: int
    territories: int = 1

    @property
    def proven(self) -> bool:
        """Whether no better set of pairs exists."""
        return self.gap == 0


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier result, and where each of today's people was in it."""

    pairs: Pairs
    young: Ints  # row in the earlier result, FREE: new or changed, shape (young,)
    mentor: Ints  # shape (mentors,)


def pair(
    young: Young,
    mentors: Mentors,
    base: Ints,
    *,
    reach_km: float,
    previous: Indexes | None = None,
    before: Before | None = None,
    run: "Runner | None" = None,
    rounds: int = ROUNDS,
    together: int = TOGETHER,
) -> Pairs:
    """
    The pairs of the largest sum of bases, then of scores, over all admissible pairs.

    Args:
        young, mentors: rows in an order of their own, which decides between equals.
        base: what pairing each young person is worth, 1 to 1,000, shape (young,).
        reach_km: on site, the furthest apart that a pair may live, in km.
        previous: mentor with whom a pair exists already, or -1, shape (young,); keeping it is
            worth more than any score and less than any base.
        before: an earlier result, from which to solve again what has changed.
        run: who solves the territories; by default the threads of this process.
        rounds: after so many the best found is given with the gap that remains.
        together: young people of a task at least; smaller territories are gathered.
    Raises: ValueError naming the argument and the row.
    """
    _check(young, mentors, base, reach_km)
    had = np.full(len(base), FREE, np.int32) if previous is None else previous
    refuse("previous", (had < FREE) | (had >= len(mentors.capacity)), "no such mentor")
    whole = _whole_task(young, mentors, base, reach_km, had, before, rounds)
    parts = territories(young, mentors, reach_km, together=together)
    results = (run or in_threads)([_part(whole, *rows) for rows in parts])
    return _merged(whole, parts, results)


Runner = Callable[[Sequence[Task]], Iterable[Pairs]]


def in_threads(tasks: Sequence[Task]) -> Iterable[Pairs]:
    """Solve territories side by side in this process."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(solve, tasks))


def solve(task: Task) -> Pairs:
    """The optimum of one territory."""
    return _Solving(task).run()


class _Solving:
    """Rounds of one territory: solve the candidates, price every other pair, until none wins."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.ground: Ground = ground(task.young, task.mentors, task.reach_km)
        self.candidates = task.candidates
        self.paired = task.paired
        self.price, self.gain = task.price.copy(), task.gain.copy()
        # Whoever is sure: with these gains and prices, no pair that is not a candidate wins.
        self.is_sure = ~task.is_new
        self.sure_gain, self.sure_price = self.gain.copy(), self.price.copy()
        self.sure_price[task.is_new_mentor] = matching.LARGEST_TOTAL
        self.looked_at, self.gap, self.rounds = 0, 0, 0

    def run(self) -> Pairs:
        self._begin()
        while True:
            self.rounds += 1
            self._solve()
            added = self._price()
            if not added or self.rounds >= self.task.rounds:
                return self._result()

    def _begin(self) -> None:
        task = self.task
        new = np.flatnonzero(task.is_new).astype(np.int32)
        self._look(new, self.ground.blocks(self.price), -task.base * BASE, FIRST, FIRST_LOOKS)
        self.is_sure[new] = False
        existing = np.flatnonzero(task.previous != FREE).astype(np.int32)
        mentor = task.previous[existing].astype(np.int32)
        score = scores(task.young, task.mentors, existing, mentor, task.reach_km)
        self._add(existing[score >= 0], mentor[score >= 0], score[score >= 0])
        self._once_each()

    def _once_each(self) -> None:
        had = self.candidates
        number = had.young.astype(np.int64) * len(self.price) + had.mentor
        order = np.sort(np.unique(number, return_index=True)[1])
        self.candidates = Candidates(had.young[order], had.mentor[order], had.score[order])

    def _solve(self) -> None:
        task, had = self.task, self.candidates
        weight = task.base[had.young] * BASE + had.score
        weight += KEEPING * (task.previous[had.young] == had.mentor)
        graph = matching.indexed(
            had.young, had.mentor, weight, young=len(task.base), mentors=len(self.price)
        )
        start = None
        if self.rounds > 1 or not task.is_new.all():
            chosen = np.full(len(task.base), FREE, np.int64)
            edge = np.flatnonzero(self.paired[had.young] == had.mentor)
            chosen[had.young[edge]] = edge
            start = matching.Market(self.price, chosen, self.gain)
        market = matching.solve(graph, np.minimum(task.mentors.capacity, len(task.base)), start)
        self.price, self.gain = market.price, market.gain
        taken = market.chosen >= 0
        self.paired = np.full(len(task.base), FREE, np.int32)
        self.paired[taken] = had.mentor[market.chosen[taken]]

    def _price(self) -> int:
        """Add the pairs that could do better at these prices; how many there were."""
        unsure = ~self.is_sure | (self.gain < self.sure_gain)
        cheaper = self.price < self.sure_price
        least = self.gain - self.task.base * BASE
        rows = np.flatnonzero(unsure).astype(np.int32)
        self.gap = 0
        added = self._look(rows, self.ground.blocks(self.price), least, MORE, ALL)
        rest = np.flatnonzero(~unsure).astype(np.int32)
        if cheaper.any() and len(rest):
            added += self._look(rest, self.ground.blocks(self.price, cheaper), least, MORE, ALL)
        self.sure_gain, self.sure_price = self.gain.copy(), self.price.copy()
        return added

    def _look(self, rows: Indexes, blocks: Blocks, least: Ints, many: int, limit: int) -> int:
        shape = (len(rows), many)
        best = Best(
            np.full(shape, FREE, np.int32), np.zeros(shape, np.int32), np.zeros(shape, np.int64)
        )
        task = self.task

        def part(some: slice) -> int:
            seen: int = look(
                task.young, task.mentors, blocks, self.ground.around, self.price, least,
                rows[some], task.reach_km, limit, Best._make(column[some] for column in best),
            )  # fmt: skip
            return seen

        middle = len(rows) // 2
        halves = [slice(0, middle), slice(middle, None)]
        if middle < WORTH_A_THREAD:
            halves = [slice(None)]
        with ThreadPoolExecutor(len(halves)) as pool:
            self.looked_at += sum(pool.map(part, halves))
        found = best.mentor != FREE
        regret = np.where(found, best.value - least[rows][:, None], 0).max(axis=1, initial=0)
        self.gap += matching.sum_exactly(regret)
        # With room left, all that could do better were added.
        self.is_sure[rows] = found.sum(axis=1) < many
        owner = np.broadcast_to(rows[:, None], shape)
        return self._add(owner[found], best.mentor[found], best.score[found])

    def _add(self, young: Indexes, mentor: Indexes, score: Indexes) -> int:
        if len(young):
            self.candidates = self.candidates.more(young, mentor, score)
        return len(young)

    def _result(self) -> Pairs:
        had = self.candidates
        score = np.zeros(len(self.paired), np.int32)
        edge = np.flatnonzero(self.paired[had.young] == had.mentor)
        score[had.young[edge]] = had.score[edge]
        return Pairs(
            self.paired, score, self.price, self.gain, had, self.looked_at, self.rounds, self.gap
        )


def _whole_task(
    young: Young,
    mentors: Mentors,
    base: Ints,
    reach_km: float,
    previous: Indexes,
    before: Before | None,
    rounds: int,
) -> Task:
    """The market as one task, with what an earlier result says of today's people."""
    size, others = len(base), len(mentors.capacity)
    nobody = np.full(size, FREE, np.int32)
    if before is None:
        zeros = np.zeros(others, np.int64), np.zeros(size, np.int64)
        new = np.ones(size, np.bool_), np.ones(others, np.bool_)
        return Task(
            young,
            mentors,
            base,
            reach_km,
            previous,
            Candidates.none(),
            nobody,
            *zeros,
            *new,
            rounds,
        )
    had = before.pairs
    today_young = _inverse(before.young, len(had.mentor))
    today_mentor = _inverse(before.mentor, len(had.price))
    is_new, is_new_mentor = before.young < 0, before.mentor < 0
    price = np.where(is_new_mentor, 0, _at(had.price, before.mentor))
    gain = np.where(is_new, 0, _at(had.gain, before.young))
    held = _at(had.mentor, before.young)
    paired = np.where(is_new | (held < 0), FREE, _at(today_mentor, held)).astype(np.int32)
    owner = _at(today_young, had.candidates.young)
    mentor = _at(today_mentor, had.candidates.mentor)
    here = (owner >= 0) & (mentor >= 0)
    candidates = Candidates.none().more(owner[here], mentor[here], had.candidates.score[here])
    return Task(
        young, mentors, base, reach_km, previous, candidates, paired, price, gain,
        is_new, is_new_mentor, rounds,
    )  # fmt: skip


def _inverse(rows: Ints, size: int) -> Indexes:
    """Where each earlier row is today, FREE when it has left."""
    today = np.full(size, FREE, np.int32)
    known = np.flatnonzero(rows >= 0)
    today[rows[known]] = known
    return today


def _at(values: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
    """The values of rows, whatever it is where the row is FREE; also when there is none."""
    if not len(values):
        return np.zeros(len(rows), values.dtype)
    found: NDArray[Any] = values[np.maximum(rows, 0)]
    return found


def _part(whole: Task, rows: Ints, others: Ints) -> Task:
    """One territory of the market, its rows numbered from 0."""
    here_young = _numbered(rows, len(whole.base))
    here_mentor = _numbered(others, len(whole.price))
    had = whole.candidates
    owner, mentor = _at(here_young, had.young), _at(here_mentor, had.mentor)
    kept = (owner >= 0) & (mentor >= 0)

    def local(mentor: Indexes) -> Indexes:
        return np.where(mentor < 0, FREE, _at(here_mentor, mentor)).astype(np.int32)

    return Task(
        Young._make(column[rows] for column in whole.young),
        Mentors._make(column[others] for column in whole.mentors),
        whole.base[rows],
        whole.reach_km,
        local(whole.previous[rows]),
        Candidates(owner[kept], mentor[kept], had.score[kept]),
        local(whole.paired[rows]),
        whole.price[others],
        whole.gain[rows],
        whole.is_new[rows],
        whole.is_new_mentor[others],
        whole.rounds,
    )


def _numbered(rows: Ints, size: int) -> Indexes:
    number = np.full(size, FREE, np.int32)
    number[rows] = np.arange(len(rows))
    return number


def _merged(whole: Task, parts: Sequence[tuple[Ints, Ints]], results: Iterable[Pairs]) -> Pairs:
    """The pairs of all territories, in the rows of the whole market."""
    mentor = np.full(len(whole.base), FREE, np.int32)
    score = np.zeros(len(whole.base), np.int32)
    price, gain = np.zeros(len(whole.price), np.int64), np.zeros(len(whole.base), np.int64)
    owners, others, worth = [mentor[:0]], [mentor[:0]], [mentor[:0]]
    looked_at, rounds, gap = 0, 0, 0
    for (rows, places), one in zip(parts, results, strict=True):
        taken = one.mentor >= 0
        mentor[rows[taken]] = places[one.mentor[taken]]
        score[rows], gain[rows], price[places] = one.score, one.gain, one.price
        owners.append(rows[one.candidates.young].astype(np.int32))
        others.append(places[one.candidates.mentor].astype(np.int32))
        worth.append(one.candidates.score)
        looked_at, gap = looked_at + one.looked_at, gap + one.gap
        rounds = max(rounds, one.rounds)
    candidates = Candidates.none().more(*(np.concatenate(c) for c in (owners, others, worth)))
    return Pairs(mentor, score, price, gain, candidates, looked_at, rounds, gap, len(parts))


def _check(young: Young, mentors: Mentors, base: Ints, reach_km: float) -> None:
    """Raises ValueError naming the argument and the row."""
    if not 0 < reach_km < np.inf:
        raise ValueError(f"reach_km: {reach_km}: a distance above 0 is expected")
    sides: Sequence[tuple[str, int, Young | Mentors]] = (
        ("young", len(base), young),
        ("mentors", len(mentors.capacity), mentors),
    )
    for side, rows, people in sides:
        for name, column in people._asdict().items():
            if len(column) != rows:
                raise ValueError(f"{side}.{name}: {len(column)} rows, {rows} are expected")
        refuse(f"{side}.point", np.asarray(np.isinf(people.point).any(axis=1)), "infinite")
        refuse(f"{side}.modes", (people.modes < 1) | (people.modes > 3), "not a way of meeting")
    for name in ("subjects", "slots", "languages"):
        if getattr(young, name).shape[1] != getattr(mentors, name).shape[1]:
            raise ValueError(f"young.{name}: not the vocabulary of mentors.{name}")
    refuse("base", (base < 1) | (base > LARGEST_BASE), f"from 1 to {LARGEST_BASE} is expected")
    levels = mentors.levels.shape[1] * WORD
    refuse("young.level", (young.level < 0) | (young.level >= levels), "no such level")
    refuse("mentors.capacity", mentors.capacity < 0, "negative")


def refuse(name: str, wrong: Bools, why: str) -> None:
    """Raises ValueError naming the argument and the first wrong row."""
    if wrong.any():
        raise ValueError(f"{name}: row {int(np.argmax(wrong))}: {why}")
