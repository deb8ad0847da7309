"""Neighbourhoods, cités éducatives and schools: public reference data, for any seat."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.money import euros
from traitdunion.programme import queries as programme
from traitdunion.steering import links
from traitdunion.territories import arrays, operations, rights
from traitdunion.territories import queries as territories
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing
from traitdunion.web.territories.forms import CoverForm, PlaceFilter, SchoolFilter


@right(rights.may_read_reference)
def neighbourhoods(request: HttpRequest) -> HttpResponse:
    """Every neighbourhood of the generation that answers; first those of one's département."""
    form = PlaceFilter(_asked(request))
    generation = _generation()
    rows = _filtered(form, territories.neighbourhoods(generation), "code")
    columns = _neighbourhood_columns(rows)
    file = exported(request, name="quartiers", columns=columns, rows=rows)
    if file is not None:
        return file
    caption = _("Quartiers prioritaires de la génération %(year)s") % {"year": generation}
    context = {
        "form": form,
        "listing": listing(request, caption=caption, columns=columns, rows=rows),
        "is_loaded": territories.counts()["neighbourhoods"] > 0,
    }
    return render(request, "territories/neighbourhoods.html", context)


@right(rights.may_read_reference)
def neighbourhood(request: Any, code: str) -> HttpResponse:
    """One neighbourhood: where it is, who covers it, its schools."""
    row = territories.neighbourhood(code)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "communes": territories.communes_of([row.pk]).get(row.pk, []),
        "cites": territories.cites_covering(row.pk),
        "schools": territories.schools_in(row.pk),
        "drawing": arrays.drawing(row.pk),
        "may_follow": links.sees_neighbourhood(request.seat, row),
    }
    return render(request, "territories/neighbourhood.html", context)


@right(rights.may_read_reference)
def schools(request: HttpRequest) -> HttpResponse:
    """Schools, by name, number, département and network."""
    form = SchoolFilter(_asked(request))
    rows = _filtered(form, territories.schools(), "uai")
    if network := _clean(form, "reseau"):
        rows = rows.filter(priority_network=network)
    file = exported(request, name="etablissements", columns=SCHOOL_COLUMNS, rows=rows)
    if file is not None:
        return file
    context = {
        "form": form,
        "listing": listing(
            request, caption=_("Établissements"), columns=SCHOOL_COLUMNS, rows=rows
        ),
        "is_loaded": territories.counts()["schools"] > 0,
    }
    return render(request, "territories/schools.html", context)


@right(rights.may_read_reference)
def cites(request: HttpRequest) -> HttpResponse:
    """Every cité éducative, and whether its neighbourhoods are known."""
    rows = territories.cites()
    columns = _cite_columns()
    file = exported(request, name="cites-educatives", columns=columns, rows=rows)
    if file is not None:
        return file
    caption = _("Cités éducatives")
    context = {"listing": listing(request, caption=caption, columns=columns, rows=rows)}
    return render(request, "territories/cites.html", context)


@right(rights.may_read_reference)
def cite(request: Any, code: str) -> HttpResponse:
    """One cité éducative and the neighbourhoods it covers."""
    return _cite_page(request, _found(code), form=None)


@require_POST
@right(rights.may_correct_reference)
def cover(request: Any, code: str) -> HttpResponse:
    """An administrator says which neighbourhoods it covers."""
    found = _found(code)
    form = CoverForm(request.POST, near=_near(found))
    if not form.is_valid():
        return _cite_page(request, found, form=form)
    operations.cover(
        cite=found,
        codes=form.cleaned_data["codes"],
        generation=_generation(),
        by=request.user,
        at=now(),
    )
    messages.success(request, gettext("La liste des quartiers couverts est enregistrée."))
    return redirect("territories:cite", code=found.code)


def _found(code: str) -> Any:
    found = territories.cite(code)
    if found is None:
        raise Http404
    return found


def _near(found: Any) -> list[tuple[str, str]]:
    """The neighbourhoods of its département, to tick."""
    rows = territories.neighbourhoods(_generation()).filter(department=found.department_id)
    return [(row.code, f"{row.name} ({row.code})") for row in rows]


def _cite_page(request: Any, found: Any, form: CoverForm | None) -> HttpResponse:
    generation = _generation()
    ids = territories.neighbourhoods_of_cite(found.pk)
    covered = list(territories.neighbourhoods(generation).filter(pk__in=ids))
    if form is None and rights.may_correct_reference(request.seat):
        form = CoverForm(near=_near(found), initial={"codes": [row.code for row in covered]})
    context = {"row": found, "form": form, "covered": covered, "generation": generation}
    return render(request, "territories/cite.html", context)


