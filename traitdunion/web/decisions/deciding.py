"""Decisions: the list, one application, a batch with what it would do, taking one back."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.money import NotAnAmount, euros, parse_euros
from traitdunion.grants import previewing, rights
from traitdunion.grants import queries as applications
from traitdunion.grants.operations import deciding
from traitdunion.grants.operations.deciding import Terms
from traitdunion.grants.queries import answering, paying
from traitdunion.grants.queries import deciding as queries
from traitdunion.grants.states import ApplicationState, DecisionForm, Outcome
from traitdunion.web.access import right
from traitdunion.web.budget.acting import Act, acted, plan, today, who
from traitdunion.web.decisions import columns
from traitdunion.web.decisions.common import check_own, own_decision, own_envelope, own_envelopes
from traitdunion.web.decisions.forms import BatchForm, DecisionOfOne, ReopenForm
from traitdunion.web.lists import attachment, exported, listing


@right(rights.may_see_applications)
def decisions(request: Any) -> HttpResponse:
    """What was decided, the latest first."""
    rows = queries.decisions_seen_by(request.seat).filter(withdrawn_at__isnull=True)
    if file := exported(request, name="decisions", columns=columns.DECISIONS, rows=rows):
        return file
    context = {
        "listing": listing(request, caption=_("Décisions"), columns=columns.DECISIONS, rows=rows),
        "decides": rights.may_decide(request.seat),
        "pays": rights.may_pay(request.seat),
        "controls": rights.may_control(request.seat),
        "year": today().year,
    }
    return render(request, "decisions/decisions.html", context)


@right(rights.may_decide)
def decide(request: Any, number: str) -> HttpResponse:
    """One application: read the letter, then decide."""
    one = applications.application(number, request.seat)
    check_own(request, one)
    asked = (one.requested_cents or 0) / 100
    form = DecisionOfOne(
        request.POST or None,
        envelopes=own_envelopes(request),
        initial={"amount": f"{asked:.2f}".replace(".", ",")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = deciding.decide(
                application=one,
                terms=_terms(form),
                envelope=own_envelope(request, form.cleaned_data["envelope"]),
                plan=plan(),
                **who(request),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("C’est décidé ; la lettre part."))
            return redirect("decisions:decision", made.pk)
    return render(request, "decisions/decide.html", {"form": form, "application": one})


@right(rights.may_decide)
@require_POST
def preview(request: Any, number: str) -> HttpResponse:
    """The letter as it would leave; nothing is decided."""
    one = applications.application(number, request.seat)
    check_own(request, one)
    form = DecisionOfOne(request.POST, envelopes=own_envelopes(request))
    if not form.is_valid():
        return render(
            request, "decisions/decide.html", {"form": form, "application": one}, status=400
        )
    pdf = previewing.preview(
        application=one, terms=_terms(form), plan=plan(), public_url=settings.PUBLIC_URL, at=now()
    )
    return attachment(pdf, f"apercu-{one.number}.pdf", "application/pdf")


def _terms(form: DecisionOfOne) -> Terms:
    data = form.cleaned_data
    if data["outcome"] != Outcome.ACCEPTED:
        return Terms(data["outcome"], form=DecisionForm.LETTER, reason=data["reason"])
    return Terms(
        data["outcome"],
        data["amount"] or 0,
        data["advance"] or 0,
        data["form"],
        data["keeps_surplus"],
    )


@right(rights.may_decide)
def batch(request: Any) -> HttpResponse:
    """Tick, see what it would do, decide: nothing is decided before the last button."""
    rows = applications.received(
        request.seat,
        {
            "state": ApplicationState.UNDER_REVIEW,
            "q": request.GET.get("q", ""),
            "neighbourhood": request.GET.get("quartier", ""),
        },
    )
    envelopes = own_envelopes(request)
    form = BatchForm(request.POST or None, envelopes=envelopes)
    ticked = set(request.POST.getlist("application"))
    chosen = [one for one in rows if str(one.pk) in ticked or "all" in request.POST]
    checked = None
    if request.method == "POST" and form.is_valid():
        try:
            amounts = _amounts(request, chosen)
            envelope = own_envelope(request, form.cleaned_data["envelope"])
            checked = queries.preflight(
                applications=chosen,
                amounts=amounts,
                envelope=envelope,
                user_id=request.user.pk,
                plan=plan(),
                on=today(),
            )
            if "confirm" in request.POST:
                return _decided(request, chosen, amounts, envelope, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "rows": [(one, one in chosen, request.POST.get(f"amount-{one.pk}", "")) for one in rows],
        "checked": checked,
        "q": request.GET.get("q", ""),
        "quarter": request.GET.get("quartier", ""),
    }
    return render(request, "decisions/batch.html", context)


def _amounts(request: Any, chosen: list[Any]) -> dict[UUID, int]:
    found = {}
    for one in chosen:
        if text := request.POST.get(f"amount-{one.pk}", "").strip():
            try:
                found[one.pk] = parse_euros(text)
            except NotAnAmount as error:
                raise NotAnAmount(f"{one.number} : {error}") from None
    return found


def _decided(
    request: Any, chosen: list[Any], amounts: dict[UUID, int], envelope: Any, form: BatchForm
) -> HttpResponse:
    made = deciding.decide_batch(
        applications=chosen,
        amounts=amounts,
        terms=Terms(Outcome.ACCEPTED, keeps_surplus=form.cleaned_data["keeps_surplus"]),
        envelope=envelope,
        plan=plan(),
        **who(request),
    )
    told = ngettext(
        "%(n)s subvention accordée, %(cents)s ; sa lettre part.",
        "%(n)s subventions accordées, %(cents)s ; leurs lettres partent.",
        len(made),
    )
    cents = sum(one.amount_cents for one in made)
    messages.success(request, told % {"n": len(made), "cents": euros(cents)})
    return redirect("decisions:decisions")


@right(rights.may_see_applications)
def decision(request: Any, decision_id: UUID) -> HttpResponse:
    """What was decided, its letters, where the money is, what is owed in return."""
    one = queries.decision(decision_id, request.seat)
    own = one.application.authority_id == request.seat.organisation.pk
    pays = own and rights.may_pay(request.seat)
    asker = one.application.organisation_id == request.seat.organisation.pk
    context = {
        "decision": one,
        "application": one.application,
        "level": columns.OUTCOMES[one.outcome],
        "letters": queries.letters_of(one),
        "progress": paying.progress(one, plan(), now()) if one.commitment else None,
        "payments": paying.payments_of(one),
        "next_kind": paying.next_kind(one) if pays else None,
        "obstacles": paying.obstacles(one) if one.commitment and not one.withdrawn_at else [],
        "report": answering.report_of(one),
        "restitutions": answering.restitutions(one),
        "change": queries.bank_change_waiting(one.application),
        "pays": pays,
        "decides": own and rights.may_decide(request.seat),
        "asks": asker and rights.may_apply(request.seat),
    }
    return render(request, "decisions/decision.html", context)


@right(rights.may_decide)
def reopen(request: Any, decision_id: UUID) -> HttpResponse:
    one = own_decision(request, decision_id)
    form = ReopenForm(request.POST or None)

    def do(data: Any) -> str:
        deciding.reopen(
            decision=one, reason=data["reason"], is_warned=data["is_warned"], **who(request)
        )
        return _("La décision est reprise ; la demande est de nouveau en instruction.")

    back = reverse("decisions:decision", args=[one.pk])
    facts = [(_("Association"), one.application.organisation.name)]
    act = Act(
        _("Reprendre la décision"), _("Reprendre"), back, one.number, facts,
        queries.reopening_warnings(one, today()),
    )  # fmt: skip
    return acted(request, form, act, do)
