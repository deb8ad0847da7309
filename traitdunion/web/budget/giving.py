"""Credits that come and go: opened, added, delegated, withdrawn, undone, closed, carried over."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.budget import operations, queries, rights
from traitdunion.budget.states import Regime
from traitdunion.web.access import right
from traitdunion.web.budget.acting import Act, acted, is_own, own_envelope, plan, today, who
from traitdunion.web.budget.forms import (
    AllotForm,
    CloseForm,
    CreditsForm,
    EnvelopeForm,
    LapseForm,
    OpenUnderForm,
    ReasonForm,
)

Data = Mapping[str, Any]


def _page(envelope_id: UUID) -> str:
    return reverse("budget:envelope", args=[envelope_id])


def left(one: Any) -> list[tuple[str, str]]:
    """What the envelope still holds, as its holder says it."""
    if one.regime != Regime.STATE:
        return [(_("Disponible"), euros(one.available_cents))]
    return [
        (_("AE disponibles"), euros(one.available_cents)),
        (_("CP disponibles"), euros(one.cp_available_cents)),
    ]


def signed_or_waiting(request_: Any, done: str) -> str:
    if request_ is None:
        return done
    told = ngettext(
        "Votre demande attend la signature de %(count)s autre personne : rien n’est encore pris"
        " sur l’enveloppe.",
        "Votre demande attend la signature de %(count)s autres personnes : rien n’est encore pris"
        " sur l’enveloppe.",
        request_.needed,
    )
    return told % {"count": request_.needed}


@right(rights.may_open_envelopes)
def new_envelope(request: Any) -> HttpResponse:
    form = EnvelopeForm(request.POST or None)

    def do(data: Data) -> str:
        operations.open_envelope(
            strand=data["strand"],
            source=data["source"],
            holder=data["holder"],
            label=data["label"],
            year=data["year"],
            amount_cents=data["amount"],
            cp_cents=data["cp"],
            budget_programme=data["programme"],
            cost_center=data["cost_center"],
            functional_domain=data["functional_domain"],
            activity_code=data["activity_code"],
            **who(request),
        )
        return _("L’enveloppe est ouverte.")

    act = Act(
        title=_("Ouvrir une enveloppe"),
        button=_("Ouvrir"),
        back=reverse("budget:envelopes"),
        parent=_("Enveloppes"),
        told=[_("Des crédits qui ne viennent d’aucune autre enveloppe, ou de l’argent reçu.")],
    )
    return acted(request, form, act, do)


@right(rights.may_open_envelopes)
def allot(request: Any, envelope_id: UUID) -> HttpResponse:
    one = queries.envelope(envelope_id, request.seat)
    if one.parent is not None:
        raise PermissionDenied
    form = AllotForm(request.POST or None, regime=one.regime)

    def do(data: Data) -> str:
        operations.allot(
            envelope=one,
            amount_cents=data["ae"],
            cp_cents=data["cp"],
            document=data["document"],
            **who(request),
        )
        return _("Les crédits sont ajoutés.")

    act = Act(_("Ajouter des crédits"), _("Ajouter"), _page(one.pk), one.label, left(one))
    return acted(request, form, act, do)


@right(rights.may_commit)
def open_under(request: Any, envelope_id: UUID) -> HttpResponse:
    """Delegate to somebody who holds no envelope under this one yet."""
    one = own_envelope(request, envelope_id)
    form = OpenUnderForm(request.POST or None, regime=one.regime)

    def do(data: Data) -> str:
        _child, waiting = operations.decide_opening(
            parent=one,
            holder=data["holder"],
            label=data["label"],
            ae_cents=data["ae"],
            cp_cents=data["cp"],
            document=data["document"],
            plan=plan(),
            **who(request),
        )
        return signed_or_waiting(waiting, _("La délégation est faite."))

    act = Act(
        title=_("Déléguer à un nouveau détenteur"),
        button=_("Déléguer"),
        back=_page(one.pk),
        parent=one.label,
        facts=left(one),
    )
    return acted(request, form, act, do)


def _given(request: Any, envelope_id: UUID) -> Any:
    """An envelope under one of one's own; its own holder and those who watch may not."""
    one = queries.envelope(envelope_id, request.seat)
    if one.parent is None or not is_own(request, one.parent):
        raise PermissionDenied
    return one


@right(rights.may_commit)
def delegate(request: Any, envelope_id: UUID) -> HttpResponse:
    """More for an envelope under one's own."""
    one = _given(request, envelope_id)
    form = CreditsForm(request.POST or None, regime=one.regime)

    def do(data: Data) -> str:
        waiting = operations.decide_delegation(
            child=one,
            ae_cents=data["ae"],
            cp_cents=data["cp"],
            document=data["document"],
            plan=plan(),
            **who(request),
        )
        return signed_or_waiting(waiting, _("La délégation est faite."))

    act = Act(
        title=_("Déléguer à %(holder)s") % {"holder": one.holder.name},
        button=_("Déléguer"),
        back=_page(one.pk),
        parent=one.label,
        facts=left(one.parent),
        told=[_("Pris sur « %(label)s », qui garde le reste.") % {"label": one.parent.label}],
    )
    return acted(request, form, act, do)


