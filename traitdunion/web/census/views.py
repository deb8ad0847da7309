"""The board of neighbourhoods, the needs, one child by hand, the closing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from traitdunion.allocation import operations as allocation
from traitdunion.base.clock import now
from traitdunion.base.identifiers import folded
from traitdunion.census import closed, operations, queries, rights
from traitdunion.census.reading import ReadNeed
from traitdunion.census.states import NeedState, State
from traitdunion.jobs import tasks
from traitdunion.people import queries as people
from traitdunion.people.operations import NewChild, NewGuardian
from traitdunion.people.rights import may_read_files
from traitdunion.programme import queries as programme
from traitdunion.territories import queries as territories
from traitdunion.web.access import right
from traitdunion.web.census.columns import BOARD, BOARD_FILE, CEILING, NEEDS
from traitdunion.web.census.current import Current, current
from traitdunion.web.census.forms import (
    AskForm,
    BoardFilter,
    CeilingForm,
    NeedFilter,
    NeedForm,
    OpenForm,
)
from traitdunion.web.lists import exported, listing


@right(rights.may_see_census)
def board(request: Any) -> HttpResponse:
    """Every neighbourhood of one's territory: no census is not no need."""
    try:
        now_running = current()
    except queries.NoCensus:
        may_open = rights.may_close(request.seat)
        return render(request, "census/none.html", {"may_open": may_open})
    form = BoardFilter(request.GET)
    everything = queries.board(
        now_running.census, request.seat, now_running.plan, now_running.generation
    )
    rows = _looked_for(form, everything)
    if file := exported(request, name="recensement", columns=BOARD_FILE, rows=rows):
        return file
    columns = (*BOARD, CEILING) if rights.may_run_census(request.seat) else BOARD
    found = listing(request, caption=_("Quartiers du territoire"), columns=columns, rows=rows)
    context = {
        "census": now_running.census,
        "form": form,
        "listing": found,
        "lines": list(zip(found.page.object_list, found.rows, strict=True)),
        "everything": len(everything),
        "answered": sum(row.asked in {"ANSWERED", "NO_NEED"} for row in everything),
        "counts": queries.counts(request.seat, now_running.census),
        "ask_form": AskForm(seat=request.seat) if _may_ask(request, now_running) else None,
        "may_import": rights.may_import(request.seat),
        "may_close": rights.may_close(request.seat),
        **_waiting(request),
    }
    return render(request, "census/board.html", context)


def _waiting(request: Any) -> dict[str, int]:
    """What a relay has to settle."""
    if not rights.may_settle(request.seat):
        return {"addresses": 0, "doubles": 0}
    return {
        "addresses": queries.to_settle(request.seat).count(),
        "doubles": queries.duplicates_to_settle(request.seat).count(),
    }


def _may_ask(request: Any, now_running: Current) -> bool:
    return rights.may_run_census(request.seat) and now_running.census.state == State.OPEN


def _looked_for(form: BoardFilter, rows: list[queries.BoardRow]) -> list[queries.BoardRow]:
    form.is_valid()
    text, state = folded(form.cleaned_data.get("q", "")), form.cleaned_data.get("etat", "")
    return [
        row
        for row in rows
        if (not state or row.asked == state)
        and (not text or text in folded(f"{row.code} {row.name} {row.communes}"))
    ]


def _of_territory(request: Any, now_running: Current) -> set[UUID]:
    """The neighbourhoods a seat may ask; a foreign one is left aside like one that is not."""
    area = territories.within(
        territories.neighbourhoods(now_running.generation), perimeter=request.seat.perimeter
    )
    return set(area.values_list("pk", flat=True))


def _ticked(request: Any, now_running: Current) -> list[UUID]:
    given = set(request.POST.getlist("neighbourhood"))
    return sorted(pk for pk in _of_territory(request, now_running) if str(pk) in given)


