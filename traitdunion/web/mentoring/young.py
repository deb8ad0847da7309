"""Young people: a list to paste, a family to ask, a network that answers."""

import io
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.sheets import open_sheet
from traitdunion.mentoring import operations, queries, rights
from traitdunion.mentoring.states import ReferralState, YoungState
from traitdunion.people import operations as people
from traitdunion.people import queries as persons
from traitdunion.people.states import Activity, Means
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing
from traitdunion.web.mentoring import forms, words

if TYPE_CHECKING:
    from traitdunion.mentoring.models import YoungPerson

LEVELS = {
    YoungState.REFERRED: "new",
    YoungState.WAITING: "warning",
    YoungState.FOLLOWED: "good",
    YoungState.ENDED: "plain",
    YoungState.REFUSED: "plain",
}


def _columns(known: Any) -> tuple[Column, ...]:
    return (
        Column(
            "qui",
            gettext_lazy("Jeune"),
            lambda y: Cell(words.called(y, known), reverse("mentoring:young_person", args=[y.pk])),
        ),
        Column("niveau", gettext_lazy("Niveau"), lambda y: Cell(y.get_level_display()), "level"),
        Column(
            "priorite", gettext_lazy("Priorité"), lambda y: Cell(y.priority), "priority",
            is_number=True,
        ),
        Column(
            "etat",
            gettext_lazy("État"),
            lambda y: Cell(y.get_state_display(), level=LEVELS[YoungState(y.state)]),
            "state",
        ),
        Column(
            "depuis",
            gettext_lazy("Signalé le"),
            lambda y: Cell(f"{y.referred_at:%d/%m/%Y}", value=y.referred_at.date().isoformat()),
            "referred_at",
        ),
    )  # fmt: skip


@right(rights.may_see_young)
def young(request: Any) -> HttpResponse:
    """Those one referred, or one’s network follows; names only when asked for."""
    form = forms.YoungFilter(request.GET)
    form.is_valid()
    rows = queries.young_seen_by(request.seat).order_by("-priority", "referred_at", "pk")
    if state := form.cleaned_data.get("etat"):
        rows = rows.filter(state=state)
    columns = _columns({})
    if file := exported(request, name="jeunes", columns=columns, rows=rows):
        return file
    has_names = "noms" in request.GET
    found = listing(request, caption=_("Jeunes"), columns=columns, rows=rows)
    if has_names:
        known = words.names(request, _named(request, found.page.object_list), "mentoring_list")
        found = listing(request, caption=_("Jeunes"), columns=_columns(known), rows=rows)
    context = {
        "form": form,
        "listing": found,
        "has_names": has_names,
        "may_refer": rights.may_refer(request.seat),
        "referrals": _referrals(request),
    }
    return render(request, "mentoring/young.html", context)


def _referrals(request: Any) -> list[Any]:
    """What a network must answer."""
    if not rights.may_coordinate(request.seat):
        return []
    return [
        (one, persons.pseudonym(one.young.person_id))
        for one in queries.referrals_to_answer(queries.networks_of(request.seat))
    ]


def _named(request: Any, rows: Any) -> "list[YoungPerson]":
    """Those whose name this seat may read: its own; not those that it is only asked to take."""
    if rights.may_refer(request.seat):
        return list(rows)
    own = set(queries.networks_of(request.seat).values_list("pk", flat=True))
    return [one for one in rows if one.network_id in own]


@right(rights.may_refer)
def refer(request: Any) -> HttpResponse:
    """Paste or send a list; lines to mend come back in the box with their reason."""
    networks = {one.pk: one for one in queries.every_network()}
    offered = [(pk, one.organisation.name) for pk, one in networks.items()]
    form = forms.ReferForm(request.POST or None, request.FILES or None, networks=offered)
    report = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        file = given["file"] or io.BytesIO(given["pasted"].strip().encode())
        try:
            with open_sheet(
                file, name=getattr(file, "name", None) or _("liste collée"),
                max_bytes=settings.UPLOAD_LIMIT_BYTES,
            ) as sheet:  # fmt: skip
                report = operations.refer_list(
                    sheet=sheet,
                    sender=request.seat.organisation,
                    network=networks.get(UUID(given["network"])) if given["network"] else None,
                    plan=_plan(),
                    by=request.user,
                    at=now(),
                )
        except Refusal as refusal:
            form.add_error("pasted", str(refusal))
    if report:
        said = _("%(added)s jeunes ajoutés, %(corrected)s corrigés, %(aside)s lignes à corriger.")
        counts = {"added": report.added, "corrected": report.corrected}
        messages.success(request, said % {**counts, "aside": len(report.aside)})
        if not report.aside:
            return redirect("mentoring:young")
        form = forms.ReferForm(initial={"pasted": _to_mend(report)}, networks=offered)
    status = 200 if report or request.method == "GET" else 400
    return render(request, "mentoring/refer.html", {"form": form, "report": report}, status=status)


def _to_mend(report: Any) -> str:
    lines = [report.header, *(one.cells for one in report.aside)]
    return "\n".join("\t".join(cells) for cells in lines)


@right(rights.may_see_young)
def young_person(request: Any, pk: UUID) -> HttpResponse:
    """One young person; opening it is journaled."""
    return _page(request, queries.young_person(pk, request.seat))


