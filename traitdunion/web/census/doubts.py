"""What only a person can settle: addresses near a limit or not found, probable doubles."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from traitdunion.allocation import operations as allocation
from traitdunion.base.clock import now
from traitdunion.census import operations, queries, rights
from traitdunion.census.states import Verdict
from traitdunion.engine import quality
from traitdunion.people import operations as people
from traitdunion.people import queries as persons
from traitdunion.territories import queries as territories
from traitdunion.web.access import right
from traitdunion.web.census.columns import NEEDS
from traitdunion.web.census.current import current
from traitdunion.web.census.forms import AddressForm
from traitdunion.web.lists import Cell, Column, exported, listing

REASONS = {
    quality.SAME_NAME: gettext_lazy("même nom"),
    quality.CLOSE_NAME: gettext_lazy("nom très proche"),
    quality.NAMES_SWAPPED: gettext_lazy("nom et prénom inversés"),
    quality.SAME_BIRTH: gettext_lazy("même date de naissance"),
    quality.DAY_AND_MONTH_SWAPPED: gettext_lazy("jour et mois de naissance inversés"),
    quality.CLOSE_BIRTH: gettext_lazy("date de naissance à un chiffre près"),
    quality.BIRTH_MISSING: gettext_lazy("date de naissance inconnue"),
    quality.SAME_HOUSEHOLD: gettext_lazy("même foyer"),
}


def _settle(row: Any) -> Cell:
    return Cell(_("Vérifier"), url=reverse("census:settle_address", args=[row.pk]))


@right(rights.may_settle)
def addresses(request: Any) -> HttpResponse:
    """A relay's own needs whose address waits for a person."""
    columns = (
        *NEEDS,
        Column("agir", gettext_lazy("Action"), _settle),
    )
    rows = queries.to_settle(request.seat)
    if file := exported(request, name="adresses", columns=NEEDS, rows=rows):
        return file
    caption = _("Adresses à vérifier")
    context = {"listing": listing(request, caption=caption, columns=columns, rows=rows)}
    return render(request, "census/addresses.html", context)


@right(rights.may_settle)
def settle_address(request: Any, need_id: UUID) -> HttpResponse:
    """One address, with what the machine knows of it; opening it is journaled."""
    need = queries.own_need(need_id, request.seat)
    form = AddressForm(request.POST or None, places=_places(request, need))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["neighbourhood"]
        operations.settle_address(
            need=need,
            neighbourhood_id=None if chosen == form.OUTSIDE else UUID(chosen),
            layer=form.cleaned_data["proof"],
            by=request.user,
            at=now(),
        )
        messages.success(request, _("L’adresse est vérifiée."))
        return redirect("census:addresses")
    child = people.open_file(
        person_id=need.person_id, purpose="address_to_settle", by=request.user, at=now()
    )
    latest = persons.eligibility_of([need.person_id]).get(need.person_id)
    context = {"need": need, "form": form, "child": child, "latest": latest}
    return render(request, "census/settle_address.html", context)


def _places(request: Any, need: Any) -> list[Any]:
    """The nearest neighbourhood first, then the others of the département."""
    area = territories.neighbourhoods(current().generation)
    department = request.seat.organisation.department_id
    near = area.filter(department=department) if department else area
    first = [need.neighbourhood] if need.neighbourhood else []
    return [*first, *near.exclude(pk__in=[one.pk for one in first])]


@right(rights.may_settle)
def duplicates(request: Any) -> HttpResponse:
    """Needs that look like the same child: never merged by the machine."""
    rows = queries.duplicates_to_settle(request.seat)
    if file := exported(request, name="doublons", columns=DUPLICATES, rows=rows):
        return file
    caption = _("Doublons probables")
    context = {"listing": listing(request, caption=caption, columns=DUPLICATES, rows=rows)}
    return render(request, "census/duplicates.html", context)


@right(rights.may_settle)
def settle_duplicate(request: Any, duplicate_id: UUID) -> HttpResponse:
    """Two needs side by side; the other relay's child stays under its code."""
    pair = queries.duplicate(duplicate_id, request.seat)
    if request.method == "POST":
        return _settled(request, pair)
    mine = [
        one.person_id
        for one in (pair.need, pair.other)
        if one.relay_id == request.seat.organisation.pk
    ]
    files = people.names(person_ids=mine, purpose="duplicate", by=request.user, at=now())
    sides = [(one, files.get(one.person_id)) for one in (pair.need, pair.other)]
    context = {
        "pair": pair,
        "sides": sides,
        "reasons": [REASONS.get(word, word) for word in pair.reasons],
    }
    return render(request, "census/settle_duplicate.html", context)


@require_POST
def _settled(request: Any, pair: Any) -> HttpResponse:
    verdict = request.POST.get("verdict")
    if verdict not in {Verdict.SAME, Verdict.DIFFERENT}:
        raise Http404
    allocation.settle_duplicate(duplicate=pair, verdict=verdict, by=request.user, at=now())
    if verdict == Verdict.DIFFERENT:
        done = _("Ce sont deux enfants : leurs besoins restent tous les deux.")
    elif queries.is_withdrawn(pair.need_id):
        done = _("C’est le même enfant : le besoin le plus récent est retiré.")
    else:
        done = _("C’est le même enfant : son autre besoin était déjà retiré, celui-ci reste.")
    messages.success(request, done)
    return redirect("census:duplicates")


def _side(need: Any) -> Cell:
    return Cell(persons.pseudonym(need.person_id), note=need.relay.name)


def _why(row: Any) -> Cell:
    return Cell(", ".join(str(REASONS.get(word, word)) for word in row.reasons))


DUPLICATES = (
    Column("besoin", gettext_lazy("Enfant"), lambda row: _side(row.need)),
    Column("autre", gettext_lazy("Ressemble à"), lambda row: _side(row.other)),
    Column("motif", gettext_lazy("Pourquoi"), _why),
    Column(
        "score",
        gettext_lazy("Ressemblance"),
        lambda row: Cell(f"{100 * row.score:.0f} %", value=row.score),
        "score",
        is_number=True,
    ),
    Column(
        "agir",
        gettext_lazy("Action"),
        lambda row: Cell(_("Trancher"), url=reverse("census:settle_duplicate", args=[row.pk])),
    ),
)
