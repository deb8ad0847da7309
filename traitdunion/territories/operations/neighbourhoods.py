"""
Priority neighbourhoods from the official GeoJSON, self-intersections and wrong codes included.
"""

import gzip
import hashlib
import json
import re
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.identifiers import folded
from traitdunion.base.sheets import Unreadable
from traitdunion.journal import operations as journal
from traitdunion.territories import queries
from traitdunion.territories.loading import LoadReport, department_code
from traitdunion.territories.models import (
    Commune,
    Department,
    Neighbourhood,
    NeighbourhoodCommune,
)

CHUNK = 1_000
CODE = re.compile(r"Q[PN][0-9A-Z]{6}")
GENERATIONS = {
    "QP": ("2015", date(2015, 1, 1), date(2023, 12, 31)),
    "QN": ("2024", date(2024, 1, 1), None),
}
CHANGING = ["name", "department", "outline", "layer", "valid_from_date", "valid_until_date"]


@dataclass(slots=True)
class _Feature:
    """One neighbourhood as the file gives it."""

    line: int
    code: str
    name: str
    communes: tuple[str, ...]
    outline: bytes
    is_valid: bool
    department: str = field(init=False)

    def __post_init__(self) -> None:
        self.department = department_code(self.code[2:5])


@transaction.atomic
def load_neighbourhoods(*, path: Path, name: str, by: Actor, at: datetime) -> LoadReport:
    """
    Load or bring up to date the neighbourhoods of one GeoJSON file, gzipped or not.

    The generation is read from the codes: QP… of 2015, QN… of 2024. Contours are kept as
    published. The line of a rejected row is the number of the feature in the file.
    Raises: Unreadable; OSError when the file cannot be read.
    """
    raw = path.read_bytes()
    layer = f"{name[:180]} {hashlib.sha256(raw).hexdigest()[:12]}"
    report = LoadReport()
    features = [f for f in _features(raw, name, report) if f is not None]
    departments = frozenset(Department.objects.values_list("pk", flat=True))
    features = [f for f in features if _has_department(f, departments, report)]
    changed = _write(features, layer, report)
    _link_communes(features, changed, report)
    repaired = sum(not feature.is_valid for feature in features)
    if repaired:
        report.notices.append(
            _("%(count)s contours se recoupent : ils sont réparés à la lecture, jamais modifiés.")
            % {"count": repaired}
        )
    journal.record_many(
        verb="territories.neighbourhoods_loaded",
        subject_kind="territories.neighbourhood",
        subjects=[(layer[-12:], {"added": report.added, "changed": report.changed})],
        by=by,
        at=at,
    )
    return report


def _features(raw: bytes, name: str, report: LoadReport) -> list[_Feature | None]:
    try:
        raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        found = json.loads(raw.decode("utf-8-sig"))["features"]
    except (ValueError, KeyError, TypeError, OSError, EOFError, zlib.error, RecursionError):
        found = None
    if not isinstance(found, list) or not found:
        raise Unreadable(
            _("« %(name)s » n’est pas un fichier GeoJSON de quartiers.") % {"name": name}
        )
    seen: set[str] = set()
    return [_feature(number, one, seen, report) for number, one in enumerate(found, 1)]


def _feature(number: int, one: Any, seen: set[str], report: LoadReport) -> _Feature | None:
    try:
        properties = one["properties"]
        code = str(properties.get("code_qp") or properties["code"]).strip().upper()
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(one["geometry"])))
    except (KeyError, TypeError, AttributeError, shapely.GEOSException):
        report.reject(number, _("contour ou code illisible"))
        return None
    if reason := _wrong(code, shape, seen):
        report.reject(number, reason)
        return None
    seen.add(code)
    communes = re.split(r"[,;|]", str(properties.get("insee_com") or ""))
    return _Feature(
        line=number,
        code=code,
        name=str(properties.get("lib_qp") or properties.get("name") or code).strip()[:200],
        communes=tuple(c.strip() for c in communes if c.strip()),
        outline=shapely.to_wkb(shape),
        is_valid=bool(shapely.is_valid(shape)),
    )


