"""The pages that every public service has at its foot, and the two that machines ask."""

from importlib import resources
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from traitdunion.base.clock import now
from traitdunion.jobs import queries as jobs
from traitdunion.programme import queries as programme
from traitdunion.web.access import public


@public
def site_map(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/site_map.html")


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration; its rate is counted from the published grid, not written by hand."""
    return render(request, "pages/accessibility.html", {"audit": _audit()})


def _audit() -> dict[str, Any]:
    text = resources.files("traitdunion.web").joinpath("accessibility.csv").read_text("utf-8")
    answers = [line.split(";")[1] for line in text.splitlines()[1:] if line.strip()]
    conforming, failing = answers.count("C"), answers.count("NC")
    applicable = conforming + failing + answers.count("?")
    return {
        "conforming": conforming,
        "failing": failing,
        "not_applicable": answers.count("NA"),
        "to_check": answers.count("?"),
        # What nobody checked yet counts as not met.
        "percent": round(100 * conforming / applicable) if applicable else 0,
    }


@public
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/legal.html")


@public
def personal_data(request: HttpRequest) -> HttpResponse:
    """Who answers for which data, why, on what basis, how long: from the plan, by strand."""
    current = programme.current_or_none()
    plan = programme.plan(current) if current else None
    context = {
        "strands": list(plan.strands.values()) if plan else [],
        "dpo_contact": settings.DPO_CONTACT,
    }
    return render(request, "pages/personal_data.html", context)


@public
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/contact.html")


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, its migrations are done, a worker takes up what waits."""
    connection.ensure_connection()
    executor = MigrationExecutor(connection)
    behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    absent = jobs.worker_seems_absent(at=now())
    checks = {"database": "ok", "migrations": "behind" if behind else "ok"}
    checks["worker"] = "absent" if absent else "ok"
    return JsonResponse(checks, status=503 if behind or absent else 200)
