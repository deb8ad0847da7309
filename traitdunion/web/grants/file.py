"""One application: what it says, where it is, its pieces, its messages, its papers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.grants import asking_papers, operations, queries, rights
from traitdunion.partners import queries as partners
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.grants.forms import (
    OpinionForm,
    PieceForm,
    ReviewerForm,
    ScoreForm,
    TextForm,
)
from traitdunion.web.grants.received import LEVELS
from traitdunion.web.lists import attachment


@right(rights.may_open)
def application(request: Any, number: str) -> HttpResponse:
    """The same page for the association, for those who review and for those who are asked."""
    one = queries.application(number, request.seat)
    plan = programme.plan(programme.current())
    is_mine = one.organisation_id == request.seat.organisation.pk
    context = {
        "application": one,
        "level": LEVELS[one.state],
        "is_mine": is_mine,
        "may_write": (is_mine and rights.may_apply(request.seat)) or _reviews(request, one),
        "may_change": is_mine and rights.may_apply(request.seat) and queries.may_change(one),
        "correction": queries.open_correction(one),
        "steps": queries.timeline(one, plan, now()),
        "missing": queries.missing(one) if one.submitted_at else [],
        "signature": queries.signature(one),
        "is_signed": queries.is_signed(one),
        "quarters": queries.neighbourhoods_of(one),
        "numbers": queries.numbers_of(one.organisation),
        "pieces": queries.pieces(one),
        "messages_of": queries.messages(one) if is_mine or _sees_all(request) else [],
        "piece_form": PieceForm(),
        "text_form": TextForm(),
        "appeal_months": plan.grants.appeal_months,
        # The State's form is asked for only since the law says so.
        "has_form": plan.rule_in_force(queries.SINGLE_FORM, queries.asked_on(one, now())),
        **(_review(request, one, plan) if _sees_all(request) else {"sees_review": False}),
    }
    return render(request, "grants/application.html", context)


def _sees_all(request: Any) -> bool:
    return rights.may_see_received(request.seat)


def _reviews(request: Any, one: Any) -> bool:
    return rights.may_review(request.seat) and one.authority_id == request.seat.organisation.pk


def _review(request: Any, one: Any, plan: Any) -> dict[str, Any]:
    """What only the authority and those who look over it see."""
    reviews = _reviews(request, one)
    consulted = [
        other for other in partners.consulted_near(one.organisation) if other != one.organisation
    ]
    grid = queries.grid(one, plan)
    found = {
        "sees_review": True,
        "reviews": reviews,
        "in_conflict": queries.in_conflict(request.user.pk, one.organisation_id),
        "flags": queries.flags(one),
        "reviewer": queries.reviewer(one),
        "followers": queries.followers(one),
        "opinions": queries.opinions(one),
        "alone": queries.without_help(one),
        "grid": grid,
        "total_points": sum(line.points or 0 for line in grid),
        "most_points": plan.grants.most_points,
    }
    if reviews:
        today = now().date()
        found |= {
            "reviewer_form": ReviewerForm(members=partners.members(request.seat.organisation)),
            "opinion_form": OpinionForm(
                consulted=consulted,
                today=today,
                initial={"due_on": queries.opinion_due_on(plan, now())},
            ),
            "score_form": ScoreForm(grid=grid),
        }
    return found


@right(rights.may_see_applications)
@require_POST
def write(request: Any, number: str) -> HttpResponse:
    """Write to the other side."""
    one = queries.application(number, request.seat)
    from_applicant = one.organisation_id == request.seat.organisation.pk
    if not from_applicant and not _reviews(request, one):
        raise operations.NotYours(_("Seules l’association et la préfecture s’écrivent ici."))
    operations.write(
        application=one,
        text=request.POST.get("text", ""),
        from_applicant=from_applicant,
        by=request.user,
        at=now(),
    )
    messages.success(request, _("Le message est envoyé."))
    return redirect("grants:application", number)


@right(rights.may_apply)
@require_POST
def answer(request: Any, number: str) -> HttpResponse:
    """The correction is done."""
    one = queries.application(number, request.seat)
    operations.answer_correction(
        application=one, text=request.POST.get("text", ""), by=request.user, at=now()
    )
    messages.success(request, _("La correction est envoyée."))
    return redirect("grants:application", number)


@right(rights.may_see_applications)
def receipt(request: Any, number: str) -> HttpResponse:
    """The receipt, with the contact and the date on which silence means refusal."""
    one = queries.application(number, request.seat)
    if one.submitted_at is None:
        raise Http404
    plan = programme.plan(programme.current())
    return attachment(
        asking_papers.receipt(one, plan, now()), f"recepisse-{number}.pdf", "application/pdf"
    )


@right(rights.may_see_applications)
def form(request: Any, number: str) -> HttpResponse:
    """The State's single form, complete."""
    one = queries.application(number, request.seat)
    plan = programme.plan(programme.current())
    name = f"cerfa-12156-{number}.pdf"
    return attachment(asking_papers.single_form(one, plan, now()), name, "application/pdf")
