"""A pile of signed paper comes back: which sheet is which is read from its codes."""

import io

import numpy as np
import pytest
import segno
from PIL import Image
from pypdf import PdfReader, PdfWriter

from traitdunion.documents import scans
from traitdunion.documents.scans import ScanRefused, read_pile

pytestmark = pytest.mark.once


def sheet(text: str, *, turned: int = 0, stained: bool = False) -> Image.Image:
    """An A4 page as a scanner gives it: grey, a little noisy, sometimes upside down or stained."""
    page = Image.new("L", (1240, 1754), 245)
    if text:
        png = io.BytesIO()
        segno.make(text, error="m", micro=False).save(png, kind="png", scale=6, border=4)
        page.paste(Image.open(png).convert("L"), (900, 80))
    noisy = np.asarray(page).astype(np.int16)
    noisy = noisy + np.random.default_rng(6).normal(0, 18, noisy.shape)
    page = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    if stained:
        page.paste(200, (930, 110, 945, 125))
    return page.rotate(turned, expand=True, fillcolor=245)


def pile(*sheets: Image.Image) -> bytes:
    content = io.BytesIO()
    sheets[0].save(content, "PDF", save_all=True, append_images=sheets[1:], resolution=150)
    return content.getvalue()


def test_each_sheet_of_a_pile_is_known_even_upside_down_aslant_or_stained() -> None:
    content = pile(
        sheet("https://t.example/v/L-1"),
        sheet("https://t.example/v/L-2", turned=180),
        sheet(""),
        sheet("https://t.example/v/L-3", turned=3, stained=True),
    )

    pages = read_pile(content, "pile.pdf")

    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert [page.codes for page in pages] == [
        ("https://t.example/v/L-1",), ("https://t.example/v/L-2",), (),
        ("https://t.example/v/L-3",),
    ]  # fmt: skip


def test_a_photograph_of_one_sheet_is_a_pile_of_one() -> None:
    content = io.BytesIO()
    sheet("L-9").save(content, "JPEG", quality=60)

    assert read_pile(content.getvalue(), "photo.jpg")[0].codes == ("L-9",)


def test_a_pile_under_a_password_says_what_to_do() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pile(sheet("L-1")))))
    writer.encrypt("secret")
    locked = io.BytesIO()
    writer.write(locked)

    with pytest.raises(ScanRefused, match=r"« pile\.pdf ».*mot de passe ; enlevez-le"):
        read_pile(locked.getvalue(), "pile.pdf")


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n" + b"0" * 2_000, b"\x89PNG\r\n\x1a\n" + b"0" * 50, b"MZ" * 500],
    ids=["empty", "broken PDF", "broken picture", "a program"],
)
def test_what_is_no_pile_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(ScanRefused, match="ni un PDF, ni une image"):
        read_pile(content, "pile")


def test_a_page_of_kilometres_is_refused_before_it_is_drawn() -> None:
    writer = PdfWriter()
    writer.add_blank_page(width=14_000, height=14_000)
    huge = io.BytesIO()
    writer.write(huge)

    with pytest.raises(ScanRefused, match="plus grande qu’une feuille A3"):
        read_pile(huge.getvalue(), "plan.pdf")


def test_a_file_that_hangs_its_reader_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "TIMEOUT_SECONDS", 0.01)

    with pytest.raises(ScanRefused, match="n’a pas été lu"):
        read_pile(pile(sheet("L-1")), "pile.pdf")
