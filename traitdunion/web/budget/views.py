"""Envelopes: the tree, one of them, every movement that made it so."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from traitdunion.budget import queries, rights
from traitdunion.budget.states import Regime
from traitdunion.web.access import right
from traitdunion.web.budget import columns
from traitdunion.web.budget.acting import is_own, today
from traitdunion.web.budget.forms import EnvelopeFilter, ReasonForm
from traitdunion.web.lists import exported, listing

SHOWN = 10


@right(rights.may_see_envelopes)
def envelopes(request: Any) -> HttpResponse:
    seen = queries.envelopes_seen_by(request.seat)
    years = sorted(set(seen.order_by().values_list("year", flat=True)), reverse=True)
    form = EnvelopeFilter(request.GET, years=years)
    rows = seen.filter(**form.conditions())
    if form.cleaned_data.get("regulariser"):
        rows = rows.filter(pk__in=queries.to_regularise(request.seat).order_by().values("pk"))
    nodes = columns.tree(list(rows))
    if file := exported(request, name="enveloppes", columns=columns.ENVELOPES_FILE, rows=nodes):
        return file
    caption = _("Enveloppes, chacune sous celle dont elle vient")
    context = {
        "form": form,
        "listing": listing(request, caption=caption, columns=columns.ENVELOPES, rows=nodes),
        "totals": queries.totals(queries.credits_among(rows)),
        "in_kind_cents": queries.given_in_kind(rows),
        "begun_before": queries.begun_before(rows),
        "excesses": sum(bool(node.envelope.excess_cents) for node in nodes),
        **_links(request.seat),
    }
    return render(request, "budget/envelopes.html", context)


def _links(seat: Any) -> dict[str, bool]:
    return {
        "may_open": rights.may_open_envelopes(seat),
        "may_commit": rights.may_commit(seat),
        "may_give_signing": rights.may_give_signing(seat),
        "may_compare": rights.may_compare_spending(seat),
    }


@right(rights.may_see_envelopes)
def envelope(request: Any, envelope_id: UUID) -> HttpResponse:
    seen = queries.envelopes_seen_by(request.seat)
    one = queries.envelope(envelope_id, request.seat)
    own = is_own(request, one) and rights.may_commit(request.seat)
    parent = one.parent
    gives = bool(parent and parent.holder_id == request.seat.organisation.pk)
    context = {
        "envelope": one,
        "is_state": one.regime == Regime.STATE,
        "path": _above(one, seen),
        "waiting": queries.waiting(one),
        "forecast": queries.forecast(one, today()),
        "year_end": f"31/12/{one.year}",
        "begun_before": queries.begun_before(seen.filter(pk=one.pk)),
        "children": queries.under(one),
        "commitments": queries.commitments(one),
        "movements": queries.movements(one)[:SHOWN],
        "acts": own and not one.is_closed and one.regime != Regime.IN_KIND,
        "closes": own,
        "gives": gives and rights.may_commit(request.seat),
        "allots": rights.may_open_envelopes(request.seat)
        and parent is None
        and one.regime != Regime.IN_KIND,
    }
    return render(request, "budget/envelope.html", context)


def _above(one: Any, seen: QuerySet[Any]) -> list[tuple[Any, bool]]:
    """From the root down, each with whether this seat may open it."""
    above = queries.path(one)[:-1]
    mine = set(seen.filter(pk__in=[each.pk for each in above]).values_list("pk", flat=True))
    return [(each, each.pk in mine) for each in above]


@right(rights.may_see_envelopes)
def movements(request: Any, envelope_id: UUID) -> HttpResponse:
    one = queries.envelope(envelope_id, request.seat)
    rows = queries.movements(one)
    if file := exported(request, name="mouvements", columns=columns.MOVEMENTS, rows=rows):
        return file
    caption = _("Mouvements, du plus récent au plus ancien")
    found = listing(request, caption=caption, columns=columns.MOVEMENTS, rows=rows)
    return render(request, "budget/movements.html", {"envelope": one, "listing": found})


@right(rights.may_see_envelopes)
def movement(request: Any, envelope_id: UUID, told_by: UUID) -> HttpResponse:
    """One movement, its lines, and what undid it."""
    one = queries.envelope(envelope_id, request.seat)
    found = queries.movement(told_by, one)
    context = {
        "envelope": one,
        "movement": found,
        "entries": queries.entries(found),
        "undone_by": queries.reversal_of(found),
        "may_reverse": is_own(request, one) and rights.may_commit(request.seat),
        "form": ReasonForm(),
    }
    return render(request, "budget/movement.html", context)


@right(rights.may_see_envelopes)
def commitments(request: Any) -> HttpResponse:
    rows = queries.commitments_seen_by(request.seat)
    if file := exported(request, name="engagements", columns=columns.COMMITMENTS, rows=rows):
        return file
    found = listing(request, caption=_("Engagements"), columns=columns.COMMITMENTS, rows=rows)
    return render(request, "budget/commitments.html", {"listing": found})


@right(rights.may_see_envelopes)
def commitment(request: Any, commitment_id: UUID) -> HttpResponse:
    one = queries.commitment(commitment_id, request.seat)
    context = {
        "commitment": one,
        "envelope": one.envelope,
        "is_state": one.envelope.regime == Regime.STATE,
        "payments": queries.payments(one),
        "acts": is_own(request, one.envelope) and rights.may_commit(request.seat),
    }
    return render(request, "budget/commitment.html", context)
