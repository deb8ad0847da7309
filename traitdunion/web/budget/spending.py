"""Who spends slower than time passes, and where the money would be needed."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.money import euros
from traitdunion.budget import rights
from traitdunion.budget.states import Regime
from traitdunion.steering import spending as steering
from traitdunion.web.access import right
from traitdunion.web.budget.acting import is_own, money, today
from traitdunion.web.budget.commitment_forms import CompareFilter
from traitdunion.web.lists import Cell, Column, exported, listing


def _percent(value: int) -> Cell:
    return Cell(_("%(value)s %%") % {"value": value}, value=value)


COLUMNS = (
    Column(
        "qui",
        gettext_lazy("Qui"),
        lambda row: Cell(row.name or _("national")),
        lambda row: row.name,
    ),
    Column(
        "propre",
        gettext_lazy("Crédits propres"),
        lambda row: money(row.own_cents),
        lambda row: row.own_cents,
        is_number=True,
    ),
    Column(
        "engage",
        gettext_lazy("Engagé"),
        lambda row: money(row.committed_cents),
        lambda row: row.committed_cents,
        is_number=True,
    ),
    Column(
        "taux",
        gettext_lazy("Taux engagé"),
        lambda row: _percent(row.committed_percent),
        lambda row: row.committed_percent,
        is_number=True,
    ),
    Column(
        "paye",
        gettext_lazy("Payé"),
        lambda row: money(row.paid_cents),
        lambda row: row.paid_cents,
        is_number=True,
    ),
    Column(
        "taux-paye",
        gettext_lazy("Taux payé"),
        lambda row: _percent(row.paid_percent),
        lambda row: row.paid_percent,
        is_number=True,
    ),
    Column(
        "reste",
        gettext_lazy("Disponible"),
        lambda row: money(row.available_cents),
        lambda row: row.available_cents,
        is_number=True,
    ),
    Column(
        "attente",
        gettext_lazy("Besoins en attente"),
        lambda row: money(row.waiting_cents),
        lambda row: row.waiting_cents,
        is_number=True,
    ),
)


@right(rights.may_compare_spending)
def spending(request: Any) -> HttpResponse:
    """A proposal to look at: nothing moves before somebody fills in the form it leads to."""
    form = CompareFilter(request.GET)
    form.is_valid()
    found = steering.spending(
        request.seat, on=today(), by=form.cleaned_data.get("par") or "detenteur"
    )
    if file := exported(request, name="sous-consommation", columns=COLUMNS, rows=found.rows):
        return file
    caption = _("Consommation, du plus lent au plus rapide")
    context = {
        "form": form,
        "found": found,
        "listing": listing(request, caption=caption, columns=COLUMNS, rows=found.rows),
        "spare": [(pace, _withdrawal(request, pace)) for pace in found.spare],
    }
    return render(request, "budget/spending.html", context)


def _withdrawal(request: Any, pace: steering.Pace) -> str:
    """The form that takes it back, filled in; empty for who did not delegate it."""
    one = pace.envelope
    if one.parent is None or not is_own(request, one.parent):
        return ""
    if not rights.may_commit(request.seat):
        return ""
    asked = {"ae": euros(pace.spare_cents)}
    if one.regime == Regime.STATE:
        asked["cp"] = euros(max(0, min(pace.spare_cents, one.cp_available_cents)))
    return f"{reverse('budget:withdraw', args=[one.pk])}?{urlencode(asked)}"
