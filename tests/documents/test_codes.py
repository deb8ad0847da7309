"""What a scanner finds in the codes that we draw."""

import re

import pytest
import segno
from barcode.charsets import code128

from traitdunion.documents.codes import barcode_svg, bars, qr_svg
from traitdunion.documents.ordering import class_order

pytestmark = pytest.mark.once

NUMBER = "P-7K3Q-9FMA"


def drawn_modules(svg: str) -> set[tuple[int, int]]:
    """The black squares of a QR code drawn by rows, without its quiet zone."""
    black, x, y = set(), 0, 0.0
    path = re.findall(r'd="([^"]+)"', svg)[-1]
    for verb, first, _, second in re.findall(r"([Mmh])(-?[\d.]+)( (-?[\d.]+))?", path):
        if verb == "h":
            black |= {(int(y - 4), x - 4 + step) for step in range(int(first))}
            x += int(first)
        elif verb == "m":
            x, y = x + int(first), y + float(second or 0)
        else:
            x, y = int(first), float(second or 0)
    return black


def test_the_qr_code_drawn_is_the_code_of_the_number() -> None:
    matrix = segno.make(NUMBER, error="m", micro=False).matrix

    drawn = drawn_modules(qr_svg(NUMBER))

    assert drawn == {(y, x) for y, row in enumerate(matrix) for x, on in enumerate(row) if on}


def test_two_numbers_have_two_codes() -> None:
    assert drawn_modules(qr_svg(NUMBER)) != drawn_modules(qr_svg("P-7K3Q-9FMB"))


def test_the_bars_hold_the_number_and_its_key() -> None:
    symbols = [bars(NUMBER)[at : at + 11] for at in range(0, len(bars(NUMBER)) - 13, 11)]
    values = [code128.CODES.index(symbol) for symbol in symbols]

    read = "".join(chr(value + 32) for value in values[1:-1])
    key = (values[0] + sum(at * value for at, value in enumerate(values[1:-1], 1))) % 103

    assert read == NUMBER
    assert key == values[-1]


def test_the_bars_drawn_are_the_bars_computed() -> None:
    strokes = re.findall(r"M(\d+) 0h(\d+)v", barcode_svg(NUMBER))

    drawn = {at for start, width in strokes for at in range(int(start), int(start) + int(width))}

    assert drawn == {at + 10 for at, on in enumerate(bars(NUMBER)) if on == "1"}


@pytest.mark.parametrize(
    "younger_first",
    [
        ["PS", "GS", "CP", "CE1-CE2", "CM2"],
        ["CM2 B", "6e A", "6ème B", "5eB", "4E2", "3e"],
        ["3e Prépa", "2nde 4", "1re ST2S", "Tle G1"],
        ["Terminale", "Accueil", ""],
    ],
)
def test_classes_stand_in_the_order_of_a_school(younger_first: list[str]) -> None:
    shuffled = list(reversed(younger_first))

    assert sorted(shuffled, key=class_order) == younger_first
