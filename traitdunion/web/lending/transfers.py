"""Stock that travels from one organisation to another."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import squeezed
from traitdunion.equipment import queries as register
from traitdunion.lending import operations, queries, rights
from traitdunion.lending.states import TransferState
from traitdunion.web.access import right
from traitdunion.web.lending import forms
from traitdunion.web.lists import Cell, Column, attachment, exported, listing

if TYPE_CHECKING:
    from traitdunion.lending.models import Transfer

COLUMNS = (
    Column(
        "numero",
        gettext_lazy("Bordereau"),
        lambda row: Cell(row.number, reverse("lending:transfer", args=[row.number])),
        "number",
        is_code=True,
    ),
    Column("de", gettext_lazy("De"), lambda row: Cell(row.sender.name), "sender__name"),
    Column("a", gettext_lazy("À"), lambda row: Cell(row.receiver.name), "receiver__name"),
    Column(
        "parti",
        gettext_lazy("Parti le"),
        lambda row: Cell(row.sent_at.strftime("%d/%m/%Y"), value=row.sent_at.date().isoformat()),
        "sent_at",
    ),
    Column(
        "etat",
        gettext_lazy("État"),
        lambda row: Cell(
            row.get_state_display(),
            level="good" if row.state == TransferState.RECEIVED else "warning",
        ),
        "state",
    ),
)


@right(rights.may_transfer)
def transfers(request: Any) -> HttpResponse:
    """Transfers sent and received; what is still on its way comes first."""
    rows = queries.transfers_seen_by(request.seat)
    file = exported(request, name="transferts", columns=COLUMNS, rows=rows)
    if file is not None:
        return file
    context = {
        "listing": listing(request, caption=_("Transferts"), columns=COLUMNS, rows=rows),
        "to_receive": queries.transfers_to_receive(request.seat.organisation.pk),
    }
    return render(request, "lending/transfers.html", context)


@right(rights.may_transfer)
def send(request: Any) -> HttpResponse:
    """Send devices of one's own stock: scan them one after the other."""
    asked = {"serials": squeezed(request.GET.get("serial", ""))[:60]}
    form = forms.TransferForm(request.POST or None, seat=request.seat, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            sent = operations.transfer(
                serials=form.cleaned_data["serials"],
                sender=request.seat.organisation,
                receiver=form.cleaned_data["code"],
                by=request.user,
                at=now(),
            )
            messages.success(request, _("Transfert enregistré : imprimez le bordereau."))
            return redirect("lending:transfer", number=sent.number)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    stock = register.in_stock(request.seat.organisation.pk).count()
    return render(request, "lending/send.html", {"form": form, "stock": stock})


@right(rights.may_transfer)
def transfer(request: Any, number: str) -> HttpResponse:
    """One transfer: what left, what came; its receiver ticks it."""
    row = _seen(request, number)
    lines = queries.transfer_lines(row)
    context = {
        "transfer": row,
        "lines": lines,
        "left": [line for line in lines if line.received_at is None],
        "is_mine": row.receiver_id == request.seat.organisation.pk,
    }
    return render(request, "lending/transfer.html", context)


@right(rights.may_transfer)
@require_POST
def receive(request: Any, number: str) -> HttpResponse:
    row = _seen(request, number)
    if row.receiver_id != request.seat.organisation.pk:
        raise Http404
    ticked = request.POST.getlist("serial")
    if not ticked:
        messages.warning(request, _("Cochez au moins un appareil arrivé."))
        return redirect("lending:transfer", number=row.number)
    came = operations.receive_transfer(transfer=row, serials=ticked, by=request.user, at=now())
    said = ngettext("%(count)s appareil reçu.", "%(count)s appareils reçus.", came)
    messages.success(request, said % {"count": came})
    return redirect("lending:transfer", number=row.number)


@right(rights.may_transfer)
@require_POST
def delivery_pdf(request: Any, number: str) -> HttpResponse:
    row = _seen(request, number)
    content = operations.print_delivery(transfer=row, by=request.user, at=now())
    return attachment(content, f"bordereau-{row.number}.pdf", "application/pdf")


def _seen(request: Any, number: str) -> "Transfer":
    found = queries.transfers_seen_by(request.seat).filter(number=number).first()
    if found is None:
        raise Http404
    return found
