"""Cités éducatives, by name: the list of 2019 gives no code of neighbourhood."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.identifiers import folded
from traitdunion.base.sheets import Row, Sheet
from traitdunion.journal import operations as journal
from traitdunion.territories.models import (
    CiteEducative,
    CiteEducativeNeighbourhood,
    Department,
    Neighbourhood,
    NeighbourhoodCommune,
)
from traitdunion.territories.operations.reports import LoadReport, columns, department_code

ALIASES = {
    "name": ("nom", "name", "cite_educative"),
    "communes": ("communes", "commune"),
    "quarters": ("quartiers", "quartier"),
    "department": ("departement", "department", "dep"),
    "amount": ("dotation_annuelle_eur", "dotation"),
    "source": ("source",),
}


@transaction.atomic
def load_cites_educatives(*, sheet: Sheet, by: Actor, at: datetime) -> LoadReport:
    """
    Load the labels and tie each to the neighbourhoods it names, else to all those of its communes.

    Raises: Unreadable when a column is missing.
    """
    where = columns(sheet, ALIASES, ("name", "department"))
    report = LoadReport(notices=list(sheet.notices))
    for row in sheet.rows():
        _load(row, where, report)
    journal.record_many(
        verb="territories.cites_educatives_loaded",
        subject_kind="territories.citeeducative",
        subjects=[(sheet.digest[:12], {"added": report.added, "changed": report.changed})],
        by=by,
        at=at,
    )
    return report


def _load(row: Row, where: dict[str, int], report: LoadReport) -> None:
    values = {name: row.cells[index] for name, index in where.items()}
    department = Department.objects.filter(pk=department_code(values["department"])).first()
    if not values["name"] or department is None:
        report.reject(row.line, _("nom et département connu sont nécessaires"))
        return
    amount = values.get("amount", "").replace(" ", "")
    if amount and not amount.isdecimal():
        report.reject(row.line, _("dotation illisible : %(amount)s") % {"amount": amount[:20]})
        return
    cite, created = CiteEducative.objects.get_or_create(
        code=f"{department.pk}-{folded(values['name']).replace(' ', '-')}"[:80],
        defaults={"name": values["name"], "department": department},
    )
    CiteEducative.objects.filter(pk=cite.pk).update(
        yearly_amount_cents=int(amount) * 100 if amount else None,
        source=values.get("source", "")[:200],
    )
    tied = _tie(cite, values)
    report.added += created
    report.unchanged += not created
    if not tied:
        report.notices.append(
            _("%(cite)s : aucun quartier reconnu ; complétez la liste de ses quartiers.")
            % {"cite": cite.name}
        )


def _tie(cite: CiteEducative, values: dict[str, str]) -> int:
    near = list(
        Neighbourhood.objects.filter(department=cite.department_id)
        .only("pk", "name")
        .order_by("pk")
    )
    named = {folded(n) for n in values.get("quarters", "").split("|") if folded(n)}
    chosen = [n for n in near if _is_named(folded(n.name), named)]
    if not named:
        towns = {folded(c) for c in values.get("communes", "").split("|") if folded(c)}
        links = NeighbourhoodCommune.objects.filter(neighbourhood__in=near)
        inside = {
            pk
            for pk, name in links.values_list("neighbourhood_id", "commune__name")
            if folded(name) in towns
        }
        chosen = [n for n in near if n.pk in inside]
    CiteEducativeNeighbourhood.objects.bulk_create(
        [CiteEducativeNeighbourhood(cite_educative=cite, neighbourhood=n) for n in chosen],
        ignore_conflicts=True,
    )
    return len(chosen)


def _is_named(name: str, named: set[str]) -> bool:
    return any(name == one or f" {one} " in f" {name} " for one in named)
