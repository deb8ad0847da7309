"""A coordinator’s desk: silent pairs, one pair, alerts, absences."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.mentoring import operations, queries, rights
from traitdunion.partners import queries as partners
from traitdunion.people import operations as people
from traitdunion.people.queries import pseudonym
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing
from traitdunion.web.mentoring import forms, words
from traitdunion.web.mentoring.mentors import team

if TYPE_CHECKING:
    from traitdunion.mentoring.models import Pair

COLUMNS = (
    Column(
        "jeune",
        gettext_lazy("Jeune"),
        lambda p: Cell(pseudonym(p.young.person_id), reverse("mentoring:pair", args=[p.pk])),
    ),
    Column(
        "mentor", gettext_lazy("Mentor"), lambda p: Cell(p.mentor.name or p.mentor.external_id),
        "mentor__name",
    ),
    Column(
        "fait", gettext_lazy("Fait le"),
        lambda p: Cell(f"{p.made_on:%d/%m/%Y}", value=p.made_on.isoformat()), "made_on",
    ),
    Column(
        "seance",
        gettext_lazy("Dernière séance"),
        lambda p: Cell(f"{p.last_session_on:%d/%m/%Y}" if p.last_session_on else "—"),
        "last_session_on",
    ),
    Column(
        "referent",
        gettext_lazy("Suivi par"),
        lambda p: Cell(p.mentor.coordinator.full_name if p.mentor.coordinator else "—"),
    ),
)  # fmt: skip


def _plan() -> Any:
    return programme.plan(programme.current())


@right(rights.may_coordinate)
def desk(request: Any) -> HttpResponse:
    """What waits on a coordinator’s desk."""
    plan, networks = _plan(), queries.networks_of(request.seat)
    first, second = plan.follow_up().silent_days
    context = {
        "desk": queries.desk(networks, plan, now()),
        "first": first,
        "second": second,
        "unchecked": queries.unchecked_sessions(networks, limit=20),
    }
    return render(request, "mentoring/desk.html", context)


@right(rights.may_coordinate)
def pairs(request: Any) -> HttpResponse:
    """Pairs that are open; those that are silent, the most silent first."""
    form = forms.PairFilter(request.GET)
    form.is_valid()
    rows = _pairs(request, form.cleaned_data.get("etat", ""))
    if file := exported(request, name="binomes", columns=COLUMNS, rows=rows):
        return file
    found = listing(request, caption=_("Binômes"), columns=COLUMNS, rows=rows)
    return render(request, "mentoring/pairs.html", {"form": form, "listing": found})


def _pairs(request: Any, asked: str) -> Any:
    plan, networks = _plan(), queries.networks_of(request.seat)
    on, (first, second) = queries.day_of(plan, now()), plan.follow_up().silent_days
    match asked:
        case "silence":
            return queries.silent_pairs(networks, on=on, days=first)
        case "long":
            return queries.silent_pairs(networks, on=on, days=second)
        case "toleres":
            return queries.tolerated_pairs(networks)
    return queries.open_pairs(networks).order_by("-made_on", "pk")


@right(rights.may_log)
def pair(request: Any, pk: UUID) -> HttpResponse:
    """One pair: its sessions; its notes, for whoever wrote them and the network’s coordinators."""
    one = queries.pair(pk, request.seat)
    coordinates = rights.may_coordinate(request.seat)
    at = now()
    known = words.names(request, [one.young], "mentoring_pair", first_only=not coordinates)
    notes = people.open_notes(
        person_ids=[one.young.person_id],
        organisation_id=request.seat.organisation.pk,
        written_by=None if coordinates else request.user.pk,
        by=request.user,
        at=at,
    )
    authors = partners.user_names({note.author_id for note in notes})
    context = {
        "pair": one,
        "name": words.called(one.young, known),
        "sessions": queries.sessions_of(one),
        "notes": [(note, authors.get(note.author_id, "—")) for note in notes],
        "note": forms.NoteForm(),
        "coordinates": coordinates,
        "end": forms.EndForm(initial={"on": at.date()}),
        "replace": forms.ReplaceForm(mentors=_others(one, at)) if coordinates else None,
    }
    return render(request, "mentoring/pair.html", context)


def _others(one: "Pair", at: datetime) -> list[tuple[UUID, str]]:
    mentors = queries.available_mentors(one.network, queries.day_of(_plan(), at))
    return [(other.pk, other.name) for other in mentors if other.pk != one.mentor_id]


@right(rights.may_log)
@require_POST
def write_note(request: Any, pk: UUID) -> HttpResponse:
    one = queries.pair(pk, request.seat)
    people.write_note(
        person_id=one.young.person_id,
        organisation_id=request.seat.organisation.pk,
        text=request.POST.get("text", ""),
        by=request.user,
        at=now(),
    )
    messages.success(request, _("La note est gardée dans votre réseau."))
    return redirect("mentoring:pair", pk)


@right(rights.may_coordinate)
@require_POST
def end_pair(request: Any, pk: UUID) -> HttpResponse:
    one = queries.pair(pk, request.seat)
    form = forms.EndForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Donnez la raison et le dernier jour du binôme."))
    operations.end_pair(pair=one, **form.cleaned_data, by=request.user, at=now())
    messages.success(request, _("Le binôme a pris fin."))
    return redirect("mentoring:pair", pk)


@right(rights.may_coordinate)
@require_POST
def replace_mentor(request: Any, pk: UUID) -> HttpResponse:
    """Another mentor takes over the same day."""
    one, at = queries.pair(pk, request.seat), now()
    form = forms.ReplaceForm(request.POST, mentors=_others(one, at))
    if not form.is_valid():
        raise Refusal(_("Choisissez un mentor disponible, formé et contrôlé."))
    made = operations.replace(
        pair=one,
        mentor=queries.mentor(UUID(form.cleaned_data["mentor"]), request.seat),
        reason="REPLACED",
        plan=_plan(),
        by=request.user,
        at=at,
    )
    messages.success(request, _("Le nouveau mentor prend le relais dès aujourd’hui."))
    return redirect("mentoring:pair", made.pk)


@right(rights.may_see_alerts)
def alerts(request: Any) -> HttpResponse:
    """A network’s open alerts; a school reads those that were shared with it."""
    if rights.may_coordinate(request.seat):
        rows = list(queries.open_alerts(queries.networks_of(request.seat)))
        known = {}
    else:
        rows = queries.alerts_shared_with(request.seat.organisation.pk)
        known = words.names(request, [one.young for one in rows], "mentoring_alert")
    context = {
        "alerts": [(one, words.called(one.young, known)) for one in rows],
        "coordinates": rights.may_coordinate(request.seat),
        "share": forms.ShareForm(initial={"family_told_on": now().date()}),
    }
    return render(request, "mentoring/alerts.html", context)


@right(rights.may_coordinate)
@require_POST
def alert_act(request: Any, pk: UUID) -> HttpResponse:
    """Take an alert, close it, or share it with the school once the family knows."""
    one = queries.alert(pk, request.seat)
    both = {"alert": one, "by": request.user, "at": now()}
    match request.POST.get("acte"):
        case "prendre":
            operations.take_alert(**both)
        case "clore":
            operations.close_alert(**both)
        case "partager":
            form = forms.ShareForm(request.POST)
            if not form.is_valid():
                raise Refusal(form.problems[0]["sentence"])
            operations.share_alert(
                **both, school=one.young.school, family_told_on=form.cleaned_data["family_told_on"]
            )
            messages.success(request, _("L’école voit maintenant cette alerte."))
        case _other:
            raise Refusal(_("Dites ce qu’il faut faire de cette alerte."))
    return redirect("mentoring:alerts")


@right(rights.may_coordinate)
def absences(request: Any) -> HttpResponse:
    """Who is away, and who answers meanwhile."""
    network, at = queries.network_of(request.seat), now()
    form = forms.AbsenceForm(request.POST or None, team=team(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.announce_absence(
                network=network,
                user_id=UUID(given["user"]),
                cover_id=UUID(given["cover"]),
                from_on=given["from_on"],
                until_on=given["until_on"],
                by=request.user,
                at=at,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("L’absence est notée : la relève reçoit ce qui arrive."))
            return redirect("mentoring:absences")
    known = queries.absences(network, queries.day_of(_plan(), at))
    status = 400 if form.is_bound else 200
    context = {"form": form, "absences": known}
    return render(request, "mentoring/absences.html", context, status=status)
