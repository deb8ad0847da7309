"""A network keeps its own tool: it sends files, mends rows over there, takes its report out."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.sheets import open_sheet
from traitdunion.mentoring import network_files as reading
from traitdunion.mentoring import operations, queries, rights
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing
from traitdunion.web.networks.forms import NetworkFileForm


@right(rights.may_coordinate)
def files(request: Any) -> HttpResponse:
    """Send a file; see what each one brought, and what is left to mend."""
    form = NetworkFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = _load(request, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _(
                    "%(new)s nouvelles lignes, %(corrected)s corrigées, %(same)s inchangées,"
                    " %(aside)s mises de côté."
                )
                % {
                    "new": done.new,
                    "corrected": done.corrected,
                    "same": done.same,
                    "aside": done.aside,
                },
            )
            return redirect("networks:files")
    rows = queries.files_of(request.seat)
    context = {
        "form": form,
        "files": list(rows[:20]),
        "to_mend": queries.to_mend(request.seat).count(),
        "columns": [
            (kind.label, [reading.LABELS[name] for name in names])
            for kind, names in reading.COLUMNS.items()
        ],
    }
    return render(request, "networks/files.html", context)


def _load(request: Any, form: NetworkFileForm) -> Any:
    sent = form.cleaned_data["file"]
    network = queries.network_of(request.seat)
    with open_sheet(sent, name=sent.name) as sheet:
        return operations.load_file(
            network=network,
            kind=form.cleaned_data["kind"],
            sheet=sheet,
            plan=programme.plan(programme.current()),
            by=request.user,
            at=now(),
        )


@right(rights.may_coordinate)
def to_mend(request: Any) -> HttpResponse:
    """The rows kept aside, with the reason of each: to mend in the network's own tool."""
    rows = queries.to_mend(request.seat)
    file = exported(request, name="lignes-a-corriger", columns=TO_MEND, rows=rows)
    if file is not None:
        return file
    caption = _("Lignes mises de côté")
    context = {"listing": listing(request, caption=caption, columns=TO_MEND, rows=rows)}
    return render(request, "networks/to_mend.html", context)


TO_MEND = (
    Column("identifiant", gettext_lazy("Identifiant"), lambda row: Cell(row.external_id or "—")),
    Column("ligne", gettext_lazy("Ligne"), lambda row: Cell(row.line), None, True),
    Column("contenu", gettext_lazy("Contenu"), lambda row: Cell(row.get_kind_display())),
    Column("raison", gettext_lazy("Raison"), lambda row: Cell(row.reason)),
    Column(
        "envoi",
        gettext_lazy("Envoi"),
        lambda row: Cell(f"{row.file.sent_at:%d/%m/%Y}", note=row.network.organisation.name),
    ),
)


@right(rights.may_coordinate)
def report(request: Any) -> HttpResponse:
    """What the funder asks of the network, made from what it already sent."""
    rows = queries.funder_report(request.seat, now().date())
    file = exported(request, name="rapport-financeur", columns=REPORT, rows=rows)
    if file is not None:
        return file
    caption = _("Rapport au financeur")
    context = {"listing": listing(request, caption=caption, columns=REPORT, rows=rows)}
    return render(request, "networks/report.html", context)


REPORT = (
    Column("convention", gettext_lazy("Convention"), lambda row: Cell(row.number), is_code=True),
    Column("branche", gettext_lazy("Réseau ou branche"), lambda row: Cell(row.network)),
    Column("departement", gettext_lazy("Département"), lambda row: Cell(row.department)),
    Column("places", gettext_lazy("Places"), lambda row: Cell(row.places), None, True),
    Column("prises", gettext_lazy("Prises"), lambda row: Cell(row.taken), None, True),
    Column("large", gettext_lazy("Suivis, sens large"), lambda row: Cell(row.wide), None, True),
    Column(
        "strict", gettext_lazy("Suivis, sens strict"), lambda row: Cell(row.strict), None, True
    ),
    Column("seances", gettext_lazy("Séances"), lambda row: Cell(row.sessions), None, True),
    Column("heures", gettext_lazy("Heures"), lambda row: Cell(row.hours), None, True),
)
