"""A small cell is hidden, and nothing that is published gives it back."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion.engine.disclosure import attack, suppress

pytestmark = pytest.mark.once


def small(counts: np.ndarray, threshold: int = 5) -> np.ndarray:
    return (counts > 0) & (counts < threshold)


def widths(counts: np.ndarray, hidden: np.ndarray, of: np.ndarray) -> np.ndarray:
    """How far apart the bounds of these cells are, as anybody can compute them."""
    cells = np.flatnonzero(of.reshape(-1))
    low, high = attack(counts, hidden, cells)
    assert (low <= counts.reshape(-1)[cells] + 1e-6).all()
    assert (high >= counts.reshape(-1)[cells] - 1e-6).all()
    return high - low


def check(counts: np.ndarray, hidden: np.ndarray, of: np.ndarray) -> None:
    """Every one of these cells is hidden, and wide, or as wide as with everything hidden."""
    assert hidden[of].all()
    wide = widths(counts, hidden, of)
    narrow = wide < 3 - 1e-6
    if narrow.any():
        at_most = widths(counts, np.ones(counts.shape, np.bool_), of)
        assert (wide[narrow] >= np.minimum(at_most[narrow], 3) - 1e-5).all()


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=2, max_size=3)))
    largest = draw(st.sampled_from([1, 3, 9, 40]))
    values = draw(
        st.lists(
            st.integers(0, largest), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))
        )
    )
    return np.array(values).reshape(shape)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_no_small_cell_is_pinned_by_what_is_published(counts: np.ndarray) -> None:
    hidden = suppress(counts)

    assert hidden.shape == counts.shape and hidden.dtype == np.bool_
    check(counts, hidden, small(counts))


@pytest.mark.parametrize("shape", [(12, 9), (7, 6, 5), (4, 3, 3, 4)])
def test_a_table_of_ordinary_counts_is_protected(shape: tuple[int, ...]) -> None:
    counts = np.random.default_rng(3).integers(4, 11, shape)

    check(counts, suppress(counts), small(counts))


@pytest.mark.parametrize("shape", [(20, 20), (30, 40), (60, 12), (16, 10, 8)])
def test_as_few_other_cells_as_small_ones_are_hidden(shape: tuple[int, ...]) -> None:
    counts = np.random.default_rng(1).integers(4, 11, shape)

    hidden = suppress(counts)

    assert (hidden & ~small(counts)).sum() <= small(counts).sum()


def test_hiding_the_small_cells_alone_gives_them_back() -> None:
    # Negative control: in this row and this column, a subtraction is enough.
    counts = np.array([[2, 9, 9], [9, 9, 9], [9, 9, 9]])

    low, high = attack(counts, small(counts))

    assert low == pytest.approx([2])
    assert high == pytest.approx([2])


def test_a_row_that_holds_two_people_hides_what_it_can() -> None:
    counts = np.array([[2, 0, 0], [9, 9, 9], [9, 9, 9]])

    hidden = suppress(counts)

    assert widths(counts, hidden, small(counts)) == pytest.approx([2])


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert not suppress([[0, 5], [17, 5]]).any()
    assert not suppress(np.zeros((0, 3), int)).any()
    assert not suppress([[4, 3], [2, 1]], threshold=1).any()


def test_the_same_table_gives_the_same_mask() -> None:
    counts = np.random.default_rng(5).integers(0, 12, (15, 12))

    assert (suppress(counts) == suppress(counts.astype(float))).all()


def test_two_releases_do_not_tell_together_what_one_does_not() -> None:
    rng = np.random.default_rng(2)
    first = rng.integers(4, 30, (12, 8))
    second = first + rng.integers(0, 3, first.shape) * rng.integers(0, 2, first.shape)
    was_hidden = suppress(first)

    hidden = suppress(second, previous=(first, was_hidden))

    change = second - first
    assert (hidden | ~was_hidden).all()
    assert hidden[(change > 0) & (change < 5)].all()
    check(second, hidden, small(second) | small(change))
    # Published apart, the two would show changes of one or two people.
    alone = suppress(second) | was_hidden
    assert (small(change) & ~alone).any()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"counts": [[1, -1]]}, r"counts: cell \(0, 1\)"),
        ({"counts": [[1.0, float("nan")]]}, r"counts: cell \(0, 1\)"),
        ({"counts": [[1.5, 1.0]]}, r"counts: cell \(0, 0\)"),
        ({"counts": [1, 2]}, "counts: two dimensions"),
        ({"counts": [[1, 2], [3]]}, "counts: rows of unequal"),
        ({"counts": [["a", "b"]]}, "counts: whole numbers"),
        ({"threshold": 0}, "threshold"),
        ({"threshold": 2.5}, "threshold"),
        ({"previous": ([[1, 2, 3]], [[True] * 3])}, "previous: not of the shape"),
    ],
)
def test_a_wrong_argument_is_named(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        suppress(**{"counts": [[1, 2], [3, 4]]} | wrong)
