"""
Translations without the gettext binaries: `python tools/messages.py [collect|compile|check]`.

collect   reads every marked string of the sources into locale/en/LC_MESSAGES/django.po
compile   writes the .mo that Django reads (committed beside it, so that nothing is built at
    install)
check     exit 1 when a string has no English, or when the .mo is not that of the .po
"""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "traitdunion"
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
MARKERS = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "phrase",
}
TEMPLATE_CALL = re.compile(r"(?<![\w.])(?:_|gettext|ngettext|pgettext)\(")

# In the header of the compiled file, where Babel would put the hour.
DAY = datetime(2020, 4, 20, tzinfo=UTC)

Marked = tuple[str | None, str | tuple[str, str]]  # context, text or (singular, plural)


def in_call(call: ast.Call) -> Marked | None:
    """What one marking call asks to translate, if its arguments are plain strings."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    texts = [
        a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
    ]
    if name not in MARKERS or not texts:
        return None
    if name.startswith("ngettext"):
        return None, (texts[0], texts[1])
    return (texts[0], texts[1]) if name.startswith("pgettext") else (None, texts[0])


def in_python(source: str) -> Iterator[tuple[int, Marked]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (marked := in_call(node)):
            yield node.lineno, marked


def in_template(source: str, name: str) -> Iterator[tuple[int, Marked]]:
    from django.utils.translation.template import templatize  # noqa: PLC0415 - after setup

    marked_up = templatize(source, origin=name)
    for found in TEMPLATE_CALL.finditer(marked_up):
        call = _first_call(marked_up[found.start() :])
        if call and (marked := in_call(call)):
            yield marked_up.count("\n", 0, found.start()) + 1, marked


def _first_call(text: str) -> ast.Call | None:
    """
    The call at the start of ``text``: the shortest beginning, up to a parenthesis, that is Python.
    """
    for end in (i for i, letter in enumerate(text) if letter == ")"):
        try:
            node = ast.parse(text[: end + 1], mode="eval").body
        except SyntaxError:
            continue
        return node if isinstance(node, ast.Call) else None
    return None


def marked_strings() -> Iterator[tuple[str, int, Marked]]:
    """Every marked string of the package: file, line, what."""
    for path in sorted(
        [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]
    ):
        name = str(path.relative_to(ROOT))
        if "migrations" in path.parts:
            continue
        source = path.read_text()
        found = in_python(source) if path.suffix == ".py" else in_template(source, name)
        for line, marked in found:
            yield name, line, marked


def read() -> Catalog:
    if not PO.exists():
        return Catalog(locale="en", project="Trait d'union", fuzzy=False)
    return read_po(PO.read_bytes().splitlines(keepends=True), locale="en")


def collected() -> Catalog:
    """A catalogue of what is in the sources today, with the English already written."""
    known = read()
    fresh = Catalog(locale="en", project="Trait d'union", fuzzy=False, header_comment="")
    for name, _line, (context, text) in marked_strings():
        fresh.add(text, context=context, locations=[(name, None)])
    for message in fresh:
        old = known.get(message.id, message.context) if message.id else None
        if old and old.string:
            message.string = old.string
    return fresh


def untranslated(catalog: Catalog) -> list[str]:
    missing = []
    for message in catalog:
        done = all(message.string) if isinstance(message.string, tuple) else message.string
        if message.id and not done:
            missing.append(str(message.id))
    return missing


def compiled(catalog: Catalog) -> bytes:
    """The .mo of a catalogue; the same messages give the same bytes on any day."""
    dated = Catalog(locale="en", fuzzy=False, creation_date=DAY, revision_date=DAY)
    for message in catalog:
        if message.id:
            dated.add(message.id, message.string, context=message.context)
    out = BytesIO()
    write_mo(out, dated)
    return out.getvalue()


def write(catalog: Catalog) -> None:
    PO.parent.mkdir(parents=True, exist_ok=True)
    out = BytesIO()
    write_po(out, catalog, width=99, sort_output=True, omit_header=False)
    text = re.sub(
        r'"(POT-Creation-Date|PO-Revision-Date|Last-Translator).*\n', "", out.getvalue().decode()
    )
    PO.write_text(text)


def main(task: str) -> int:
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    if not settings.configured:
        settings.configure(USE_I18N=False)
        django.setup()
    if task == "collect":
        write(collected())
    if task == "compile":
        PO.with_suffix(".mo").write_bytes(compiled(read()))
    missing = untranslated(collected())
    for text in missing:
        print("no English for:", text)
    stale = PO.with_suffix(".mo").exists() and PO.with_suffix(".mo").read_bytes() != compiled(
        read()
    )
    if stale:
        print("the .mo is not that of the .po: python tools/messages.py compile")
    return 1 if task == "check" and (missing or stale) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
