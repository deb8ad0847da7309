"""Who does what in which neighbourhood, and where nobody does: for anybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.grants import queries
from traitdunion.programme import queries as programme
from traitdunion.territories import queries as territories
from traitdunion.web.access import public
from traitdunion.web.lists import Cell, Column, exported, listing


def _quarter(one: Any) -> Cell:
    code = one.neighbourhood.code
    url = reverse("territories:neighbourhood", args=[code])
    return Cell(one.neighbourhood.name, url=url, note=code)


def _who(one: Any) -> Cell:
    if not one.works:
        return Cell(_("personne"), level="warning")
    return Cell(", ".join(sorted({work.organisation for work in one.works})))


COLUMNS = (
    Column("quartier", gettext_lazy("Quartier"), _quarter, order=lambda r: r.neighbourhood.name),
    Column(
        "departement",
        gettext_lazy("Département"),
        lambda one: Cell(one.neighbourhood.department.name),
        order=lambda r: r.neighbourhood.department_id,
    ),
    Column("qui", gettext_lazy("Qui y agit"), _who),
    Column(
        "quoi",
        gettext_lazy("Ce qui s’y fait"),
        lambda one: Cell(" ; ".join(work.title for work in one.works) or "—"),
    ),
    Column(
        "associations",
        gettext_lazy("Associations"),
        lambda one: Cell(one.associations),
        order=lambda r: r.associations,
        is_number=True,
    ),
)


@public
def directory(request: HttpRequest) -> HttpResponse:
    """Every neighbourhood of the programme, or of one département; those left alone first."""
    plan = programme.plan(programme.current())
    department = request.GET.get("departement", "")[:3]
    places = queries.places(plan, department)
    alone = [one for one in places if not one.works]
    if request.GET.get("seuls"):
        places = alone
    if file := exported(request, name="annuaire", columns=COLUMNS, rows=places):
        return file
    context = {
        "listing": listing(
            request, caption=_("Associations aidées, par quartier"), columns=COLUMNS, rows=places
        ),
        "alone": len(alone),
        "only_alone": bool(request.GET.get("seuls")),
        "department": department,
        "departments": territories.departments(),
        "dots": queries.dots(places) if department else [],
    }
    return render(request, "grants/directory.html", context)
