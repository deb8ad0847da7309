"""A photograph of the bank slip will do; what is hostile or broken is told in one sentence."""

import io
import os
from collections.abc import Callable

import pypdf
import pypdfium2
import pytest
from PIL import Image

from tests.grants.scene import AT, LATER, Scene
from traitdunion.base.errors import MoveRefused
from traitdunion.documents import intake
from traitdunion.grants import operations, queries
from traitdunion.grants.models import Application, Piece, PieceContent


def pdf(catalog: bytes = b"", page: bytes = b"") -> bytes:
    """One blank page, and whatever hangs on the document or on the page."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R " + catalog + b">>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200] " + page + b">>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )


def photo(width: int, height: int, kind: str = "JPEG", **more: object) -> bytes:
    """What a phone takes: every pixel different, so that it weighs."""
    image = Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def locked() -> bytes:
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    writer.write(out)
    return out.getvalue()


def with_attachment() -> bytes:
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_attachment("a.exe", b"MZ")
    writer.write(out)
    return out.getvalue()


SCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"
NAMED = b"/Names<</JavaScript<</Names[(a)" + SCRIPT + b"]>>>>"
LAUNCH = b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(calc.exe)>>>>]"
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a password": (locked, "mot de passe"),
    "a hidden file": (with_attachment, "cachés"),
    "a program": (
        lambda: pdf(b"/Names<</JavaScript<</Names[(a)" + SCRIPT + b"]>>>>"),
        "programme",
    ),
    "a program to start": (lambda: pdf(page=LAUNCH), "programme"),
    "broken": (lambda: b"%PDF-1.4 nothing", "abîmé"),
    "another kind of file": (lambda: b"PK\x03\x04 a spreadsheet", "photographiez"),
    "an image that is none": (lambda: b"\xff\xd8\xff\xe0 nothing", "photographiez"),
    "nothing": (lambda: b"", "vide"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_kept_is_refused_in_one_sentence(scene: Scene, case: str) -> None:
    made, word = REFUSED[case]

    with pytest.raises(intake.BadPiece, match=word):
        operations.attach(
            application=scene.start(),
            kind="OTHER",
            name="piece.pdf",
            content=made(),
            by=scene.bakary,
            at=AT,
        )

    assert not Piece.objects.exists() and not PieceContent.objects.exists()


@pytest.mark.parametrize(
    ("catalog", "page"),
    [(b"/OpenAction" + SCRIPT, b""), (b"", b"/AA<</O" + SCRIPT + b">>")],
)
def test_what_would_run_on_opening_is_left_behind(catalog: bytes, page: bytes) -> None:
    hostile = pdf(catalog, page)
    assert b"JavaScript" in hostile

    kept = intake.clean(hostile)

    assert b"JavaScript" not in kept.content
    assert len(pypdfium2.PdfDocument(kept.content)) == 1


def test_a_photograph_is_made_smaller_and_loses_where_it_was_taken() -> None:
    place = Image.Exif()
    place[0x8825] = {1: "N", 2: (48.0, 46.0, 30.0)}
    taken = photo(2_400, 1_200, exif=place)
    assert b"Exif" in taken

    kept = intake.clean(taken)

    image = Image.open(io.BytesIO(kept.content))
    assert max(image.size) == 2_000 and not image.getexif()
    assert len(kept.content) < len(taken)


def test_a_scan_of_forty_megabytes_is_drawn_again() -> None:
    page = Image.open(io.BytesIO(photo(2_700, 3_800, quality=95)))
    out = io.BytesIO()
    page.save(out, "PDF", quality=95, save_all=True, append_images=[page, page], resolution=330)
    heavy = out.getvalue()
    assert len(heavy) > 30_000_000

    kept = intake.clean(heavy)

    assert kept.media_type == intake.PDF and len(kept.content) < 4_000_000
    assert len(pypdfium2.PdfDocument(kept.content)) == 3


def _slip(scene: Scene, application: Application, **changes: object) -> Piece:
    sent = {"kind": "BANK_SLIP", "name": "../rib<1>.pdf", "content": pdf(), **changes}
    return operations.attach(application=application, **sent, by=scene.bakary, at=AT)


def test_the_same_piece_sent_twice_is_one(scene: Scene) -> None:
    application = scene.submitted()

    assert _slip(scene, application) == _slip(scene, application)
    assert [one.name for one in queries.pieces(application)] == ["rib_1_.pdf"]
    assert not any("relevé" in sentence for sentence in queries.missing(application))


def test_a_piece_is_taken_back_with_its_content(scene: Scene) -> None:
    piece = _slip(scene, scene.submitted())

    operations.remove(piece=piece, by=scene.bakary, at=LATER)

    assert not PieceContent.objects.exists()
    with pytest.raises(MoveRefused):
        operations.remove(piece=piece, by=scene.bakary, at=LATER)


def test_a_mandate_attached_signs_in_the_representatives_place(scene: Scene) -> None:
    application = scene.submitted()

    _slip(scene, application, kind="MANDATE")

    assert queries.is_signed(application)
    assert queries.signature(application).kind == "MANDATE"


def test_twelve_pieces_are_enough(scene: Scene) -> None:
    application = scene.submitted()
    for number in range(12):
        _slip(scene, application, content=photo(20, 20 + number), kind="OTHER")

    with pytest.raises(MoveRefused, match="12"):
        _slip(scene, application, content=photo(20, 50), kind="OTHER")

    assert Piece.objects.count() == 12