@right(rights.may_run_census)
@require_POST
def ask(request: Any) -> HttpResponse:
    """Note that the ticked neighbourhoods were asked, and who answers for them."""
    now_running = current()
    form = AskForm(request.POST, seat=request.seat)
    ticked = _ticked(request, now_running)
    if not ticked or not form.is_valid():
        messages.warning(request, _("Cochez au moins un quartier."))
        return redirect("census:board")
    count = operations.ask(
        census=now_running.census,
        neighbourhood_ids=ticked,
        contact=form.cleaned_data["contact"],
        by=request.user,
        at=now(),
    )
    done = ngettext(
        "%(count)s quartier noté comme sollicité.",
        "%(count)s quartiers notés comme sollicités.",
        count,
    )
    messages.success(request, done % {"count": count})
    return redirect("census:board")


@right(rights.may_run_census)
@require_POST
def no_need(request: Any) -> HttpResponse:
    """The ticked neighbourhoods answered that they have no need."""
    now_running = current()
    ticked = _ticked(request, now_running)
    for pk in ticked:
        operations.answer_no_need(
            census=now_running.census, neighbourhood_id=pk, by=request.user, at=now()
        )
    if ticked:
        messages.success(request, _("La réponse « aucun besoin » est notée."))
    else:
        messages.warning(request, _("Cochez au moins un quartier."))
    return redirect("census:board")


@right(rights.may_run_census)
def ceiling(request: Any, neighbourhood_id: UUID) -> HttpResponse:
    """How many needs of one degree a neighbourhood may claim before somebody checks."""
    now_running = current()
    rows = queries.board(
        now_running.census, request.seat, now_running.plan, now_running.generation
    )
    row = next((one for one in rows if one.neighbourhood_id == neighbourhood_id), None)
    if row is None:
        raise Http404
    form = CeilingForm(request.POST or None, initial={"needs": row.ceiling})
    if request.method == "POST" and form.is_valid():
        try:
            operations.decide_ceiling(
                census=now_running.census,
                neighbourhood_id=neighbourhood_id,
                by=request.user,
                at=now(),
                **form.cleaned_data,
            )
        except operations.NoReason as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, _("Le plafond est noté ; la prochaine vague l’applique."))
            return redirect("census:board")
    context = {
        "form": form,
        "row": row,
        "rate": now_running.plan.census.ceiling_per_hundred_pupils,
    }
    return render(request, "census/ceiling.html", context)


@right(rights.may_see_census)
def needs(request: Any) -> HttpResponse:
    """The needs a seat sees: a relay its own, the others those of their territory, by code."""
    form = NeedFilter(request.GET)
    rows = queries.needs_seen_by(request.seat)
    if form.is_valid():
        if form.cleaned_data["recensement"] != form.ALL:
            rows = rows.filter(census=queries.latest())
        names = {"state": "etat", "kind": "materiel", "degree": "degre"}
        chosen = {field: form.cleaned_data[name] for field, name in names.items()}
        rows = rows.filter(**{field: value for field, value in chosen.items() if value})
    if file := exported(request, name="besoins", columns=NEEDS, rows=rows):
        return file
    context = {
        "form": form,
        "listing": listing(request, caption=_("Besoins recensés"), columns=NEEDS, rows=rows),
        "total": queries.needs_seen_by(request.seat).count(),
        "may_import": rights.may_import(request.seat),
    }
    return render(request, "census/needs.html", context)


@right(rights.may_see_census)
def need(request: Any, need_id: UUID) -> HttpResponse:
    """One need, under the child's code; the relay that recorded it may open the file."""
    found = queries.need(need_id, request.seat)
    own = found.relay_id == request.seat.organisation.pk
    context = {
        "need": found,
        "decisions": people.decisions_on(found.person_id),
        "may_read_file": own and may_read_files(request.seat),
        "may_withdraw": own
        and rights.may_import(request.seat)
        and found.state != NeedState.WITHDRAWN,
    }
    return render(request, "census/need.html", context)


