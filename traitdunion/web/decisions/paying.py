"""Payments: what leaves, what came back, other bank details held for a second person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.gateways.sepa import Account
from traitdunion.grants import queries as applications
from traitdunion.grants import rights
from traitdunion.grants.operations import paying
from traitdunion.grants.operations.paying import NewAccount
from traitdunion.grants.queries import paying as queries
from traitdunion.grants.states import Channel
from traitdunion.web.access import right
from traitdunion.web.budget.acting import Act, acted, plan, today, who
from traitdunion.web.decisions import columns
from traitdunion.web.decisions.common import check_own, own_decision
from traitdunion.web.decisions.forms import BankForm, PaidOnForm, SendForm, WhyForm
from traitdunion.web.lists import attachment, exported, listing


@right(rights.may_pay)
@require_POST
def ask(request: Any, decision_id: UUID) -> HttpResponse:
    """Ask for what comes next."""
    one = own_decision(request, decision_id)
    paying.ask_payment(decision=one, plan=plan(), **who(request))
    messages.success(request, _("Le versement est demandé ; il attend de partir."))
    return redirect("decisions:decision", one.pk)


@right(rights.may_pay)
def payments(request: Any) -> HttpResponse:
    """Those ready to leave, ticked, leave in one file; below, all of them."""
    ready = list(queries.to_send(request.seat))
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ticked = set(request.POST.getlist("payment"))
        try:
            made = paying.send(
                payments=[one for one in ready if str(one.pk) in ticked],
                payer=request.seat.organisation,
                account=_account(form),
                **who(request),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Le fichier est prêt : transmettez-le à qui paie."))
            return redirect("decisions:file", made.pk)
    rows = queries.payments_seen_by(request.seat)
    shown = columns.PAYMENT_COLUMNS
    if file := exported(request, name="versements", columns=shown, rows=rows):
        return file
    outside = [
        one for one in ready
        if queries.channel_of(one.decision.commitment.envelope) == Channel.BANK
    ]  # fmt: skip
    context = {
        "form": form,
        "ready": ready,
        "needs_account": bool(outside),
        "changes": queries.changes_waiting(request.seat),
        "files": list(queries.files_of(request.seat.organisation.pk)[:20]),
        "to_ask": queries.to_ask(request.seat),
        "listing": listing(request, caption=_("Versements"), columns=shown, rows=rows),
    }
    return render(request, "decisions/payments.html", context)


def _account(form: SendForm) -> Account | None:
    data = form.cleaned_data
    return Account(data["holder"], data["iban"]) if data["iban"] and data["holder"] else None


@right(rights.may_pay)
def file(request: Any, file_id: UUID) -> HttpResponse:
    """What left, as it left."""
    one = queries.file(file_id, request.seat.organisation.pk)
    if one.channel == Channel.BANK:
        return attachment(bytes(one.content), f"{one.number}.xml", "application/xml")
    return attachment(bytes(one.content), f"{one.number}.csv", "text/csv; charset=utf-8")


def _own(request: Any, payment_id: UUID) -> Any:
    one = queries.payment(payment_id, request.seat)
    check_own(request, one.decision.application)
    return one


def _act(one: Any, title: str, button: str) -> Act:
    back = reverse("decisions:decision", args=[one.decision_id])
    facts = [(_("Versement"), one.get_kind_display()), (_("Montant"), euros(one.amount_cents))]
    return Act(title, button, back, one.decision.number, facts)


@right(rights.may_pay)
def paid(request: Any, payment_id: UUID) -> HttpResponse:
    one = _own(request, payment_id)
    form = PaidOnForm(request.POST or None, initial={"paid_on": today()})

    def do(data: Any) -> str:
        paying.note_paid(payment=one, paid_on=data["paid_on"], **who(request))
        return _("Le versement est noté ; l’association est prévenue.")

    return acted(request, form, _act(one, _("Noter un versement fait"), _("Noter")), do)


@right(rights.may_pay)
def returned(request: Any, payment_id: UUID) -> HttpResponse:
    one = _own(request, payment_id)
    form = WhyForm(request.POST or None)

    def do(data: Any) -> str:
        paying.note_returned(payment=one, reason=data["reason"], **who(request))
        return _("Le rejet est noté ; l’association est priée de donner un autre compte.")

    return acted(request, form, _act(one, _("La banque a rejeté"), _("Noter le rejet")), do)


@right(rights.may_pay)
@require_POST
def retry(request: Any, payment_id: UUID) -> HttpResponse:
    one = _own(request, payment_id)
    paying.retry(payment=one, **who(request))
    messages.success(request, _("Le versement attend de repartir."))
    return redirect("decisions:decision", one.decision_id)


@right(rights.may_pay)
@require_POST
def cancel(request: Any, payment_id: UUID) -> HttpResponse:
    one = _own(request, payment_id)
    paying.cancel(payment=one, **who(request))
    messages.success(request, _("La demande de versement est annulée."))
    return redirect("decisions:decision", one.decision_id)


@right(rights.may_see_applications)
def bank(request: Any, number: str) -> HttpResponse:
    """Other bank details: asked by the association or its authority, held for a second person."""
    one = applications.application(number, request.seat)
    here = request.seat.organisation.pk
    asks = one.organisation_id == here and rights.may_apply(request.seat)
    if not asks and not (one.authority_id == here and rights.may_pay(request.seat)):
        raise PermissionDenied
    form = BankForm(request.POST or None, initial={"holder": one.account_holder})

    def do(data: Any) -> str:
        paying.ask_bank_change(
            application=one,
            account=NewAccount(data["iban"], data["holder"]),
            reason=data["reason"],
            **who(request),
        )
        return _("Le changement est noté ; une seconde personne le vérifie avant qu’il serve.")

    back = reverse("grants:application", args=[one.number])
    told = [_("Rien n’est versé tant qu’une autre personne n’a pas levé ce changement.")]
    return acted(
        request, form, Act(_("Changer de compte"), _("Demander"), back, one.number, (), told), do
    )


@right(rights.may_pay)
@require_POST
def release(request: Any, change_id: UUID) -> HttpResponse:
    one = queries.change(change_id, request.seat)
    paying.release_bank_change(change=one, **who(request))
    messages.success(request, _("Le nouveau compte sert à partir de maintenant."))
    return redirect("decisions:payments")


@right(rights.may_pay)
@require_POST
def refuse_change(request: Any, change_id: UUID) -> HttpResponse:
    one = queries.change(change_id, request.seat)
    paying.refuse_bank_change(change=one, **who(request))
    messages.success(request, _("Le compte reste celui d’avant."))
    return redirect("decisions:payments")
