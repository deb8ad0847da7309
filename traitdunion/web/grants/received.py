"""What an association asked for; what an authority received, filtered and exported."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.grants import operations, queries, rights
from traitdunion.grants.states import ApplicationState
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.grants.forms import FilterForm
from traitdunion.web.lists import Cell, Column, exported, listing

LEVELS = {
    ApplicationState.DRAFT: "plain",
    ApplicationState.SUBMITTED: "new",
    ApplicationState.UNDER_REVIEW: "info",
    ApplicationState.ACCEPTED: "good",
    ApplicationState.REFUSED: "bad",
    ApplicationState.CLOSED: "plain",
}


def _amount(cents: int | None) -> Cell:
    return Cell("—", value="") if cents is None else Cell(euros(cents), value=cents / 100)


def _day(instant: Any) -> Cell:
    return Cell(instant.strftime("%d/%m/%Y") if instant else "—")


COLUMNS = (
    Column(
        "numero",
        gettext_lazy("Demande"),
        lambda one: Cell(one.number, url=reverse("grants:application", args=[one.number])),
        order="number",
        is_code=True,
    ),
    Column(
        "association",
        gettext_lazy("Association"),
        lambda one: Cell(one.organisation.name, note=one.title),
        order="organisation__searchable",
    ),
    Column(
        "etat",
        gettext_lazy("État"),
        lambda one: Cell(one.get_state_display(), level=LEVELS[one.state]),
        order="state",
    ),
    Column(
        "deposee",
        gettext_lazy("Déposée le"),
        lambda one: _day(one.submitted_at),
        order="submitted_at",
    ),
    Column(
        "silence",
        gettext_lazy("Refus implicite le"),
        lambda one: _day(one.silence_on),
        order="silence_on",
    ),
    Column("instruit", gettext_lazy("Instruite par"), lambda one: Cell(one.reviewer or "—")),
    Column(
        "points",
        gettext_lazy("Points"),
        lambda one: Cell("—" if one.points is None else one.points),
        order="points",
        is_number=True,
    ),
    Column(
        "demande",
        gettext_lazy("Montant demandé"),
        lambda one: _amount(one.requested_cents),
        order="requested_cents",
        is_number=True,
    ),
    Column(
        "accorde",
        gettext_lazy("Montant accordé"),
        lambda one: _amount(one.granted_cents),
        order="granted_cents",
        is_number=True,
    ),
)


@right(rights.may_see_applications)
def index(request: Any) -> HttpResponse:
    """An association finds its own; an authority, what it received."""
    if rights.may_apply(request.seat):
        return _mine(request)
    form = FilterForm(request.GET)
    wanted = dict(form.cleaned_data) if form.is_valid() else {}
    wanted["mine"] = request.user.pk if wanted.get("mine") else None
    rows = queries.received(request.seat, wanted)
    if file := exported(request, name="subventions", columns=COLUMNS, rows=rows):
        return file
    context = {
        "listing": listing(request, caption=_("Demandes reçues"), columns=COLUMNS, rows=rows),
        "form": form,
        "reviews": rights.may_review(request.seat),
        "late": queries.late_opinions(request.seat, now().date()),
    }
    return render(request, "grants/received.html", context)


def _mine(request: Any) -> HttpResponse:
    organisation = request.seat.organisation
    current = programme.current_or_none()
    closed = ""
    if current:
        try:
            operations.check_eligible(
                organisation=organisation,
                plan=programme.plan(current),
                by=request.user,
                at=now(),
            )
        except Refusal as refusal:
            closed = str(refusal)
    context = {
        "applications": [
            (one, LEVELS[one.state]) for one in queries.of_organisation(organisation.pk)
        ],
        "closed": closed,
        "opens": current is not None and not closed,
    }
    return render(request, "grants/mine.html", context)