@right(rights.may_import)
@require_POST
def withdraw(request: Any, need_id: UUID) -> HttpResponse:
    """The relay takes one of its own needs out."""
    found = queries.own_need(need_id, request.seat)
    allocation.withdraw_need(need=found, reason="relay", by=request.user, at=now())
    messages.success(request, _("Le besoin est retiré du recensement."))
    return redirect("census:needs")


@right(rights.may_import)
def record(request: Any) -> HttpResponse:
    """One child by hand, by the same way as a list."""
    form = NeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now_running = current()
        report = operations.record_need(
            census=now_running.census,
            relay=request.seat.organisation,
            read=_read(form.cleaned_data),
            plan=now_running.plan,
            generation=now_running.generation,
            by=request.user,
            at=now(),
        )
        tasks.place_soon(by=request.user, at=now())
        _tell(request, report)
        return redirect("census:needs")
    return render(request, "census/record.html", {"form": form})


def _read(given: dict[str, Any]) -> ReadNeed:
    said = given["guardian"] or given["phone"]
    guardians = (NewGuardian(given["guardian"], given["phone"]),) if said else ()
    return ReadNeed(
        line=1,
        child=NewChild(
            first_name=given["first_name"],
            last_name=given["last_name"],
            birth_date=given["birth_date"],
            guardians=guardians,
            address=given["address"],
            postcode=given["postcode"],
            city=given["city"],
        ),
        kind=given["kind"],
        degree=given["degree"],
        level=given["school_class"].split(" ")[0],
        school_class=given["school_class"],
        drop_out_signal=given["signal"],
    )


def _tell(request: Any, report: operations.ImportReport) -> None:
    if report.known:
        messages.info(request, _("Cet enfant est déjà recensé par votre organisation."))
    elif report.duplicates:
        messages.warning(request, _("Besoin enregistré ; il ressemble à un autre : à trancher."))
    else:
        messages.success(request, _("Besoin enregistré. L’adresse sera placée, puis vérifiée."))


@right(rights.may_close)
def open_next(request: Any) -> HttpResponse:
    """Open the first census, or the next one: waves follow one another."""
    running = programme.current()
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.open_census(
            programme=running,
            plan=programme.plan(running),
            by=request.user,
            at=now(),
            **form.cleaned_data,
        )
        messages.success(request, _("Le recensement est ouvert : les relais peuvent écrire."))
        return redirect("census:board")
    return render(request, "census/open.html", {"form": form})


@right(rights.may_close)
def closing(request: Any) -> HttpResponse:
    """Where the census stands, its digest, its seed."""
    now_running = current()
    one = now_running.census
    context = {
        "census": one,
        "lines": len(queries.ranked_needs(one))
        if one.state == State.OPEN
        else closed.line_count(one),
        "counts": queries.counts(request.seat, one),
        "may_close_now": queries.may_close_on(one, queries.day_of(now_running.plan, now())),
        "announced": one.announced_seed or now_running.plan.allocation.seed,
        "amendments": [
            (change, people.pseudonym(change.need.person_id)) for change in closed.amendments(one)
        ],
    }
    return render(request, "census/closing.html", context)


@right(rights.may_close)
@require_POST
def close(request: Any) -> HttpResponse:
    """Close the census: its digest is written at once."""
    operations.close(census=current().census, by=request.user, at=now())
    messages.success(request, _("Le recensement est clos ; son empreinte est publiée."))
    return redirect("census:closing")


@right(rights.may_close)
@require_POST
def publish_seed(request: Any) -> HttpResponse:
    """Publish the seed of the draw: it follows from the digest, nobody types it."""
    operations.publish_seed(census=current().census, by=request.user, at=now())
    messages.success(request, _("La graine est publiée : les numéros sont fixés."))
    return redirect("census:closing")
