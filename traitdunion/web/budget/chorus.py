"""Extracts of Chorus: compared line by line, attached, confirmed; nothing enters before."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.base.sheets import open_sheet
from traitdunion.budget import operations, queries, rights
from traitdunion.budget.states import ExtractState, LineState
from traitdunion.web.access import right
from traitdunion.web.budget.acting import Act, acted, day, money, plan, who
from traitdunion.web.budget.commitment_forms import AttachForm, ExtractForm
from traitdunion.web.lists import Cell, Column, exported, listing

Data = Mapping[str, Any]
LEVELS = {
    LineState.MATCHED: "good",
    LineState.NEW: "info",
    LineState.DIFFERS: "bad",
    LineState.UNKNOWN: "warning",
    LineState.REPEATED: "plain",
    LineState.WRONG_YEAR: "plain",
    LineState.UNREADABLE: "bad",
    LineState.POSTED: "good",
}


def _amount(cents: int | None) -> Cell:
    return Cell("—", value="") if cents is None else money(cents)


def _ej(one: Any) -> Cell:
    if one.state != LineState.UNKNOWN:
        return Cell(one.ej_number or "—")
    url = reverse("budget:attach", args=[one.extract_id, one.pk])
    return Cell(one.ej_number, url=url, note=_("à rattacher à une enveloppe"))


LINES = (
    Column("ligne", gettext_lazy("Ligne"), lambda one: Cell(one.line), order="line"),
    Column(
        "etat",
        gettext_lazy("Comparaison"),
        lambda one: Cell(one.get_state_display(), level=LEVELS[LineState(one.state)]),
        order="state",
    ),
    Column("ej", gettext_lazy("EJ"), _ej, order="ej_number"),
    Column("dp", gettext_lazy("DP"), lambda one: Cell(one.dp_number or "—"), order="dp_number"),
    Column(
        "montant",
        gettext_lazy("Montant dans Chorus"),
        lambda one: _amount(one.amount_cents),
        order="amount_cents",
        is_number=True,
    ),
    Column(
        "connu",
        gettext_lazy("Montant ici"),
        lambda one: _amount(one.known_cents),
        is_number=True,
    ),
    Column("paye", gettext_lazy("Payé le"), lambda one: day(one.paid_on), order="paid_on"),
    Column("dit", gettext_lazy("À savoir"), lambda one: Cell(one.said)),
)


@right(rights.may_commit)
def extracts(request: Any) -> HttpResponse:
    """Compare a file; those compared before."""
    holder = request.seat.organisation
    form = ExtractForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            with open_sheet(file, name=file.name) as sheet:
                one = operations.compare_extract(
                    holder=holder, sheet=sheet, year=form.cleaned_data["year"], **who(request)
                )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("budget:extract", one.pk)
    context = {"form": form, "extracts": queries.extracts_of(holder.pk)}
    return render(request, "budget/extracts.html", context)


@right(rights.may_commit)
def extract(request: Any, extract_id: UUID) -> HttpResponse:
    one = queries.extract(extract_id, request.seat)
    rows = queries.extract_lines(one)
    asked = request.GET.get("etat", "")
    if asked in LineState.values:
        rows = rows.filter(state=asked)
    if file := exported(request, name="comparaison-chorus", columns=LINES, rows=rows):
        return file
    context = {
        "extract": one,
        "listing": listing(request, caption=_("Lignes de l’extrait"), columns=LINES, rows=rows),
        "counts": _counted(one),
        "waits": one.state == ExtractState.COMPARED,
        "absent": queries.absent_from(one),
    }
    return render(request, "budget/extract.html", context)


def _counted(one: Any) -> list[tuple[str, str, int]]:
    """How many lines there are in each state: value, word, number."""
    states = list(queries.extract_lines(one).order_by().values_list("state", flat=True))
    return [(s.value, str(s.label), states.count(s)) for s in LineState if s in states]


@right(rights.may_commit)
def attach(request: Any, extract_id: UUID, line_id: UUID) -> HttpResponse:
    one = queries.extract(extract_id, request.seat)
    line = queries.extract_line(line_id, one)
    envelopes = queries.held_by(request.seat.organisation.pk)
    form = AttachForm(request.POST or None, envelopes=envelopes)

    def do(data: Data) -> str:
        operations.attach_line(
            line=line, envelope=data["envelope"], label=data["label"], **who(request)
        )
        data["envelope"].refresh_from_db()
        if data["envelope"].excess_cents:
            return _("L’engagement est rattaché ; l’enveloppe est dépassée, à régulariser.")
        return _("L’engagement est rattaché ; confirmez l’extrait pour noter ses paiements.")

    act = Act(
        title=_("Rattacher l’EJ %(number)s") % {"number": line.ej_number},
        button=_("Rattacher"),
        back=reverse("budget:extract", args=[one.pk]),
        parent=one.name,
        facts=[(_("Montant dans Chorus"), euros(line.amount_cents or 0))],
        told=[
            _(
                "Cet engagement a été signé ailleurs : c’est un fait, enregistré même s’il dépasse"
                " l’enveloppe."
            )
        ],
    )
    return acted(request, form, act, do)


@right(rights.may_commit)
@require_POST
def confirm(request: Any, extract_id: UUID) -> HttpResponse:
    one = queries.extract(extract_id, request.seat)
    done = operations.confirm_extract(extract=one, plan=plan(), **who(request))
    told = ngettext("%(n)s paiement enregistré.", "%(n)s paiements enregistrés.", done)
    messages.success(request, told % {"n": done})
    return redirect("budget:extract", one.pk)


@right(rights.may_commit)
@require_POST
def abandon(request: Any, extract_id: UUID) -> HttpResponse:
    one = queries.extract(extract_id, request.seat)
    operations.abandon_extract(extract=one, **who(request))
    messages.success(request, _("La comparaison est abandonnée ; rien n’a été enregistré."))
    return redirect("budget:extracts")