def _cite_columns() -> list[Column]:
    covered = territories.covered_counts(_generation())
    return [
        Column(
            "nom",
            _("Cité éducative"),
            lambda row: Cell(row.name, reverse("territories:cite", args=[row.code])),
            lambda row: row.name,
        ),
        Column(
            "departement",
            _("Département"),
            lambda row: Cell(row.department),
            lambda row: row.department_id,
        ),
        Column(
            "dotation",
            _("Dotation annuelle"),
            _amount,
            lambda row: row.yearly_amount_cents or -1,
            is_number=True,
        ),
        Column(
            "quartiers",
            _("Quartiers couverts"),
            lambda row: _covered(covered.get(row.pk, 0)),
            lambda row: covered.get(row.pk, 0),
            is_number=True,
        ),
    ]


def _amount(row: Any) -> Cell:
    if row.yearly_amount_cents is None:
        return Cell(_("inconnue"), value="")
    return Cell(euros(row.yearly_amount_cents), value=row.yearly_amount_cents / 100)


def _covered(count: int) -> Cell:
    return Cell(count) if count else Cell(_("à compléter"), level="warning", value=0)


def _asked(request: Any) -> dict[str, str]:
    """What is looked for; at first, one's own département."""
    asked = request.GET.dict()
    return (
        asked
        if "q" in asked
        else {"departement": request.seat.organisation.department_id, **asked}
    )


def _clean(form: PlaceFilter, name: str) -> str:
    form.is_valid()
    return form.cleaned_data.get(name, "")


def _filtered(form: PlaceFilter, rows: QuerySet[Any], number: str) -> QuerySet[Any]:
    if department := _clean(form, "departement"):
        rows = rows.filter(department=department)
    text = _clean(form, "q")
    return territories.named(rows, text, number) if text else rows


def _generation() -> str:
    current = programme.current_or_none()
    wanted = programme.plan(current).programme.neighbourhood_generation if current else "2024"
    return territories.layer_state(wanted).used


def _neighbourhood_columns(rows: QuerySet[Any]) -> list[Column]:
    ids: list[UUID] = list(rows.order_by("code").values_list("pk", flat=True))
    communes = territories.communes_of(ids)
    cites = territories.cite_of_neighbourhoods()
    names = {cite.code: cite.name for cite in territories.cites()}
    return [
        Column("code", _("Code"), _neighbourhood_code, "code"),
        Column("nom", _("Quartier"), lambda row: Cell(row.name), "name"),
        Column("communes", _("Communes"), lambda row: Cell(", ".join(communes.get(row.pk, [])))),
        Column("departement", _("Département"), lambda row: Cell(row.department), "department"),
        Column(
            "cite",
            _("Cité éducative"),
            lambda row: Cell(names.get(cites.get(row.pk, ""), "—"), value=cites.get(row.pk, "")),
        ),
    ]


def _neighbourhood_code(row: Any) -> Cell:
    return Cell(row.code, reverse("territories:neighbourhood", args=[row.code]))


def _school_place(row: Any) -> Cell:
    if row.neighbourhood is None:
        return Cell("—", value="")
    url = reverse("territories:neighbourhood", args=[row.neighbourhood.code])
    return Cell(row.neighbourhood.name, url, value=row.neighbourhood.code)


def _index(row: Any) -> Cell:
    if row.social_index is None:
        return Cell("—", value="")
    return Cell(f"{row.social_index:.1f}".replace(".", ","), value=row.social_index)


SCHOOL_COLUMNS = (
    Column("uai", _("UAI"), lambda row: Cell(row.uai), "uai"),
    Column("nom", _("Établissement"), lambda row: Cell(row.name, note=row.kind), "name"),
    Column("commune", _("Commune"), lambda row: Cell(row.commune or "—"), "commune__name"),
    Column("departement", _("Département"), lambda row: Cell(row.department or "—"), "department"),
    Column(
        "reseau", _("Réseau"), lambda row: Cell(row.priority_network or "—"), "priority_network"
    ),
    Column("ips", _("IPS"), _index, "social_index", is_number=True),
    Column("quartier", _("Dans le quartier"), _school_place, "neighbourhood__code"),
)
