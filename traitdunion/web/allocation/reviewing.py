"""Asking that a decision be looked at again, and answering in writing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from traitdunion.allocation import operations, queries, rights
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.census import queries as census
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.allocation.columns import short
from traitdunion.web.allocation.forms import AnswerForm, QuestionForm


@right(rights.may_see_waves)
def reviews(request: Any) -> HttpResponse:
    waiting = [(one, short(one.need_id)) for one in queries.open_reviews(request.seat)]
    context = {"reviews": waiting, "may_answer": rights.may_answer_review(request.seat)}
    return render(request, "allocation/reviews.html", context)


@right(rights.may_answer_review)
def answer(request: Any, review_id: UUID) -> HttpResponse:
    one = next((r for r in queries.open_reviews(request.seat) if r.pk == review_id), None)
    if one is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.answer_review(
            review=one, answer=form.cleaned_data["answer"], by=request.user, at=now()
        )
        messages.success(
            request, _("La réponse est écrite ; le relais la lit sur la page du besoin.")
        )
        return redirect("allocation:reviews")
    context = {"form": form, "review": one, "code": short(one.need_id)}
    return render(request, "allocation/answer.html", context)


@right(rights.may_ask_review)
def ask(request: Any, need_id: UUID) -> HttpResponse:
    need = census.need(need_id, request.seat)
    if need.relay_id != request.seat.organisation.pk:
        raise Http404
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.ask_review(
                need=need,
                asked_by=request.seat.organisation,
                question=form.cleaned_data["question"],
                plan=programme.plan(programme.current()),
                by=request.user,
                at=now(),
            )
        except Refusal as refusal:
            form.add_error("question", str(refusal))
        else:
            messages.success(request, _("La demande est envoyée ; la réponse sera écrite."))
            return redirect("allocation:why", need.pk)
    context = {"form": form, "need": need, "code": short(need.pk)}
    return render(request, "allocation/ask.html", context)
