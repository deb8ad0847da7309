"""The match: proposals with their reasons, changed by a select, confirmed in one click."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.mentoring import operations, queries, rights
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.mentoring import words

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One proposal, or somebody who waits without one."""

    young: Any
    name: str
    mentor_id: UUID | None
    mentor: str
    why: str
    is_chosen: bool = False


def _plan() -> Any:
    return programme.plan(programme.current())


@right(rights.may_coordinate)
def matching(request: Any) -> HttpResponse:
    """What the last match proposes, and who waits; why, for each."""
    network, plan = queries.network_of(request.seat), _plan()
    proposed = queries.proposals(network)
    held = {one.young_id for one in proposed}
    waiting = [one for one in queries.waiting([network]) if one.pk not in held]
    blocked = request.session.get("mentoring_blocked", {})
    known = {}
    if "noms" in request.GET:
        shown = [one.young for one in proposed[:SHOWN]] + waiting[:SHOWN]
        known = words.names(request, shown, "mentoring_match")
    mentors = queries.available_mentors(network, queries.day_of(plan, now()))
    context = {
        "lines": [
            Line(
                one.young, words.called(one.young, known), one.mentor_id, one.mentor.name,
                words.reasons(one.reasons), one.is_chosen,
            )
            for one in proposed[:SHOWN]
        ],
        "more": max(len(proposed) - SHOWN, 0),
        "waiting": [
            Line(
                one, words.called(one, known), None, "",
                str(words.BLOCKED.get(blocked.get(str(one.pk), ""), "")),
            )
            for one in waiting[:SHOWN]
        ],
        "unshown": max(len(waiting) - SHOWN, 0),
        "mentors": [(one.pk, one.name) for one in mentors],
        "follow_up": plan.follow_up(),
        "has_names": "noms" in request.GET,
        "total": len(proposed),
    }  # fmt: skip
    return render(request, "mentoring/matching.html", context)


@right(rights.may_coordinate)
@require_POST
def propose(request: Any) -> HttpResponse:
    found = operations.propose(
        network=queries.network_of(request.seat), plan=_plan(), by=request.user, at=now()
    )
    request.session["mentoring_blocked"] = {str(pk): why for pk, why in found.blocked.items()}
    said = ngettext(
        "%(count)s binôme proposé ; %(alone)s en attente.",
        "%(count)s binômes proposés ; %(alone)s en attente.",
        found.proposed,
    )
    counts = {"count": found.proposed, "alone": len(found.blocked)}
    messages.success(request, said % counts)
    return redirect("mentoring:matching")


@right(rights.may_coordinate)
@require_POST
def confirm(request: Any) -> HttpResponse:
    """One click for all; what was changed in a select is changed first, all or nothing."""
    network, plan = queries.network_of(request.seat), _plan()
    made = operations.confirm(
        network=network,
        choices=_choices(request, network),
        plan=plan,
        by=request.user,
        at=now(),
    )
    said = ngettext("%(count)s binôme fait.", "%(count)s binômes faits.", len(made))
    messages.success(request, said % {"count": len(made)})
    return redirect("mentoring:matching")


def _choices(request: Any, network: Any) -> dict[UUID, UUID | None]:
    """Young person → mentor, where the select says something else than the proposal."""
    proposed = {one.young_id: one.mentor_id for one in queries.proposals(network)}
    waiting = {one.pk for one in queries.waiting([network])}
    found: dict[UUID, UUID | None] = {}
    for young_id in waiting:
        typed = request.POST.get(f"mentor-{young_id}")
        if typed is None:
            continue
        try:
            wanted = UUID(typed) if typed else None
        except ValueError:
            raise Refusal(_("Choisissez un mentor de la liste.")) from None
        if wanted != proposed.get(young_id):
            found[young_id] = wanted
    return found


@right(rights.may_coordinate)
@require_POST
def refuse(request: Any) -> HttpResponse:
    """This pair is not wanted: it is never proposed again."""
    try:
        named = UUID(request.POST.get("jeune", ""))
    except ValueError:
        raise Refusal(_("Dites quelle proposition est refusée.")) from None
    network = queries.network_of(request.seat)
    proposed = {one.young_id: one for one in queries.proposals(network)}
    if named not in proposed:
        raise Refusal(_("Cette proposition n’est plus là : relancez la mise en relation."))
    one = proposed[named]
    operations.refuse(young=one.young, mentor=one.mentor, by=request.user, at=now())
    messages.info(request, _("Ce binôme ne sera plus proposé."))
    return redirect("mentoring:matching")
