"""A relay's list: sent, shown as it was understood, recorded, its refused rows given back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.census import operations, queries, rights
from traitdunion.census.reading import LABELS
from traitdunion.jobs import operations as jobs
from traitdunion.jobs import tasks
from traitdunion.people import operations as people
from traitdunion.people import queries as persons
from traitdunion.web.access import right
from traitdunion.web.census.current import current
from traitdunion.web.census.forms import ListForm
from traitdunion.web.lists import attachment

# Above this a list is recorded by the worker: the page would make its reader wait.
AT_ONCE = 1_000
SHOWN = 50


@right(rights.may_import)
def upload(request: Any) -> HttpResponse:
    """Send a list; nothing is recorded before it was shown as it was understood."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        kept = people.keep_list(
            organisation_id=request.seat.organisation.pk,
            name=file.name,
            content=file.read(),
            choices=form.choices(),
            by=request.user,
            at=now(),
        )
        return redirect("census:preview", kept.pk)
    context = {"form": form, "imports": queries.imports_of(request.seat.organisation.pk)[:10]}
    return render(request, "census/import.html", context)


def _kept(request: Any, list_id: UUID) -> Any:
    return persons.list_file(list_id, request.seat.organisation.pk)


@right(rights.may_import)
def preview(request: Any, list_id: UUID) -> HttpResponse:
    """Before it is recorded, what the list would bring; afterwards, what it brought."""
    kept = _kept(request, list_id)
    if kept.recorded_at:
        context = {"kept": kept, "brought": kept.summary, "columns": _named(kept.summary)}
        return render(request, "census/report.html", context)
    try:
        report = operations.rehearse_list(kept=kept, **_ground(request))
    except Refusal as refusal:
        context = {"form": ListForm(), "refusal": str(refusal), "imports": []}
        return render(request, "census/import.html", context, status=refusal.status)
    unread = [title for title in report.header if title and title not in report.columns]
    context = {
        "kept": kept,
        "report": report,
        "columns": _named(report.summary()),
        "unread": unread,
        "shown": report.rejected[:SHOWN],
        "more": max(0, len(report.rejected) - SHOWN),
    }
    return render(request, "census/preview.html", context)


def _named(summary: Any) -> list[tuple[str, Any]]:
    """Each title of the list, and what it was taken for."""
    return [(title, LABELS[name]) for title, name in summary["columns"].items()]


def _ground(request: Any) -> dict[str, Any]:
    running = current()
    return {
        "census": running.census,
        "relay": request.seat.organisation,
        "plan": running.plan,
        "generation": running.generation,
        "by": request.user,
        "at": now(),
    }


@right(rights.may_import)
@require_POST
def confirm(request: Any, list_id: UUID) -> HttpResponse:
    """Record the list: at once when it is short, by the worker when it is long."""
    kept = _kept(request, list_id)
    ground = _ground(request)
    rows = bytes(kept.content or b"").count(b"\n")
    if rows <= AT_ONCE:
        operations.record_list(kept=kept, **ground)
        tasks.place_soon(by=request.user, at=now())
        messages.success(request, _("Votre liste est enregistrée."))
        return redirect("census:preview", kept.pk)
    work = jobs.open_work(
        kind="census.record_list",
        organisation_id=request.seat.organisation.pk,
        total=rows,
        by=request.user,
        at=now(),
    )
    tasks.record_list.enqueue(str(work.pk), str(kept.pk), str(request.seat.organisation.pk))
    return redirect("jobs:work", work.pk)


@right(rights.may_import)
def rejected(request: Any, list_id: UUID) -> HttpResponse:
    """The rows to mend, to send again once they are."""
    kept = _kept(request, list_id)
    if kept.recorded_at is None:
        refused = operations.rehearse_list(kept=kept, **_ground(request)).refused_rows()
    elif kept.refused is not None:
        refused = bytes(kept.refused)
    else:
        raise Http404
    return attachment(refused, "lignes-a-corriger.csv", "text/csv; charset=utf-8")
