"""The risk of dropping out is a sum that a school can redo by hand."""

import numpy as np
import pytest

from traitdunion.engine.priority import drop_out, reasons, waiting_order

WEIGHTS, STEPS = [4, 3, 2, 1, 1], [1, 4, 7]


def test_the_weights_of_the_signs_are_summed_and_nothing_else() -> None:
    seen = [
        [True, True, False, False, False],
        [False, False, False, True, True],
        [False, False, False, False, False],
    ]

    risk = drop_out(signals=seen, weights=WEIGHTS, steps=STEPS)

    assert risk.score.tolist() == [7, 2, 0]
    assert risk.priority.tolist() == [3, 1, 0]


def test_each_sum_is_the_one_computed_by_hand() -> None:
    random = np.random.default_rng(5)
    seen = random.random((200, 5)) < 0.4

    risk = drop_out(signals=seen, weights=WEIGHTS, steps=STEPS)

    for row, score, priority in zip(seen, risk.score, risk.priority, strict=True):
        by_hand = sum(weight for weight, one in zip(WEIGHTS, row, strict=True) if one)
        assert score == by_hand
        assert priority == sum(by_hand >= step for step in STEPS)


def test_one_more_sign_never_lowers_a_priority() -> None:
    random = np.random.default_rng(6)
    seen = random.random((100, 5)) < 0.3
    more = seen | (random.random((100, 5)) < 0.3)

    before = drop_out(signals=seen, weights=WEIGHTS, steps=STEPS)
    after = drop_out(signals=more, weights=WEIGHTS, steps=STEPS)

    assert (after.priority >= before.priority).all()


def test_among_equals_whoever_waited_longest_comes_first() -> None:
    seen = [[True], [True], [False], [True]]
    risk = drop_out(signals=seen, weights=[4], steps=STEPS)

    assert waiting_order(risk=risk, waiting_days=[2, 9, 300, 2]).tolist() == [1, 0, 3, 2]


def test_a_priority_says_its_reasons_the_heaviest_first() -> None:
    assert reasons(signals=[[False, False, True, True, False]], weights=[1, 1, 2, 4, 0]) == [
        [3, 2]
    ]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"signals": [True]}, "signals"),
        ({"signals": [[0.5]]}, "signals"),
        ({"weights": [1, 2]}, "weights"),
        ({"weights": [-1]}, "weights"),
        ({"weights": [0.5]}, "weights"),
        ({"steps": [4, 1]}, "steps"),
    ],
)
def test_a_wrong_argument_is_named(changed: dict, named: str) -> None:
    good = {"signals": [[True]], "weights": [1], "steps": [1]}

    with pytest.raises(ValueError, match=named):
        drop_out(**{**good, **changed})


def test_a_wait_that_is_not_a_number_is_refused() -> None:
    risk = drop_out(signals=[[True]], weights=[1], steps=[1])

    with pytest.raises(ValueError, match="waiting_days"):
        waiting_order(risk=risk, waiting_days=[np.nan])
