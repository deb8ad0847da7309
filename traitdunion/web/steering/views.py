"""The dashboard, each figure of which opens its list, and the search by number."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.clock import now
from traitdunion.steering import queries, rights
from traitdunion.steering.states import Figure
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing

PAGES = {
    "device": "equipment:device",
    "order": "supply:order",
    "agreement": "lending:agreement",
    "transfer": "lending:transfer",
    "need": "census:need",
    "neighbourhood": "territories:neighbourhood",
    "organisation": "partners:other",
}
KINDS = {
    "device": gettext_lazy("Appareil"),
    "order": gettext_lazy("Commande"),
    "agreement": gettext_lazy("Convention"),
    "transfer": gettext_lazy("Transfert"),
    "need": gettext_lazy("Besoin"),
    "neighbourhood": gettext_lazy("Quartier"),
    "organisation": gettext_lazy("Organisation"),
}


def _place(row: queries.PlaceRow) -> Cell:
    return Cell(row.name, url=reverse("territories:neighbourhood", args=[row.code]), note=row.code)


def _link(row: queries.PlaceRow, page: str = "needs", figure: str = "") -> str:
    """The list behind a figure of that neighbourhood or département."""
    place = {"quartier": row.code} if row.code else {"departement": row.department_code}
    asked = {"chiffre": figure} | place if figure else place
    return f"{reverse(f'steering:{page}')}?{urlencode(asked)}"


def _count(key: str, label: Any, figure: str, read: Callable[[Any], int]) -> Column:
    def show(row: queries.PlaceRow) -> Cell:
        return Cell(read(row), url=_link(row, figure=figure))

    return Column(key, label, show, order=read, is_number=True)


COUNTS = (
    _count("besoins", gettext_lazy("Besoins"), Figure.NEEDS, lambda row: row.needs),
    _count("retenus", gettext_lazy("Retenus"), Figure.KEPT, lambda row: row.eligible),
    _count("servis", gettext_lazy("Servis"), Figure.SERVED, lambda row: row.served),
    Column(
        "part",
        gettext_lazy("Part servie"),
        lambda row: Cell(f"{row.share} %", value=row.share),
        order=lambda row: row.share,
        is_number=True,
    ),
    _count("attente", gettext_lazy("En attente"), Figure.WAITING, lambda row: row.waiting),
    Column(
        "pretes",
        gettext_lazy("Prêtés"),
        lambda row: Cell(row.lent, url=_link(row, "loans")),
        order=lambda row: row.lent,
        is_number=True,
    ),
)
DEPARTMENT = Column(
    "departement",
    gettext_lazy("Département"),
    lambda row: Cell(row.department),
    order=lambda row: row.department,
)
COLUMNS = (
    Column("nom", gettext_lazy("Quartier"), _place, order=lambda row: row.name),
    DEPARTMENT,
    *COUNTS,
)


@right(rights.may_see_dashboard)
def dashboard(request: Any) -> HttpResponse:
    board = queries.dashboard(request.seat, now())
    rows = board.neighbourhoods
    if file := exported(request, name="tableau-de-bord", columns=COLUMNS, rows=rows):
        return file
    context = {
        "board": board,
        "heads": [column.label for column in (DEPARTMENT, *COUNTS)],
        "departments": [
            [column.show(row) for column in (DEPARTMENT, *COUNTS)] for row in board.departments
        ],
        "listing": listing(request, caption=_("Par quartier"), columns=COLUMNS, rows=rows),
    }
    return render(request, "steering/dashboard.html", context)


@right(rights.may_search)
def search(request: Any) -> HttpResponse:
    """
    By serial, IMEI, order, agreement, transfer, child's code, neighbourhood or organisation; never
    by a child's name.
    """
    text = request.GET.get("q", "")
    hits = [
        (KINDS[hit.kind], hit.label, reverse(PAGES[hit.kind], args=[hit.key]))
        for hit in queries.search(request.seat, text)
    ]
    context = {"q": text, "hits": hits, "asked": bool(text.strip())}
    return render(request, "steering/search.html", context)
