"""Reports: filled in by the association, looked at by who gave; money back; open data."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.money import NotAnAmount, euros, parse_euros
from traitdunion.grants import opendata, reporting, rights
from traitdunion.grants.operations import answering
from traitdunion.grants.operations.answering import NewLine
from traitdunion.grants.queries import answering as queries
from traitdunion.grants.states import ReportState, Side
from traitdunion.web.access import public, right
from traitdunion.web.budget.acting import Act, acted, today, who
from traitdunion.web.decisions import columns
from traitdunion.web.decisions.common import check_own, own_decision
from traitdunion.web.decisions.forms import BackForm, LookForm
from traitdunion.web.lists import attachment, exported, listing

# Blank lines offered on each side, for what the form does not name.
BLANK = 2


@right(rights.may_see_applications)
def reports(request: Any) -> HttpResponse:
    """The soonest due first."""
    rows = queries.reports_seen_by(request.seat)
    shown = columns.REPORT_COLUMNS
    if file := exported(request, name="comptes-rendus", columns=shown, rows=rows):
        return file
    context = {
        "listing": listing(request, caption=_("Comptes rendus"), columns=shown, rows=rows),
        "late": queries.late_reports(request.seat, today()).count(),
    }
    return render(request, "decisions/reports.html", context)


@right(rights.may_see_applications)
def report(request: Any, report_id: UUID) -> HttpResponse:
    """The association fills it in; who gave the money looks at it."""
    one = queries.report(report_id, request.seat)
    application = one.decision.application
    here = request.seat.organisation.pk
    fills = (
        application.organisation_id == here
        and rights.may_apply(request.seat)
        and one.state in queries.OPEN
    )
    problem = ""
    if request.method == "POST":
        if not fills:
            raise PermissionDenied
        try:
            return _saved(request, one)
        except Refusal as refusal:
            problem = str(refusal)
    lines = queries.lines_of(one)
    looks = application.authority_id == here and rights.may_review(request.seat)
    context = {
        "report": one,
        "decision": one.decision,
        "application": application,
        "level": columns.REPORTS[one.state],
        "fills": fills,
        "looks": looks and one.state == ReportState.SUBMITTED,
        "is_operating": queries.is_operating(one),
        "problem": problem,
        "sides": [
            {
                "side": side,
                "label": label,
                "gaps": queries.gaps(lines, side),
                "rows": [_typed(request, side, k, line) for k, line in _rows(lines, side)],
            }
            for side, label in Side.choices
        ],
        "text": request.POST.get("text", one.text),
        "keys": request.POST.get("keys", one.keys),
        "unspent_cents": queries.unspent_cents(one, lines),
    }
    return render(request, "decisions/report.html", context, status=400 if problem else 200)


def _rows(lines: list[Any], side: str) -> list[tuple[int, Any]]:
    own = [line for line in lines if line.side == side]
    return list(enumerate([*own, *[None] * BLANK]))


def _typed(request: Any, side: str, k: int, line: Any) -> dict[str, str]:
    """What each cell shows: what was just typed, else what is known."""
    known = {
        "label": line.label if line else "",
        "planned": _amount(line.planned_cents) if line else "",
        "real": _amount(line.real_cents) if line else "",
    }
    prefix = f"{side}-{k}-"
    return {"prefix": prefix} | {
        name: request.POST.get(prefix + name, value) for name, value in known.items()
    }


def _amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}" if cents else ""


def _saved(request: Any, one: Any) -> HttpResponse:
    made = answering.save_report(
        report=one,
        text=request.POST.get("text", "")[:8_000],
        keys=request.POST.get("keys", "")[:4_000],
        lines=_lines(request),
        **who(request),
    )
    if "submit" in request.POST:
        answering.submit_report(report=made, **who(request))
        messages.success(request, _("Votre compte rendu est remis. Merci."))
    else:
        messages.success(request, _("C’est enregistré ; rien n’est remis encore."))
    return redirect("decisions:report", one.pk)


def _lines(request: Any) -> list[NewLine]:
    found = []
    for side in Side.values:
        for k in range(30):
            prefix = f"{side}-{k}-"
            label = request.POST.get(f"{prefix}label", "").strip()
            planned, real = (
                _cents(request.POST.get(f"{prefix}{name}", ""), label)
                for name in ("planned", "real")
            )
            if label or planned or real:
                found.append(NewLine(side, label, planned, real))
    return found


def _cents(text: str, label: str) -> int:
    if not text.strip():
        return 0
    try:
        return parse_euros(text)
    except NotAnAmount as error:
        raise NotAnAmount(f"{label or _('Ligne sans nom')} : {error}") from None


@right(rights.may_see_applications)
def report_pdf(request: Any, report_id: UUID) -> HttpResponse:
    one = queries.report(report_id, request.seat)
    pdf = reporting.report_pdf(report=one, public_url=settings.PUBLIC_URL, at=now())
    return attachment(pdf, f"compte-rendu-{one.decision.number}.pdf", "application/pdf")


@right(rights.may_review)
def look_at(request: Any, report_id: UUID) -> HttpResponse:
    one = queries.report(report_id, request.seat)
    check_own(request, one.decision.application)
    form = LookForm(request.POST or None, initial={"is_whole": True})
    unspent = queries.unspent_cents(one, queries.lines_of(one))

    def do(data: Any) -> str:
        answering.look_at_report(
            report=one,
            is_whole=data["is_whole"],
            remark=data["remark"],
            kept_cents=data["kept"] or 0,
            **who(request),
        )
        return _("Le compte rendu est examiné.")

    back = reverse("decisions:report", args=[one.pk])
    facts = [(_("Accordé"), euros(one.decision.amount_cents)), (_("Non dépensé"), euros(unspent))]
    title = _("Examiner le compte rendu")
    return acted(request, form, Act(title, _("Enregistrer"), back, one.decision.number, facts), do)


@right(rights.may_pay)
def give_back(request: Any, decision_id: UUID) -> HttpResponse:
    """Money of a grant came back."""
    one = own_decision(request, decision_id)
    form = BackForm(request.POST or None)

    def do(data: Any) -> str:
        answering.give_back(
            decision=one,
            amount_cents=data["amount"] or 0,
            document=data["document"],
            reason=data["reason"],
            **who(request),
        )
        return _("La somme rendue est notée ; l’enveloppe suit.")

    back = reverse("decisions:decision", args=[one.pk])
    title = _("Noter une somme rendue")
    return acted(request, form, Act(title, _("Noter"), back, one.number), do)


@public
def open_data(request: Any, year: str, name: str) -> HttpResponse:
    """Agreements of a year, in the fields that the law names, or in all of them."""
    rows = opendata.published(int(year), with_small=request.GET.get("toutes") == "oui")
    if name == "etendu":
        content = opendata.extended_csv(rows, today())
    else:
        content = opendata.regulatory_csv(rows)
    return attachment(content, f"subventions-{year}-{name}.csv", "text/csv; charset=utf-8")
