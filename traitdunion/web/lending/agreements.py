"""The hand-over: prepare, print, scan at the gate, key back in the evening."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from traitdunion.allocation import queries as allocation
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import squeezed
from traitdunion.equipment import queries as register
from traitdunion.lending import operations, queries, rights
from traitdunion.lending.operations.printing import COLLECTIVE_TEMPLATE
from traitdunion.lending.states import TO_HAND_OVER, AgreementState, Outcome
from traitdunion.people import operations as people
from traitdunion.people import rights as people_rights
from traitdunion.people.queries import pseudonym
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.lending import forms
from traitdunion.web.lists import Cell, Column, attachment, exported, listing

if TYPE_CHECKING:
    from traitdunion.lending.models import Agreement

LEVELS = {
    AgreementState.PREPARED: "new",
    AgreementState.ABSENT: "warning",
    AgreementState.TO_SIGN: "warning",
    AgreementState.SIGNED: "good",
    AgreementState.REFUSED: "plain",
    AgreementState.ENDED: "plain",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One agreement as a line to fill in: its fields, what was typed, what went wrong."""

    agreement: "Agreement"
    name: str
    fields: list[dict[str, Any]]
    outcome: str = ""
    problem: str = ""

    @property
    def school_class(self) -> str:
        return self.agreement.award.need.school_class if self.agreement.award else ""


