"""What the authority does with an application, and what those it asks answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.grants import operations, queries, rights
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.grants.forms import (
    ConflictForm,
    OpinionForm,
    ReviewerForm,
    ScoreForm,
    StanceForm,
)


@right(rights.may_review)
@require_POST
def begin(request: Any, number: str) -> HttpResponse:
    one = queries.application(number, request.seat)
    operations.begin_review(application=one, by=request.user, at=now())
    messages.success(request, _("L’instruction commence ; l’association le voit."))
    return redirect("grants:application", number)


@right(rights.may_review)
@require_POST
def assign(request: Any, number: str) -> HttpResponse:
    one = queries.application(number, request.seat)
    form = ReviewerForm(request.POST, members=partners.members(request.seat.organisation))
    if form.is_valid():
        user = form.cleaned_data["user"]
        operations.assign(application=one, user=user, by=request.user, at=now())
        messages.success(request, _("%(name)s instruit la demande.") % {"name": user.full_name})
    else:
        _tell(request, form)
    return redirect("grants:application", number)


@right(rights.may_review)
@require_POST
def follow(request: Any, number: str) -> HttpResponse:
    one = queries.application(number, request.seat)
    follows = operations.follow(application=one, user=request.user, by=request.user, at=now())
    said = _("Vous suivez cette demande.") if follows else _("Vous ne la suivez plus.")
    messages.success(request, said)
    return redirect("grants:application", number)


@right(rights.may_review)
@require_POST
def correct(request: Any, number: str) -> HttpResponse:
    one = queries.application(number, request.seat)
    text = request.POST.get("text", "")
    operations.ask_correction(application=one, text=text, by=request.user, at=now())
    messages.success(request, _("La correction est demandée à l’association."))
    return redirect("grants:application", number)


@right(rights.may_review)
@require_POST
def ask_opinion(request: Any, number: str) -> HttpResponse:
    one = queries.application(number, request.seat)
    form = OpinionForm(
        request.POST, consulted=partners.consulted_near(one.organisation), today=now().date()
    )
    if form.is_valid():
        operations.ask_opinion(application=one, **form.cleaned_data, by=request.user, at=now())
        messages.success(request, _("L’avis est demandé."))
    else:
        _tell(request, form)
    return redirect("grants:application", number)


@right(rights.may_give_opinion)
def opinion(request: Any, number: str) -> HttpResponse:
    """What my organisation thinks of an application about which it was asked."""
    one = queries.application(number, request.seat)
    asked = queries.opinion_asked(one, request.seat)
    if asked is None:
        raise Http404
    form = StanceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.give_opinion(opinion=asked, **form.cleaned_data, by=request.user, at=now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Votre avis est transmis à la préfecture."))
            return redirect("grants:opinion", number)
    context = {
        "application": one,
        "asked": asked,
        "form": form,
        "quarters": queries.neighbourhoods_of(one),
    }
    return render(request, "grants/opinion.html", context)


@right(rights.may_review)
@require_POST
def score(request: Any, number: str) -> HttpResponse:
    one = queries.application(number, request.seat)
    plan = programme.plan(programme.current())
    form = ScoreForm(request.POST, grid=queries.grid(one, plan))
    if form.is_valid():
        points = form.given()
        operations.score(application=one, points=points, plan=plan, by=request.user, at=now())
        messages.success(request, _("Les points sont enregistrés."))
    else:
        _tell(request, form)
    return redirect("grants:application", number)


@right(rights.may_review)
def conflicts(request: Any) -> HttpResponse:
    """Associations to which I am tied: I neither review nor decide for them."""
    form = ConflictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["number"]
        pk = partners.organisations_called([text]).get(text)
        found = partners.organisation_or_none(pk) if pk else None
        if found is None or found.kind != Kind.ASSOCIATION:
            form.add_error("number", _("aucune association ne porte ce nom ou ce numéro."))
        else:
            operations.declare_conflict(
                user=request.user, organisation=found, by=request.user, at=now()
            )
            messages.success(
                request, _("Déclaré : un collègue instruira les demandes de cette association.")
            )
            return redirect("grants:conflicts")
    context = {"form": form, "conflicts": queries.conflicts_of(request.user.pk)}
    return render(request, "grants/conflicts.html", context)


@right(rights.may_review)
@require_POST
def end_conflict(request: Any, conflict_id: UUID) -> HttpResponse:
    mine = {one.pk: one for one in queries.conflicts_of(request.user.pk)}
    if conflict_id not in mine:
        raise Http404
    operations.end_conflict(conflict=mine[conflict_id], by=request.user, at=now())
    messages.success(request, _("Le lien d’intérêt est terminé."))
    return redirect("grants:conflicts")


def _tell(request: Any, form: Any) -> None:
    for problem in form.problems:
        messages.error(request, problem["sentence"])
