"""The queue: proposed, read line by line, confirmed; one need and why."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from traitdunion.allocation import operations, queries, rights
from traitdunion.allocation.states import Decision, WaveState
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.census import queries as census
from traitdunion.census.rights import may_run_census
from traitdunion.census.states import Asked, NeedState
from traitdunion.jobs import operations as jobs
from traitdunion.jobs import tasks
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.allocation import remedies
from traitdunion.web.allocation.columns import COLUMNS, FILE, LEVELS, short
from traitdunion.web.allocation.forms import FilterForm, ReasonForm, ReleaseForm
from traitdunion.web.census.current import current
from traitdunion.web.lists import exported, listing


def wave_or_404(wave_id: UUID) -> Any:
    found = queries.wave(wave_id)
    if found is None or found.state == WaveState.CANCELLED:
        raise Http404
    return found


@right(rights.may_see_waves)
def waves(request: Any) -> HttpResponse:
    one = census.current_or_none(programme.current().pk)
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
    return _compute(request, census.current(programme.current().pk))


@right(rights.may_propose)
@require_POST
def redo(request: Any, wave_id: UUID) -> HttpResponse:
    """Abandon a proposal that facts have left behind, and compute it again at once."""
    one = wave_or_404(wave_id)
    operations.cancel(wave=one, by=request.user, at=now())
    return _compute(request, one.census)


def _compute(request: Any, one: Any) -> HttpResponse:
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
    if file := exported(request, name=f"vague-{one.number}", columns=FILE, rows=rows):
        return file
    context = {
        "wave": one,
        "counts": [(Decision(d).label, LEVELS[Decision(d)], n) for d, n in counts.items()],
        "form": form,
        "listing": listing(request, caption=_("La file"), columns=COLUMNS, rows=rows),
        "may_decide": rights.may_propose(request.seat) and one.state == WaveState.PROPOSED,
        "may_redo": rights.may_redo(request.seat) and one.smallest_cell is not None,
        "may_release": rights.may_release_reserve(request.seat)
        and one.state == WaveState.CONFIRMED,
        "reserve": _reserve(one),
        "purses": [each for each in one.rules["sources"] if "opened_cents" in each],
        "silent": _silent(request, one),
    }
    return render(request, "allocation/wave.html", context)


def _silent(request: Any, one: Any) -> list[Any]:
    """
    The neighbourhoods of one's territory from which nothing came: no census is not no need.
    """
    if not may_run_census(request.seat):
        return []
    now_running = current()
    rows = census.board(one.census, request.seat, now_running.plan, now_running.generation)
    return [row for row in rows if row.asked in {Asked.SILENT, Asked.NOT_ASKED}]


def _reserve(one: Any) -> int:
    """What a wave keeps for the neighbourhoods that had not answered, in all."""
    return sum(source.get("reserve_cents", 0) for source in one.rules["sources"])


@right(rights.may_release_reserve)
def release(request: Any, wave_id: UUID) -> HttpResponse:
    """Give back to everybody what was kept: a decision, with its reason."""
    one = wave_or_404(wave_id)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.release_reserve(
            wave=one, reason=form.cleaned_data["reason"], by=request.user, at=now()
        )
        messages.success(request, _("La réserve est libérée : la prochaine vague la partage."))
        return redirect("allocation:wave", one.pk)
    context = {"form": form, "wave": one, "reserve": _reserve(one)}
    return render(request, "allocation/release.html", context)


@right(rights.may_propose)
def confirm(request: Any, wave_id: UUID) -> HttpResponse:
    """Before anything is awarded: how many, how much, from which purse."""
    one = wave_or_404(wave_id)
    if request.method == "POST":
        plan = programme.plan(programme.current())
        try:
            count = operations.confirm(wave=one, plan=plan, by=request.user, at=now())
        except operations.ProposalOutOfDate as refusal:
            context = {"wave": one, "refusal": refusal}
            return render(request, "allocation/out_of_date.html", context, status=409)
        said = ngettext("%(n)s attribution confirmée.", "%(n)s attributions confirmées.", count)
        messages.success(request, said % {"n": count})
        return redirect("allocation:wave", one.pk)
    context = {"wave": one, "sources": queries.served_by_source(one), "reserve": _reserve(one)}
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
    line, award = queries.line_of(need.pk), queries.standing_award_of(need.pk)
    context = {
        "need": need,
        "code": short(need.pk),
        "line": line,
        "level": LEVELS[Decision(line.decision)] if line else "plain",
        "award": award,
        "reviews": queries.reviews_of(need.pk),
        "remedies": remedies.of(need, line, award, request.seat),
        "may_reconfirm": rights.may_reconfirm(request.seat)
        and need.relay_id == request.seat.organisation.pk
        and queries.rests(need.pk),
        "may_ask": rights.may_ask_review(request.seat)
        and need.relay_id == request.seat.organisation.pk,
        "may_serve": rights.may_serve_out_of_turn(request.seat)
        and line is not None
        and award is None
        and need.state == NeedState.OPEN,
    }
    return render(request, "allocation/why.html", context)


@right(rights.may_reconfirm)
def resting(request: Any) -> HttpResponse:
    """A relay's places that lapsed or were declined, each waiting for a word."""
    found = queries.resting_of(request.seat.organisation.pk)
    context = {"awards": [(one, short(one.need_id)) for one in found]}
    return render(request, "allocation/resting.html", context)


@right(rights.may_reconfirm)
@require_POST
def reconfirm(request: Any, need_id: UUID) -> HttpResponse:
    """A place lapsed or was declined: its relay says that the child still needs it."""
    need = census.own_need(need_id, request.seat)
    operations.reconfirm(need=need, by=request.user, at=now())
    messages.success(
        request, _("C’est noté : ce besoin revient dans la file à la prochaine vague.")
    )
    return redirect("allocation:why", need.pk)


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