def _wrong(code: str, shape: Any, seen: set[str]) -> str:
    if not CODE.fullmatch(code):
        return _("code de quartier mal formé : %(code)s") % {"code": code[:12]}
    if code in seen:
        return _("code en double : %(code)s") % {"code": code}
    if shape is None or shapely.make_valid(shape).area == 0:
        return _("contour vide : %(code)s") % {"code": code}
    corners = np.abs(shapely.get_coordinates(shape))
    if not (corners <= (180, 90)).all():
        return _("contour hors des degrés WGS84 : %(code)s") % {"code": code}
    return ""


def _has_department(feature: _Feature, known: frozenset[str], report: LoadReport) -> bool:
    if feature.department not in known:
        reason = _("département inconnu : %(code)s") % {"code": feature.department}
        report.reject(feature.line, reason)
    return feature.department in known


def _write(features: list[_Feature], layer: str, report: LoadReport) -> set[str]:
    """Write what is new or has changed; return the codes whose contours are new or changed."""
    known = {row.code: row for row in Neighbourhood.objects.order_by("code")}
    fresh, changed = [], []
    for feature in features:
        generation, start, end = GENERATIONS[feature.code[:2]]
        values = {
            "name": feature.name,
            "department_id": feature.department,
            "outline": feature.outline,
            "layer": layer,
            "valid_from_date": start,
            "valid_until_date": end,
        }
        row = known.get(feature.code)
        if row is None:
            fresh.append(Neighbourhood(code=feature.code, generation=generation, **values))
        elif bytes(row.outline) != feature.outline or row.name != feature.name:
            for column, value in values.items():
                setattr(row, column, value)
            changed.append(row)
        else:
            report.unchanged += 1
    Neighbourhood.objects.bulk_create(fresh, batch_size=CHUNK)
    Neighbourhood.objects.bulk_update(changed, CHANGING, batch_size=200)
    report.added, report.changed = len(fresh), len(changed)
    return {row.code for row in (*fresh, *changed)}


def _link_communes(features: list[_Feature], changed: set[str], report: LoadReport) -> None:
    """Tie each neighbourhood to its communes; what is doubtful is said, at each reading."""
    ids = dict(Neighbourhood.objects.values_list("code", "pk"))
    current = queries.current_codes()
    names = _names_by_department()
    links = []
    for feature in features:
        found = [current[code] for code in feature.communes if code in current]
        links += [(ids[feature.code], code) for code in dict.fromkeys(found)]
        for code in feature.communes:
            if code not in current:
                report.notices.append(
                    _("%(quarter)s : la commune « %(commune)s » est inconnue ; rattachez-la.")
                    % {"quarter": feature.code, "commune": code}
                )
        _doubt_commune(feature, found, names, report)
    moved = [ids[code] for code in changed]
    NeighbourhoodCommune.objects.filter(neighbourhood__in=moved).delete()
    NeighbourhoodCommune.objects.bulk_create(
        [NeighbourhoodCommune(neighbourhood_id=pk, commune_id=code) for pk, code in links],
        batch_size=CHUNK,
        ignore_conflicts=True,
    )


def _names_by_department() -> dict[tuple[str, str], tuple[str, str]]:
    rows = Commune.objects.filter(parent=None).values_list("department_id", "name", "code")
    return {(department, folded(name)): (code, name) for department, name, code in rows}


def _doubt_commune(
    feature: _Feature,
    found: list[str],
    names: dict[tuple[str, str], tuple[str, str]],
    report: LoadReport,
) -> None:
    """A neighbourhood that bears the name of another commune than its own is worth a look."""
    code, name = names.get((feature.department, folded(feature.name)), ("", ""))
    if code and code not in found:
        report.notices.append(
            _("%(quarter)s « %(name)s » est dit en %(said)s, or %(name)s est %(code)s : vérifiez.")
            % {"quarter": feature.code, "name": name, "said": ", ".join(found), "code": code}
        )
