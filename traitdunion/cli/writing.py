"""Files that a command reads as they come, and writes whole or not at all."""

import errno
import gzip
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from traitdunion.base.sheets import Sheet, open_sheet

# Rows are read as they come: a file may be larger than the memory.
LARGEST = 1 << 40


def opened(path: Path) -> Sheet:
    """The table of a file, gzipped or not, of any size. Raises Unreadable, OSError."""
    return open_sheet(path, name=path.name, max_bytes=LARGEST)


def beside(path: Path, what: str) -> Path:
    """
    The name of a file that goes with another.

    >>> beside(Path("a/out.csv.gz"), "rejected").name
    'out.rejected.csv'
    """
    return path.with_name(f"{Path(path.name.removesuffix('.gz')).stem}.{what}.csv")


@contextmanager
def written(path: Path, *, dry_run: bool) -> Iterator[IO[str]]:
    """A file that appears whole or not at all, gzipped when its name says so."""
    if dry_run:
        yield io.StringIO()
        return
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(path.parent))
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent or Path())
    os.close(handle)
    half = Path(name)
    try:
        with _opened(half, packed=path.suffix == ".gz") as file:
            yield file
        # As any file one writes: what mkstemp makes is for its owner alone.
        umask = os.umask(0)
        os.umask(umask)
        half.chmod(0o666 & ~umask)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, *, packed: bool) -> Iterator[IO[str]]:
    """The same lines give the same bytes: gzip keeps neither the half-made name nor the hour."""
    if not packed:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packing,
        io.TextIOWrapper(packing, encoding="utf-8", newline="") as file,
    ):
        yield file
