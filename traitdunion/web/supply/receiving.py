"""Boxes that come: what is ticked, what nobody announced, and what the buyer makes of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.supply import operations, queries, rights
from traitdunion.supply.states import Announced
from traitdunion.web.access import right
from traitdunion.web.lists import attachment
from traitdunion.web.supply.forms import ReceiptForm

WAITING = {Announced.ANNOUNCED, Announced.MISSING}


@right(rights.may_receive)
def receive(request: Any, number: str) -> HttpResponse:
    """One screen for whoever opens the boxes: tick or scan what came."""
    one = queries.order(number, request.seat)
    here = request.seat.organisation
    lines = queries.line_at(one, here.pk)
    if not lines:
        raise Http404
    expected = [line for line in queries.announced(one, here.pk) if line.state in WAITING]
    form = ReceiptForm(
        request.POST or None,
        kinds=[line.kind for line in lines],
        expected=[line.serial for line in expected],
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = _receive(request, one, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "supply/received.html", {"order": one, "report": report})
    ticked = set(request.POST.getlist("serial"))
    context = {"order": one, "expected": expected, "form": form, "ticked": ticked}
    return render(request, "supply/receive.html", context)


def _receive(request: Any, one: Any, form: ReceiptForm) -> Any:
    return operations.receive(
        order=one,
        delivery_point=request.seat.organisation,
        ticked=[*request.POST.getlist("serial"), *form.scanned()],
        unannounced=dict.fromkeys(form.unannounced(), form.cleaned_data["kind"]),
        is_complete=form.cleaned_data["is_complete"],
        by=request.user,
        at=now(),
    )


@right(rights.may_certify)
@require_POST
def settle(request: Any, number: str) -> HttpResponse:
    """Accept a device that nobody announced, or send it back: the buyer's choice."""
    one = queries.order(number, request.seat)
    if one.buyer_id != request.seat.organisation.pk:
        raise PermissionDenied
    serial = request.POST.get("serial", "")
    facts = {"order": one, "serial": serial, "by": request.user, "at": now()}
    try:
        if request.POST.get("decision") == "accept":
            operations.accept(**facts)
            said = _("%(serial)s est accepté : il est au registre et peut être certifié.")
        else:
            operations.refuse(**facts)
            said = _("%(serial)s est refusé : rendez-le au fournisseur.")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said % {"serial": serial})
    return redirect("supply:order", one.number)


@right(rights.may_certify)
@require_POST
def letter(request: Any, number: str) -> HttpResponse:
    """What to tell the supplier, ready to sign."""
    one = queries.order(number, request.seat)
    if one.buyer_id != request.seat.organisation.pk:
        raise PermissionDenied
    content = operations.write_to_supplier(order=one, by=request.user, at=now())
    return attachment(content, f"ecarts-{one.number}.pdf", "application/pdf")
