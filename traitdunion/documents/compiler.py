"""
One Typst compiler a thread and a template, kept: fonts are read once.

What a person typed travels as JSON and is shown as text; it is never part of a template.
"""

import json
import re
import threading
import unicodedata
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates"
FONTS = HERE / "fonts"
# PDF/UA-1: tagged, titled, with its language; a template that forgets one does not compile.
STANDARD = "ua-1"
# What our fonts do not draw. A document must not fail, nor a name vanish, for one sign outside.
_NOT_SHOWN = re.compile(
    "[^\\n\x20-\x7e\xa0-\u017f\u01a0-\u01b0\u0218-\u021b\u1e80-\u1ef9"
    "€–—‘’‚“”„•…‹›−×≤≥→←☐\u2011\u202f]"
)
_INCHES = str.maketrans("″′", "\"'")
_kept = threading.local()


def compile_pdf(template: str, data: dict[str, Any]) -> bytes:
    """
    The PDF of a template of this room.

    Args:
        template: its file name without ``.typ``.
        data: what it prints; anything that JSON holds.
    """
    inputs = {"data": json.dumps(shown(data), ensure_ascii=False)}
    pdf = _compiler(template).compile(format="pdf", sys_inputs=inputs, pdf_standards=STANDARD)
    assert isinstance(pdf, bytes)
    return pdf


def _compiler(template: str) -> typst.Compiler:
    compilers: dict[str, typst.Compiler] = _kept.__dict__.setdefault("compilers", {})
    if template not in compilers:
        compilers[template] = typst.Compiler(
            str(TEMPLATES / f"{template}.typ"),
            root=str(TEMPLATES),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
        )
    return compilers[template]


def shown(value: Any) -> Any:
    """The same data with every sign that no font of ours draws replaced by a box."""
    match value:
        case str():
            return _NOT_SHOWN.sub(_box, unicodedata.normalize("NFC", value.translate(_INCHES)))
        case dict():
            return {key: shown(inner) for key, inner in value.items()}
        case list() | tuple():
            return [shown(inner) for inner in value]
    return value


def _box(found: re.Match[str]) -> str:
    return " " if unicodedata.category(found[0]).startswith(("C", "Z")) else "☐"
