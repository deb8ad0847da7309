"""What comes after each follow-up, and what a mentor leaves with."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.mentoring import operations, queries, rights
from traitdunion.mentoring.states import EndState
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.lists import attachment
from traitdunion.web.networks.forms import EndForm

# As many lines as somebody ticks at once.
SHOWN = 200


@right(rights.may_coordinate)
def ends(request: Any) -> HttpResponse:
    """Young people without a plan for what comes after, and the plans that hold."""
    networks = queries.networks_of(request.seat)
    rows = queries.orphans(networks)
    form = EndForm(request.POST or None)
    ticked = request.POST.getlist("young")
    if request.method == "POST" and form.is_valid():
        if not ticked:
            form.add_error(None, _("Cochez au moins un jeune."))
        elif _planned(request, form, rows, ticked):
            return redirect("networks:ends")
    follow_up = programme.plan(programme.current()).follow_up()
    context = {
        "form": form,
        "orphans": list(rows[:SHOWN]),
        "total": rows.count(),
        "ticked": set(ticked),
        "planned": list(queries.ends_of(networks)[:SHOWN]),
        "ends_on": follow_up.ends_on,
    }
    return render(request, "networks/ends.html", context)


def _planned(request: Any, form: EndForm, rows: Any, ticked: list[str]) -> bool:
    data = form.cleaned_data
    wanted = [one for one in rows if str(one.pk) in set(ticked)]
    try:
        operations.plan_together(
            young=wanted,
            plan=data["plan"],
            receiver=data["receiver"],
            rules=programme.plan(programme.current()),
            by=request.user,
            at=now(),
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(
        request, _("Suite enregistrée pour %(count)s jeunes.") % {"count": len(wanted)}
    )
    return True


@require_POST
@right(rights.may_coordinate)
def plan_remaining(request: Any) -> HttpResponse:
    """Those left: the follow-up goes on, or is lost from sight when nothing is heard."""
    rows = queries.orphans(queries.networks_of(request.seat))
    done = operations.plan_remaining(
        young=list(rows),
        rules=programme.plan(programme.current()),
        by=request.user,
        at=now(),
    )
    messages.success(request, _("Suite enregistrée pour %(count)s jeunes.") % {"count": done})
    return redirect("networks:ends")


@right(rights.may_take_over)
def received(request: Any) -> HttpResponse:
    """The young people whom a network proposes to hand over to one’s organisation."""
    rows = operations.open_received(seat=request.seat, by=request.user, at=now())
    context = {"waiting": [one for one in rows if one.end.state == EndState.PROPOSED]}
    context["accepted"] = [one for one in rows if one.end.state == EndState.SETTLED]
    return render(request, "networks/received.html", context)


@require_POST
@right(rights.may_take_over)
def answer(request: Any, pk: UUID) -> HttpResponse:
    """Accept, or not."""
    end = queries.end_to_answer(pk, request.seat)
    operations.answer_end(
        end=end,
        organisation=request.seat.organisation,
        is_accepted=request.POST.get("answer") == "yes",
        by=request.user,
        at=now(),
    )
    messages.success(request, _("Réponse enregistrée."))
    return redirect("networks:received")


@require_POST
@right(rights.may_coordinate)
def mentor_certificate(request: Any, pk: UUID) -> HttpResponse:
    """What a mentor gave, on paper."""
    mentor = queries.mentor_of(pk, request.seat)
    content = operations.print_certificate(
        mentor=mentor, plan=programme.plan(programme.current()), by=request.user, at=now()
    )
    return attachment(content, f"attestation-{str(mentor.pk)[:8]}.pdf", "application/pdf")
