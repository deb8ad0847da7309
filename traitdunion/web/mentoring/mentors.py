"""Mentors: the application, the steps, the checks that end, capacity, leave, the end."""

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
from traitdunion.mentoring.states import MentorState
from traitdunion.partners import queries as partners
from traitdunion.partners.states import ACTING
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing
from traitdunion.web.mentoring import forms, words

if TYPE_CHECKING:
    from traitdunion.mentoring.models import Mentor


def _plan() -> Any:
    return programme.plan(programme.current())


def _check(one: "Mentor") -> Cell:
    if one.check_until is None:
        return Cell(_("aucun contrôle"), level="bad")
    today = now().date()
    level = "bad" if one.check_until < today else "plain"
    return Cell(f"{one.check_until:%d/%m/%Y}", level=level, value=one.check_until.isoformat())


COLUMNS = (
    Column(
        "nom",
        gettext_lazy("Mentor"),
        lambda m: Cell(m.name or m.external_id, reverse("mentoring:mentor", args=[m.pk])),
        "name",
    ),
    Column("etat", gettext_lazy("État"), lambda m: Cell(m.get_state_display()), "state"),
    Column(
        "places",
        gettext_lazy("Jeunes suivis"),
        lambda m: Cell(
            _("%(taken)s sur %(capacity)s") % {"taken": m.taken, "capacity": m.capacity},
            value=m.taken,
        ),
        "taken",
        is_number=True,
    ),
    Column("controle", gettext_lazy("Contrôle jusqu’au"), _check, "check_until"),
)


@right(rights.may_coordinate)
def mentors(request: Any) -> HttpResponse:
    rows = queries.mentors_seen_by(request.seat).order_by("name", "pk")
    if file := exported(request, name="mentors", columns=COLUMNS, rows=rows):
        return file
    found = listing(request, caption=_("Mentors"), columns=COLUMNS, rows=rows)
    return render(request, "mentoring/mentors.html", {"listing": found})


@right(rights.may_coordinate)
def checks(request: Any) -> HttpResponse:
    """Every check that has ended, ends soon, or was never made; the pairs from before it."""
    plan, networks = _plan(), queries.networks_of(request.seat)
    rules = plan.follow_up().check
    rows = queries.checks_ending(networks, on=queries.day_of(plan, now()), days=rules.notice_days)
    if file := exported(request, name="controles", columns=COLUMNS, rows=rows):
        return file
    context = {
        "listing": listing(request, caption=_("Contrôles"), columns=COLUMNS, rows=rows),
        "days": rules.notice_days,
        "tolerated": list(queries.tolerated_pairs(networks)),
        "until": rules.tolerated_until,
    }
    return render(request, "mentoring/checks.html", context)


@right(rights.may_coordinate)
def new_mentor(request: Any) -> HttpResponse:
    form = forms.MentorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        new = operations.NewMentor(
            name=given["name"],
            email=given["email"],
            phone=given["phone"],
            capacity=given["capacity"],
            levels=tuple(given["levels"]),
            profile=form.profile(),
        )
        try:
            made = operations.apply(
                network=queries.network_of(request.seat), new=new, by=request.user, at=now()
            )
            return redirect("mentoring:mentor", made.pk)
        except operations.BadCapacity as refusal:
            form.add_error("capacity", str(refusal))
    status = 400 if form.is_bound else 200
    return render(request, "mentoring/new_mentor.html", {"form": form}, status=status)


@right(rights.may_coordinate)
def mentor(request: Any, pk: UUID) -> HttpResponse:
    one = queries.mentor(pk, request.seat)
    today = now().date()
    plan = _plan()
    context = {
        "mentor": one,
        "profile": words.profile(one),
        "checks": queries.checks_of(one),
        "pairs": queries.pairs_of_mentor(one),
        "check": forms.CheckForm(
            kinds=plan.follow_up().check.kinds, initial={"verified_on": today}
        ),
        "day": forms.DayForm(initial={"on": today}),
        "capacity": forms.CapacityForm(initial={"capacity": one.capacity}),
        "leave": forms.LeaveForm(initial={"leave_from": today}),
        "entrust": forms.EntrustForm(
            team=team(request), initial={"coordinator": one.coordinator_id}
        ),
        "is_current": one.check_until is not None and one.check_until >= today,
    }
    return render(request, "mentoring/mentor.html", context)


def team(request: Any) -> list[tuple[UUID, str]]:
    """The coordinators of one’s network."""
    members = partners.members(request.seat.organisation)
    return [(one.user_id, one.user.full_name) for one in members if one.role in ACTING]


@right(rights.may_coordinate)
@require_POST
def mentor_act(request: Any, pk: UUID) -> HttpResponse:
    """One step of a mentor: which one, the button says."""
    one = queries.mentor(pk, request.seat)
    act = ACTS.get(request.POST.get("acte", ""))
    if act is None:
        raise Refusal(_("Cette étape n’existe pas : revenez à la fiche du mentor."))
    act(request, one, {"mentor": one, "by": request.user, "at": now()})
    return redirect("mentoring:mentor", pk)


def _valid(form: Any) -> Any:
    if not form.is_valid():
        raise Refusal(form.problems[0]["sentence"])
    return form.cleaned_data


def _interview(request: Any, one: "Mentor", both: dict[str, Any]) -> None:
    given = _valid(forms.DayForm(request.POST))
    operations.interview(**both, on=given["on"], is_kept=request.POST.get("suite") != "non")


def _train(request: Any, one: "Mentor", both: dict[str, Any]) -> None:
    operations.train(**both, on=_valid(forms.DayForm(request.POST))["on"])


def _record_check(request: Any, one: "Mentor", both: dict[str, Any]) -> None:
    plan = _plan()
    given = _valid(forms.CheckForm(request.POST, kinds=plan.follow_up().check.kinds))
    operations.record_check(
        **both,
        kind=given["kind"],
        verified_on=given["verified_on"],
        is_clear=given["is_clear"] == "oui",
        plan=plan,
    )
    messages.success(request, _("Le contrôle est noté ; le document ne se garde pas ici."))


def _capacity(request: Any, one: "Mentor", both: dict[str, Any]) -> None:
    operations.set_capacity(**both, **_valid(forms.CapacityForm(request.POST)))


def _leave(request: Any, one: "Mentor", both: dict[str, Any]) -> None:
    operations.go_on_leave(**both, **_valid(forms.LeaveForm(request.POST)))


def _back(request: Any, one: "Mentor", both: dict[str, Any]) -> None:
    operations.come_back(**both)


def _entrust(request: Any, one: "Mentor", both: dict[str, Any]) -> None:
    given = _valid(forms.EntrustForm(request.POST, team=team(request)))
    coordinator = given["coordinator"]
    operations.entrust(**both, coordinator_id=UUID(coordinator) if coordinator else None)


def _end(request: Any, one: "Mentor", both: dict[str, Any]) -> None:
    ended = operations.leave(**both, on=_valid(forms.DayForm(request.POST))["on"])
    said = _("Le départ est noté : %(count)s jeune(s) attendent un autre mentor.")
    messages.success(request, said % {"count": len(ended)})


ACTS = {
    "entretien": _interview,
    "formation": _train,
    "controle": _record_check,
    "capacite": _capacity,
    "pause": _leave,
    "retour": _back,
    "equipe": _entrust,
    "depart": _end,
}
STEPS = {MentorState.APPLIED: "entretien", MentorState.INTERVIEWED: "formation"}
