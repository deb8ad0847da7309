"""
What people send, made harmless before it is kept: a photograph is drawn again, smaller and without
the place where it was taken; a PDF that runs something, hides files or asks a password is refused;
of any other, only what its pages show is kept, with its text; a heavy scan is drawn again page by
page.
"""

import ctypes
import io
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from traitdunion.base.errors import Refusal

LARGEST = 50_000_000
MOST_PAGES = 60
MOST_PIXELS = 80_000_000
PHOTO_SIDE = 2_000
# Above that weight a scan is drawn again, at a resolution that a reader still reads.
HEAVY = 4_000_000
DRAWN_AT = 110 / 72
QUALITY = 80
# What does something by itself, as PDFium writes it: never inside a stream, never in disguise.
ACTIVE = (b"/JavaScript", b"/Launch", b"/SubmitForm", b"/RichMedia", b"/EmbeddedFile", b"/XFA")
PDF, JPEG = "application/pdf", "image/jpeg"


class BadPiece(Refusal):
    """The file cannot be kept as a piece; the sentence says what to do."""

    status = 400


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What may be kept."""

    content: bytes
    media_type: str


def clean(content: bytes) -> Cleaned:
    """
    The same document, safe to keep and to open.

    Args:
        content: the bytes as they came; their name and announced type are not believed.
    Raises: BadPiece.
    """
    if not content:
        raise BadPiece(_("Ce fichier est vide : choisissez-en un autre."))
    if len(content) > LARGEST:
        raise BadPiece(
            _("Ce fichier dépasse %(limit)s Mo : photographiez le document, cela suffit.")
            % {"limit": LARGEST // 1_000_000}
        )
    if b"%PDF-" in content[:1024]:
        return _pdf(content)
    return Cleaned(_photo(content), JPEG)


def _photo(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise BadPiece(_("Cette image est trop grande : prenez une photo plus simple."))
            photo.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
            upright = ImageOps.exif_transpose(photo).convert("RGB")
            upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
            return _jpeg(upright)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError):
        raise BadPiece(
            _(
                "Ce fichier n’est ni une photo (JPEG ou PNG) ni un PDF lisible : photographiez le"
                " document, ou enregistrez-le en PDF."
            )
        ) from None


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _pdf(content: bytes) -> Cleaned:
    document = _opened(content)
    try:
        _check_harmless(document)
        kept = b"" if len(content) > HEAVY else _what_is_shown(document)
        if not kept or any(mark in kept for mark in ACTIVE):
            kept = _drawn_again(document)
        return Cleaned(kept, PDF)
    finally:
        document.close()


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or b"/Encrypt" in content:
            raise BadPiece(
                _(
                    "Ce PDF est protégé par un mot de passe : enregistrez-le sans mot de passe, ou"
                    " photographiez le document."
                )
            ) from None
        raise BadPiece(_damaged()) from None


def _check_harmless(document: pypdfium2.PdfDocument) -> None:
    pages = len(document)
    if not 0 < pages <= MOST_PAGES:
        raise BadPiece(
            _("Ce PDF a %(pages)s pages : joignez-en %(most)s au plus, les utiles.")
            % {"pages": pages, "most": MOST_PAGES}
        )
    hidden = pdfium.FPDFDoc_GetAttachmentCount(document) > 0
    runs = pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0
    is_form = pdfium.FPDF_GetFormType(document) in {
        pdfium.FORMTYPE_XFA_FULL,
        pdfium.FORMTYPE_XFA_FOREGROUND,
    }
    if hidden or runs or is_form or _launches(document):
        raise BadPiece(
            _(
                "Ce PDF contient un programme ou des fichiers cachés et n’est pas gardé :"
                " imprimez-le en PDF simple, ou photographiez le document."
            )
        )


def _launches(document: pypdfium2.PdfDocument) -> bool:
    """Whether a link of a page starts a program on the machine of whoever reads."""
    for number in range(len(document)):
        page = document[number]
        position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
        while pdfium.FPDFLink_Enumerate(page, position, link):
            action = pdfium.FPDFLink_GetAction(link)
            if action and pdfium.FPDFAction_GetType(action) == pdfium.PDFACTION_LAUNCH:
                return True
        page.close()
    return False


def _what_is_shown(document: pypdfium2.PdfDocument) -> bytes:
    """Its pages with their text, in a new file: what hangs on the document itself stays behind."""
    width, height = document.get_page_size(0)
    made = pdfium.FPDF_ImportNPagesToOne(document, width, height, 1, 1)
    if not made:
        raise BadPiece(_damaged())
    out = pypdfium2.PdfDocument(made)
    try:
        return _saved(out)
    finally:
        out.close()


def _saved(document: pypdfium2.PdfDocument) -> bytes:
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _damaged() -> str:
    return _("Ce PDF est abîmé et ne s’ouvre pas : refaites-le, ou photographiez le document.")


def _drawn_again(document: pypdfium2.PdfDocument) -> bytes:
    """Each page as one photograph: nothing else of the file is left."""
    out = pypdfium2.PdfDocument.new()
    try:
        for number in range(len(document)):
            page = document[number]
            width, height = page.get_size()
            scale = min(DRAWN_AT, PHOTO_SIDE / max(width, height, 1))
            photo = _jpeg(page.render(scale=scale).to_pil().convert("RGB"))
            page.close()
            _add_page(out, photo, width, height)
        return _saved(out)
    finally:
        out.close()


def _add_page(out: pypdfium2.PdfDocument, photo: bytes, width: float, height: float) -> None:
    image = pypdfium2.PdfImage.new(out)
    image.load_jpeg(io.BytesIO(photo), inline=True)
    image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    page = out.new_page(width, height)
    page.insert_obj(image)
    page.gen_content()
    page.close()
