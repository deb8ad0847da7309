"""
Reads the QR codes of a scanned pile, in a process of its own: a hostile file may hang or kill it.

Run as ``python -m traitdunion.documents.scan_reader`` with the file on its standard input; answers
one JSON document. Imports nothing of the service.
"""

import base64
import io
import json
import resource
import sys
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image

# Paper scanned at 200 dots an inch: a code of 25 mm has 197 of them.
SCALE = 200 / 72
# Longest side of the picture kept of a page: its signature is read, its file is light.
KEPT = 1_600
MOST_PAGES = 500
# Of one page: A3 at 300 dots an inch is 17 million; a page of kilometres is an attack.
MOST_PIXELS = 40_000_000
MEMORY = 2 * 1024**3
SECONDS = 240


class NotReadable(Exception):
    """Why, as one word that the service turns into a sentence."""


def told(picture: Image.Image) -> dict[str, Any]:
    """The texts of the QR codes of a page, whichever way up it was laid; the page as a picture."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    codes = sorted({one.text for one in found})
    out = io.BytesIO()
    if codes:
        picture.thumbnail((KEPT, KEPT))
        picture.save(out, "JPEG", quality=60)
    return {"codes": codes, "picture": base64.b64encode(out.getvalue()).decode()}


def pdf_pages(content: bytes) -> list[dict[str, Any]]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise NotReadable("password" if "assword" in str(error) else "broken") from None
    if len(document) > MOST_PAGES:
        raise NotReadable("pages")
    return [_page(document, number) for number in range(len(document))]


def _page(document: Any, number: int) -> dict[str, Any]:
    page = document[number]
    width, height = page.get_size()
    if width * height * SCALE**2 > MOST_PIXELS:
        raise NotReadable("size")
    picture = page.render(scale=SCALE, grayscale=True).to_pil()
    page.close()
    return told(picture)


def picture_pages(content: bytes) -> list[dict[str, Any]]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "TIFF")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotReadable("size")
            return [told(picture.convert("L"))]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NotReadable("broken") from None


def read(content: bytes) -> dict[str, Any]:
    try:
        is_pdf = b"%PDF-" in content[:1024]
        return {"pages": pdf_pages(content) if is_pdf else picture_pages(content)}
    except NotReadable as error:
        return {"why": error.args[0]}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))
