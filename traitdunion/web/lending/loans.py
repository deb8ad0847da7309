"""What is lent, what comes back, what breaks."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import squeezed
from traitdunion.lending import operations, queries, rights
from traitdunion.lending.states import EndReason, IncidentKind
from traitdunion.people.queries import pseudonym
from traitdunion.web.access import right
from traitdunion.web.lending import forms
from traitdunion.web.lists import Cell, Column, exported, listing


def _day(day: Any) -> Cell:
    return Cell(day.strftime("%d/%m/%Y") if day else "", value=day.isoformat() if day else "")


def _device(device: Any, note: Any = "") -> Cell:
    return Cell(device.serial, url=reverse("equipment:device", args=[device.serial]), note=note)


def _from_page(request: Any) -> dict[str, str]:
    """The number of the device whose page one comes from."""
    return {"serial": squeezed(request.GET.get("serial", ""))[:60]}


def _holder(loan: Any) -> Cell:
    one = loan.agreement
    return Cell(pseudonym(one.person_id) if one.person_id else one.organisation.name)


LOAN_COLUMNS = (
    Column(
        "appareil",
        gettext_lazy("Appareil"),
        lambda row: _device(row.device, note=row.device.get_kind_display()),
        "device__serial",
        is_code=True,
    ),
    Column(
        "convention",
        gettext_lazy("Convention"),
        lambda row: Cell(
            row.agreement.number, reverse("lending:agreement", args=[row.agreement.number])
        ),
        "agreement__number",
        is_code=True,
    ),
    Column("pour", gettext_lazy("Chez"), _holder),
    Column(
        "relais",
        gettext_lazy("Relais"),
        lambda row: Cell(row.agreement.relay.name),
        "agreement__relay__name",
    ),
    Column(
        "depuis",
        gettext_lazy("Depuis le"),
        lambda row: _day(row.started_at.date()),
        "started_at",
    ),
    Column("retour", gettext_lazy("À rendre le"), lambda row: _day(row.due_on), "due_on"),
    Column(
        "fin",
        gettext_lazy("Fin"),
        lambda row: Cell(
            EndReason(row.end_reason).label if row.end_reason else "",
            note=row.ended_at.date().strftime("%d/%m/%Y") if row.ended_at else "",
        ),
        "ended_at",
    ),
)


@right(rights.may_see_loans)
def loans(request: Any) -> HttpResponse:
    """Loans in progress first; those past their date never leave the list by being forgotten."""
    form = forms.LoanFilter(request.GET)
    form.is_valid()
    rows = queries.loans_seen_by(request.seat).select_related("agreement__organisation")
    match form.cleaned_data.get("etat"):
        case "retard":
            rows = rows.filter(ended_at__isnull=True, due_on__lt=now().date())
        case "clos":
            rows = rows.filter(ended_at__isnull=False)
        case "tous":
            pass
        case _other:
            rows = rows.filter(ended_at__isnull=True)
    if text := squeezed(form.cleaned_data.get("q", "")):
        rows = rows.filter(Q(device__serial=text) | Q(agreement__number=text))
    file = exported(request, name="prets", columns=LOAN_COLUMNS, rows=rows)
    if file is not None:
        return file
    context = {
        "form": form,
        "listing": listing(request, caption=_("Prêts"), columns=LOAN_COLUMNS, rows=rows),
        "may_lend": rights.may_lend(request.seat),
        "is_filtered": bool(request.GET),
    }
    return render(request, "lending/loans.html", context)


def _asked(
    request: Any, form: Any, template: str, act: Callable[[dict[str, Any]], str], **context: Any
) -> HttpResponse:
    """A form for one act: done, it says so and offers itself again; refused, it says why."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
            return redirect(request.path)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(request, template, {"form": form, **context})


@right(rights.may_lend)
def give_back(request: Any) -> HttpResponse:
    """Scan what comes back; the field is ready for the next one."""

    def act(asked: dict[str, Any]) -> str:
        loan = operations.give_back(
            serial=asked["serial"],
            relay=request.seat.organisation,
            condition=asked["condition"],
            by=request.user,
            at=now(),
        )
        facts = {"serial": loan.device.serial, "number": loan.agreement.number}
        return _("%(serial)s est revenu (convention %(number)s).") % facts

    form = forms.ReturnForm(request.POST or None, initial=_from_page(request))
    return _asked(request, form, "lending/give_back.html", act)


