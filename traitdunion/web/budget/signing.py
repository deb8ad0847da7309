"""Decisions that wait for signatures, and who may sign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from traitdunion.base.errors import NotFound
from traitdunion.budget import operations, queries, rights
from traitdunion.budget.states import SIGNED_COMMITMENT, SIGNED_DELEGATION, RequestState
from traitdunion.partners import queries as partners
from traitdunion.web.access import right
from traitdunion.web.budget.acting import Act, acted, today, who
from traitdunion.web.budget.commitment_forms import SigningForm
from traitdunion.web.budget.forms import ReasonForm

Data = Mapping[str, Any]
OURS = (SIGNED_COMMITMENT, SIGNED_DELEGATION)
HISTORY = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request as one person sees it: who asked, what they may do with it, where it is about."""

    request: Any
    asked_by: str
    signed_by: str
    may_sign: bool
    is_mine: bool
    url: str
    # An order is signed at its own page, where its lines are.
    elsewhere: bool


@right(rights.may_commit)
def signatures(request: Any) -> HttpResponse:
    holder = request.seat.organisation.pk
    everything = queries.requests_of(holder, waiting=False)
    waiting = [one for one in everything if one.state == RequestState.WAITING]
    ended = [one for one in everything if one.state != RequestState.WAITING]
    context = {
        "waiting": [_seen(one, request.user) for one in waiting],
        "ended": sorted(ended, key=lambda one: one.ended_at, reverse=True)[:HISTORY],
        "may_give": rights.may_give_signing(request.seat),
    }
    return render(request, "budget/signatures.html", context)


def _seen(one: Any, user: Any) -> Waiting:
    signed = queries.signatures(one)
    names = partners.user_names([one.asked_by_id, *(s.signed_by_id for s in signed)])
    mine = one.asked_by_id == user.pk
    power = queries.signing_power(one.holder_id, user.pk, one.amount_cents, today())
    already = any(each.signed_by_id == user.pk for each in signed)
    elsewhere = one.subject_kind not in OURS
    return Waiting(
        request=one,
        asked_by=names.get(one.asked_by_id, _("le service")),
        signed_by=_joined(names[each.signed_by_id] for each in signed),
        may_sign=power is not None and not mine and not already,
        is_mine=mine,
        url=_subject(one, elsewhere=elsewhere),
        elsewhere=elsewhere,
    )


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names)


def _subject(one: Any, *, elsewhere: bool) -> str:
    if elsewhere:
        return reverse("supply:order", args=[one.subject_id])
    return reverse("budget:envelope", args=[one.subject_id])


def _ours(request: Any, request_id: UUID) -> Any:
    """A request that this page ends; an order is signed and cancelled at its own. NotFound."""
    one = queries.request(request_id, request.seat)
    if one.subject_kind not in OURS:
        raise NotFound
    return one


@right(rights.may_commit)
@require_POST
def sign(request: Any, request_id: UUID) -> HttpResponse:
    one = operations.sign(request=_ours(request, request_id), **who(request))
    if one.state == RequestState.SIGNED:
        messages.success(request, _("Signé : la décision a pris effet."))
    else:
        left = one.needed - one.signed
        told = ngettext(
            "Signé. Il manque encore %(left)s signature.",
            "Signé. Il manque encore %(left)s signatures.",
            left,
        )
        messages.success(request, told % {"left": left})
    return redirect("budget:signatures")


@right(rights.may_commit)
def refuse(request: Any, request_id: UUID) -> HttpResponse:
    one = _ours(request, request_id)
    form = ReasonForm(request.POST or None)

    def do(data: Data) -> str:
        operations.refuse(request=one, reason=data["reason"], **who(request))
        return _("La demande est refusée.")

    act = Act(
        title=_("Refuser de signer"),
        button=_("Refuser"),
        back=reverse("budget:signatures"),
        parent=_("À signer"),
        told=[one.label],
    )
    return acted(request, form, act, do)


@right(rights.may_commit)
@require_POST
def withdraw_request(request: Any, request_id: UUID) -> HttpResponse:
    operations.withdraw_request(request=_ours(request, request_id), **who(request))
    messages.success(request, _("Votre demande est retirée."))
    return redirect("budget:signatures")


# --- Delegations of signature


@right(rights.may_commit)
def delegations(request: Any) -> HttpResponse:
    on = today()
    given = queries.delegations_of_signature(request.seat.organisation.pk)
    context = {
        "rows": [(one, _standing(one, on)) for one in given],
        "may_give": rights.may_give_signing(request.seat),
    }
    return render(request, "budget/delegations.html", context)


def _standing(one: Any, on: Any) -> tuple[str, str]:
    if one.revoked_at is not None:
        return _("terminée"), "plain"
    if on < one.from_date:
        return _("à venir"), "info"
    if on > one.until_date:
        return _("échue"), "plain"
    return _("en vigueur"), "good"


@right(rights.may_give_signing)
def give(request: Any) -> HttpResponse:
    holder = request.seat.organisation
    form = SigningForm(request.POST or None, holder=holder)

    def do(data: Data) -> str:
        operations.give_signing(
            holder=holder,
            user=data["user"],
            up_to_cents=data["up_to"],
            from_date=data["from_date"],
            until_date=data["until_date"],
            document=data["document"],
            **who(request),
        )
        return _("La délégation de signature est enregistrée.")

    act = Act(
        title=_("Donner une délégation de signature"),
        button=_("Donner"),
        back=reverse("budget:delegations"),
        parent=_("Délégations de signature"),
        told=[_("Personne ne signe sa propre demande, quelle que soit sa délégation.")],
    )
    return acted(request, form, act, do)


@right(rights.may_give_signing)
@require_POST
def end(request: Any, delegation_id: UUID) -> HttpResponse:
    one = queries.signing_delegation(delegation_id, request.seat.organisation.pk)
    operations.end_signing(delegation=one, **who(request))
    messages.success(request, _("La délégation de signature prend fin aujourd’hui."))
    return redirect("budget:delegations")
