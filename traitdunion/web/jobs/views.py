"""Long work: how far it is, and where its result is."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traitdunion.jobs import queries as jobs
from traitdunion.web.access import signed_in


@signed_in
def work(request: HttpRequest, work_id: UUID) -> HttpResponse:
    """The page may be left: the work goes on, and is found again in the list."""
    found = jobs.work(work_id=work_id, started_by=request.user.pk)
    template = "jobs/_work.html" if request.htmx else "jobs/work.html"
    return render(request, template, {"work": found})


@signed_in
def recent(request: HttpRequest) -> HttpResponse:
    return render(request, "jobs/recent.html", {"works": jobs.recent(started_by=request.user.pk)})