@right(rights.may_commit)
def withdraw(request: Any, envelope_id: UUID) -> HttpResponse:
    """Take back what was delegated and not used; the amounts may come with the address."""
    one = _given(request, envelope_id)
    proposed = {name: request.GET.get(name, "")[:40] for name in ("ae", "cp")}
    form = CreditsForm(request.POST or None, regime=one.regime, initial=proposed)

    def do(data: Data) -> str:
        operations.withdraw(
            child=one,
            ae_cents=data["ae"],
            cp_cents=data["cp"],
            document=data["document"],
            **who(request),
        )
        return _("Les crédits sont revenus sur « %(label)s ».") % {"label": one.parent.label}

    act = Act(
        title=_("Retirer à %(holder)s") % {"holder": one.holder.name},
        button=_("Retirer"),
        back=_page(one.pk),
        parent=one.label,
        facts=left(one),
        told=[_("On ne retire que ce qui n’est ni engagé, ni payé, ni délégué.")],
    )
    return acted(request, form, act, do)


@right(rights.may_commit)
def reverse_movement(request: Any, envelope_id: UUID, told_by: UUID) -> HttpResponse:
    one = own_envelope(request, envelope_id)
    found = queries.movement(told_by, one)
    form = ReasonForm(request.POST or None)

    def do(data: Data) -> str:
        operations.reverse(movement=found, reason=data["reason"], **who(request))
        return _("Le mouvement est annulé par son contraire ; les deux restent au registre.")

    act = Act(
        title=_("Annuler un mouvement"),
        button=_("Annuler le mouvement"),
        back=_page(one.pk),
        parent=one.label,
        facts=[
            (found.get_kind_display(), euros(found.amount_cents)),
            (_("Pièce"), found.document),
        ],
    )
    return acted(request, form, act, do)


# --- The end of the year


@right(rights.may_commit)
def close(request: Any, envelope_id: UUID) -> HttpResponse:
    """What stands in the way, what goes on next year, what is left: then close."""
    one = own_envelope(request, envelope_id)
    sent = request.POST if request.method == "POST" else None
    form = CloseForm(sent, is_early=today().year <= one.year)
    refusal = ""
    if sent is not None and form.is_valid():
        try:
            operations.close_year(envelope=one, **who(request))
        except Refusal as error:
            refusal = str(error)
        else:
            messages.success(request, _("L’exercice %(year)s est clos.") % {"year": one.year})
            return redirect("budget:close", one.pk)
    context = {"envelope": one, "form": form, "refusal": refusal, **_closing(one)}
    return render(request, "budget/close.html", context)


def _closing(one: Any) -> dict[str, Any]:
    waiting = queries.waiting(one)
    return {
        "is_state": one.regime == Regime.STATE,
        "open_children": [child for child in queries.under(one) if not child.is_closed],
        "waiting_cents": max(waiting.ae_cents, waiting.cp_cents),
        "owed_cents": max(0, one.committed_cents - one.paid_cents),
        "after": queries.following(one),
        "left": left(one),
        "has_rest": one.available_cents > 0 or one.cp_available_cents > 0,
    }


@right(rights.may_commit)
def carry_over(request: Any, envelope_id: UUID) -> HttpResponse:
    one = own_envelope(request, envelope_id)
    form = CreditsForm(request.POST or None, regime=one.regime)

    def do(data: Data) -> str:
        operations.carry_over(
            envelope=one,
            ae_cents=data["ae"],
            cp_cents=data["cp"],
            document=data["document"],
            **who(request),
        )
        return _("Les crédits sont reportés sur l’exercice %(year)s.") % {"year": one.year + 1}

    act = Act(
        title=_("Reporter des crédits"),
        button=_("Reporter"),
        back=reverse("budget:close", args=[one.pk]),
        parent=_("Clôture"),
        facts=left(one),
        told=[_("Un report est une décision : ce qui n’est pas reporté tombe.")],
    )
    return acted(request, form, act, do)


@right(rights.may_commit)
def lapse(request: Any, envelope_id: UUID) -> HttpResponse:
    one = own_envelope(request, envelope_id)
    form = LapseForm(request.POST or None)

    def do(data: Data) -> str:
        operations.lapse(envelope=one, document=data["document"], **who(request))
        return _("Le reste est tombé : l’enveloppe de %(year)s est soldée.") % {"year": one.year}

    act = Act(
        title=_("Laisser tomber le reste"),
        button=_("Confirmer"),
        back=reverse("budget:close", args=[one.pk]),
        parent=_("Clôture"),
        facts=left(one),
        told=[_("Ces crédits ne pourront plus servir.")],
    )
    return acted(request, form, act, do)


@right(rights.may_commit)
@require_POST
def next_year(request: Any, envelope_id: UUID) -> HttpResponse:
    """The same envelope the year after, empty, before this one closes."""
    one = own_envelope(request, envelope_id)
    after = operations.next_year(envelope=one, **who(request))
    messages.success(
        request, _("L’enveloppe de %(year)s est ouverte, vide.") % {"year": after.year}
    )
    return redirect("budget:envelope", after.pk)
