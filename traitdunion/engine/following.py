"""
Who is followed on which days: sessions → spans of days, counts, and where the curve goes.

Days are whole numbers (days since 1970-01-01), so that a day means what it meant in the
programme's own time zone.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Integers = NDArray[np.int64]
# ``until`` of a span that nothing ends.
ENDLESS = np.iinfo(np.int64).max


class Spans(NamedTuple):
    """From ``start`` until the day before ``until``, the child is followed; one row a span."""

    child: Integers
    start: Integers
    until: Integers


class Forecast(NamedTuple):
    """Where a count is likely to be on a day, and between which bounds."""

    expected: float
    low: float
    high: float


def spans(
    *,
    child: ArrayLike,
    day: ArrayLike,
    sessions: int,
    span_days: int = 0,
    window_days: int | None = None,
    since: int = 0,
) -> Spans:
    """
    Find the days on which each child is followed.

    A child is followed on a day when, among its sessions of the ``window_days`` that end that day
    (without a window: of every day from ``since``), there are at least ``sessions``, and at least
    ``span_days`` days lie between the first and the last.

    Args:
        child: number of the child of each session, >= 0, shape (sessions,).
        day: day of each session, shape (sessions,).
    Returns: spans in the order of children, then days; a child may have several.
    Raises: ValueError naming the argument, on unequal shapes or a negative child.

    >>> spans(child=[7, 7], day=[100, 110], sessions=2, window_days=20)
    Spans(child=array([7]), start=array([110]), until=array([120]))
    """
    who, when = _checked(child, day)
    if window_days is None:
        kept = when >= since
        who, when = who[kept], when[kept]
    if not len(who):
        empty = np.empty(0, dtype=np.int64)
        return Spans(empty, empty, empty)
    order = np.lexsort((when, who))
    who, when = who[order], when[order]
    # Something changes only on the day of a session, and on the day when one leaves the window.
    if window_days is None:
        event_child, event_day = who, when
    else:
        event_child = np.concatenate([who, who])
        event_day = np.concatenate([when, when + window_days])
        order = np.lexsort((event_day, event_child))
        event_child, event_day = event_child[order], event_day[order]
    first = np.ones(len(event_child), dtype=bool)
    first[1:] = (event_child[1:] != event_child[:-1]) | (event_day[1:] != event_day[:-1])
    event_child, event_day = event_child[first], event_day[first]
    holds = _holds(who, when, event_child, event_day, sessions, span_days, window_days)
    return _runs(event_child, event_day, holds)


def followed_on(
    *,
    child: ArrayLike,
    day: ArrayLike,
    on: int,
    sessions: int,
    span_days: int = 0,
    window_days: int | None = None,
    since: int = 0,
) -> Integers:
    """
    The children followed on one day, by the same definition, counted from the sessions alone.

    Returns: their numbers, ascending. Raises: ValueError as ``spans`` does.

    >>> followed_on(child=[7, 7, 8], day=[100, 110, 90], on=112, sessions=1, window_days=20)
    array([7])
    """
    who, when = _checked(child, day)
    first = since if window_days is None else on - window_days + 1
    kept = (when >= first) & (when <= on)
    who, when = who[kept], when[kept]
    if not len(who):
        return who
    order = np.argsort(who, kind="stable")
    who, when = who[order], when[order]
    starts = np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
    count = np.diff(np.r_[starts, len(who)])
    apart = np.maximum.reduceat(when, starts) - np.minimum.reduceat(when, starts)
    found: Integers = who[starts][(count >= sessions) & (apart >= span_days)]
    return found


def forecast(*, counts: ArrayLike, steps: float, spread: float = 1.645) -> Forecast:
    """
    Go on as over the steps seen: the mean change, and how much it varied.

    Args:
        counts: the count at equal steps of time, the last one today, shape (n,), n >= 3.
        steps: how many steps ahead, >= 0.
        spread: half-width of the interval in standard deviations (1.645: nine times in ten).
    Raises: ValueError naming the argument.
    Source: random walk with drift; the error of the drift itself is in the interval (Hyndman and
        Athanasopoulos, *Forecasting*, 5.2).

    >>> forecast(counts=[0, 10, 20, 30], steps=2)
    Forecast(expected=50.0, low=50.0, high=50.0)
    """
    seen = np.asarray(counts, dtype=np.float64)
    if seen.ndim != 1 or len(seen) < 3 or np.isnan(seen).any():
        raise ValueError("counts: three numbers or more, none missing")
    if steps < 0:
        raise ValueError("steps: not negative")
    change = np.diff(seen)
    drift, sigma = float(change.mean()), float(change.std(ddof=1))
    half = spread * sigma * float(np.sqrt(steps * (1 + steps / len(change))))
    expected = float(seen[-1]) + drift * steps
    return Forecast(expected, expected - half, expected + half)


def _checked(child: ArrayLike, day: ArrayLike) -> tuple[Integers, Integers]:
    who, when = np.asarray(child, dtype=np.int64), np.asarray(day, dtype=np.int64)
    if who.ndim != 1 or who.shape != when.shape:
        raise ValueError("day: as many days as children")
    if len(who) and who.min() < 0:
        raise ValueError("child: not negative")
    return who, when


def _holds(
    who: Integers,
    when: Integers,
    event_child: Integers,
    event_day: Integers,
    sessions: int,
    span_days: int,
    window_days: int | None,
) -> NDArray[np.bool_]:
    """Whether the definition holds on the day of each event."""
    origin = int(when.min())
    width = int(max(when.max(), event_day.max())) - origin + 1
    keys = who * width + (when - origin)
    upto = event_day - origin
    since = np.zeros_like(upto) if window_days is None else np.maximum(0, upto - window_days + 1)
    low = np.searchsorted(keys, event_child * width + since, side="left")
    high = np.searchsorted(keys, event_child * width + upto, side="right")
    count = high - low
    some = count > 0
    apart = np.zeros_like(count)
    apart[some] = when[high[some] - 1] - when[low[some]]
    return np.asarray((count >= sessions) & (apart >= span_days))


def _runs(event_child: Integers, event_day: Integers, holds: NDArray[np.bool_]) -> Spans:
    """Events where it begins to hold, each with the event of the same child where it stops."""
    same = np.r_[False, event_child[1:] == event_child[:-1]]
    before = np.r_[False, holds[:-1]] & same
    begins, stops = np.flatnonzero(holds & ~before), np.flatnonzero(~holds & before)
    until = np.full(len(begins), ENDLESS, dtype=np.int64)
    place = np.searchsorted(stops, begins, side="right")
    known = place < len(stops)
    found = stops[place[known]]
    ends = event_child[found] == event_child[begins[known]]
    until[np.flatnonzero(known)[ends]] = event_day[found[ends]]
    return Spans(event_child[begins], event_day[begins], until)
