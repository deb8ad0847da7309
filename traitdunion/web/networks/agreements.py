"""Agreements with networks: prepared, signed, advanced, counted, paid, settled."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import NotAllowed, Refusal
from traitdunion.base.money import euros
from traitdunion.mentoring import operations, queries, rights
from traitdunion.mentoring.states import AgreementState, Definition
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing
from traitdunion.web.networks.forms import AgreementForm, NetworkForm

LEVELS = {
    AgreementState.DRAFT: "new",
    AgreementState.SIGNED: "good",
    AgreementState.CLOSED: "plain",
}


@right(rights.may_see_agreements)
def agreements(request: Any) -> HttpResponse:
    """Every agreement that the seat sees: its places, what they cost, what is paid."""
    rows = queries.agreements_seen_by(request.seat)
    file = exported(request, name="conventions-reseaux", columns=COLUMNS, rows=rows)
    if file is not None:
        return file
    context = {
        "listing": listing(
            request, caption=_("Conventions avec les réseaux"), columns=COLUMNS, rows=rows
        ),
        "may_fund": rights.may_fund(request.seat),
    }
    return render(request, "networks/agreements.html", context)


COLUMNS = (
    Column(
        "numero",
        gettext_lazy("Convention"),
        lambda row: Cell(row.number, url=row.number + "/"),
        "number",
        is_code=True,
    ),
    Column(
        "reseau",
        gettext_lazy("Réseau"),
        lambda row: Cell(row.network.organisation.name, note=row.funder.name),
        "network__organisation__name",
    ),
    Column("places", gettext_lazy("Places"), lambda row: Cell(row.places), "places", True),
    Column(
        "payees", gettext_lazy("Payées"), lambda row: Cell(row.paid_places), "paid_places", True
    ),
    Column(
        "montant",
        gettext_lazy("Montant"),
        lambda row: Cell(euros(row.amount_cents), value=row.amount_cents / 100),
        None,
        True,
    ),
    Column(
        "etat",
        gettext_lazy("État"),
        lambda row: Cell(row.get_state_display(), level=LEVELS[row.state]),
        "state",
    ),
)


@right(rights.may_fund)
def prepare(request: Any) -> HttpResponse:
    """A new agreement; nothing is committed before it is signed."""
    form = AgreementForm(request.POST or None, seat=request.seat)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = operations.prepare_agreement(
                network=data["network"],
                funder=request.seat.organisation,
                envelope=data["envelope"],
                places=sum(share.places for share in data["shares"]),
                price_cents=data["price"],
                advance_cents=data["advance"] or 0,
                counted_by=data["counted_by"],
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                shares=data["shares"],
                by=request.user,
                at=now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Convention préparée : relisez-la, puis signez-la."))
            return redirect("networks:agreement", number=made.number)
    is_ready = bool(form.heads and form.envelopes)
    return render(request, "networks/prepare.html", {"form": form, "is_ready": is_ready})


@right(rights.may_see_agreements)
def agreement(request: Any, number: str) -> HttpResponse:
    """One agreement: its shares, reports, counts and payments."""
    row = queries.agreement(number, request.seat)
    commitment = row.commitment
    context = {
        "row": row,
        "shares": queries.shares_of(row),
        "duties": queries.duties(row, now().date()),
        "certificates": queries.certificates_of(row),
        "payments": queries.payments_of(row),
        "commitment": commitment,
        "counted_by": Definition(row.counted_by).label,
        "request_for_signatures": queries.request_of(row),
        "is_funder": _is_funder(request.seat, row),
        "level": LEVELS[AgreementState(row.state)],
    }
    return render(request, "networks/agreement.html", context)


@require_POST
@right(rights.may_fund)
def act(request: Any, number: str) -> HttpResponse:
    """Sign, advance, count, pay or settle: what its funder does next."""
    row = queries.agreement(number, request.seat)
    if not _is_funder(request.seat, row):
        raise NotAllowed(_("Seul qui finance cette convention décide de sa suite."))
    step = STEPS.get(request.POST.get("step", ""))
    if step is None:
        raise Http404
    messages.success(request, step(request, row))
    return redirect("networks:agreement", number=number)


def _is_funder(seat: Any, row: Any) -> bool:
    return rights.may_fund(seat) and row.funder_id == seat.organisation.pk


def _sign(request: Any, row: Any) -> str:
    decided = operations.sign_agreement(agreement=row, **_terms(request))
    if decided.commitment is None:
        return _("D’autres personnes doivent signer : revenez quand elles l’auront fait.")
    return _("Convention signée : %(amount)s engagés.") % {"amount": euros(row.amount_cents)}


def _advance(request: Any, row: Any) -> str:
    done = operations.advance(agreement=row, **_terms(request))
    return _("Avance décidée : %(amount)s à payer.") % {"amount": euros(done.paid_cents)}


def _count(request: Any, row: Any) -> str:
    made = operations.certify_count(agreement=row, on=now().date(), **_terms(request))
    return _("Certificat %(number)s, places suivies : %(places)s.") % {
        "number": made.number,
        "places": made.places,
    }


def _pay(request: Any, row: Any) -> str:
    certificates = queries.certificates_of(row)
    if not certificates:
        raise operations.NothingToPay(_("Certifiez d’abord le nombre de places suivies."))
    done = operations.pay_places(agreement=row, certificate=certificates[0], **_terms(request))
    return _("%(places)s places certifiées ; %(amount)s à payer, avance déduite.") % {
        "places": done.places,
        "amount": euros(done.paid_cents),
    }


def _close(request: Any, row: Any) -> str:
    owed = operations.close_agreement(agreement=row, by=request.user, at=now())
    if owed:
        return _("Convention soldée ; le réseau doit %(amount)s.") % {"amount": euros(owed)}
    return _("Convention soldée.")


def _terms(request: Any) -> dict[str, Any]:
    plan = programme.plan(programme.current())
    return {"plan": plan, "by": request.user, "at": now()}


STEPS: dict[str, Callable[[Any, Any], str]] = {
    "sign": _sign,
    "advance": _advance,
    "count": _count,
    "pay": _pay,
    "close": _close,
}


@right(rights.may_fund)
def declare(request: Any) -> HttpResponse:
    """Which organisations are networks, and whose branches."""
    form = NetworkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.declare_network(**form.chosen(), by=request.user, at=now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Réseau déclaré."))
            return redirect("networks:declare")
    context = {"form": form, "networks": list(queries.networks_known())}
    return render(request, "networks/declare.html", context)
