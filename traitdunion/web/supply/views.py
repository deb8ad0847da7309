"""Orders, manifests, boxes that come, certificates."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.base.sheets import open_sheet
from traitdunion.programme import queries as programme
from traitdunion.supply import operations, queries, rights
from traitdunion.supply.states import OrderState
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing
from traitdunion.web.supply import ordering
from traitdunion.web.supply.forms import ManifestForm, OrderForm

LEVELS = {
    OrderState.TO_SIGN: "warning",
    OrderState.PLACED: "info",
    OrderState.PARTLY_RECEIVED: "warning",
    OrderState.RECEIVED: "good",
    OrderState.CANCELLED: "plain",
}


def _late(order: Any) -> bool:
    waits = order.state in {OrderState.PLACED, OrderState.PARTLY_RECEIVED}
    return waits and order.promised_on < now().date()


def _promised(order: Any) -> Cell:
    note = _("en retard") if _late(order) else ""
    return Cell(order.promised_on.strftime("%d/%m/%Y"), note=note)


def _cost(order: Any) -> Cell:
    return Cell(euros(order.cost_cents), value=order.cost_cents / 100)


COLUMNS = (
    Column(
        "numero",
        gettext_lazy("Commande"),
        lambda one: Cell(one.number, url=reverse("supply:order", args=[one.number])),
        order="number",
        is_code=True,
    ),
    Column("acheteur", gettext_lazy("Acheteur"), lambda one: Cell(one.buyer.name)),
    Column("fournisseur", gettext_lazy("Fournisseur"), lambda one: Cell(one.supplier.name)),
    Column(
        "etat",
        gettext_lazy("État"),
        lambda one: Cell(one.get_state_display(), level=LEVELS[one.state]),
        order="state",
    ),
    Column("promise", gettext_lazy("Promise le"), _promised, order="promised_on"),
    Column("montant", gettext_lazy("Montant TTC"), _cost, is_number=True),
)


@right(rights.may_see_orders)
def orders(request: Any) -> HttpResponse:
    rows = queries.orders_seen_by(request.seat)
    if file := exported(request, name="commandes", columns=COLUMNS, rows=rows):
        return file
    context = {
        "listing": listing(request, caption=_("Commandes"), columns=COLUMNS, rows=rows),
        "may_order": rights.may_order(request.seat),
        "deliveries": queries.deliveries_to(request.seat.organisation.pk),
        "may_receive": rights.may_receive(request.seat),
    }
    return render(request, "supply/orders.html", context)


@right(rights.may_order)
def new_order(request: Any) -> HttpResponse:
    """
    An order proposed from the awards that wait, one line for each delivery point; what it binds is
    shown before it does.
    """
    proposals = ordering.proposals(request.seat)
    buyer = request.seat.organisation
    current = programme.current_or_none()
    form = OrderForm(
        request.POST or None,
        buyer=buyer,
        kinds={one.kind for one in proposals},
        today=now().date(),
        initial=ordering.usual(buyer, programme.plan(current)) if current else {},
    )
    step = request.POST.get("step", "")
    if request.method == "POST" and step != "edit" and form.is_valid():
        try:
            wanted = ordering.lines(request.POST, form.cleaned_data, proposals)
            if step == "place":
                return _placed(request, ordering.place(request, form.cleaned_data, wanted))
            return _confirm(request, form, ordering.preflight(request, form.cleaned_data, wanted))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    shown = ordering.as_typed(proposals, request.POST)
    context = {
        "form": form,
        "proposals": shown,
        "lacking": [one for one in shown if ordering.is_wanted(one)],
        "provided": [one for one in shown if not ordering.is_wanted(one)],
    }
    return render(request, "supply/new.html", context)


def _confirm(request: Any, form: OrderForm, preflight: ordering.Preflight) -> HttpResponse:
    """One page before anything is bound; it carries what was typed."""
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", "step"}
    ]
    context = {"asked": form.cleaned_data, "preflight": preflight, "kept": kept}
    return render(request, "supply/confirm.html", context)


def _placed(request: Any, placed: Any) -> HttpResponse:
    if placed.state == OrderState.TO_SIGN:
        done = _("La commande %(number)s attend des signatures ; rien n’est engagé.")
    else:
        done = _("La commande %(number)s est passée et les crédits sont engagés.")
    messages.success(request, done % {"number": placed.number})
    return redirect("supply:order", placed.number)


@right(rights.may_see_orders)
def order(request: Any, number: str) -> HttpResponse:
    one = queries.order(number, request.seat)
    here = request.seat.organisation.pk
    lines = queries.lines(one)
    context = {
        "order": one,
        "level": LEVELS[one.state],
        "is_late": _late(one),
        "lines": lines,
        "totals": queries.totals(one),
        "announced": len(queries.announced(one)),
        "discrepancies": queries.discrepancies(one),
        "receipts": queries.receipts(one),
        "certificates": queries.certificates(one),
        "fundings": queries.fundings(one),
        "to_sign": one.state == OrderState.TO_SIGN,
        "is_buyer": rights.may_certify(request.seat) and one.buyer_id == here,
        "may_load": rights.may_load_manifest(request.seat)
        and here in {one.buyer_id, one.supplier_id},
        "receives": rights.may_receive(request.seat)
        and any(line.delivery_point_id == here for line in lines),
    }
    return render(request, "supply/order.html", context)


@right(rights.may_load_manifest)
def manifest(request: Any, number: str) -> HttpResponse:
    """The supplier's list of serial numbers: checked first, then loaded."""
    one = queries.order(number, request.seat)
    if request.seat.organisation.pk not in {one.buyer_id, one.supplier_id}:
        raise Http404
    form = ManifestForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        checking = "check" in request.POST
        try:
            with open_sheet(file, name=file.name) as sheet:
                report = operations.load_manifest(
                    order=one, sheet=sheet, dry_run=checking, by=request.user, at=now()
                )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            if not checking and not report.rejected:
                messages.success(request, _("Le bordereau est chargé."))
                return redirect("supply:order", one.number)
    context = {"order": one, "form": form, "report": report, "checked": "check" in request.POST}
    return render(request, "supply/manifest.html", context)


