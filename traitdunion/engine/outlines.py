"""
Outlines as they are published: read from GeoJSON, repaired, their area set apart.

Public contours are rounded until they cross themselves: 586 of the 1,584 neighbourhoods of 2024
do. They are repaired by
shapely's ``make_valid`` (the method that keeps every line), and nothing of the result is dropped.
"""

import gzip
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry import shape

Shapes = NDArray[np.object_]
CODE_PROPERTIES = ("code_qp", "code")
POLYGON, MULTIPOLYGON = 3, 6


class BadOutlines(ValueError):
    """
    The file holds no zones that can be used.

    ``reason`` is one of ``bad_archive``, ``not_json``, ``not_geojson``, ``empty``, ``no_code``,
    ``bad_outline`` and
    ``not_degrees``; ``detail`` names the place: a line, the number of a feature or a code.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Outline:
    """One zone of a file: its number there (from 1), code, properties, and its published shape."""

    number: int
    code: str
    properties: dict[str, Any]
    shape: Any
    """A shapely geometry in degrees, or None when the file gives none."""


def read_geojson(path: Path) -> list[Outline]:
    """
    The outlines of a GeoJSON file, gzipped or not, as published and in the order of the file.

    Raises: BadOutlines on a file that is not a collection of features with codes, in degrees;
        OSError on one that cannot be read.
    Source: RFC 7946; the code is the property ``code_qp``, else ``code``.
    """
    features = _features(_document(path))
    if not features:
        raise BadOutlines("empty")
    outlines = [_outline(number, feature) for number, feature in enumerate(features, 1)]
    if all(outline.shape is None for outline in outlines):
        raise BadOutlines("empty")
    return outlines


def repair(shapes: Shapes) -> Shapes:
    """
    Make every outline valid, keeping all that it draws.

    Args:
        shapes: shapely geometries, shape (zones,).
    Returns: valid geometries, shape (zones,); one that was valid is unchanged.
    Source: ``shapely.make_valid``, default method: each line is kept, area is what an odd number
        of turns encloses.

    >>> bow_tie = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    >>> repair(np.array([bow_tie]))[0].area
    2.0
    """
    repaired: Shapes = shapely.make_valid(shapes)
    return repaired


def areas(shapes: Shapes) -> Shapes:
    """
    The part of each repaired outline that has an area; what is only a line or a point is left out.

    Args:
        shapes: valid shapely geometries, shape (zones,).
    Returns: polygons and multipolygons, shape (zones,); empty where nothing has an area.

    >>> mixed = shapely.from_wkt(
    ...     "GEOMETRYCOLLECTION (POLYGON ((0 0, 1 0, 1 1, 0 0)), LINESTRING (1 1, 2 2))"
    ... )
    >>> areas(np.array([mixed]))[0].wkt
    'POLYGON ((0 0, 1 0, 1 1, 0 0))'
    """
    flat = np.isin(shapely.get_type_id(shapes), (POLYGON, MULTIPOLYGON))
    found = shapes.copy()
    found[~flat] = [_area(mixed) for mixed in shapes[~flat]]
    return found


def _area(mixed: Any) -> Any:
    parts = shapely.get_parts(mixed)
    polygons = parts[np.isin(shapely.get_type_id(parts), (POLYGON, MULTIPOLYGON))]
    if not len(polygons):
        return shapely.MultiPolygon()
    return polygons[0] if len(polygons) == 1 else shapely.union_all(polygons)


def _document(path: Path) -> Any:
    raw = path.read_bytes()
    try:
        content = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error):
        raise BadOutlines("bad_archive") from None
    try:
        return json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadOutlines("not_json", str(error.lineno)) from None
    except (UnicodeDecodeError, RecursionError):
        raise BadOutlines("not_json", "1") from None


def _features(document: Any) -> list[Any]:
    if isinstance(document, dict) and document.get("type") == "Feature":
        return [document]
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise BadOutlines("not_geojson")
    return features


def _outline(number: int, feature: Any) -> Outline:
    if not isinstance(feature, dict):
        raise BadOutlines("not_geojson", str(number))
    properties = feature.get("properties") or {}
    found = (properties.get(name) for name in CODE_PROPERTIES)
    code = next((str(value).strip() for value in found if value not in {None, ""}), "")
    if not code:
        raise BadOutlines("no_code", str(number))
    return Outline(number, code, properties, _shape(code, feature.get("geometry")))


def _shape(code: str, geometry: Any) -> Any:
    if not geometry:
        return None
    try:
        drawn = shapely.force_2d(shape(geometry))
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise BadOutlines("bad_outline", code) from None
    if drawn.is_empty:
        return None
    west, south, east, north = drawn.bounds
    if not np.isfinite(shapely.get_coordinates(drawn)).all():
        raise BadOutlines("bad_outline", code)
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise BadOutlines("not_degrees", code)
    return drawn
