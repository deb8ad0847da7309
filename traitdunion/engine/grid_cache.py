"""
Grids kept on disk, named by the digest of the outlines they were built from.

A cache is only a shortcut: whatever happens to it, the grid is built again and the answer is the
same. It stays in a folder of the user's own.
"""

import hashlib
import os
import tempfile
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from traitdunion.engine import grid
from traitdunion.engine.grid import Grid

# To be changed with what `grid.build` makes: files of another version are not read.
VERSION = "1"
# Contours change once in ten years; a few sets are kept, the latest used.
KEPT = 4


def folder() -> Path | None:
    """Where grids are kept: the user's cache (``XDG_CACHE_HOME``); None without a home."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:
        return None
    return Path(base) / "traitdunion"


def digest(shapes: NDArray[np.object_]) -> str:
    """SHA-256 of outlines as WKB, in their order."""
    told = hashlib.sha256(f"grid {VERSION} {len(shapes)}".encode())
    for outline in shapely.to_wkb(shapes):
        told.update(outline)
    return told.hexdigest()


def grid_of(shapes: NDArray[np.object_], *, within: Path | None = None) -> Grid:
    """
    The grid of outlines, read from the cache or built and kept there.

    Args:
        shapes: valid shapely geometries in WGS84 degrees, shape (zones,).
        within: the folder of the cache; by default that of `folder`.
    """
    place = within or folder()
    path = place / f"zones-{digest(shapes)[:40]}.npz" if place else None
    found = _read(path) if path else None
    if found is None:
        found = grid.build(shapes)
        if path:
            _keep(path, found)
    return found


def _read(path: Path) -> Grid | None:
    """The grid of a file that is whole; the archive keeps a checksum of each array."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays: dict[str, Any] = {one.name: file[one.name] for one in fields(Grid)}
        path.touch()
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return Grid(**arrays)


def _keep(path: Path, made: Grid) -> None:
    """Write the file whole or not at all; a cache that cannot be written is done without."""
    half = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".zones-", dir=path.parent)
        half = Path(name)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **{one.name: getattr(made, one.name) for one in fields(Grid)})
        half.replace(path)
        _forget_oldest(path.parent)
    except OSError:
        if half:
            half.unlink(missing_ok=True)


def _forget_oldest(place: Path) -> None:
    latest = sorted(place.glob("zones-*.npz"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in latest[KEPT:]:
        old.unlink(missing_ok=True)
