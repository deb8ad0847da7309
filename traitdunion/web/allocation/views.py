"""The queue: proposed, read line by line, confirmed; one need and why."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from traitdunion.allocation import operations, queries, rights
from traitdunion.allocation.states import Decision, WaveState
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.census import queries as census
from traitdunion.jobs import operations as jobs
from traitdunion.jobs import tasks
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.allocation.columns import COLUMNS, LEVELS, short
from traitdunion.web.allocation.forms import FilterForm, ReasonForm
from traitdunion.web.lists import exported, listing


def wave_or_404(wave_id: UUID) -> Any:
    found = queries.wave(wave_id)
    if found is None or found.state == WaveState.CANCELLED:
        raise Http404
    return found


@right(rights.may_see_waves)
def waves(request: Any) -> HttpResponse:
    current = programme.current()
    one = census.current_or_none(current.pk)
    context = {
        "waves": list(queries.waves()),
        "census": one,
        "may_propose": rights.may_propose(request.seat)
        and one is not None
        and bool(one.seed)
        and queries.proposal(one.pk) is None,
        "rates": queries.relay_rates(request.seat),
        "reviews": len(queries.open_reviews(request.seat)),
    }
    return render(request, "allocation/waves.html", context)


@right(rights.may_propose)
@require_POST
def propose(request: Any) -> HttpResponse:
    """Start the computation; its page tells how far it is, and may be left."""
    one = census.current(programme.current().pk)
    work = jobs.open_work(
        kind="propose",
        organisation_id=request.seat.organisation.pk,
        total=1,
        by=request.user,
        at=now(),
    )
    tasks.propose_wave.enqueue(str(work.pk), str(one.pk))
    return redirect("jobs:work", work.pk)


@right(rights.may_see_waves)
def wave(request: Any, wave_id: UUID) -> HttpResponse:
    one = wave_or_404(wave_id)
    rows = queries.lines_seen_by(request.seat, one)
    counts = queries.decision_counts(rows)
    form = FilterForm(request.GET)
    if form.is_valid() and form.cleaned_data["decision"]:
        rows = rows.filter(decision=form.cleaned_data["decision"])
    if form.is_valid() and form.cleaned_data["quartier"]:
        rows = rows.filter(neighbourhood__code=form.cleaned_data["quartier"].upper())
    if file := exported(request, name=f"vague-{one.number}", columns=COLUMNS, rows=rows):
        return file
    context = {
        "wave": one,
        "counts": [(Decision(d).label, LEVELS[Decision(d)], n) for d, n in counts.items()],
        "form": form,
        "listing": listing(request, caption=_("La file"), columns=COLUMNS, rows=rows),
        "may_decide": rights.may_propose(request.seat) and one.state == WaveState.PROPOSED,
    }
    return render(request, "allocation/wave.html", context)


@right(rights.may_propose)
def confirm(request: Any, wave_id: UUID) -> HttpResponse:
    """Before anything is awarded: how many, how much, from which purse."""
    one = wave_or_404(wave_id)
    if request.method == "POST":
        plan = programme.plan(programme.current())
        count = operations.confirm(wave=one, plan=plan, by=request.user, at=now())
        said = ngettext("%(n)s attribution confirmée.", "%(n)s attributions confirmées.", count)
        messages.success(request, said % {"n": count})
        return redirect("allocation:wave", one.pk)
    context = {"wave": one, "sources": queries.served_by_source(one)}
    return render(request, "allocation/confirm.html", context)


@right(rights.may_propose)
@require_POST
def cancel(request: Any, wave_id: UUID) -> HttpResponse:
    operations.cancel(wave=wave_or_404(wave_id), by=request.user, at=now())
    messages.success(request, _("La proposition est abandonnée ; rien n’a été attribué."))
    return redirect("allocation:waves")


@right(rights.may_see_waves)
def why(request: Any, need_id: UUID) -> HttpResponse:
    """One need: its place, its reason, what would change it, what its relay can do."""
    need = census.need(need_id, request.seat)
    line = queries.line_of(need.pk)
    context = {
        "need": need,
        "code": short(need.pk),
        "line": line,
        "level": LEVELS[Decision(line.decision)] if line else "plain",
        "award": queries.standing_award_of(need.pk),
        "reviews": queries.reviews_of(need.pk),
        "remedy": _remedy(need, line),
        "may_ask": rights.may_ask_review(request.seat)
        and need.relay_id == request.seat.organisation.pk,
        "may_serve": rights.may_serve_out_of_turn(request.seat)
        and line is not None
        and line.decision != Decision.SERVED,
    }
    return render(request, "allocation/why.html", context)


def _remedy(need: Any, line: Any) -> tuple[str, str] | None:
    """What the relay or the family can do now, and where."""
    if need.doubt in {"ADDRESS", "LIMIT"}:
        return _("Préciser ou confirmer l’adresse"), reverse("census:addresses")
    if need.doubt == "DUPLICATE":
        return _("Dire si les deux dossiers sont le même enfant"), reverse("census:duplicates")
    if line is not None and line.decision == Decision.WAITING:
        return _("Attendre la vague suivante : la place dans la file est gardée"), ""
    return None


@right(rights.may_serve_out_of_turn)
def out_of_turn(request: Any, need_id: UUID) -> HttpResponse:
    """An exception: a written reason, a cap, a public record."""
    need = census.need(need_id, request.seat)
    line = queries.line_of(need.pk)
    if line is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.serve_out_of_turn(
                need=need,
                wave=line.wave,
                reason=form.cleaned_data["reason"],
                plan=programme.plan(programme.current()),
                by=request.user,
                at=now(),
            )
        except Refusal as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, _("Le besoin est servi hors tour ; la raison est publiée."))
            return redirect("allocation:why", need.pk)
    context = {"form": form, "need": need, "code": short(need.pk)}
    return render(request, "allocation/out_of_turn.html", context)
