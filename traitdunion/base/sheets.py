"""
Reading the tables that people send: CSV or XLSX, as schools and ministries really write them.

Never guesses a character set by statistics: a byte order mark, else UTF-8, else Windows-1252 (said
so).
The delimiter is the one of the header. A file that cannot be read gives one sentence; a row that
cannot be used is for the caller to refuse, with its line.
"""

import csv
import gzip
import hashlib
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from traitdunion.base.errors import Refusal

BLOCK = 1 << 20
MAX_BYTES = 200_000_000
# A 7 MiB workbook can hold gigabytes: what it says it unpacks to is read before it is opened.
MAX_UNPACKED_BYTES = 300_000_000
# One part of a workbook, its cells or its shared words: 100 MB are about 250,000 rows of twelve
# cells, and 400 MB of memory.
MAX_PART_BYTES = 100_000_000
MAX_COLUMNS = 300
HEADER_WITHIN = 25
DELIMITERS = ";,\t|"
NOT_TABLES = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"{\\rtf": "RTF",
}

# Of one cell; the csv module keeps one limit for the whole process, which others may move.
LONGEST_CELL = 1 << 20


class Unreadable(Refusal):
    """The file is not a table that can be read; the sentence says why and what to send instead."""

    status = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: its number in the file, its cells in the order of the header."""

    line: int
    cells: tuple[str, ...]
    # More cells than the header has columns: the row cannot be trusted.
    overflows: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table ready to be read row by row, from the beginning each time it is asked."""

    name: str
    header: tuple[str, ...]
    digest: str
    notices: tuple[str, ...]
    _source: "_Text | _Workbook" = field(repr=False)

    def rows(self, *, blank: bool = False) -> Iterator[Row]:
        """
        Every row that holds something, with its line; with ``blank``, also those whose cells are
        all empty. Raises Unreadable on a broken file.
        """
        width = len(self.header)
        for line, cells in self._source.lines():
            if not any(cells) and not (blank and cells):
                continue
            overflows = any(cells[width:])
            kept = (*cells[:width], *[""] * (width - len(cells)))
            yield Row(line, tuple(kept), overflows)

    @property
    def reads_from(self) -> IO[bytes] | None:
        """The file that is still open, if any."""
        return self._source.file if isinstance(self._source, _Text) else None

    def close(self) -> None:
        """Close the file; the rows can no longer be read."""
        if self.reads_from:
            self.reads_from.close()

    def __enter__(self) -> "Sheet":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def batches(self, size: int = 5_000) -> Iterator[list[Row]]:
        """The same rows, some thousands at a time."""
        batch: list[Row] = []
        for row in self.rows():
            batch.append(row)
            if len(batch) >= size:
                yield batch
                batch = []
        if batch:
            yield batch


def open_sheet(source: Path | IO[bytes], *, name: str, max_bytes: int = MAX_BYTES) -> Sheet:
    """
    Open a table.

    Args:
        source: a path, or an open binary file (it is read from its beginning).
        name: what the file is called, for messages.
        max_bytes: above it the file is refused without being read.
    Raises: Unreadable.
    """
    if not isinstance(source, Path):
        return _open(source, name, max_bytes)
    file = source.open("rb")
    try:
        sheet = _open(file, name, max_bytes)
    except BaseException:
        file.close()
        raise
    if sheet.reads_from is not file:
        file.close()
    return sheet


def _open(file: IO[bytes], name: str, max_bytes: int) -> Sheet:
    _check_size(file, name, max_bytes)
    start = file.read(8)
    file.seek(0)
    if start[:2] == b"\x1f\x8b":
        return _open_unpacked(_gunzipped(file, name, max_bytes), name, max_bytes)
    for magic, what in NOT_TABLES.items():
        if start.startswith(magic):
            raise Unreadable(
                _("« %(name)s » est un fichier %(what)s : enregistrez-le en CSV ou en XLSX.")
                % {"name": name, "what": what}
            )
    if start[:2] == b"PK":
        return _open_workbook(file, name)
    return _open_text(file, name)


def _open_unpacked(unpacked: IO[bytes], name: str, max_bytes: int) -> Sheet:
    try:
        return _open(unpacked, name, max_bytes)
    except Unreadable:
        unpacked.close()
        raise


