"""Schools, from any of the ministry's files: the columns are recognised, whatever the vintage."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.identifiers import BadIdentifier, check_uai, folded
from traitdunion.base.sheets import Row, Sheet
from traitdunion.journal import operations as journal
from traitdunion.territories import arrays
from traitdunion.territories.models import Academy, Commune, Department, School
from traitdunion.territories.operations.reports import LoadReport, columns, department_code

CHUNK = 2_000
ALIASES = {
    "uai": ("numero_uai", "identifiant_de_l_etablissement", "code uai", "uai", "numero"),
    "name": (
        "appellation_officielle",
        "nom_etablissement",
        "nom de l'etablissement",
        "etablissement",
    ),
    "kind": (
        "nature_uai_libe",
        "libelle_nature",
        "type_detablissement",
        "type_etablissement",
    ),
    "sector": ("secteur_public_prive_libe", "statut_public_prive"),
    "state": ("etat_etablissement_libe", "etat"),
    "address": ("adresse_uai", "adresse_1"),
    "commune": ("code_commune",),
    "department": ("code_departement", "n°département", "departement"),
    "academy": ("code_academie",),
    "academy_name": ("libelle_academie", "academie"),
    "lat": ("latitude",),
    "lon": ("longitude",),
    "point": ("coordinates",),
    "network": ("ep", "appartenance_education_prioritaire"),
    "index": ("ips",),
}


@dataclass
class _Known:
    """What is already in the tables, read once."""

    schools: dict[str, School]
    communes: set[str]
    departments: set[str]
    department_names: dict[str, str]
    academies: dict[str, str]


@transaction.atomic
def load_schools(*, sheet: Sheet, by: Actor, at: datetime) -> LoadReport:
    """
    Add the schools of a file, or complete those known under the same number with what it brings.

    A file without names (a social index, say) only completes. Raises: Unreadable without a UAI
    column.
    """
    where = columns(sheet, ALIASES, ("uai",))
    report = LoadReport(notices=list(sheet.notices))
    known = _known()
    fresh: dict[str, School] = {}
    touched: dict[str, School] = {}
    for row in sheet.rows():
        _take(row, where, known, fresh, touched, report)
    School.objects.bulk_create(fresh.values(), batch_size=CHUNK)
    School.objects.bulk_update(touched.values(), sorted(_COLUMNS), batch_size=400)
    report.added, report.changed = len(fresh), len(touched)
    journal.record_many(
        verb="territories.schools_loaded",
        subject_kind="territories.school",
        subjects=[(sheet.digest[:12], {"added": report.added, "changed": report.changed})],
        by=by,
        at=at,
    )
    return report


def _known() -> _Known:
    departments = list(Department.objects.values_list("pk", "name"))
    return _Known(
        schools={school.uai: school for school in School.objects.order_by("uai")},
        communes=set(Commune.objects.values_list("pk", flat=True)),
        departments={pk for pk, _name in departments},
        department_names={folded(name): pk for pk, name in departments},
        academies={folded(name): pk for pk, name in Academy.objects.values_list("pk", "name")},
    )


_COLUMNS = {
    "name",
    "kind",
    "is_public",
    "is_open",
    "address",
    "commune_id",
    "department_id",
    "academy_id",
    "lon",
    "lat",
    "priority_network",
    "social_index",
}


def _take(
    row: Row,
    where: dict[str, int],
    known: _Known,
    fresh: dict[str, School],
    touched: dict[str, School],
    report: LoadReport,
) -> None:
    values = {name: row.cells[index] for name, index in where.items()}
    try:
        uai = check_uai(values["uai"])
    except BadIdentifier as error:
        reason = str(error) if values["uai"] else _("UAI absent")
        report.reject(row.line, reason)
        return
    facts = _facts(values, known)
    if uai in fresh:
        report.reject(row.line, _("UAI %(uai)s déjà lu plus haut") % {"uai": uai})
    elif uai in known.schools:
        school = known.schools[uai]
        different = {k: v for k, v in facts.items() if getattr(school, k) != v}
        for column, value in different.items():
            setattr(school, column, value)
        if different:
            touched[uai] = school
        elif uai not in touched:
            report.unchanged += 1
    elif not facts.get("name"):
        report.reject(
            row.line,
            _("établissement %(uai)s inconnu : chargez d’abord l’annuaire") % {"uai": uai},
        )
    else:
        fresh[uai] = School(uai=uai, **facts)


def _facts(values: dict[str, str], known: _Known) -> dict[str, Any]:
    """What the row says; what it leaves empty says nothing."""
    facts: dict[str, Any] = {
        "name": values.get("name", "")[:200],
        "kind": values.get("kind", "")[:80],
        "address": values.get("address", "")[:300],
        "commune_id": _commune(values, known),
        "department_id": _department(values, known),
        "academy_id": _academy(values, known),
        "priority_network": _network(values.get("network", "")),
        "social_index": _decimal(values.get("index", "")),
    }
    if sector := values.get("sector"):
        facts["is_public"] = folded(sector) == "public"
    if state := values.get("state"):
        facts["is_open"] = folded(state) == "ouvert"
    lon, lat = _point(values)
    if lon is not None and lat is not None:
        facts |= {"lon": lon, "lat": lat}
    return {k: v for k, v in facts.items() if v is not None and v != ""}


def _commune(values: dict[str, str], known: _Known) -> str | None:
    code = values.get("commune", "").zfill(5).upper()
    return code if code in known.communes else None


def _department(values: dict[str, str], known: _Known) -> str | None:
    text = values.get("department", "")
    code = department_code(text)
    return code if code in known.departments else known.department_names.get(folded(text))


def _academy(values: dict[str, str], known: _Known) -> str | None:
    """Academies are in no reference: they come with the schools' own files."""
    code, name = values.get("academy", ""), values.get("academy_name", "")
    if code and name and folded(name) not in known.academies:
        Academy.objects.update_or_create(code=code.zfill(2), defaults={"name": name})
        known.academies[folded(name)] = code.zfill(2)
    return known.academies.get(folded(name))


def _network(text: str) -> str:
    bare = text.upper().replace(" ", "")
    return bare if bare in {"REP", "REP+"} else ""


def _decimal(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _point(values: dict[str, str]) -> tuple[float | None, float | None]:
    if text := values.get("point"):
        try:
            lon, lat = json.loads(text)["coordinates"][:2]
        except (ValueError, KeyError, TypeError):
            return None, None
        return float(lon), float(lat)
    lon, lat = _decimal(values.get("lon", "")), _decimal(values.get("lat", ""))
    on_earth = lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90
    return (lon, lat) if on_earth else (None, None)


@transaction.atomic
def place_schools(*, generation: str, by: Actor, at: datetime) -> int:
    """Note in which neighbourhood each school stands; return how many stand in one."""
    schools = list(School.objects.filter(lon__isnull=False).order_by("pk"))
    if not schools:
        return 0
    places = arrays.locate(
        lon=np.array([school.lon for school in schools]),
        lat=np.array([school.lat for school in schools]),
        generation=generation,
        tolerance_m=0,
    )
    moved = []
    for school, place in zip(schools, places, strict=True):
        if school.neighbourhood_id != place.neighbourhood_id:
            school.neighbourhood_id = place.neighbourhood_id
            moved.append(school)
    School.objects.bulk_update(moved, ["neighbourhood"], batch_size=CHUNK)
    return sum(place.neighbourhood_id is not None for place in places)
