"""Laying the ground: an invented département, or the official files."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import numpy as np
import shapely

from traitdunion.base.actors import ROBOT
from traitdunion.cli.demonstration import fiction
from traitdunion.cli.demonstration.cast import Ground
from traitdunion.territories import arrays, queries
from traitdunion.territories import operations as territories

# Real neighbourhoods among which invented families live when the official files are given.
REAL_DEPARTMENT = "94"
NEIGHBOURHOOD_FILE = "qpv-2024.geojson.gz"
SCHOOLS_FILE = "colleges-france-2024.csv.gz"
CITES_FILE = "cites-educatives-2019-partial.csv"
EARTH_M = 111_320


@dataclass(frozen=True, slots=True)
class Scenery:
    """A place to play in, and the families that may be drawn there."""

    ground: Ground
    story: fiction.Fiction
    generation: str


def invented(*, seed: int, scale: fiction.Scale, at: datetime) -> Scenery:
    """A département that does not exist, loaded through the files of the official formats."""
    story = fiction.invent(seed=seed, scale=scale)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        story.write(path)
        for kind, name in (
            ("communes", "communes.csv"),
            ("neighbourhoods", "quartiers.geojson"),
            ("schools", "colleges.csv"),
            ("cites-educatives", "cites-educatives.csv"),
        ):
            territories.load_file(kind=kind, path=path / name, by=ROBOT, at=at)
    ground = Ground(
        department=fiction.DEPARTMENT,
        academy=fiction.ACADEMY,
        town=story.towns[0].code,
        schools=[college.uai for college in story.colleges],
        associations=fiction.ASSOCIATIONS[: scale.associations],
    )
    return Scenery(ground, story, "2015")


def official(*, folder: Path, seed: int, scale: fiction.Scale, at: datetime) -> Scenery:
    """The real neighbourhoods and collèges; invented families live in one real département."""
    for kind, name in (
        ("neighbourhoods", NEIGHBOURHOOD_FILE),
        ("schools", SCHOOLS_FILE),
        ("cites-educatives", CITES_FILE),
    ):
        territories.load_file(kind=kind, path=folder / name, by=ROBOT, at=at)
    quarters = list(_real_quarters(scale))
    colleges = _real_colleges(quarters, scale)
    towns = list({q.town.code: q.town for q in quarters}.values())
    story = fiction.Fiction(scale, Random(seed), towns, quarters, colleges)  # noqa: S311 - a story
    ground = Ground(
        department=REAL_DEPARTMENT,
        academy=queries.school(colleges[0].uai).academy_id,
        town=towns[0].code,
        schools=[college.uai for college in colleges],
        associations=fiction.ASSOCIATIONS[: scale.associations],
    )
    return Scenery(ground, story, "2024")


def _real_quarters(scale: fiction.Scale) -> Iterable[fiction.Quarter]:
    """Neighbourhoods of the département as the families' generator sees them."""
    layer = arrays.layer("2024")
    shapes = dict(zip(map(str, layer.zones.codes), layer.zones.shapes, strict=True))
    found = queries.neighbourhoods("2024").filter(department=REAL_DEPARTMENT)
    towns = queries.communes_of([one.pk for one in found])
    for one in list(found)[: scale.neighbourhoods]:
        centre = shapely.point_on_surface(shapes[one.code])
        reach = shapely.distance(centre, shapely.boundary(shapes[one.code])) * EARTH_M * 0.7
        name = (towns.get(one.pk) or [one.name])[0]
        commune = queries.commune_named(name, REAL_DEPARTMENT)
        code = commune.code if commune else REAL_DEPARTMENT
        town = fiction.Town(code, name, centre.x, centre.y)
        yield fiction.Quarter(one.code, one.name, town, [], centre.x, centre.y, max(20.0, reach))


def _real_colleges(quarters: list[fiction.Quarter], scale: fiction.Scale) -> list[fiction.College]:
    """The public collèges nearest to these neighbourhoods."""
    schools = [
        school
        for school in queries.schools().filter(department=REAL_DEPARTMENT, is_public=True)
        if school.lon is not None and school.lat is not None
    ]
    lon = np.array([school.lon for school in schools])
    lat = np.array([school.lat for school in schools])
    chosen: dict[str, fiction.College] = {}
    for quarter in quarters * 3:
        away = np.hypot((lon - quarter.lon) * 0.66, lat - quarter.lat)
        for index in np.argsort(away):
            school = schools[int(index)]
            if school.uai not in chosen:
                chosen[school.uai] = fiction.College(
                    school.uai, school.name, quarter.town, quarter, school.lon, school.lat
                )
                break
        if len(chosen) >= scale.schools:
            break
    return list(chosen.values())
