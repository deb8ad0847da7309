"""Communes, départements and régions, from the product's own reference or another file."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.sheets import Row, Sheet
from traitdunion.journal import operations as journal
from traitdunion.territories.loading import LoadReport, columns, department_code
from traitdunion.territories.models import Commune, Department, Region

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
CHUNK = 5_000
ALIASES = {
    "code": ("code", "com", "code_commune", "insee"),
    "name": ("name", "nom", "libelle", "nom_commune"),
    "department": ("department", "dep", "departement", "code_departement"),
    "department_name": ("department_name", "libelle_departement"),
    "region": ("region", "reg", "code_region"),
    "region_name": ("region_name", "libelle_region"),
    "time_zone": ("time_zone", "fuseau"),
    "parent": ("parent", "comparent"),
    "postal_codes": ("postal_codes", "codes_postaux", "code_postal"),
    "former_codes": ("former_codes", "anciens_codes"),
    "kind": ("typecom", "type"),
}
# A commune that is now a part of another one: the file of the INSEE lists them too.
MERGED = {"COMD", "COMA", "COMMUNE-DELEGUEE", "COMMUNE-ASSOCIEE"}
WRITTEN = ("name", "department_id", "parent_id", "postal_codes", "former_codes")


def _reference(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(REFERENCE / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@transaction.atomic
def load_reference(*, by: Actor, at: datetime) -> LoadReport:
    """Load or bring up to date every commune, département and région of France."""
    regions = [Region(code=row["code"], name=row["name"]) for row in _reference("regions")]
    _upsert(Region, regions, ["name"])
    departments = [
        Department(
            code=row["code"],
            name=row["name"],
            region_id=row["region"],
            time_zone=row["time_zone"],
        )
        for row in _reference("departments")
    ]
    _upsert(Department, departments, ["name", "region", "time_zone"])
    reading = _Reading(LoadReport())
    for line, row in enumerate(_reference("communes"), 2):
        facts = {
            "name": row["name"],
            "department_id": row["department"],
            "parent_id": row["parent"] or None,
            "postal_codes": row["postal_codes"],
            "former_codes": row["former_codes"],
        }
        reading.take(line, row["code"], facts)
    return _written(reading, digest="reference", by=by, at=at)


@transaction.atomic
def load_communes(*, sheet: Sheet, by: Actor, at: datetime) -> LoadReport:
    """
    Load communes from a file; départements and régions that it names are created.

    Raises: Unreadable when a column is missing.
    """
    where = columns(sheet, ALIASES, ("code", "name", "department"))
    reading = _Reading(LoadReport(notices=list(sheet.notices)))
    for row in sheet.rows():
        _read(row, where, reading)
    return _written(reading, digest=sheet.digest[:12], by=by, at=at)


@dataclass
class _Reading:
    """What a file says, beside what is already in the tables."""

    report: LoadReport
    known: dict[str, Commune] = field(
        default_factory=lambda: {c.code: c for c in Commune.objects.order_by("code")}
    )
    departments: dict[str, Department] = field(
        default_factory=lambda: {d.code: d for d in Department.objects.order_by("code")}
    )
    fresh: dict[str, Commune] = field(default_factory=dict)
    touched: dict[str, Commune] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def take(self, line: int, code: str, facts: dict[str, Any]) -> None:
        """One row: a new commune, a change, or nothing."""
        if code in self.seen:
            self.report.reject(line, _("code commune %(code)s déjà lu plus haut") % {"code": code})
            return
        self.seen.add(code)
        commune = self.known.get(code)
        if commune is None:
            self.fresh[code] = Commune(code=code, **facts)
        elif any(getattr(commune, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(commune, name, value)
            self.touched[code] = commune
        else:
            self.report.unchanged += 1


def _read(row: Row, where: dict[str, int], reading: _Reading) -> None:
    values = {name: row.cells[index] for name, index in where.items()}
    code, name = values["code"].upper(), values["name"]
    if values.get("kind", "").upper() in MERGED:
        reading.report.unchanged += 1
        return
    if len(code) != 5 or not name:
        reading.report.reject(row.line, _("code commune sur cinq signes et nom sont nécessaires"))
        return
    department = _department(values, reading.departments)
    if department is None:
        reason = _("département « %(code)s » inconnu") % {"code": values["department"]}
        reading.report.reject(row.line, reason)
        return
    facts: dict[str, Any] = {"name": name[:120], "department_id": department.pk}
    # What the file has no column for is left as it is.
    facts |= {key: values[key][:400] for key in ("postal_codes", "former_codes") if key in values}
    if parent := values.get("parent"):
        facts["parent_id"] = parent
    reading.take(row.line, code, facts)


def _department(values: dict[str, str], known: dict[str, Department]) -> Department | None:
    code = department_code(values["department"])
    if code in known or len(code) > 3:
        return known.get(code)
    if not values.get("department_name"):
        return _of_reference(code, known)
    region = None
    if values.get("region"):
        region, _created = Region.objects.get_or_create(
            code=values["region"][:3], defaults={"name": values.get("region_name", "")[:120]}
        )
    known[code] = Department.objects.create(
        code=code,
        name=values["department_name"][:120],
        region=region,
        time_zone=values.get("time_zone") or "Europe/Paris",
    )
    return known[code]


def _of_reference(code: str, known: dict[str, Department]) -> Department | None:
    """The INSEE's own file names no département: it is then the one that everybody knows."""
    row = next((row for row in _reference("departments") if row["code"] == code), None)
    if row is None:
        return None
    names = {region["code"]: region["name"] for region in _reference("regions")}
    region, _created = Region.objects.get_or_create(
        code=row["region"], defaults={"name": names[row["region"]]}
    )
    known[code] = Department.objects.create(
        code=code, name=row["name"], region=region, time_zone=row["time_zone"]
    )
    return known[code]


def _written(reading: _Reading, *, digest: str, by: Actor, at: datetime) -> LoadReport:
    report = reading.report
    _check_parents(reading)
    Commune.objects.bulk_create(reading.fresh.values(), batch_size=CHUNK)
    _upsert(Commune, list(reading.touched.values()), list(WRITTEN))
    report.added, report.changed = len(reading.fresh), len(reading.touched)
    if report.added or report.changed:
        journal.record_many(
            verb="territories.communes_loaded",
            subject_kind="territories.commune",
            subjects=[(digest, {"added": report.added, "changed": report.changed})],
            by=by,
            at=at,
        )
    return report


def _check_parents(reading: _Reading) -> None:
    """An arrondissement whose commune is nowhere is kept, without it, and said."""
    everywhere = reading.known.keys() | reading.fresh.keys()
    for commune in (*reading.fresh.values(), *reading.touched.values()):
        if commune.parent_id and commune.parent_id not in everywhere:
            reading.report.notices.append(
                _("%(name)s : la commune « %(code)s » dont elle fait partie est inconnue.")
                % {"name": commune.name, "code": commune.parent_id}
            )
            commune.parent_id = None


def _upsert(model: type, rows: list, fields: list[str]) -> None:
    model.objects.bulk_create(
        rows,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=fields,
    )
