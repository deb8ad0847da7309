"""Schools, from any of the ministry's files: the columns are recognised, whatever the vintage."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.identifiers import BadIdentifier, check_uai, folded, squeezed
from traitdunion.base.sheets import Row, Sheet
from traitdunion.journal import operations as journal
from traitdunion.territories import arrays, queries
from traitdunion.territories.loading import LoadReport, columns, department_code
from traitdunion.territories.models import Academy, Department, School

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
    "title": ("denomination_principale",),
    "patron": ("patronyme_uai",),
    "town": ("libelle_commune", "nom_commune", "commune"),
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


CORSICA = {"620": "2A", "720": "2B"}
# What a list that is no directory may correct; of the rest it only fills what is empty.
OWN = {"priority_network", "social_index"}


@dataclass
class _Reading:
    """What a file says, beside what is already in the tables."""

    report: LoadReport
    is_directory: bool
    communes: dict[str, str]
    departments: set[str]
    department_names: dict[str, str]
    academies: dict[str, str]
    schools: dict[str, School]
    fresh: dict[str, School] = field(default_factory=dict)
    touched: dict[str, School] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)


@transaction.atomic
def load_schools(*, sheet: Sheet, by: Actor, at: datetime) -> LoadReport:
    """
    Add the schools of a file, or complete those known under the same number with what it brings.

    A directory (it gives the code of the commune) corrects what was known; another list only
    completes it, save the priority network and the social index, which are its own.
    Raises: Unreadable without a UAI column.
    """
    where = columns(sheet, ALIASES, ("uai",))
    reading = _reading(LoadReport(notices=list(sheet.notices)), "commune" in where)
    for row in sheet.rows():
        _take(row, where, reading)
    School.objects.bulk_create(reading.fresh.values(), batch_size=CHUNK)
    if reading.touched:
        changed = sorted(reading.columns)
        School.objects.bulk_update(reading.touched.values(), changed, batch_size=400)
    report = reading.report
    report.added, report.changed = len(reading.fresh), len(reading.touched)
    _tell_unplaced(reading)
    journal.record_many(
        verb="territories.schools_loaded",
        subject_kind="territories.school",
        subjects=[(sheet.digest[:12], {"added": report.added, "changed": report.changed})],
        by=by,
        at=at,
    )
    return report


def _tell_unplaced(reading: _Reading) -> None:
    """A school without a position stands in no neighbourhood until somebody gives one."""
    known = [reading.schools.get(uai) or reading.fresh.get(uai) for uai in reading.seen]
    unplaced = sum(1 for school in known if school and school.lon is None)
    if unplaced:
        reading.report.notices.append(
            _("%(count)s établissements sans position : ils ne seront placés dans aucun quartier.")
            % {"count": unplaced}
        )


def _reading(report: LoadReport, is_directory: bool) -> _Reading:
    departments = list(Department.objects.values_list("pk", "name"))
    return _Reading(
        report=report,
        is_directory=is_directory,
        communes=queries.current_codes(),
        departments={pk for pk, _name in departments},
        department_names={folded(name): pk for pk, name in departments},
        academies={folded(name): pk for pk, name in Academy.objects.values_list("pk", "name")},
        schools={school.uai: school for school in School.objects.order_by("uai")},
    )


def _take(row: Row, where: dict[str, int], reading: _Reading) -> None:
    values = {name: row.cells[index] for name, index in where.items()}
    try:
        uai = check_uai(values["uai"])
    except BadIdentifier as error:
        reading.report.reject(row.line, str(error) if values["uai"] else _("UAI absent"))
        return
    facts = _facts(values, reading)
    if uai in reading.seen:
        reading.report.reject(row.line, _("UAI %(uai)s déjà lu plus haut") % {"uai": uai})
        return
    reading.seen.add(uai)
    if uai in reading.schools:
        _complete(reading.schools[uai], facts, reading)
    elif not facts.get("name"):
        reason = _("établissement %(uai)s inconnu et sans nom : chargez d’abord l’annuaire")
        reading.report.reject(row.line, reason % {"uai": uai})
    else:
        reading.fresh[uai] = School(uai=uai, **facts)


def _complete(school: School, facts: dict[str, Any], reading: _Reading) -> None:
    different = {
        column: value
        for column, value in facts.items()
        if getattr(school, column) != value
        and (reading.is_directory or column in OWN or getattr(school, column) in {None, ""})
    }
    if not different:
        reading.report.unchanged += 1
        return
    for column, value in different.items():
        setattr(school, column, value)
    reading.touched[school.uai] = school
    reading.columns |= different.keys()


def _facts(values: dict[str, str], known: _Reading) -> dict[str, Any]:
    """What the row says; what it leaves empty says nothing."""
    facts: dict[str, Any] = {
        "name": _name(values)[:200],
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


def _name(values: dict[str, str]) -> str:
    """Its name; until it is baptised, its kind and its town."""
    if values.get("name"):
        return values["name"]
    parts = (values.get("title") or values.get("kind"), values.get("patron") or values.get("town"))
    return " ".join(part for part in parts if part)


def _commune(values: dict[str, str], known: _Reading) -> str | None:
    return known.communes.get(values.get("commune", "").zfill(5).upper())


def _department(values: dict[str, str], known: _Reading) -> str | None:
    """As the row says it, else as the number begins: 059… is in the Nord, 620… in Corsica."""
    text, start = values.get("department", ""), squeezed(values["uai"])[:3]
    codes = (department_code(text), CORSICA.get(start), department_code(start))
    named = known.department_names.get(folded(text))
    return next((c for c in (codes[0], named, *codes[1:]) if c in known.departments), None)


def _academy(values: dict[str, str], known: _Reading) -> str | None:
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
    journal.record_many(
        verb="territories.school_placed",
        subject_kind="territories.school",
        subjects=[
            (school.pk, {"neighbourhood": str(school.neighbourhood_id or "")}) for school in moved
        ],
        by=by,
        at=at,
    )
    return sum(place.neighbourhood_id is not None for place in places)
