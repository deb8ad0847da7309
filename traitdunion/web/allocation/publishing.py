"""What anybody may read of the queue, and the note for the préfet."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from traitdunion.allocation import queries, rights
from traitdunion.allocation.states import Decision, WaveState
from traitdunion.base.clock import now
from traitdunion.base.money import euros
from traitdunion.documents import papers
from traitdunion.documents import render as documents
from traitdunion.web.access import public, right
from traitdunion.web.allocation.columns import short
from traitdunion.web.allocation.views import wave_or_404
from traitdunion.web.lists import attachment


@public
def published(request: HttpRequest) -> HttpResponse:
    """
    Confirmed waves, without a child: seed, digest, sums by purse, exceptions with their reason.
    """
    waves = [
        {
            "wave": one,
            "sources": queries.served_by_source(one),
            "counts": queries.decision_counts(queries.lines_of(one)),
            "exceptions": [(a, short(a.need_id)) for a in queries.exceptions(one)],
        }
        for one in queries.waves()
        if one.state == WaveState.CONFIRMED
    ]
    return render(request, "allocation/published.html", {"waves": waves})


@right(rights.may_see_waves)
def note(request: Any, wave_id: UUID) -> HttpResponse:
    """One page to read in a car: what is proposed, for whom, what waits and why."""
    one = wave_or_404(wave_id)
    rows = queries.lines_seen_by(request.seat, one)
    counts = queries.decision_counts(rows)
    page = papers.Note(
        title=_("Vague %(number)s : proposition d’attribution") % {"number": one.number},
        template="note-2020-05",
        addressee=request.seat.organisation.name,
        author=request.user.full_name,
        printed_on=now().date(),
        summary=_(
            "%(served)s besoins seraient servis, %(waiting)s attendent faute de crédits,"
            " %(doubtful)s attendent une vérification."
        )
        % {
            "served": counts[Decision.SERVED],
            "waiting": counts[Decision.WAITING],
            "doubtful": counts[Decision.DOUBTFUL] + counts[Decision.CHECK],
        },
        figures=tuple(
            papers.Figure(source["source"], euros(source["total"]))
            for source in queries.served_by_source(one)
        ),
        tables=(_by_neighbourhood(rows),),
        remarks=(
            _("Proposition préparée par un traitement algorithmique (CRPA, L. 311-3-1)."),
            _("Graine : %(seed)s. Empreinte : %(digest)s.")
            % {"seed": one.seed, "digest": one.input_digest[:16]},
        ),
    )
    return attachment(
        documents.one_page_note(page), f"note-vague-{one.number}.pdf", "application/pdf"
    )


def _by_neighbourhood(rows: Any) -> papers.Rows:
    lines = queries.by_neighbourhood(rows)[:18]
    return papers.Rows(
        title=_("Quartiers les moins servis d’abord"),
        header=(_("Quartier"), _("Besoins"), _("Servis"), _("En attente")),
        lines=tuple(
            (row["name"], str(row["needs"]), str(row["served"]), str(row["waiting"]))
            for row in lines
        ),
    )
