"""Writing tables that open well in a spreadsheet, and do nothing there."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

# What a spreadsheet would run instead of showing.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
# A number written as text runs nothing: « -4,6 » must come back as it went.
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def harmless(value: Any) -> Any:
    """
    The cell as it may be opened: a number stays a number, a formula becomes text.

    >>> harmless("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    >>> harmless(-12)
    -12
    """
    if isinstance(value, str) and value.startswith(DANGEROUS) and not NUMBER.fullmatch(value):
        return f"'{value}"
    return "" if value is None else value


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV that French spreadsheets open at once: semicolons, UTF-8 with its mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(title) for title in header])
    for row in rows:
        writer.writerow([harmless(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook with a title, a header row that stays in sight, columns wide enough to read."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title})
        sheet = book.add_worksheet(title[:31].translate(str.maketrans("[]:*?/\\", "       ")))
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.write_row(0, 0, [harmless(t) for t in header], bold)
        width = [len(t) for t in header]
        for index, row in enumerate(rows, 1):
            cells = [harmless(value) for value in row]
            sheet.write_row(index, 0, cells)
            width = [max(w, min(60, len(str(c)))) for w, c in zip(width, cells, strict=True)]
        for column, wide in enumerate(width):
            sheet.set_column(column, column, wide + 2)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
