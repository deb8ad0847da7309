"""A file that is there whole, or not there at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# What a file system answers when it knows no file without a name.
_NEEDS_A_NAME = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT}
_FOR_ITS_OWNER = 0o600


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """
    A file to write, which takes its name when the block ends well; its owner alone may read it.

    Until then it has no name where the system knows such files (Linux): whoever kills the process
    leaves nothing behind, not even half of it. Elsewhere a hidden name is removed on any error.
    Raises OSError before anything is written when the place is not one.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    waiting = path.parent / f".{path.name}.{secrets.token_hex(4)}"
    descriptor, is_nameless = _open(path, waiting)
    try:
        with os.fdopen(descriptor, "w+b") as out:
            yield out
            out.flush()
            os.fsync(descriptor)
            if is_nameless:
                _name(descriptor, waiting)
        waiting.replace(path)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    _keep_name(path.parent)


def _open(path: Path, waiting: Path) -> tuple[int, bool]:
    """A descriptor, and whether its file is still without a name."""
    try:
        return os.open(path.parent, os.O_TMPFILE | os.O_RDWR, _FOR_ITS_OWNER), True
    except AttributeError:
        pass
    except OSError as error:
        if error.errno not in _NEEDS_A_NAME:
            raise type(error)(error.errno, error.strerror, str(path)) from None
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        return os.open(waiting, flags, _FOR_ITS_OWNER), False
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None


def _name(descriptor: int, waiting: Path) -> None:
    """
    Give the file its first name.

    ``os.link`` follows the link of ``/proc`` only when it is also told a folder, whichever.
    """
    folder = os.open(waiting.parent, os.O_RDONLY)
    try:
        os.link(f"/proc/self/fd/{descriptor}", waiting, src_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _keep_name(folder: Path) -> None:
    """The name itself survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