@right(rights.may_lend)
def today(request: Any) -> HttpResponse:
    """A relay's hand-over day: what waits, one field to scan, the next thing to do."""
    relay = request.seat.organisation
    form = forms.AgreementScan(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"].rstrip("/").split("/")[-1]
        try:
            found = queries.agreement(number, relay.pk)
            return redirect("lending:agreement", number=found.number)
        except Refusal as refusal:
            form.add_error("number", str(refusal))
    waiting = queries.to_hand_over(relay.pk)
    context = {
        "form": form,
        "rows": _rows(request, waiting, with_names="noms" in request.GET),
        "counts": queries.counts(relay.pk),
        "unprepared": _unprepared(relay.pk, waiting),
        "stock": register.in_stock(relay.pk).count(),
        "to_sign": queries.signatures_missing(relay.pk),
        "may_name": people_rights.may_read_files(request.seat),
        "has_names": "noms" in request.GET,
    }
    return render(request, "lending/today.html", context)


def _unprepared(relay_id: UUID, waiting: "Sequence[Agreement]") -> int:
    """Awards of this relay without an agreement yet."""
    return max(len(allocation.to_hand_over(relay_id)) - sum(1 for a in waiting if a.award_id), 0)


def _rows(
    request: Any,
    agreements: "Sequence[Agreement]",
    *,
    with_names: bool,
    problems: Mapping[str, str] | None = None,
    usual: str = "",
) -> list[Row]:
    """
    Lines to fill in, named only for a seat that may read files: each reading leaves a trace.

    ``usual`` is how the first one ends unless said; a child who comes back later is left alone.
    """
    files: Mapping[UUID, Any] = {}
    if with_names and people_rights.may_read_files(request.seat):
        persons = [one.person_id for one in agreements if one.person_id]
        files = people.names(person_ids=persons, purpose="hand_over", by=request.user, at=now())
    rows = [_row(request, one, files, problems or {}) for one in agreements]
    if rows and usual and not rows[0].outcome:
        rows[0] = replace(rows[0], outcome=usual)
    return rows


def _row(
    request: Any,
    one: "Agreement",
    files: Mapping[UUID, Any],
    problems: Mapping[str, str],
) -> Row:
    typed = request.POST
    fields = [{**field, "value": typed.get(field["name"], "")} for field in forms.fields_of(one)]
    outcome = typed.get(f"suite-{one.number}", "")
    return Row(one, _named(one, files), fields, outcome, problems.get(one.number, ""))


def _named(one: "Agreement", files: Mapping[UUID, Any]) -> str:
    if one.person_id is None:
        return str(one.organisation)
    return files[one.person_id].full_name if one.person_id in files else pseudonym(one.person_id)


@right(rights.may_lend)
@require_POST
def prepare(request: Any) -> HttpResponse:
    plan = programme.plan(programme.current())
    fresh = operations.prepare(
        relay=request.seat.organisation, rules=plan.lending, by=request.user, at=now()
    )
    messages.success(
        request,
        ngettext(
            "%(count)s convention préparée : imprimez le dossier.",
            "%(count)s conventions préparées : imprimez le dossier.",
            len(fresh),
        )
        % {"count": len(fresh)},
    )
    return redirect("lending:today")


@right(rights.may_lend)
@require_POST
def pack(request: Any) -> HttpResponse:
    """The list and the agreements, for the gate. Names leave on paper: the file has none."""
    content = operations.print_pack(
        relay=request.seat.organisation,
        plan=programme.plan(programme.current()),
        public_url=settings.PUBLIC_URL,
        by=request.user,
        at=now(),
    )
    return attachment(content, "dossier-de-remise.pdf", "application/pdf")


@right(rights.may_lend)
@require_POST
def labels(request: Any) -> HttpResponse:
    content = operations.print_labels(holder=request.seat.organisation, by=request.user, at=now())
    return attachment(content, "etiquettes.pdf", "application/pdf")


@right(rights.may_lend)
def keying(request: Any) -> HttpResponse:
    """The whole pile on one page; what is right is written, what is not is said beside it."""
    waiting = queries.to_hand_over(request.seat.organisation.pk)
    day = forms.DayForm(request.POST or None, today=now().date())
    problems: dict[str, str] = {}
    if request.method == "POST" and day.is_valid():
        problems = _key(request, day, waiting)
        if not problems:
            return redirect("lending:keying")
        waiting = queries.to_hand_over(request.seat.organisation.pk)
    rows = _rows(request, waiting, with_names=True, problems=problems)
    context = {"form": day, "rows": rows, "outcomes": Outcome.choices, "problems": problems}
    status = 409 if problems else 200
    return render(request, "lending/keying.html", context, status=status)


def _key(request: Any, day: forms.DayForm, agreements: "list[Agreement]") -> dict[str, str]:
    """Write the lines; answer the problems by number, and tell how many went through."""
    answers = operations.key_back(
        relay=request.seat.organisation,
        lines=forms.keyed_lines(request.POST, agreements),
        on=day.cleaned_data["on"],
        seen_again_on=day.cleaned_data["seen_again_on"],
        by=request.user,
        at=now(),
        known=agreements,
    )
    if not answers:
        messages.warning(request, _("Aucune ligne n’était remplie : rien n’a été écrit."))
        return {}
    done = [answer for answer in answers if not answer.problem]
    if done:
        said = ngettext(
            "%(count)s ligne enregistrée.", "%(count)s lignes enregistrées.", len(done)
        )
        messages.success(request, said % {"count": len(done)})
    return {answer.line.number: answer.problem for answer in answers if answer.problem}


COLUMNS = (
    Column(
        "numero",
        gettext_lazy("Convention"),
        lambda a: Cell(a.number, reverse("lending:agreement", args=[a.number])),
        "number",
        is_code=True,
    ),
    Column(
        "classe",
        gettext_lazy("Classe"),
        lambda a: Cell(a.award.need.school_class if a.award else ""),
        "award__need__school_class",
    ),
    Column("pour", gettext_lazy("Pour"), lambda a: Cell(_named(a, {}))),
    Column("relais", gettext_lazy("Relais"), lambda a: Cell(a.relay.name), "relay__name"),
    Column(
        "etat",
        gettext_lazy("État"),
        lambda a: Cell(
            AgreementState(a.state).label, level=LEVELS[a.state], note=a.seen_again_on or ""
        ),
        "state",
    ),
    Column(
        "retour",
        gettext_lazy("À rendre le"),
        lambda a: Cell(a.due_back_on.strftime("%d/%m/%Y"), value=a.due_back_on.isoformat()),
        "due_back_on",
    ),
)


@right(rights.may_see_loans)
def agreements(request: Any) -> HttpResponse:
    """Every agreement that the seat may see, by state."""
    form = forms.AgreementFilter(request.GET)
    form.is_valid()
    rows = queries.agreements_seen_by(request.seat)
    if state := form.cleaned_data.get("etat"):
        rows = rows.filter(state=state)
    if text := form.cleaned_data.get("q"):
        number = Q(number=squeezed(text))
        rows = rows.filter(number | Q(award__need__school_class__iexact=text.strip()))
    file = exported(request, name="conventions", columns=COLUMNS, rows=rows)
    if file is not None:
        return file
    caption = _("Conventions de prêt")
    context = {
        "form": form,
        "listing": listing(request, caption=caption, columns=COLUMNS, rows=rows),
        "may_lend": rights.may_lend(request.seat),
    }
    return render(request, "lending/agreements.html", context)


@right(rights.may_see_loans)
def agreement(request: Any, number: str) -> HttpResponse:
    """One agreement: what the QR code of the paper opens."""
    return _agreement_page(request, _seen(request, number))


def _agreement_page(
    request: Any,
    one: "Agreement",
    *,
    day: forms.DayForm | None = None,
    problems: Mapping[str, str] | None = None,
) -> HttpResponse:
    mine = rights.may_lend(request.seat) and one.relay_id == request.seat.organisation.pk
    waits = mine and one.state in TO_HAND_OVER
    visit = [one, *queries.household_agreements(one)] if waits else []
    context = {
        "agreement": one,
        "level": LEVELS[AgreementState(one.state)],
        "who": _named(one, {}),
        "loans": queries.loans_of(one),
        "is_mine": mine,
        "rows": _rows(request, visit, with_names=True, problems=problems, usual=Outcome.SIGNED),
        "outcomes": Outcome.choices,
        "form": day or forms.DayForm(today=now().date()),
        "sign": forms.SignatureForm(initial={"on": now().date()}),
        "problems": problems or {},
    }
    return render(request, "lending/agreement.html", context, status=409 if problems else 200)


def _seen(request: Any, number: str) -> "Agreement":
    """An agreement that this seat may see; a foreign one answers like none."""
    rows = queries.agreements_seen_by(request.seat).select_related("person", "award__need")
    found = rows.filter(number=squeezed(number)).first()
    if found is None:
        raise Http404
    return found


def _mine(request: Any, number: str) -> "Agreement":
    """An agreement of one's own relay; another's answers like none."""
    return queries.agreement(number, request.seat.organisation.pk)


@right(rights.may_lend)
@require_POST
def hand_over(request: Any, number: str) -> HttpResponse:
    """One visit: this agreement, and those of the household that were filled in with it."""
    one = _mine(request, number)
    day = forms.DayForm(request.POST, today=now().date())
    if not day.is_valid():
        return _agreement_page(request, one, day=day)
    visit = [one, *queries.household_agreements(one)]
    if problems := _key(request, day, visit):
        return _agreement_page(request, one, day=day, problems=problems)
    return redirect("lending:today")


@right(rights.may_lend)
@require_POST
def sign(request: Any, number: str) -> HttpResponse:
    one = _mine(request, number)
    form = forms.SignatureForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Donnez le jour de la signature."))
        return redirect("lending:agreement", number=one.number)
    operations.record_signature(
        agreement=one, signed_on=form.cleaned_data["on"], by=request.user, at=now()
    )
    if one.state == AgreementState.SIGNED:
        said = _("Signature de la convention %(number)s notée.")
    else:
        said = _("Une signature de la convention %(number)s est notée ; il en manque une.")
    messages.success(request, said % {"number": one.number})
    return redirect("lending:agreement", number=one.number)


@right(rights.may_lend)
@require_POST
def agreement_pdf(request: Any, number: str) -> HttpResponse:
    one = _mine(request, number)
    content = operations.print_agreements(
        agreements=[one],
        plan=programme.plan(programme.current()),
        public_url=settings.PUBLIC_URL,
        by=request.user,
        at=now(),
    )
    return attachment(content, f"convention-{one.number}.pdf", "application/pdf")


@right(rights.may_lend)
def collective(request: Any) -> HttpResponse:
    """A loan to an organisation that runs workshops."""
    form = forms.CollectiveForm(request.POST or None, seat=request.seat)
    if request.method == "POST" and form.is_valid():
        try:
            one = _prepare_collective(request, form.cleaned_data)
            return redirect("lending:agreement", number=one.number)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(request, "lending/collective.html", {"form": form})


def _prepare_collective(request: Any, asked: Mapping[str, Any]) -> "Agreement":
    return operations.prepare_collective(
        relay=request.seat.organisation,
        organisation=asked["code"],
        kind=asked["kind"],
        due_back_on=asked["due_back_on"],
        template=COLLECTIVE_TEMPLATE,
        by=request.user,
        at=now(),
    )
