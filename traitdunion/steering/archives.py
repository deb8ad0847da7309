"""
The file of a backup: a zip with a part for each table, one row a line, and a manifest.

A row is written as the journal hashes it (`journal/canonical.py`): the same bytes whichever
database wrote it, so either one takes it back. The manifest gives the rows and the SHA-256 of each
part; the last 64 signs of the file are the SHA-256 of all that comes before.
"""

import json
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from lzma import LZMAError
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
DIGEST_SIGNS = 64
# A middle way between the time it takes and the room it takes.
LEVEL = 3
LINES_AT_ONCE = 1_000
BYTES_AT_ONCE = 1 << 20
# Whatever reading a damaged zip may raise: a changed byte may even name another compression.
UNREADABLE = (
    BadZipFile, EOFError, KeyError, LZMAError, OSError, RuntimeError, ValueError, struct.error,
    zlib.error,
)  # fmt: skip

Progress = Callable[[int], None]


class Damaged(Refusal):
    """The file is not a whole backup; the sentence names the part that is wrong."""

    status = 400


class MadeByANewerVersion(Refusal):
    """The backup has tables that this version does not know."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table."""

    table: str
    rows: int
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.table}.jsonl"


def nothing_told(_rows: int) -> None:
    """Nobody watches how far it is."""


class Writing:
    """A backup being written, part by part; ``end`` closes it."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.zip = ZipFile(out, "w", ZIP_DEFLATED, compresslevel=LEVEL)
        self.parts: list[Part] = []

    def add(self, table: str, lines: Iterable[bytes], progress: Progress) -> None:
        """The rows of a table, streamed."""
        hashed, rows = sha256(), 0
        with self.zip.open(_entry(f"{table}.jsonl"), "w", force_zip64=True) as part:
            for chunk in _joined(lines):
                hashed.update(chunk)
                part.write(chunk)
                rows += (count := chunk.count(b"\n"))
                progress(count)
        self.parts.append(Part(table, rows, hashed.hexdigest()))

    def end(self, told: Mapping[str, Any]) -> str:
        """Write the manifest and what closes the file; return its digest."""
        manifest = {"format": FORMAT, **told, "parts": [asdict(part) for part in self.parts]}
        self.zip.writestr(_entry(MANIFEST), json.dumps(manifest, ensure_ascii=False, indent=1))
        self.zip.comment = b"0" * DIGEST_SIGNS
        self.zip.close()
        digest = _digest(self.out)
        self.out.seek(-DIGEST_SIGNS, os.SEEK_END)
        self.out.write(digest.encode())
        return digest


class Reading:
    """A backup that can be opened; ``check`` says whether it is whole."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file, self.name = file, name
        try:
            self.zip = ZipFile(file)
            self.manifest = json.loads(self.zip.read(MANIFEST))
            known = self.manifest["format"]
            self.parts = [Part(**part) for part in self.manifest["parts"]]
        except (*UNREADABLE, TypeError):
            raise Damaged(
                _("« %(file)s » n’est pas une sauvegarde entière : son sommaire est illisible.")
                % {"file": name}
            ) from None
        if known != FORMAT:
            raise MadeByANewerVersion(
                _(
                    "« %(file)s » est au format %(format)s, que cette version ne connaît pas :"
                    " mettez le logiciel à jour."
                )
                % {"file": name, "format": known}
            )

    def check(self, progress: Progress = nothing_told) -> None:
        """Raises Damaged, naming the first part that is not what the manifest says."""
        for part in self.parts:
            hashed, rows = sha256(), 0
            with self._open(part) as chunks:
                for chunk in chunks:
                    hashed.update(chunk)
                    rows += chunk.count(b"\n")
            progress(rows)
            if (hashed.hexdigest(), rows) != (part.sha256, part.rows):
                raise self.damaged(part)
        if _digest(self.file).encode() != self.zip.comment:
            raise Damaged(
                _("« %(file)s » a été abîmé : son enveloppe a changé. Prenez une autre copie.")
                % {"file": self.name}
            )

    def rows(self, part: Part) -> Iterator[dict[str, Any]]:
        """The rows of a part, column by column. Raises Damaged."""
        try:
            with self.zip.open(part.name) as lines:
                for line in lines:
                    yield json.loads(line)
        except UNREADABLE:
            raise self.damaged(part) from None

    def damaged(self, part: Part) -> Damaged:
        return Damaged(
            _(
                "« %(file)s » a été abîmé : la partie « %(part)s » a changé."
                " Prenez une autre copie."
            )
            % {"file": self.name, "part": part.table}
        )

    @contextmanager
    def _open(self, part: Part) -> Iterator[Iterator[bytes]]:
        try:
            with self.zip.open(part.name) as lines:
                yield iter(lambda: lines.read(BYTES_AT_ONCE), b"")
        except UNREADABLE:
            raise self.damaged(part) from None


@contextmanager
def opened(path: Path) -> Iterator[Reading]:
    """Raises OSError, Damaged, MadeByANewerVersion."""
    with path.open("rb") as file:
        yield Reading(file, path.name)


def _entry(name: str) -> ZipInfo:
    """No date: the manifest has the only one that counts."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _joined(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A thousand lines at once: one by one, compressing costs twice as much."""
    kept: list[bytes] = []
    for line in lines:
        kept.append(line)
        if len(kept) == LINES_AT_ONCE:
            yield b"\n".join(kept) + b"\n"
            kept.clear()
    if kept:
        yield b"\n".join(kept) + b"\n"


def _digest(file: BinaryIO) -> str:
    """Of the whole file, but for the digest that ends it."""
    hashed = sha256()
    left = file.seek(0, os.SEEK_END) - DIGEST_SIGNS
    file.seek(0)
    while left > 0 and (chunk := file.read(min(left, BYTES_AT_ONCE))):
        hashed.update(chunk)
        left -= len(chunk)
    return hashed.hexdigest()