def _page(request: Any, one: "YoungPerson", *, paper: str = "", status: int = 200) -> HttpResponse:
    file = None
    if _named(request, [one]):
        file = people.open_file(
            person_id=one.person_id, purpose="mentoring_file", by=request.user, at=now()
        )
    context = {
        "young": one,
        "level": LEVELS[YoungState(one.state)],
        "file": file,
        "code": persons.pseudonym(one.person_id),
        "profile": words.profile(one),
        "pairs": queries.pairs_of_young(one),
        "adults": _adults(file),
        "verified": persons.verified_contacts(one.person_id),
        "said": [
            said
            for said in persons.authorisations_of(one.person_id)
            if said.activity == Activity.MENTORING
        ],
        "contact": forms.ContactForm(),
        "answer": forms.AnswerForm(),
        "paper": paper,
        "paper_url": f"{settings.PUBLIC_URL}{reverse('mentoring:paper')}",
        "days": _plan().follow_up().authorisation_link_days,
        "may_coordinate": rights.may_coordinate(request.seat),
    }
    return render(request, "mentoring/young_person.html", context, status=status)


def _adults(file: Any) -> list[Any]:
    return list(file.guardians) if file else []


def _plan() -> Any:
    return programme.plan(programme.current())


def _own(request: Any, pk: UUID) -> "YoungPerson":
    """One whose family this seat may write to. A foreign one answers like none."""
    one = queries.young_person(pk, request.seat)
    if not _named(request, [one]):
        raise Http404
    return one


def _tie(request: Any, one: "YoungPerson") -> UUID:
    """The adult whom the form names, among those who answer for this child."""
    ties = {str(tie): tie for tie in persons.guardianships_of(one.person_id)}
    named = request.POST.get("adult", "")
    if named not in ties:
        raise Refusal(_("Choisissez l’un des adultes qui répondent de ce jeune."))
    return ties[named]


@right(rights.may_see_young)
@require_POST
def verify_contact(request: Any, pk: UUID) -> HttpResponse:
    """Somebody spoke with this adult, there."""
    one = _own(request, pk)
    people.verify_contact(guardianship_id=_tie(request, one), by=request.user, at=now())
    messages.success(request, _("Le contact est vérifié : vous pouvez poser la question."))
    return redirect("mentoring:young_person", pk)


@right(rights.may_see_young)
@require_POST
def correct_contact(request: Any, pk: UUID) -> HttpResponse:
    """Another telephone or e-mail: it must be verified again."""
    one = _own(request, pk)
    form = forms.ContactForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Ce courriel n’a pas la forme d’une adresse : relisez-le."))
    people.correct_contact(
        guardianship_id=_tie(request, one), **form.cleaned_data, by=request.user, at=now()
    )
    messages.success(request, _("Le contact est corrigé : vérifiez-le avant d’écrire."))
    return redirect("mentoring:young_person", pk)


@right(rights.may_see_young)
@require_POST
def ask_guardian(request: Any, pk: UUID) -> HttpResponse:
    """A link to the verified e-mail, or a code to print and hand out."""
    one = _own(request, pk)
    means = Means.PAPER if request.POST.get("means") == Means.PAPER else Means.LINK
    asked = operations.ask_guardian(
        young=one,
        guardianship_id=_tie(request, one),
        means=means,
        asked_by=request.seat.organisation.pk,
        link=f"{settings.PUBLIC_URL}{reverse('mentoring:answer', args=['SECRET'])}".replace(
            "SECRET", "%s"
        ),
        plan=_plan(),
        by=request.user,
        at=now(),
    )
    if means == Means.PAPER:
        return _page(request, one, paper=asked.secret)
    messages.success(request, _("Le lien part vers le courriel vérifié de cet adulte."))
    return redirect("mentoring:young_person", pk)


@right(rights.may_see_young)
@require_POST
def note_answer(request: Any, pk: UUID) -> HttpResponse:
    """What an adult said by telephone or on a signed paper."""
    one = _own(request, pk)
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Dites si la réponse est oui ou non, et comment elle a été donnée."))
    operations.note_authorisation(
        young=one,
        guardianship_id=_tie(request, one) if request.POST.get("adult") else None,
        is_given=form.cleaned_data["is_given"] == "oui",
        means=form.cleaned_data["means"],
        plan=_plan(),
        by=request.user,
        at=now(),
    )
    messages.success(request, _("La réponse de la famille est notée."))
    return redirect("mentoring:young_person", pk)


@right(rights.may_coordinate)
@require_POST
def answer_referral(request: Any, pk: UUID) -> HttpResponse:
    """The network takes the young person on, or not."""
    networks = queries.networks_of(request.seat)
    waiting = {one.pk: one for one in queries.referrals_to_answer(networks)}
    if pk not in waiting:
        raise Http404
    both = {"referral": waiting[pk], "by": request.user, "at": now()}
    if request.POST.get("reponse") == ReferralState.DECLINED:
        operations.decline_referral(**both)
        messages.info(request, _("La demande est déclinée : l’école peut en saisir un autre."))
    else:
        operations.accept_referral(network=queries.network_of(request.seat), **both)
        messages.success(request, _("Votre réseau accompagne ce jeune."))
    return redirect("mentoring:young")