@right(rights.may_certify)
@require_POST
def certify(request: Any, number: str) -> HttpResponse:
    """Certify one line, or all that came: somebody else than whoever ticked."""
    one = queries.order(number, request.seat)
    if one.buyer_id != request.seat.organisation.pk:
        raise PermissionDenied
    chosen = request.POST.get("line", "")
    lines = [line for line in queries.lines(one) if line.received > line.certified]
    done, refused = 0, set()
    for line in lines:
        if chosen and str(line.pk) != chosen:
            continue
        try:
            operations.certify(line=line, by=request.user, at=now())
            done += 1
        except Refusal as refusal:
            refused.add(str(refusal))
    for sentence in sorted(refused):
        messages.error(request, sentence)
    said = ngettext("%(n)s ligne certifiée.", "%(n)s lignes certifiées.", done) % {"n": done}
    if done:
        messages.success(request, said)
    return redirect("supply:order", one.number)


@right(rights.may_order)
@require_POST
def sign(request: Any, number: str) -> HttpResponse:
    """Sign an order of one's own organisation that somebody else asked for."""
    one = queries.order(number, request.seat)
    if one.buyer_id != request.seat.organisation.pk:
        raise PermissionDenied
    signed = operations.sign_order(order=one, by=request.user, at=now())
    if signed.state == OrderState.PLACED:
        messages.success(request, _("La commande est passée et les crédits sont engagés."))
    else:
        messages.success(request, _("Votre signature est notée ; il en manque encore."))
    return redirect("supply:order", one.number)


@right(rights.may_order)
@require_POST
def cancel(request: Any, number: str) -> HttpResponse:
    one = queries.order(number, request.seat)
    if one.buyer_id != request.seat.organisation.pk:
        raise PermissionDenied
    operations.cancel(order=one, by=request.user, at=now())
    messages.success(request, _("La commande est annulée et les crédits sont rendus."))
    return redirect("supply:order", one.number)
