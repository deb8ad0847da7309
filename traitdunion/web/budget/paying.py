"""Payments: what may be asked for, what was, what is late and where it is stuck."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.base.spreadsheets import write_csv
from traitdunion.budget import operations, queries, rights
from traitdunion.budget.states import PaymentState
from traitdunion.web.access import right
from traitdunion.web.budget import columns
from traitdunion.web.budget.acting import Act, acted, own_payment, plan, today, who
from traitdunion.web.budget.commitment_forms import (
    BulkRequestForm,
    DpForm,
    PaidForm,
    PaymentFilter,
)
from traitdunion.web.budget.forms import ReasonForm
from traitdunion.web.lists import attachment, exported, listing

Data = Mapping[str, Any]


@right(rights.may_see_envelopes)
def payments(request: Any) -> HttpResponse:
    """The soonest due first, so that the late ones are on top."""
    form = PaymentFilter(request.GET)
    form.is_valid()
    rows = _filtered(queries.payments_seen_by(request.seat), form)
    if request.GET.get("format") == "chorus":
        return _for_chorus(rows)
    shown = columns.payment_columns()
    if file := exported(request, name="paiements", columns=shown, rows=rows):
        return file
    late = queries.late_payments(request.seat, today())
    context = {
        "form": form,
        "listing": listing(request, caption=_("Paiements"), columns=shown, rows=rows),
        "late": late.count(),
        "late_cents": sum(one.amount_cents for one in late),
        "to_request": _to_request(request).count(),
        "may_commit": rights.may_commit(request.seat),
    }
    return render(request, "budget/payments.html", context)


def _filtered(rows: QuerySet[Any], form: PaymentFilter) -> QuerySet[Any]:
    match form.cleaned_data.get("etat", ""):
        case "":
            # Paid and cancelled ones are history: what waits comes first.
            soonest = F("due_on").asc(nulls_last=True)
            return rows.order_by("-state", soonest, "requested_at", "pk")
        case PaymentFilter.LATE:
            return rows.filter(state=PaymentState.REQUESTED, due_on__lt=today())
        case PaymentFilter.TO_NUMBER:
            return rows.filter(state=PaymentState.REQUESTED, dp_number="")
        case state:
            return rows.filter(state=state)


def _for_chorus(rows: QuerySet[Any]) -> HttpResponse:
    """What waits, as the accountant's tool takes it in."""
    waiting = rows.filter(state=PaymentState.REQUESTED)
    header = [str(column.label) for column in columns.CHORUS]
    lines = [[str(c.show(one).exported) for c in columns.CHORUS] for one in waiting]
    content = write_csv(header, lines)
    return attachment(content, "demandes-de-paiement-chorus.csv", "text/csv; charset=utf-8")


def _to_request(request: Any) -> QuerySet[Any]:
    rows = queries.to_request(request.seat)
    return rows.filter(envelope__holder=request.seat.organisation.pk)


@right(rights.may_commit)
def to_request(request: Any) -> HttpResponse:
    """Tick, see what will be asked and under which rule, then ask."""
    rows = list(_to_request(request))
    ticked = set(request.POST.getlist("commitment"))
    chosen = [one for one in rows if str(one.pk) in ticked]
    form = BulkRequestForm(request.POST or None, initial={"counted_from": today()})
    ready = request.method == "POST" and form.is_valid()
    if ready and not chosen:
        form.add_error(None, _("Cochez au moins un engagement."))
    if ready and chosen and "confirm" in request.POST:
        _ask_all(request, chosen, form.cleaned_data["counted_from"])
        return redirect("budget:payments")
    context = {
        "rows": [(one, str(one.pk) in ticked) for one in rows],
        "form": form,
        "chosen": [_previewed(one, form) for one in chosen] if ready else [],
        "chosen_cents": sum(one.payable_cents for one in chosen),
    }
    return render(request, "budget/to_request.html", context)


def _previewed(one: Any, form: BulkRequestForm) -> tuple[Any, Any]:
    return one, plan().payment_rule(one.spending, form.cleaned_data["counted_from"])


def _ask_all(request: Any, chosen: list[Any], counted_from: Any) -> None:
    done = 0
    for one in chosen:
        try:
            operations.request_payment(
                commitment=one,
                amount_cents=one.payable_cents,
                counted_from=counted_from,
                plan=plan(),
                **who(request),
            )
            done += 1
        except Refusal as refusal:
            messages.error(request, str(refusal))
    if done:
        told = ngettext("%(n)s paiement demandé.", "%(n)s paiements demandés.", done)
        messages.success(request, told % {"n": done})


@right(rights.may_see_envelopes)
def payment(request: Any, payment_id: UUID) -> HttpResponse:
    one = queries.payment(payment_id, request.seat)
    own = one.commitment.envelope.holder_id == request.seat.organisation.pk
    context = {
        "payment": one,
        "commitment": one.commitment,
        "rule": columns.rule_title(one, plan()),
        "days_late": columns.days_late(one, today()),
        "stuck_at": columns.stuck_at(one, today()),
        "level": columns.PAYMENT_LEVELS[PaymentState(one.state)],
        "acts": own and rights.may_commit(request.seat),
    }
    return render(request, "budget/payment.html", context)


def _act(one: Any, title: str, button: str, *told: str) -> Act:
    facts = [
        (_("Engagement"), one.commitment.label),
        (_("Montant"), euros(one.amount_cents)),
    ]
    back = reverse("budget:payment", args=[one.pk])
    return Act(title, button, back, one.dp_number or _("Paiement"), facts, told)


@right(rights.may_commit)
def number(request: Any, payment_id: UUID) -> HttpResponse:
    one = own_payment(request, payment_id)
    form = DpForm(request.POST or None, initial={"dp_number": one.dp_number})

    def do(data: Data) -> str:
        operations.number_payment(request=one, dp_number=data["dp_number"], **who(request))
        return _("Le numéro DP est noté.")

    return acted(request, form, _act(one, _("Noter le numéro DP"), _("Noter")), do)


@right(rights.may_commit)
def pay(request: Any, payment_id: UUID) -> HttpResponse:
    one = own_payment(request, payment_id)
    form = PaidForm(request.POST or None, initial={"paid_on": today()})

    def do(data: Data) -> str:
        operations.record_payment(request=one, paid_on=data["paid_on"], **who(request))
        return _("Le paiement est noté.")

    told = _("La plateforme ne paie jamais : elle note ce que le comptable a payé.")
    return acted(request, form, _act(one, _("Noter un paiement fait"), _("Noter"), told), do)


@right(rights.may_commit)
def send_back(request: Any, payment_id: UUID) -> HttpResponse:
    one = own_payment(request, payment_id)
    form = ReasonForm(request.POST or None)

    def do(data: Data) -> str:
        after = operations.send_back(request=one, reason=data["reason"], **who(request))
        if after.state == PaymentState.CANCELLED:
            return _("Le paiement est défait ; plus rien ne couvrant la demande, elle tombe.")
        return _("Le paiement est défait et la demande est de nouveau ouverte.")

    told = _("La banque a renvoyé l’argent : le paiement sera défait, la demande rouverte.")
    return acted(request, form, _act(one, _("Paiement renvoyé"), _("Défaire"), told), do)


@right(rights.may_commit)
@require_POST
def cancel(request: Any, payment_id: UUID) -> HttpResponse:
    one = own_payment(request, payment_id)
    operations.cancel_payment(request=one, **who(request))
    messages.success(request, _("La demande est annulée ; on peut la refaire."))
    return redirect("budget:payment", one.pk)
