"""Envelopes: what remains, and every movement that made it so."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.budget import operations, queries, rights
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.budget.forms import EnvelopeForm
from traitdunion.web.lists import Cell, Column, exported, listing


def _money(cents: int) -> Cell:
    return Cell(euros(cents), value=cents / 100)


COLUMNS = (
    Column(
        "intitule",
        gettext_lazy("Enveloppe"),
        lambda one: Cell(
            one.label,
            url=reverse("budget:envelope", args=[one.pk]),
            note=one.source.title if one.source else "",
        ),
        order="label",
    ),
    Column(
        "detenteur",
        gettext_lazy("Détenue par"),
        lambda one: Cell(one.holder.name),
        order="holder__name",
    ),
    Column(
        "ouverts",
        gettext_lazy("Crédits ouverts"),
        lambda one: _money(one.authorized_cents),
        order="authorized_cents",
        is_number=True,
    ),
    Column(
        "engages",
        gettext_lazy("Engagés"),
        lambda one: _money(one.committed_cents),
        order="committed_cents",
        is_number=True,
    ),
    Column(
        "service",
        gettext_lazy("Service fait"),
        lambda one: _money(one.certified_cents),
        order="certified_cents",
        is_number=True,
    ),
    Column(
        "reste",
        gettext_lazy("Disponible"),
        lambda one: _money(one.available_cents),
        is_number=True,
    ),
)


@right(rights.may_see_envelopes)
def envelopes(request: Any) -> HttpResponse:
    rows = queries.envelopes_seen_by(request.seat)
    if file := exported(request, name="enveloppes", columns=COLUMNS, rows=rows):
        return file
    context = {
        "listing": listing(request, caption=_("Enveloppes"), columns=COLUMNS, rows=rows),
        "totals": queries.totals(rows),
        "may_open": rights.may_open_envelopes(request.seat),
    }
    return render(request, "budget/envelopes.html", context)


@right(rights.may_see_envelopes)
def envelope(request: Any, envelope_id: UUID) -> HttpResponse:
    one = queries.envelopes_seen_by(request.seat).filter(pk=envelope_id).first()
    if one is None:
        raise Http404
    context = {
        "envelope": one,
        "movements": queries.movements(one)[:100],
        "commitments": queries.commitments(one),
    }
    return render(request, "budget/envelope.html", context)


@right(rights.may_open_envelopes)
def new_envelope(request: Any) -> HttpResponse:
    form = EnvelopeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at, data = now(), form.cleaned_data
        try:
            one = operations.open_envelope(
                strand=programme.strand(programme.current(), "equipment"),
                source=data["source"],
                holder=data["holder"],
                label=data["label"],
                year=at.year,
                amount_cents=data["amount"],
                by=request.user,
                at=at,
            )
        except Refusal as refusal:
            form.add_error("amount", str(refusal))
        else:
            messages.success(request, _("L’enveloppe est ouverte."))
            return redirect("budget:envelope", one.pk)
    return render(request, "budget/new.html", {"form": form})
