"""Followed days by hand, then against the definition said in words, day after day."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.engine.following import ENDLESS, followed_on, forecast, spans

pytestmark = pytest.mark.once

DAYS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=25)
ASKED = st.tuples(st.integers(1, 4), st.integers(0, 20), st.none() | st.integers(21, 40))


def in_words(days: list[int], on: int, sessions: int, span: int, window: int | None) -> bool:
    seen = [d for d in days if d <= on and (window is None or d > on - window)]
    return len(seen) >= sessions and bool(seen) and max(seen) - min(seen) >= span


def test_one_session_is_enough_in_the_wide_sense_and_nothing_ends_it() -> None:
    found = spans(child=[3, 3, 5], day=[10, 20, 30], sessions=1)

    assert found.child.tolist() == [3, 5]
    assert found.start.tolist() == [10, 30]
    assert found.until.tolist() == [ENDLESS, ENDLESS]


def test_four_sessions_on_two_days_are_not_six_weeks() -> None:
    close = spans(child=[1] * 4, day=[0, 0, 1, 1], sessions=4, span_days=42, window_days=84)
    apart = spans(child=[1] * 4, day=[0, 14, 28, 42], sessions=4, span_days=42, window_days=84)

    assert len(close.child) == 0
    assert (apart.start.tolist(), apart.until.tolist()) == ([42], [84])


def test_a_child_that_comes_back_has_two_spans() -> None:
    found = spans(child=[2, 2], day=[0, 50], sessions=1, window_days=14)

    assert found.start.tolist() == [0, 50]
    assert found.until.tolist() == [14, 64]


@given(DAYS, ASKED)
def test_spans_and_the_count_of_one_day_say_what_the_words_say(
    listed: list[tuple[int, int]], asked: tuple[int, int, int | None]
) -> None:
    sessions, span, window = asked
    arrays = {"child": [c for c, _ in listed], "day": [d for _, d in listed]}
    rule = {"sessions": sessions, "span_days": span, "window_days": window}

    found = spans(**arrays, **rule)

    for on in range(0, 105, 7):
        told = {
            c
            for c in set(arrays["child"])
            if in_words([d for k, d in listed if k == c], on, sessions, span, window)
        }
        within = (found.start <= on) & (on < found.until)
        assert set(found.child[within].tolist()) == told
        assert within.sum() == len(told), "one span at most holds on a day"
        assert set(followed_on(**arrays, on=on, **rule).tolist()) == told


def test_a_curve_that_wavers_has_a_wider_interval() -> None:
    steady = forecast(counts=[0, 10, 20, 30, 40], steps=4)
    wavering = forecast(counts=[0, 2, 22, 24, 40], steps=4)

    assert steady.expected == wavering.expected == 80
    assert steady.high - steady.low < 1 < wavering.high - wavering.low


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="day"):
        spans(child=[1], day=[1, 2], sessions=1)
    with pytest.raises(ValueError, match="child"):
        followed_on(child=[-1], day=[1], on=1, sessions=1)
    with pytest.raises(ValueError, match="counts"):
        forecast(counts=[1, 2], steps=1)
    with pytest.raises(ValueError, match="steps"):
        forecast(counts=np.arange(4), steps=-1)
