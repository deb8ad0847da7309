"""
Priority neighbourhoods from the official GeoJSON, self-intersections and wrong codes included.
"""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.sheets import Unreadable
from traitdunion.journal import operations as journal
from traitdunion.territories.models import (
    Commune,
    Department,
    Neighbourhood,
    NeighbourhoodCommune,
)
from traitdunion.territories.operations.reports import LoadReport, department_code

CHUNK = 1_000
CODE = re.compile(r"Q[PN]\d(\d|[AB]|\d[AB])[0-9A-Z]{4,5}")
GENERATIONS = {
    "QP": ("2015", date(2015, 1, 1), date(2023, 12, 31)),
    "QN": ("2024", date(2024, 1, 1), None),
}
CHANGING = ["name", "department", "outline", "layer", "valid_from_date", "valid_until_date"]


@dataclass(frozen=True, slots=True)
class _Feature:
    line: int
    code: str
    name: str
    communes: tuple[str, ...]
    outline: bytes
    is_valid: bool


@transaction.atomic
def load_neighbourhoods(*, path: Path, name: str, by: Actor, at: datetime) -> LoadReport:
    """
    Load or bring up to date the neighbourhoods of one GeoJSON file, gzipped or not.

    The generation is read from the codes: QP… of 2015, QN… of 2024. Contours are kept as
    published.
    Raises: Unreadable.
    """
    raw = path.read_bytes()
    layer = f"{name} {hashlib.sha256(raw).hexdigest()[:12]}"
    report = LoadReport()
    features = [f for f in _features(raw, name, report) if f is not None]
    _write(features, layer, report)
    _link_communes(features, report)
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
    except (ValueError, KeyError, TypeError, OSError, EOFError):
        raise Unreadable(
            _("« %(name)s » n’est pas un fichier GeoJSON de quartiers.") % {"name": name}
        ) from None
    seen: set[str] = set()
    return [_feature(number, one, seen, report) for number, one in enumerate(found, 1)]


def _feature(
    number: int, one: dict[str, Any], seen: set[str], report: LoadReport
) -> _Feature | None:
    try:
        code = str(_code(one)).strip().upper()
        shape = shapely.from_geojson(json.dumps(one["geometry"]))
    except (KeyError, TypeError, shapely.GEOSException):
        report.reject(number, _("contour ou code illisible"))
        return None
    if not CODE.fullmatch(code) or code in seen:
        reason = _("code en double") if code in seen else _("code de quartier mal formé")
        report.reject(number, f"{reason} : {code[:12]}")
        return None
    if shape is None or shape.is_empty:
        report.reject(number, _("contour vide : %(code)s") % {"code": code})
        return None
    seen.add(code)
    properties = one["properties"]
    communes = str(properties.get("insee_com") or "").replace(";", ",").split(",")
    return _Feature(
        line=number,
        code=code,
        name=str(properties.get("lib_qp") or properties.get("name") or code).strip()[:200],
        communes=tuple(c.strip() for c in communes if c.strip()),
        outline=shapely.to_wkb(shape),
        is_valid=shape.is_valid,
    )


def _code(one: dict[str, Any]) -> Any:
    properties = one["properties"]
    return properties["code_qp"] if properties.get("code_qp") else properties["code"]


def _write(features: list[_Feature], layer: str, report: LoadReport) -> None:
    departments = set(Department.objects.values_list("pk", flat=True))
    known = {row.code: row for row in Neighbourhood.objects.order_by("code")}
    fresh, changed = [], []
    for feature in list(features):
        department = department_code(feature.code[2:5])
        if department not in departments:
            report.reject(feature.line, _("département inconnu : %(code)s") % {"code": department})
            features.remove(feature)
            continue
        generation, start, end = GENERATIONS[feature.code[:2]]
        values = {
            "name": feature.name,
            "department_id": department,
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


def _link_communes(features: list[_Feature], report: LoadReport) -> None:
    ids = dict(Neighbourhood.objects.values_list("code", "pk"))
    communes = set(Commune.objects.values_list("pk", flat=True))
    links = []
    for feature in features:
        for code in feature.communes:
            if code in communes:
                links.append(
                    NeighbourhoodCommune(neighbourhood_id=ids[feature.code], commune_id=code)
                )
            else:
                report.notices.append(
                    _("%(quarter)s : la commune « %(commune)s » est inconnue ; rattachez-la.")
                    % {"quarter": feature.code, "commune": code}
                )
    NeighbourhoodCommune.objects.bulk_create(links, batch_size=CHUNK, ignore_conflicts=True)