@right(rights.may_lend)
def replace(request: Any) -> HttpResponse:
    """A broken device for a good one, under the same agreement."""

    def act(asked: dict[str, Any]) -> str:
        loan = operations.replace(
            **asked, relay=request.seat.organisation, by=request.user, at=now()
        )
        facts = {"serial": loan.device.serial, "number": loan.agreement.number}
        return _("%(serial)s est prêté à sa place (convention %(number)s).") % facts

    form = forms.ReplaceForm(request.POST or None, initial=_from_page(request))
    return _asked(request, form, "lending/replace.html", act)


@right(rights.may_lend)
def extend(request: Any, pk: UUID) -> HttpResponse:
    """Let a family keep a device longer."""
    rows = queries.loans_seen_by(request.seat)
    loan = rows.filter(pk=pk, agreement__relay=request.seat.organisation).first()
    if loan is None:
        raise Http404
    form = forms.ExtendForm(request.POST or None, initial={"due_on": loan.due_on})

    def act(asked: dict[str, Any]) -> str:
        operations.extend(loan=loan, due_on=asked["due_on"], by=request.user, at=now())
        return _("Nouvelle date notée : prévenez la famille.")

    return _asked(request, form, "lending/extend.html", act, loan=loan)


@right(rights.may_lend)
def declare(request: Any) -> HttpResponse:
    """Report a breakage, a loss, a theft. Nothing is charged; nothing is told of the child."""

    def act(asked: dict[str, Any]) -> str:
        incident = operations.declare_incident(
            **asked, relay=request.seat.organisation, by=request.user, at=now()
        )
        kind = IncidentKind(incident.kind).label
        return _("Déclaration enregistrée : %(kind)s.") % {"kind": kind}

    form = forms.IncidentForm(request.POST or None, initial=_from_page(request))
    return _asked(request, form, "lending/declare.html", act)


INCIDENT_COLUMNS = (
    Column(
        "jour",
        gettext_lazy("Déclaré le"),
        lambda row: _day(row.declared_at.date()),
        "declared_at",
    ),
    Column(
        "appareil",
        gettext_lazy("Appareil"),
        lambda row: _device(row.device),
        "device__serial",
        is_code=True,
    ),
    Column("nature", gettext_lazy("Nature"), lambda row: Cell(row.get_kind_display()), "kind"),
    Column("relais", gettext_lazy("Relais"), lambda row: Cell(row.relay.name), "relay__name"),
    Column("plainte", gettext_lazy("Plainte"), lambda row: Cell(row.complaint_number)),
    Column(
        "clos",
        gettext_lazy("Clos le"),
        lambda row: _day(row.closed_at.date() if row.closed_at else None),
        "closed_at",
    ),
)


@right(rights.may_see_loans)
def incidents(request: Any) -> HttpResponse:
    """Every incident of the territory; those of one's own relay still open can be closed."""
    rows = queries.incidents_seen_by(request.seat)
    file = exported(request, name="incidents", columns=INCIDENT_COLUMNS, rows=rows)
    if file is not None:
        return file
    may_lend = rights.may_lend(request.seat)
    context = {
        "listing": listing(request, caption=_("Incidents"), columns=INCIDENT_COLUMNS, rows=rows),
        "open": list(queries.open_incidents(request.seat.organisation.pk)) if may_lend else [],
        "may_lend": may_lend,
    }
    return render(request, "lending/incidents.html", context)


@right(rights.may_lend)
@require_POST
def close(request: Any, pk: UUID) -> HttpResponse:
    """The device is back in stock: repaired, or found."""
    rows = queries.incidents_seen_by(request.seat).filter(relay=request.seat.organisation)
    incident = rows.filter(pk=pk).first()
    if incident is None:
        raise Http404
    operations.close_incident(incident=incident, by=request.user, at=now())
    messages.success(
        request, _("%(serial)s est de retour en stock.") % {"serial": incident.device.serial}
    )
    return redirect("lending:incidents")
