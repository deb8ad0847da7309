"""Long work: how far it is, and where its result is."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from traitdunion.jobs import queries as jobs
from traitdunion.jobs.states import State
from traitdunion.web.access import signed_in

TITLES = {
    State.WAITING: _("Travail en attente"),
    State.RUNNING: _("Travail en cours"),
    State.DONE: _("Travail terminé"),
    State.FAILED: _("Travail arrêté"),
}
# What htmx takes as: do not ask again.
NOTHING_MORE = 286


@signed_in
def work(request: HttpRequest, work_id: UUID) -> HttpResponse:
    """The page may be left: the work goes on, and is found again in the list."""
    found = jobs.work(work_id=work_id, started_by=request.user.pk)
    context = {"work": found, "title": TITLES[State(found.state)]}
    if not request.htmx:
        return render(request, "jobs/work.html", context)
    status = NOTHING_MORE if found.is_over else 200
    return render(request, "jobs/_work.html", context, status=status)


@signed_in
def recent(request: HttpRequest) -> HttpResponse:
    return render(request, "jobs/recent.html", {"works": jobs.recent(started_by=request.user.pk)})
