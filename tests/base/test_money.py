"""Amounts as people write them, never guessed."""

import pytest

from traitdunion.base.money import NotAnAmount, euros, parse_euros


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1234,56", 123_456),
        ("1 234,5 €", 123_450),
        ("1\u202f234,56", 123_456),
        ("0,05", 5),
        ("-3", -300),
        ("-0,05", -5),
        # Only one reading: cents after the comma, or fewer than three digits after the point.
        ("1.234,56", 123_456),
        ("12.345.678,9", 1_234_567_890),
        ("1234.56", 123_456),
        ("185.5", 18_550),
        ("\u22125", -500),
    ],
)
def test_an_amount_is_read_as_it_was_meant(typed: str, cents: int) -> None:
    assert parse_euros(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        "12.345", "1,234.56", "NaN", "1e9", "١٢٣", "", "1,234", "--2", "1.23,45", "1234.567",
        "1.2345,6", ".5", "5,", "1_000", "Infinity",
    ],
)  # fmt: skip
def test_a_doubtful_amount_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_euros(typed)


def test_an_amount_is_written_as_french_readers_expect() -> None:
    assert euros(123_456) == "1\u202f234,56\u00a0€"
