"""Reading back what was printed, signed and scanned: which code is on which page."""

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.errors import Refusal

READER = "traitdunion.documents.scan_reader"
TIMEOUT_SECONDS = 300
WHY: Mapping[str, Any] = {
    "password": gettext_lazy("il est protégé par un mot de passe ; enlevez-le et recommencez"),
    "broken": gettext_lazy(
        "ce n’est ni un PDF, ni une image JPEG, PNG ou TIFF que l’on sait lire"
    ),
    "pages": gettext_lazy("il a plus de 500 pages ; envoyez la pile en plusieurs fois"),
    "size": gettext_lazy("une page est plus grande qu’une feuille A3 ; numérisez à 200 points"),
}


class ScanRefused(Refusal):
    """The pile cannot be read; nothing was attached."""

    status = 400


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page of the pile, counted from 1: the texts of its QR codes, and it as a JPEG picture."""

    number: int
    codes: tuple[str, ...]
    picture: bytes = b""


def read_pile(content: bytes, name: str) -> list[ScannedPage]:
    """
    The codes of each page of a scanned pile (PDF, or one picture), and each page drawn again:
    nothing else of the file is kept. Raises ScanRefused.

    Another process reads it, with little memory and little time: a file made to harm ends there.
    """
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", READER],
            input=content,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise ScanRefused(_said(name, "broken")) from None
    answer = json.loads(done.stdout)
    if "why" in answer:
        raise ScanRefused(_said(name, answer["why"]))
    return [
        ScannedPage(k, tuple(page["codes"]), base64.b64decode(page["picture"]))
        for k, page in enumerate(answer["pages"], start=1)
    ]


def _said(name: str, why: str) -> str:
    return _("« %(name)s » n’a pas été lu : %(why)s.") % {"name": name[:80], "why": WHY[why]}
