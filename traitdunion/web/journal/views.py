"""The journal for whoever controls the plan, and its seals for anybody who keeps a copy."""

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.clock import now
from traitdunion.documents import papers
from traitdunion.documents import render as documents
from traitdunion.journal import listing as rows_of
from traitdunion.journal import queries
from traitdunion.steering import rights
from traitdunion.web.access import public, right
from traitdunion.web.journal.forms import FilterForm
from traitdunion.web.lists import EXPORT_LIMIT, Cell, Column, attachment, exported, listing

PAGE_SIZE = 50
# Of what an event says, more than this is for a file.
SHOWN = 160


def _written(at: Any) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y %H:%M:%S}"


def _facts(event: Any) -> Cell:
    """What it says, but for the digests, which nobody reads."""
    said = {key: value for key, value in event.facts.items() if not isinstance(value, dict)}
    whole = json.dumps(event.facts, ensure_ascii=False)
    text = ", ".join(f"{key} : {value}" for key, value in said.items())
    return Cell(text[:SHOWN], value=whole)


EVENTS = (
    Column(
        "quand",
        gettext_lazy("Quand"),
        lambda one: Cell(_written(one.at), value=one.at.isoformat()),
    ),
    Column("quoi", gettext_lazy("Ce qui est arrivé"), lambda one: Cell(one.verb)),
    Column(
        "qui",
        gettext_lazy("Par qui"),
        lambda one: Cell(one.actor_kind, note=one.actor_id or "", value=_who(one)),
    ),
    Column("objet", gettext_lazy("Objet"), lambda one: Cell(one.subject_kind)),
    Column("identifiant", gettext_lazy("Identifiant"), lambda one: Cell(one.subject_id)),
    Column("faits", gettext_lazy("Faits"), _facts),
)


def _who(event: Any) -> str:
    return f"{event.actor_kind}:{event.actor_id or ''}"


SEALS = (
    Column("numero", gettext_lazy("Sceau"), lambda one: Cell(one.number), is_number=True),
    Column(
        "pose",
        gettext_lazy("Posé le"),
        lambda one: Cell(_written(one.at), value=one.at.isoformat()),
    ),
    Column("evenements", gettext_lazy("Événements"), lambda one: Cell(one.events), is_number=True),
    Column("empreinte", gettext_lazy("Empreinte"), lambda one: Cell(one.hash)),
)


@right(rights.may_read_journal)
def events(request: Any) -> HttpResponse:
    """Newest first, by the identifier of the last one shown: as fast on the last page."""
    form = FilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = rows_of.newest(
        verb=asked.get("verbe", ""),
        subject=asked.get("objet", ""),
        first_day=asked.get("depuis"),
        last_day=asked.get("jusque"),
    )
    if file := exported(request, name="journal", columns=EVENTS, rows=rows[:EXPORT_LIMIT]):
        return file
    page = list(rows_of.below(rows, asked.get("avant"))[: PAGE_SIZE + 1])
    shown = page[:PAGE_SIZE]
    context = {
        "form": form,
        "columns": EVENTS,
        "rows": [[column.show(one) for column in EVENTS] for one in shown],
        "is_first": not asked.get("avant"),
        "below": shown[-1].pk if len(page) > PAGE_SIZE else None,
        "unsealed": queries.unsealed(),
    }
    return render(request, "journal/events.html", context)


@public
def seals(request: Any) -> HttpResponse:
    """Hashes, numbers and instants only: a copy kept elsewhere is compared with this page."""
    rows = rows_of.public_seals()
    if file := exported(request, name="sceaux", columns=SEALS, rows=rows):
        return file
    context = {
        "listing": listing(request, caption=_("Sceaux du journal"), columns=SEALS, rows=rows),
        "last": queries.last_seal(),
        "may_print": rights.may_read_journal(getattr(request, "seat", None)),
    }
    return render(request, "journal/seals.html", context)


@right(rights.may_read_journal)
def latest(request: Any) -> HttpResponse:
    """The latest seal on one page, to be kept in a drawer."""
    last = queries.last_seal()
    if last is None:
        raise Http404
    page = papers.Note(
        title=_("Sceau %(number)s du journal") % {"number": last.number},
        template="seal-2020-05",
        addressee=request.seat.organisation.name,
        author=request.user.full_name,
        printed_on=now().date(),
        summary=_("Empreinte :\n%(first)s\n%(second)s")
        % {"first": last.hash[:32], "second": last.hash[32:]},
        figures=(
            papers.Figure(_("événements scellés en tout"), str(last.events_so_far)),
            papers.Figure(_("posé le"), _written(last.at)),
        ),
        remarks=(
            _("Gardez cette page hors de la machine du service."),
            _("Ce qui a été scellé ne peut plus changer sans que cette copie le montre."),
            _("Pour comparer : traitdunion verify --seal, suivi de l’empreinte d’un seul tenant."),
        ),
    )
    content = documents.one_page_note(page)
    return attachment(content, f"sceau-{last.number}.pdf", "application/pdf")
