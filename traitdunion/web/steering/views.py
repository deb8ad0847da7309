"""The dashboard, each figure of which opens its list, and the search by number."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.clock import now
from traitdunion.steering import queries, rights
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing

PAGES = {
    "device": "equipment:device",
    "order": "supply:order",
    "agreement": "lending:agreement",
    "neighbourhood": "territories:neighbourhood",
    "organisation": "partners:other",
}
KINDS = {
    "device": gettext_lazy("Appareil"),
    "order": gettext_lazy("Commande"),
    "agreement": gettext_lazy("Convention"),
    "neighbourhood": gettext_lazy("Quartier"),
    "organisation": gettext_lazy("Organisation"),
}


def _place(row: queries.PlaceRow) -> Cell:
    if not row.code:
        return Cell(row.name)
    return Cell(row.name, url=reverse("territories:neighbourhood", args=[row.code]), note=row.code)


def _needs(row: queries.PlaceRow) -> Cell:
    url = f"{reverse('census:needs')}?quartier={row.code}" if row.code else ""
    return Cell(row.needs, url=url)


COLUMNS = (
    Column("nom", gettext_lazy("Quartier"), _place, order=lambda row: row.name),
    Column(
        "departement",
        gettext_lazy("Département"),
        lambda row: Cell(row.department),
        order=lambda row: row.department,
    ),
    Column(
        "besoins", gettext_lazy("Besoins"), _needs, order=lambda row: row.needs, is_number=True
    ),
    Column(
        "retenus",
        gettext_lazy("Retenus"),
        lambda row: Cell(row.eligible),
        order=lambda row: row.eligible,
        is_number=True,
    ),
    Column(
        "servis",
        gettext_lazy("Servis"),
        lambda row: Cell(row.served),
        order=lambda row: row.served,
        is_number=True,
    ),
    Column(
        "part",
        gettext_lazy("Part servie"),
        lambda row: Cell(f"{row.share} %", value=row.share),
        order=lambda row: row.share,
        is_number=True,
    ),
    Column(
        "attente",
        gettext_lazy("En attente"),
        lambda row: Cell(row.waiting),
        order=lambda row: row.waiting,
        is_number=True,
    ),
    Column(
        "pretes",
        gettext_lazy("Prêtés"),
        lambda row: Cell(row.lent),
        order=lambda row: row.lent,
        is_number=True,
    ),
)


@right(rights.may_see_dashboard)
def dashboard(request: Any) -> HttpResponse:
    board = queries.dashboard(request.seat, now())
    rows = board.neighbourhoods
    if file := exported(request, name="tableau-de-bord", columns=COLUMNS, rows=rows):
        return file
    context = {
        "board": board,
        "listing": listing(request, caption=_("Par quartier"), columns=COLUMNS, rows=rows),
    }
    return render(request, "steering/dashboard.html", context)


@right(rights.may_search)
def search(request: Any) -> HttpResponse:
    """
    By serial, IMEI, order, agreement, neighbourhood or organisation; never by a child's name.
    """
    text = request.GET.get("q", "")
    hits = [
        (KINDS[hit.kind], hit.label, reverse(PAGES[hit.kind], args=[hit.key]))
        for hit in queries.search(request.seat, text)
    ]
    context = {"q": text, "hits": hits, "asked": bool(text.strip())}
    return render(request, "steering/search.html", context)
