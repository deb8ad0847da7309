"""The list behind each figure of the dashboard: as long as the figure says."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.clock import now
from traitdunion.census import queries as census
from traitdunion.census.rights import may_see_census
from traitdunion.people.queries import pseudonym
from traitdunion.steering import queries, rights
from traitdunion.steering.states import Figure
from traitdunion.supply import queries as supply
from traitdunion.supply.rights import may_see_orders
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing
from traitdunion.web.steering.forms import FigureFilter, PlaceFilter


def _child(row: Any) -> Cell:
    """The child's code; it opens the need for whoever may see that need elsewhere too."""
    url = reverse("census:need", args=[row.pk]) if row.is_open_to_me else ""
    return Cell(pseudonym(row.person_id), url=url)


NEEDS = (
    Column("enfant", gettext_lazy("Enfant"), _child),
    Column("materiel", gettext_lazy("Matériel"), lambda row: Cell(row.get_kind_display()), "kind"),
    Column(
        "degre", gettext_lazy("Situation"), lambda row: Cell(row.get_degree_display()), "degree"
    ),
    Column(
        "quartier",
        gettext_lazy("Quartier"),
        lambda row: Cell(row.neighbourhood.name if row.neighbourhood else "—"),
        "neighbourhood__name",
    ),
    Column("relais", gettext_lazy("Recensé par"), lambda row: Cell(row.relay.name), "relay__name"),
    Column("etat", gettext_lazy("État"), lambda row: Cell(row.get_state_display()), "state"),
)


def _borrower(loan: Any) -> Cell:
    one = loan.agreement
    return Cell(pseudonym(one.person_id) if one.person_id else one.organisation.name)


def _quarter(loan: Any) -> Cell:
    place = loan.agreement.award.need.neighbourhood if loan.agreement.award else None
    return Cell(place.name if place else "—")


LOANS = (
    Column(
        "appareil", gettext_lazy("Appareil"), lambda row: Cell(row.device.serial), "device__serial"
    ),
    Column("pour", gettext_lazy("Chez"), _borrower),
    Column(
        "quartier",
        gettext_lazy("Quartier"),
        _quarter,
        "agreement__award__need__neighbourhood__name",
    ),
    Column(
        "relais",
        gettext_lazy("Relais"),
        lambda row: Cell(row.agreement.relay.name),
        "agreement__relay__name",
    ),
    Column(
        "retour",
        gettext_lazy("À rendre le"),
        lambda row: Cell(row.due_on.strftime("%d/%m/%Y"), value=row.due_on.isoformat()),
        "due_on",
    ),
)
LINES = (
    Column(
        "lieu",
        gettext_lazy("Livrée à"),
        lambda row: Cell(row.delivery_point.name),
        "delivery_point__name",
    ),
    Column("materiel", gettext_lazy("Matériel"), lambda row: Cell(row.label), "label"),
    Column(
        "quantite",
        gettext_lazy("Appareils"),
        lambda row: Cell(row.quantity),
        "quantity",
        is_number=True,
    ),
)
LATE = (
    Column(
        "fournisseur",
        gettext_lazy("Fournisseur"),
        lambda row: Cell(row.supplier.name),
        "supplier__name",
    ),
    Column(
        "promise",
        gettext_lazy("Promise le"),
        lambda row: Cell(row.promised_on.strftime("%d/%m/%Y"), value=row.promised_on.isoformat()),
        "promised_on",
    ),
)


@right(rights.may_see_dashboard)
def needs(request: Any) -> HttpResponse:
    """The needs that one figure counts, by code: never a name, nor a class."""
    form = FigureFilter(request.GET, seat=request.seat)
    form.is_valid()
    figure = form.cleaned_data.get("chiffre") or Figure.NEEDS
    mine = census.needs_seen_by(request.seat if may_see_census(request.seat) else None)
    rows = queries.needs_behind(request.seat, figure, **form.place)
    rows = rows.annotate(is_open_to_me=Exists(mine.order_by().filter(pk=OuterRef("pk"))))
    title = _("Besoins %(figure)s") % {"figure": Figure(figure).label}
    return _list(request, title, "besoins", NEEDS, rows, form)


@right(rights.may_see_dashboard)
def loans(request: Any) -> HttpResponse:
    """The devices now lent, in the whole territory or in one place of it."""
    form = PlaceFilter(request.GET, seat=request.seat)
    form.is_valid()
    rows = queries.loans_behind(request.seat, **form.place)
    return _list(request, _("Appareils prêtés"), "appareils-pretes", LOANS, rows, form)


@right(rights.may_see_dashboard)
def ordered(request: Any) -> HttpResponse:
    """The devices ordered, line by line: their quantities add up to the figure."""
    rows = supply.ordered_lines(request.seat)
    total = supply.ordered_total(request.seat)
    columns = (_order(request, lambda row: row.order.number, "order__number"), *LINES)
    title = _("Appareils commandés")
    return _list(request, title, "appareils-commandes", columns, rows, total=total)


@right(rights.may_see_dashboard)
def late(request: Any) -> HttpResponse:
    """The orders whose promised day is past."""
    rows = supply.late_orders(request.seat, now().date())
    columns = (_order(request, lambda row: row.number, "number"), *LATE)
    return _list(request, _("Commandes en retard"), "commandes-en-retard", columns, rows)


def _order(request: Any, number: Callable[[Any], str], path: str) -> Column:
    """The order's number; it opens the order for whoever may see orders."""
    is_open = may_see_orders(request.seat)

    def show(row: Any) -> Cell:
        url = reverse("supply:order", args=[number(row)]) if is_open else ""
        return Cell(number(row), url=url)

    return Column("commande", gettext_lazy("Commande"), show, path)


def _list(
    request: Any,
    title: str,
    name: str,
    columns: Sequence[Column],
    rows: Any,
    form: PlaceFilter | None = None,
    total: int | None = None,
) -> HttpResponse:
    if file := exported(request, name=name, columns=columns, rows=rows):
        return file
    found = listing(request, caption=title, columns=columns, rows=rows)
    context = {"title": title, "form": form, "listing": found, "total": total}
    return render(request, "steering/figure.html", context)
