"""Samples: drawn by a published seed, answered before anything is concluded."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.grants import rights
from traitdunion.grants.operations import controlling
from traitdunion.grants.queries import answering as queries
from traitdunion.grants.states import ControlState
from traitdunion.web.access import right
from traitdunion.web.budget.acting import Act, acted, who
from traitdunion.web.decisions.common import check_own
from traitdunion.web.decisions.forms import (
    AnswerForm,
    ConclusionForm,
    ObservationsForm,
    SampleForm,
)


@right(rights.may_control)
def controls(request: Any) -> HttpResponse:
    """The draws made; whoever reviews makes another."""
    draws = rights.may_review(request.seat)
    form = SampleForm(request.POST or None)
    if request.method == "POST":
        if not draws:
            raise PermissionDenied
        if form.is_valid():
            try:
                made = controlling.draw_sample(
                    authority=request.seat.organisation, **form.cleaned_data, **who(request)
                )
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("decisions:control", made.pk)
    context = {
        "form": form, "draws": draws, "controls": list(queries.controls_seen_by(request.seat)),
    }  # fmt: skip
    return render(request, "decisions/controls.html", context)


@right(rights.may_control)
def control(request: Any, control_id: UUID) -> HttpResponse:
    """The sample, and how anybody finds it again."""
    one = queries.control(control_id, request.seat)
    return render(
        request, "decisions/control.html", {"control": one, "cases": queries.cases_of(one)}
    )


@right(rights.may_see_applications)
def case(request: Any, case_id: UUID) -> HttpResponse:
    """One grant looked at: observations, answer, conclusion, each by whom it falls to."""
    one = queries.case(case_id, request.seat)
    application = one.decision.application
    here = request.seat.organisation.pk
    context = {
        "case": one,
        "decision": one.decision,
        "application": application,
        "leads": application.authority_id == here and rights.may_review(request.seat),
        "answers": application.organisation_id == here
        and rights.may_apply(request.seat)
        and one.state == ControlState.ASKED,
    }
    return render(request, "decisions/case.html", context)


def _act(one: Any, title: str, button: str) -> Act:
    back = reverse("decisions:case", args=[one.pk])
    facts = [
        (_("Association"), one.decision.application.organisation.name),
        (_("Accordé"), euros(one.decision.amount_cents)),
    ]
    return Act(title, button, back, one.decision.number, facts)


@right(rights.may_review)
def observe(request: Any, case_id: UUID) -> HttpResponse:
    one = queries.case(case_id, request.seat)
    check_own(request, one.decision.application)
    form = ObservationsForm(request.POST or None)

    def do(data: Any) -> str:
        controlling.ask_answer(
            case=one, observations=data["text"], answer_by=data["answer_by"], **who(request)
        )
        return _("Les observations sont envoyées ; l’association peut répondre.")

    return acted(request, form, _act(one, _("Envoyer des observations"), _("Envoyer")), do)


@right(rights.may_apply)
def answer(request: Any, case_id: UUID) -> HttpResponse:
    one = queries.case(case_id, request.seat)
    form = AnswerForm(request.POST or None)

    def do(data: Any) -> str:
        controlling.answer(case=one, text=data["text"], **who(request))
        return _("Votre réponse est transmise.")

    return acted(request, form, _act(one, _("Répondre au contrôle"), _("Répondre")), do)


@right(rights.may_review)
def conclude(request: Any, case_id: UUID) -> HttpResponse:
    one = queries.case(case_id, request.seat)
    check_own(request, one.decision.application)
    form = ConclusionForm(request.POST or None)

    def do(data: Any) -> str:
        controlling.conclude(
            case=one,
            conclusion=data["text"],
            to_return_cents=data["to_return"] or 0,
            **who(request),
        )
        return _("Le contrôle de cette subvention est conclu.")

    return acted(request, form, _act(one, _("Conclure le contrôle"), _("Conclure")), do)
