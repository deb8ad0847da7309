"""Communes, départements and régions, from the product's own reference or another file."""

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.sheets import Row, Sheet
from traitdunion.journal import operations as journal
from traitdunion.territories.models import Commune, Department, Region
from traitdunion.territories.operations.reports import LoadReport, columns, department_code

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
}


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
    known = set(Commune.objects.values_list("pk", flat=True))
    communes = [
        Commune(
            code=row["code"],
            name=row["name"],
            department_id=row["department"],
            parent_id=row["parent"] or None,
            postal_codes=row["postal_codes"],
        )
        for row in _reference("communes")
    ]
    # A municipal arrondissement comes after the commune of which it is a part.
    communes.sort(key=lambda commune: (commune.parent_id or "", commune.code))
    _upsert(Commune, communes, ["name", "department", "parent", "postal_codes"])
    report = LoadReport(added=sum(c.code not in known for c in communes))
    report.unchanged = len(communes) - report.added
    return report


def _upsert(model: type, rows: list, fields: list[str]) -> None:
    model.objects.bulk_create(
        rows,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=fields,
    )


@transaction.atomic
def load_communes(*, sheet: Sheet, by: Actor, at: datetime) -> LoadReport:
    """
    Load communes from a file; départements and régions that it names are created.

    Raises: Unreadable when a column is missing.
    """
    where = columns(sheet, ALIASES, ("code", "name", "department"))
    report = LoadReport(notices=list(sheet.notices))
    for row in sheet.rows():
        _load_commune(row, where, report)
    journal.record_many(
        verb="territories.communes_loaded",
        subject_kind="territories.commune",
        subjects=[(sheet.digest[:12], {"added": report.added, "changed": report.changed})],
        by=by,
        at=at,
    )
    return report


def _load_commune(row: Row, where: dict[str, int], report: LoadReport) -> None:
    values = {name: row.cells[index] for name, index in where.items()}
    code, name = values["code"].upper(), values["name"]
    if len(code) != 5 or not name:
        report.reject(row.line, _("code commune sur cinq signes et nom sont nécessaires"))
        return
    department = _department(values)
    if department is None:
        report.reject(
            row.line, _("département « %(code)s » inconnu") % {"code": values["department"]}
        )
        return
    facts = {
        "name": name,
        "department": department,
        "postal_codes": values.get("postal_codes", ""),
    }
    known = Commune.objects.filter(pk=code).first()
    if known is None:
        Commune.objects.create(code=code, **facts)
        report.added += 1
    elif known.name != name or known.department_id != department.pk:
        Commune.objects.filter(pk=code).update(**facts)
        report.changed += 1
    else:
        report.unchanged += 1


def _department(values: dict[str, str]) -> Department | None:
    code = department_code(values["department"])
    known = Department.objects.filter(pk=code).first()
    if known or not values.get("department_name"):
        return known
    region = None
    if values.get("region"):
        region, _created = Region.objects.get_or_create(
            code=values["region"], defaults={"name": values.get("region_name", "")}
        )
    return Department.objects.create(
        code=code,
        name=values["department_name"],
        region=region,
        time_zone=values.get("time_zone") or "Europe/Paris",
    )