def _check_size(file: IO[bytes], name: str, max_bytes: int) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size == 0:
        raise Unreadable(_("« %(name)s » est vide.") % {"name": name})
    if size > max_bytes:
        raise Unreadable(
            _("« %(name)s » dépasse %(limit)s Mo : coupez-le en plusieurs fichiers.")
            % {"name": name, "limit": max_bytes // 1_000_000}
        )


def _gunzipped(file: IO[bytes], name: str, max_bytes: int) -> IO[bytes]:
    """The file unpacked beside, never beyond the limit."""
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the sheet
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            while block := packed.read(BLOCK):
                unpacked.write(block)
                if unpacked.tell() > max(max_bytes, MAX_UNPACKED_BYTES):
                    unpacked.close()
                    raise _too_large_inside(name)
    except (OSError, EOFError, zlib.error):
        unpacked.close()
        raise Unreadable(
            _("« %(name)s » est une archive abîmée : renvoyez-la.") % {"name": name}
        ) from None
    unpacked.seek(0)
    return unpacked


def _too_large_inside(name: str) -> Unreadable:
    return Unreadable(
        _("« %(name)s » contient beaucoup plus que sa taille ne le laisse voir : envoyez un CSV.")
        % {"name": name}
    )


# Text


def _open_text(file: IO[bytes], name: str) -> Sheet:
    encoding, digest = _examine(file, name)
    notices = []
    if encoding == "cp1252":
        notices.append(_("Fichier lu en Windows-1252 : vérifiez les accents dans l’aperçu."))
    header, line, delimiter = _find_header(file, encoding, name)
    if line > 1:
        notices.append(_("Les titres de colonnes sont en ligne %(line)s.") % {"line": line})
    text = _Text(file, encoding, delimiter, line, name)
    return Sheet(name, header, digest, tuple(notices), text)


def _examine(file: IO[bytes], name: str) -> tuple[str, str]:
    """Read the whole file once: its character set, its digest, and no NUL byte."""
    digest, lines = hashlib.sha256(), 1
    start = file.read(4)
    encoding = _marked_encoding(start)
    file.seek(0)
    decoder = None if encoding else _Utf8()
    while block := file.read(BLOCK):
        digest.update(block)
        if b"\0" in block and encoding not in {"utf-16"}:
            line = lines + block[: block.index(b"\0")].count(b"\n")
            raise Unreadable(
                _("« %(name)s », ligne %(line)s : octet nul ; enregistrez de nouveau en CSV.")
                % {"name": name, "line": line}
            )
        lines += block.count(b"\n")
        if decoder:
            decoder.take(block)
    file.seek(0)
    if encoding is None and decoder:
        encoding = "utf-8" if decoder.finish() else "cp1252"
    _check_cp1252(file, encoding or "utf-8", name)
    return encoding or "utf-8", digest.hexdigest()


class _Utf8:
    """Whether a stream of bytes is UTF-8, without keeping it."""

    def __init__(self) -> None:
        self._pending = b""
        self._good = True

    def take(self, block: bytes) -> None:
        if not self._good:
            return
        data = self._pending + block
        try:
            data.decode("utf-8")
            self._pending = b""
        except UnicodeDecodeError as error:
            # A character cut by the end of the block is not an error yet.
            self._good = len(data) - error.start < 4 and error.reason == "unexpected end of data"
            self._pending = data[error.start :]

    def finish(self) -> bool:
        return self._good and not self._pending


def _marked_encoding(start: bytes) -> str | None:
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    return "utf-16" if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else None


def _check_cp1252(file: IO[bytes], encoding: str, name: str) -> None:
    if encoding != "cp1252":
        return
    line = 1
    while block := file.read(BLOCK):
        try:
            block.decode("cp1252")
        except UnicodeDecodeError as error:
            line += block[: error.start].count(b"\n")
            raise Unreadable(
                _("« %(name)s », ligne %(line)s : caractère illisible ; enregistrez en UTF-8.")
                % {"name": name, "line": line}
            ) from None
        line += block.count(b"\n")
    file.seek(0)


def _reader(text: IO[str], delimiter: str = ",") -> Any:
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(text, delimiter=delimiter)


def _find_header(file: IO[bytes], encoding: str, name: str) -> tuple[tuple[str, ...], int, str]:
    """
    The first line with at least two titles; titles above it (« Liste de la 6e A ») are passed.
    """
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    best: tuple[tuple[str, ...], int, str] | None = None
    start = text.tell()
    for delimiter in DELIMITERS:
        text.seek(start)
        found = _header_with(_reader(text, delimiter))
        if found and (best is None or len(found[0]) > len(best[0])):
            best = (*found, delimiter)
    text.seek(start)
    if best is None:
        first = next((c.strip() for r in _reader(text) for c in r if c.strip()), "")
        best = ((first,), 1, ",") if first else None
    text.detach()
    file.seek(0)
    if best is None:
        raise Unreadable(_("« %(name)s » ne contient aucune ligne.") % {"name": name})
    if len(best[0]) > MAX_COLUMNS:
        raise Unreadable(
            _("« %(name)s » a %(columns)s colonnes : ne gardez que celles du modèle.")
            % {"name": name, "columns": len(best[0])}
        )
    return best


def _header_with(reader: Any) -> tuple[tuple[str, ...], int] | None:
    try:
        for cells in reader:
            if reader.line_num > HEADER_WITHIN:
                return None
            titles = [cell.strip() for cell in cells]
            if sum(1 for title in titles if title) >= 2:
                return tuple(_without_tail(titles)), reader.line_num
    except csv.Error:
        return None
    return None


def _without_tail(titles: Sequence[str]) -> list[str]:
    """The titles without the empty ones that a spreadsheet leaves at the end."""
    kept = list(titles)
    while kept and not kept[-1]:
        kept.pop()
    return kept


@dataclass(frozen=True)
class _Text:
    file: IO[bytes]
    encoding: str
    delimiter: str
    header_line: int
    name: str

    def lines(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, encoding=self.encoding, newline="")
        reader = _reader(text, self.delimiter)
        before = 0
        try:
            for cells in reader:
                line, before = before + 1, reader.line_num
                if reader.line_num > self.header_line:
                    yield line, tuple(cell.strip() for cell in cells)
        except csv.Error:
            raise Unreadable(
                _("« %(name)s », ligne %(line)s : guillemets ou cellule hors norme ; corrigez-la.")
                % {"name": self.name, "line": reader.line_num}
            ) from None
        finally:
            text.detach()


# Workbooks


def _open_workbook(file: IO[bytes], name: str) -> Sheet:
    _check_archive(file, name)
    content = file.read()
    digest = hashlib.sha256(content).hexdigest()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        table = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError):
        raise Unreadable(
            _("« %(name)s » n’est pas un classeur lisible : enregistrez-le en XLSX ou en CSV.")
            % {"name": name}
        ) from None
    rows = [tuple(_cell(value) for value in cells) for cells in table]
    for index, cells in enumerate(rows[:HEADER_WITHIN]):
        titles = _without_tail([cell.strip() for cell in cells])
        if sum(1 for title in titles if title) >= 2 and len(titles) <= MAX_COLUMNS:
            workbook = _Workbook(rows, index)
            return Sheet(name, tuple(titles), digest, (), workbook)
    raise Unreadable(
        _("« %(name)s » : aucune ligne de titres dans la première feuille.") % {"name": name}
    )


def _check_archive(file: IO[bytes], name: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise Unreadable(
            _("« %(name)s » est une archive abîmée : renvoyez-la.") % {"name": name}
        ) from None
    sizes = [part.file_size for part in parts]
    if sum(sizes) > MAX_UNPACKED_BYTES or max(sizes, default=0) > MAX_PART_BYTES:
        raise _too_large_inside(name)
    if not any(part.filename.startswith("xl/") for part in parts):
        raise Unreadable(
            _("« %(name)s » n’est pas un classeur Excel : envoyez un CSV ou un XLSX.")
            % {"name": name}
        )
    file.seek(0)


def _cell(value: Any) -> str:
    """A typed cell as a person reads it: 940071.0 is 940071, a date is a date."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


@dataclass(frozen=True)
class _Workbook:
    table: list[tuple[str, ...]]
    header_index: int

    def lines(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        for index in range(self.header_index + 1, len(self.table)):
            yield index + 1, self.table[index]
