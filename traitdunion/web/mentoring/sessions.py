"""A mentor’s phone: a session in twenty seconds, an alert in two taps."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from traitdunion.base.clock import now
from traitdunion.mentoring import operations, queries, rights
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.mentoring import forms, words

if TYPE_CHECKING:
    from traitdunion.mentoring.models import Pair

USUAL_MINUTES = 60
MOST_SHOWN = 60


@right(rights.may_log)
def log(request: Any) -> HttpResponse:
    """Tick who was there, say when and how long; a draft stays on the phone until it left."""
    rows = _pairs(request)
    known = words.names(request, [one.young for one in rows], "mentoring_session", first_only=True)
    offered = [(one.pk, _label(request, one, known)) for one in rows]
    form = forms.SessionForm(
        request.POST or None, known=offered, initial=_usual(rows) if not request.POST else None
    )
    if request.method == "POST" and form.is_valid():
        chosen = [one for one in rows if str(one.pk) in form.cleaned_data["pairs"]]
        try:
            done = operations.log_sessions(
                pairs=chosen,
                started_at=form.started_at(),
                minutes=form.cleaned_data["minutes"],
                mode=form.cleaned_data["mode"],
                plan=programme.plan(programme.current()),
                by=request.user,
                at=now(),
            )
        except operations.BadSession as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said(done))
            asked = request.GET.copy()
            asked["enregistree"] = "1"
            return redirect(f"{request.path}?{asked.urlencode()}")
    context = {
        "form": form,
        "pairs": list(zip(rows, offered, strict=True)),
        "coordinates": rights.may_coordinate(request.seat),
        # The draft leaves the phone once the server has it, and not before.
        "is_saved": "enregistree" in request.GET and not form.is_bound,
    }
    status = 400 if form.is_bound else 200
    return render(request, "mentoring/log.html", context, status=status)


def _said(done: Any) -> str:
    new = len(done.sessions) - done.known
    if not new:
        return _("Cette séance était déjà enregistrée : rien n’est compté deux fois.")
    said = ngettext("%(count)s séance enregistrée.", "%(count)s séances enregistrées.", new)
    return said % {"count": new}


def _pairs(request: Any) -> "list[Pair]":
    """
    One’s own pairs; a coordinator logs for one mentor, whom the address names: no other child’s
    name is read.
    """
    rows = queries.pairs_seen_by(request.seat).filter(ended_on__isnull=True)
    if rights.may_coordinate(request.seat):
        try:
            rows = rows.filter(mentor=UUID(request.GET.get("mentor", "")))
        except ValueError:
            return []
    return list(rows.order_by("made_on", "pk")[:MOST_SHOWN])


def _label(request: Any, one: "Pair", known: Any) -> str:
    name = words.called(one.young, known)
    return f"{name} — {one.mentor.name}" if rights.may_coordinate(request.seat) else name


def _usual(rows: "list[Pair]") -> dict[str, Any]:
    """An hour that has just ended, with the only one there is."""
    here = timezone.localtime(now())
    usual: dict[str, Any] = {
        "on": here.date(),
        "hour": here.replace(hour=max(here.hour - 1, 0), minute=0).time(),
        "minutes": USUAL_MINUTES,
    }
    if rows:
        usual["mode"] = rows[0].mode
    if len(rows) == 1:
        usual["pairs"] = [str(rows[0].pk)]
    return usual


@right(rights.may_log)
def raise_alert(request: Any, pk: UUID) -> HttpResponse:
    """Somebody worries about the young person of that pair."""
    one = queries.pair(pk, request.seat)
    form = forms.AlertForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.raise_alert(
            young=one.young, pair=one, kind=form.cleaned_data["kind"], by=request.user, at=now()
        )
        messages.success(request, _("L’alerte est partie : la coordination la voit maintenant."))
        return redirect("mentoring:log")
    known = words.names(request, [one.young], "mentoring_alert", first_only=True)
    context = {"form": form, "pair": one, "name": words.called(one.young, known)}
    status = 400 if form.is_bound else 200
    return render(request, "mentoring/raise_alert.html", context, status=status)
