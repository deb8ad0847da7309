"""
The risk of dropping out, from signs that a person saw and weights that the programme publishes.

A sum anybody can redo: nothing is learnt, nothing is guessed, and every priority has its reasons.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Risk:
    """
    One value a young person, in the order of the rows.

    Attributes:
        score: the sum of the weights of the signs that were seen, int64.
        priority: 0 to the number of steps, int64.
    """

    score: Ints
    priority: Ints


def drop_out(*, signals: ArrayLike, weights: ArrayLike, steps: ArrayLike) -> Risk:
    """
    The priority of each young person.

    Args:
        signals: which signs were seen, bool, shape (young, signs).
        weights: published weight of each sign, integers >= 0, shape (signs,).
        steps: the sums from which the priority is 1, 2, …; integers, strictly rising.
    Raises: ValueError naming the argument.
    Source: the weights are a decision of the programme, written in its file; a plain sum of points
        is what a school can check by hand.

    >>> drop_out(signals=[[True, True], [False, True], [False, False]], weights=[4, 1],
    ...          steps=[1, 4, 7])
    Risk(score=array([5, 1, 0]), priority=array([2, 1, 0]))
    """
    seen, heavy, rising = _signs(signals), _whole(weights, "weights"), _whole(steps, "steps")
    if heavy.shape != (seen.shape[1],) or (heavy < 0).any():
        raise ValueError("weights: one for each sign, 0 or more")
    if (np.diff(rising) <= 0).any():
        raise ValueError("steps: strictly rising")
    score = seen.astype(np.int64) @ heavy
    return Risk(score, np.searchsorted(rising, score, side="right").astype(np.int64))


def waiting_order(*, risk: Risk, waiting_days: ArrayLike) -> Ints:
    """
    Who is helped first: the higher priority, then the longer wait, then the higher sum of weights;
    equals keep the order of the rows. A permutation of the rows, int64.

    Args:
        waiting_days: for how long each has waited, days, shape (young,).
    Raises: ValueError naming the argument.

    >>> risk = drop_out(signals=[[False], [True], [True]], weights=[4], steps=[1])
    >>> waiting_order(risk=risk, waiting_days=[90, 3, 8])
    array([2, 1, 0])
    """
    days = np.asarray(waiting_days, dtype=np.float64)
    if days.shape != risk.score.shape or not np.isfinite(days).all():
        raise ValueError("waiting_days: one number for each young person")
    return np.lexsort((-risk.score, -days, -risk.priority)).astype(np.int64)


def reasons(*, signals: ArrayLike, weights: ArrayLike) -> list[list[int]]:
    """
    For each young person, the columns of the signs that count, the heaviest first.

    Raises: ValueError naming the argument.

    >>> reasons(signals=[[True, False, True], [False, False, False]], weights=[1, 2, 4])
    [[2, 0], []]
    """
    seen, heavy = _signs(signals), _whole(weights, "weights")
    if heavy.shape != (seen.shape[1],):
        raise ValueError("weights: one for each sign")
    order = np.argsort(-heavy, kind="stable")
    return [[int(column) for column in order if row[column] and heavy[column]] for row in seen]


def _signs(signals: ArrayLike) -> Bools:
    seen: NDArray[Any] = np.asarray(signals)
    if seen.ndim != 2 or (seen.size and seen.dtype != np.bool_):
        raise ValueError("signals: true or false, shape (young, signs)")
    return seen.astype(np.bool_)


def _whole(values: ArrayLike, name: str) -> Ints:
    given: NDArray[Any] = np.asarray(values)
    if given.ndim != 1 or (given.size and not np.issubdtype(given.dtype, np.integer)):
        raise ValueError(f"{name}: integers, one dimension")
    return given.astype(np.int64)
