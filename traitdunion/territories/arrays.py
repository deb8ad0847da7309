"""The neighbourhoods' table as the engine's zones, and points as places."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import ArrayLike

from traitdunion.engine import limits
from traitdunion.engine.outlines import areas, repair
from traitdunion.engine.zones import UNKNOWN, Zones
from traitdunion.territories.models import Neighbourhood


class Place(NamedTuple):
    """Where a point is: the answer, the neighbourhood, and the proof to keep."""

    answer: str
    neighbourhood_id: UUID | None
    code: str
    distance_m: float | None
    layer: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One generation of contours, ready to be asked."""

    zones: Zones
    ids: tuple[UUID, ...]
    name: str


def layer(generation: str) -> Layer:
    """The contours of that generation; built once for each version of the table."""
    rows = Neighbourhood.objects.filter(generation=generation).order_by("code")
    return _layer(generation, tuple(rows.values_list("pk", "layer")))


@lru_cache(maxsize=4)
def _layer(generation: str, version: tuple[tuple[UUID, str], ...]) -> Layer:
    rows = Neighbourhood.objects.filter(generation=generation).order_by("code")
    found = list(rows.values_list("code", "pk", "outline"))
    shapes = [shapely.from_wkb(bytes(outline)) for _code, _pk, outline in found]
    name = " + ".join(sorted({layer for _pk, layer in version}))
    codes = [code for code, _pk, _outline in found]
    zones = Zones.of(shapes=shapes, codes=codes, layer=name)
    return Layer(zones, tuple(pk for _code, pk, _outline in found), name[:200])


def locate(*, lon: ArrayLike, lat: ArrayLike, generation: str, tolerance_m: float) -> list[Place]:
    """
    Where these points are, all at once.

    Args:
        lon, lat: WGS84 degrees, NaN where there is no point, shape (points,).
        tolerance_m: a point nearer than this to a limit is to be reviewed.
    Returns: places, in the order of the points; all unknown while no contour is loaded.
    """
    contours = layer(generation)
    if not contours.ids:
        return [Place(UNKNOWN, None, "", None, "") for _point in np.atleast_1d(lon)]
    answers = contours.zones.answer(lon=lon, lat=lat, tolerance_m=tolerance_m)
    return [
        _place(contours, answer, zone, distance)
        for answer, zone, distance in zip(
            answers.answer.tolist(),
            answers.neighbourhood.tolist(),
            answers.distance_m.tolist(),
            strict=True,
        )
    ]


def _place(contours: Layer, answer: str, zone: int, distance: float) -> Place:
    # With review the engine names the nearest zone: whoever settles it starts from there.
    named = zone >= 0 and answer != UNKNOWN
    measured = round(distance, 2) if math.isfinite(distance) else None
    return Place(
        answer=answer,
        neighbourhood_id=contours.ids[zone] if named else None,
        code=str(contours.zones.codes[zone]) if named else "",
        distance_m=measured,
        layer=contours.name if answer != UNKNOWN else "",
    )


@dataclass(frozen=True, slots=True)
class Drawing:
    """An outline to show: the path of an SVG image of that width and height, and its area."""

    path: str
    width: int
    height: int
    hectares: float


def drawing(neighbourhood_id: UUID, size: int = 320) -> Drawing:
    """The repaired outline of a neighbourhood, north up, in the proportions of the ground."""
    row = Neighbourhood.objects.only("outline").get(pk=neighbourhood_id)
    shape = areas(repair(np.array([shapely.from_wkb(bytes(row.outline))])))[0]
    west, south, east, north = shape.bounds
    narrowed = math.cos(math.radians((south + north) / 2))
    scale = size / max((east - west) * narrowed, north - south, 1e-9)
    rings = [
        [((x - west) * narrowed * scale, (north - y) * scale) for x, y in ring.coords]
        for polygon in shapely.get_parts(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    path = " ".join("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + " Z" for ring in rings)
    surface = abs(limits.EARTH.geometry_area_perimeter(shape)[0]) / 10_000
    width, height = (east - west) * narrowed * scale, (north - south) * scale
    return Drawing(path, math.ceil(width), math.ceil(height), surface)
