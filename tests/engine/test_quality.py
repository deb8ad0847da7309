"""Which children look listed twice, and values that a spreadsheet spoilt."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.people import People, people
from traitdunion.engine import quality, scale

pytestmark = pytest.mark.once


def doubles(*children: tuple[str, str, str], **more: object) -> quality.Pairs:
    last, first, born = zip(*children, strict=True)
    dates = np.array([day or "NaT" for day in born], dtype="datetime64[D]")
    return quality.doubles(last_name=last, first_name=first, birth_date=dates, **more)


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (("DIALLO", "AICHA", "2009-05-04"), ("same_name", "same_birth_date")),
        (("Dialo", "Aïcha", "2009-05-04"), ("close_name", "same_birth_date")),
        (("Aïcha", "Diallo", "2009-05-04"), ("names_swapped", "same_birth_date")),
        (("Diallo", "Aïcha", "2009-04-05"), ("same_name", "day_and_month_swapped")),
        (("Diallo", "Aïcha", "2009-05-14"), ("same_name", "close_birth_date")),
        (("Diallo", "Aïcha", ""), ("same_name", "birth_date_missing")),
        (("Diallo-Sow", "Aïcha", "2009-05-04"), ("close_name", "same_birth_date")),
    ],
)
def test_the_same_child_written_otherwise_is_found(
    other: tuple[str, str, str], reasons: tuple[str, ...]
) -> None:
    found = doubles(("Diallo", "Aïcha", "2009-05-04"), other)

    assert (list(found.left), list(found.right)) == ([0], [1])
    assert found.reasons == (reasons,)
    assert quality.THRESHOLD <= found.score[0] <= 1


@pytest.mark.parametrize(
    "other",
    [
        ("Diallo", "Mariam", "2009-05-04"),
        ("Diallo", "Aïcha", "2012-11-23"),
        ("Martin", "Aïcha", "2009-05-04"),
    ],
    ids=["twins", "namesakes years apart", "same first name, same day"],
)
def test_two_children_stay_two(other: tuple[str, str, str]) -> None:
    found = doubles(("Diallo", "Aïcha", "2009-05-04"), other, household=[7, 7])

    assert len(found) == 0


def test_one_household_is_one_more_reason() -> None:
    apart = doubles(("Diallo", "Aïcha", ""), ("Dialo", "Aïcha", ""), household=[1, 2])
    together = doubles(("Diallo", "Aïcha", ""), ("Diallo", "Aïcha", ""), household=[7, 7])

    assert len(apart) == 0
    assert together.reasons == (("same_name", "birth_date_missing", "same_household"),)


def test_pairs_already_looked_at_are_left_out() -> None:
    same = ("Diallo", "Aïcha", "2009-05-04")

    found = doubles(same, same, same, is_new=[False, False, True])

    assert list(zip(found.left, found.right, strict=True)) == [(0, 2), (1, 2)]


def test_a_crowd_born_the_same_day_is_still_compared() -> None:
    names = [(f"Nom{n:05d}", f"Prenom{n:05d}", "2009-01-01") for n in range(1_800)]

    found = doubles(*names, ("Nom00042", "Prenom00042", "2009-01-01"), threshold=0.999)

    assert list(zip(found.left, found.right, strict=True)) == [(42, 1_800)]


def test_nobody_is_nobody_s_double() -> None:
    empty = quality.doubles(last_name=[], first_name=[], birth_date=[])

    assert len(empty) == 0


def test_an_argument_of_another_length_is_named() -> None:
    with pytest.raises(ValueError, match="first_name"):
        quality.doubles(last_name=["a"], first_name=[], birth_date=["2009-01-01"])


CHILD = st.tuples(
    st.sampled_from(["Diallo", "Dialo", "Martin", "Martín", "Le Goff"]),
    st.sampled_from(["Aïcha", "Aicha", "Jean-Marc", "Jean Marc"]),
    st.sampled_from(["2009-05-04", "2009-04-05", "2010-05-04", ""]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(CHILD, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(children: list, random: object) -> None:
    order = list(range(len(children)))
    random.shuffle(order)

    plain = doubles(*children)
    mixed = doubles(*[children[i] for i in order])

    back = {
        (frozenset((order[a], order[b])), score)
        for a, b, score in zip(mixed.left, mixed.right, mixed.score, strict=True)
    }
    assert back == {
        (frozenset((a, b)), score)
        for a, b, score in zip(plain.left, plain.right, plain.score, strict=True)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04/05/2009", date(2009, 5, 4)),
        ("4/5/09", date(2009, 5, 4)),
        ("2009-05-04", date(2009, 5, 4)),
        ("2009-05-04T00:00:00", date(2009, 5, 4)),
        ("4.5.2009", date(2009, 5, 4)),
        ("31/02/2009", None),
        ("mai 2009", None),
        ("39937", None),
        ("", None),
    ],
)
def test_dates_are_read_day_first_or_not_at_all(text: str, expected: date | None) -> None:
    assert quality.read_date(text) == expected


def test_lost_zeros_come_back_only_with_a_proof() -> None:
    communes = frozenset({"06000"})

    assert quality.repaired_uai("940071S") == "0940071S"
    assert quality.repaired_uai("940071T") == "940071T"
    assert quality.repaired_code("6000", length=5, known=communes) == "06000"
    assert quality.repaired_code("7000", length=5, known=communes) == "7000"


def test_among_many_namesakes_a_close_date_says_nothing_unless_they_live_together() -> None:
    many = [("Diallo", "Aïcha", f"{1990 + n}-0{1 + n % 9}-{10 + n}") for n in range(15)]
    two = [("Diallo", "Aïcha", "2009-05-04"), ("Diallo", "Aïcha", "2009-05-14")]

    assert len(doubles(*two)) == 1
    assert len(doubles(*two, *many)) == 0
    assert len(doubles(*two, *many, household=[3, 3, *[-1] * 15])) == 1


@pytest.fixture(scope="module")
def crowd() -> People:
    return people(8_000)


def found_in(crowd: People) -> quality.Pairs:
    return quality.doubles(
        last_name=crowd.last_name,
        first_name=crowd.first_name,
        birth_date=crowd.birth_date,
        household=crowd.household,
    )


def test_of_children_typed_twice_most_are_found_and_few_others(crowd: People) -> None:
    found = found_in(crowd)

    again = np.flatnonzero(crowd.of != np.arange(len(crowd)))
    real = {tuple(sorted((int(crowd.of[i]), int(i)))) for i in again}
    said = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert len(said & real) > 0.75 * len(real)
    assert len(said & real) > 0.75 * len(said)


def test_compiled_on_many_rows_the_same_pairs_are_found(crowd: People) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scale, "FEW_STEPS", 10**12)
        plain = found_in(crowd)
        patch.setattr(scale, "FEW_STEPS", 0)
        patch.setattr(quality, "PAIRS", 64)
        compiled = found_in(crowd)

    assert np.array_equal(plain.left, compiled.left)
    assert np.array_equal(plain.right, compiled.right)
    assert np.array_equal(plain.score, compiled.score)
    assert plain.reasons == compiled.reasons


def test_the_order_of_the_rows_changes_no_pair(crowd: People) -> None:
    mixed = np.random.default_rng(2).permutation(len(crowd))
    found, other = found_in(crowd), found_in(crowd.only(mixed))

    again = {
        (min(a, b), max(a, b), score)
        for a, b, score in zip(
            mixed[other.left].tolist(), mixed[other.right].tolist(), other.score, strict=True
        )
    }
    assert again == set(
        zip(found.left.tolist(), found.right.tolist(), found.score.tolist(), strict=True)
    )
