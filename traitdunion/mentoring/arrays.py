"""Sessions as arrays, and spans of days back as rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine import following
from traitdunion.programme.schema import DefinitionTable, Plan

EPOCH = date(1970, 1, 1)


class Span(NamedTuple):
    """A child is followed from one day until the day before another, or without end."""

    child: UUID
    definition: str
    from_on: date
    until_on: date | None


class Told(NamedTuple):
    """Sessions told as children and days: what every count is made from."""

    children: Sequence[UUID]
    child: NDArray[np.int64]
    day: NDArray[np.int64]


def number(day: date) -> int:
    """The day as the engine counts: days since 1970."""
    return (day - EPOCH).days


def told(rows: Iterable[tuple[UUID, date]]) -> Told:
    """(child, day) of each session as arrays."""
    numbers: dict[UUID, int] = {}
    pairs = [(numbers.setdefault(child, len(numbers)), number(day)) for child, day in rows]
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Told(list(numbers), both[:, 0], both[:, 1])


def spans(sessions: Told, plan: Plan) -> list[Span]:
    """When each child is followed, by each of the plan's definitions."""
    found: list[Span] = []
    for code, asked in plan.definitions().items():
        made = following.spans(child=sessions.child, day=sessions.day, **rule(asked, plan))
        for child, start, until in zip(*map(np.ndarray.tolist, made), strict=True):
            end = None if until == following.ENDLESS else EPOCH + timedelta(days=until)
            found.append(Span(sessions.children[child], code, EPOCH + timedelta(days=start), end))
    return found


def followed(sessions: Told, on: date, plan: Plan) -> dict[str, list[UUID]]:
    """The children followed on one day, by each definition, from the sessions alone."""
    return {
        code: [
            sessions.children[child]
            for child in following.followed_on(
                child=sessions.child, day=sessions.day, on=number(on), **rule(asked, plan)
            ).tolist()
        ]
        for code, asked in plan.definitions().items()
    }


def rule(asked: DefinitionTable, plan: Plan) -> Mapping[str, int | None]:
    """A definition of the plan as the engine takes it."""
    return {
        "sessions": asked.sessions,
        "span_days": asked.span_days,
        "window_days": asked.window_days,
        "since": number(plan.programme.start_date),
    }
