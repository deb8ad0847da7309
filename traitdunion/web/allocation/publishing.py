"""What anybody may read of the queue, and the note for the préfet."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from traitdunion.allocation import queries, redo, rights
from traitdunion.allocation.states import Decision, WaveState
from traitdunion.base.clock import now
from traitdunion.base.identifiers import folded
from traitdunion.base.money import euros
from traitdunion.base.spreadsheets import write_csv
from traitdunion.documents import papers
from traitdunion.documents import render as documents
from traitdunion.web.access import public, right
from traitdunion.web.allocation.columns import short
from traitdunion.web.allocation.forms import PlaceForm
from traitdunion.web.allocation.views import wave_or_404
from traitdunion.web.lists import attachment

# More than that is for the file.
PLACES = 50


@public
def published(request: HttpRequest) -> HttpResponse:
    """
    Confirmed waves, without a child: seed, digest, sums by purse, exceptions with their reason.
    """
    form = PlaceForm(request.GET)
    wanted = folded(form.cleaned_data["q"]) if form.is_valid() else ""
    waves = [_shown(one, wanted) for one in queries.waves() if one.state == WaveState.CONFIRMED]
    return render(request, "allocation/published.html", {"waves": waves, "form": form})


def _shown(one: Any, wanted: str) -> dict[str, Any]:
    made = queries.exceptions(one)
    shown = queries.places_shown(one, [a.neighbourhood_id for a in made if a.neighbourhood_id])
    may_take_rows = queries.may_be_published(one)
    places = _places(one, wanted) if may_take_rows else []
    return {
        "wave": one,
        "places": places[:PLACES],
        "more": len(places) > PLACES,
        "sources": queries.served_by_source(one),
        "counts": queries.decision_counts(queries.lines_of(one)),
        "exceptions": [(a, short(a.need_id), _place(a, shown)) for a in made],
        "may_take_rows": may_take_rows,
        "has_rows": one.smallest_cell is not None,
    }


def _places(one: Any, wanted: str) -> list[dict[str, Any]]:
    """What each neighbourhood asked and got, as its published rows already say it."""
    rows = queries.by_neighbourhood(queries.lines_of(one))
    return [row for row in rows if wanted in folded(f"{row['code']} {row['name']}")]


def _place(award: Any, shown: set[UUID]) -> str:
    """The neighbourhood, or only its département where too few needs were ranked."""
    place = award.neighbourhood
    if place is None:
        return ""
    if place.pk in shown:
        return f"{place.name} ({place.code})"
    return _("%(department)s, quartier non publié : moins de %(small)s besoins") % {
        "department": place.department.name,
        "small": queries.SMALL,
    }


@public
def published_rows(request: HttpRequest, wave_id: UUID) -> HttpResponse:
    """The rows of a wave that no small cell forbids to show."""
    one = wave_or_404(wave_id)
    if not queries.may_be_published(one):
        raise Http404
    return _rows(one)


@public
def published_rules(request: HttpRequest, wave_id: UUID) -> HttpResponse:
    """The rules of a confirmed wave: seed, prices, what each purse held."""
    one = wave_or_404(wave_id)
    if one.state != WaveState.CONFIRMED:
        raise Http404
    return _rules(one)


@right(rights.may_redo)
def rows(request: Any, wave_id: UUID) -> HttpResponse:
    """The rows of a wave, under pseudonyms, for those who decide and control."""
    one = wave_or_404(wave_id)
    if one.smallest_cell is None:
        raise Http404
    return _rows(one)


@right(rights.may_redo)
def rules(request: Any, wave_id: UUID) -> HttpResponse:
    return _rules(wave_or_404(wave_id))


def _rows(one: Any) -> HttpResponse:
    lines = [redo.cells(row) for row in redo.kept(queries.inputs_of(one))]
    content = write_csv(redo.COLUMNS, lines)
    return attachment(content, f"besoins-vague-{one.number}.csv", "text/csv; charset=utf-8")


def _rules(one: Any) -> HttpResponse:
    content = redo.toml_of(one.seed, one.rules).encode()
    return attachment(content, f"regle-vague-{one.number}.toml", "application/toml")


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
            *_kept_for_silent(one),
            _("Proposition préparée par un traitement algorithmique (CRPA, L. 311-3-1)."),
            _("Graine : %(seed)s. Empreinte : %(digest)s.")
            % {"seed": one.seed, "digest": one.input_digest[:16]},
        ),
    )
    return attachment(
        documents.one_page_note(page), f"note-vague-{one.number}.pdf", "application/pdf"
    )


def _kept_for_silent(one: Any) -> tuple[str, ...]:
    """What a wave keeps, and for how many neighbourhoods."""
    reserve = sum(source.get("reserve_cents", 0) for source in one.rules["sources"])
    if not reserve:
        return ()
    said = ngettext(
        "%(total)s quartier n’a pas répondu : %(kept)s lui sont gardés.",
        "%(total)s quartiers n’ont pas répondu : %(kept)s leur sont gardés.",
        one.unanswered,
    )
    return (said % {"total": one.unanswered, "kept": euros(reserve)},)


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
