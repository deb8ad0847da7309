"""Named trials of a batch against the envelope: they decide nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.grants import operations, queries, rights
from traitdunion.grants.states import ApplicationState
from traitdunion.web.access import right
from traitdunion.web.grants.forms import SimulationForm
from traitdunion.web.lists import Cell, Column, exported, listing

COLUMNS = (
    Column(
        "numero",
        gettext_lazy("Demande"),
        lambda one: Cell(
            one.application.number,
            url=reverse("grants:application", args=[one.application.number]),
        ),
        is_code=True,
    ),
    Column(
        "association",
        gettext_lazy("Association"),
        lambda one: Cell(one.application.organisation.name, note=one.application.title),
    ),
    Column(
        "demande",
        gettext_lazy("Montant demandé"),
        lambda one: Cell(
            euros(one.application.requested_cents), value=one.application.requested_cents / 100
        ),
        is_number=True,
    ),
    Column(
        "simule",
        gettext_lazy("Montant simulé"),
        lambda one: Cell(euros(one.amount_cents), value=one.amount_cents / 100),
        is_number=True,
    ),
)


@right(rights.may_review)
def simulations(request: Any) -> HttpResponse:
    """Try one rule on everything that is under review."""
    form = SimulationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.simulate(
                authority=request.seat.organisation,
                name=form.cleaned_data["name"],
                amounts=_amounts(request, form.cleaned_data),
                by=request.user,
                at=now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La simulation est gardée ; rien n’est décidé."))
            return redirect("grants:simulation", made.pk)
    context = {
        "form": form,
        "simulations": queries.simulations(request.seat, now()),
        "available_cents": queries.available_cents(request.seat.organisation.pk, now().year),
    }
    return render(request, "grants/simulations.html", context)


def _amounts(request: Any, asked: dict[str, Any]) -> dict[Any, int]:
    """A share of what each asks for, whole euros, with a ceiling and points enough."""
    rows = queries.received(request.seat, {"state": ApplicationState.UNDER_REVIEW})
    found = {}
    for one in rows:
        if (one.points or 0) < (asked["least_points"] or 0):
            continue
        cents = one.requested_cents * asked["percent"] // 100 // 100 * 100
        if asked["ceiling_cents"]:
            cents = min(cents, asked["ceiling_cents"])
        found[one] = cents
    return found


@right(rights.may_review)
def simulation(request: Any, simulation_id: UUID) -> HttpResponse:
    one = queries.simulation(request.seat, simulation_id)
    rows = queries.simulated(one)
    if file := exported(request, name="simulation", columns=COLUMNS, rows=rows):
        return file
    total = sum(line.amount_cents for line in rows)
    available = queries.available_cents(request.seat.organisation.pk, now().year)
    context = {
        "simulation": one,
        "listing": listing(request, caption=one.name, columns=COLUMNS, rows=rows),
        "total_cents": total,
        "available_cents": available,
        "left_cents": available - total,
        "is_over": total > available,
    }
    return render(request, "grants/simulation.html", context)
