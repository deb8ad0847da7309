"""Three screens, saved as one types; the last one submits."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.base.money import NARROW_SPACE
from traitdunion.grants import operations, queries, rights
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.grants.forms import MoneyForm, WhatForm, WhoForm

STEPS = ("who", "what", "money")


@right(rights.may_apply)
@require_POST
def start(request: Any) -> HttpResponse:
    """The draft of my association: the one it has, or a new one."""
    current = programme.current()
    draft = operations.start(
        organisation=request.seat.organisation,
        strand=programme.strand(current, queries.STRAND),
        plan=programme.plan(current),
        by=request.user,
        at=now(),
    )
    return redirect("grants:who", draft.number)


@right(rights.may_apply)
def who(request: Any, number: str) -> HttpResponse:
    return _screen(request, number, "who")


@right(rights.may_apply)
def what(request: Any, number: str) -> HttpResponse:
    return _screen(request, number, "what")


@right(rights.may_apply)
def money(request: Any, number: str) -> HttpResponse:
    return _screen(request, number, "money")


@right(rights.may_apply)
@require_POST
def keep(request: Any, number: str) -> HttpResponse:
    """What is typed so far: each answer that can be read is kept, the others wait."""
    one = _changeable(request, number)
    step = request.POST.get("step", "")
    form = _form(one, step if step in STEPS else "who", request.POST)
    form.is_valid()
    _save(request, one, form)
    told = _("Brouillon enregistré à %(hour)s") % {
        "hour": date_format(timezone.localtime(now()), "H:i")
    }
    return JsonResponse({"said": told})


def _screen(request: Any, number: str, step: str) -> HttpResponse:
    one = _changeable(request, number)
    form = _form(one, step, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _number(request, one, form)
            _save(request, one, form)
            return _next(request, one, step)
        except operations.AlreadySubmitted as refusal:
            messages.info(request, str(refusal))
            return redirect("grants:application", number)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {
        "application": one,
        "form": form,
        "step": step,
        "position": STEPS.index(step) + 1,
        "steps": len(STEPS),
        "is_correction": one.submitted_at is not None,
        "numbers": queries.numbers_of(one.organisation),
        "previous": STEPS[STEPS.index(step) - 1] if step != "who" else "",
    }
    return render(request, "grants/screen.html", context)


def _changeable(request: Any, number: str) -> Any:
    one = queries.application(number, request.seat)
    if one.organisation_id != request.seat.organisation.pk:
        raise operations.NotYours(_("Seule l’association remplit sa demande."))
    if not queries.may_change(one):
        raise MoveRefused(
            _("La demande %(number)s est déjà déposée : elle ne change plus, écrivez un message.")
            % {"number": number}
        )
    return one


def _form(one: Any, step: str, data: Any) -> Any:
    known = {name: getattr(one, name) for name in sorted(operations.ANSWERS)}
    if one.requested_cents:
        known["requested_cents"] = _typed(one.requested_cents)
    if step == "who":
        knows = bool(queries.numbers_of(one.organisation))
        return WhoForm(data, initial=known, knows_number=knows)
    if step == "what":
        plan = programme.plan(programme.current())
        known["neighbourhoods"] = [quarter.code for quarter in queries.neighbourhoods_of(one)]
        quarters = queries.choices_of_neighbourhoods(one.organisation, plan)
        return WhatForm(data, initial=known, quarters=quarters)
    return MoneyForm(data, initial=known)


def _typed(cents: int) -> str:
    whole = f"{cents // 100:,}".replace(",", NARROW_SPACE)
    return f"{whole},{cents % 100:02d}" if cents % 100 else whole


def _number(request: Any, one: Any, form: Any) -> None:
    if number := form.cleaned_data.get("number"):
        said = operations.identify(
            organisation=one.organisation, number=number, by=request.user, at=now()
        )
        if said:
            messages.info(request, said)


def _save(request: Any, one: Any, form: Any) -> None:
    """Keep the answers that were read; a field left empty on the way is not erased."""
    read = form.cleaned_data
    answers = {name: value for name, value in read.items() if name in operations.ANSWERS}
    operations.save(
        application=one,
        answers=answers,
        neighbourhoods=read.get("neighbourhoods"),
        by=request.user,
        at=now(),
    )


def _next(request: Any, one: Any, step: str) -> HttpResponse:
    if step != "money":
        return redirect(f"grants:{STEPS[STEPS.index(step) + 1]}", one.number)
    if one.submitted_at is None:
        operations.submit(
            application=one,
            plan=programme.plan(programme.current()),
            by=request.user,
            at=now(),
        )
        _ask_signature(request, one)
        messages.success(request, _("La demande %(number)s est déposée.") % {"number": one.number})
    return redirect("grants:application", one.number)


def _ask_signature(request: Any, one: Any) -> None:
    if one.representative_email and not queries.is_signed(one):
        operations.ask_signature(
            application=one, language=get_language() or "fr", by=request.user, at=now()
        )
