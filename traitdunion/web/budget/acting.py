"""What every page that moves money shares: a form, one domain call, a word said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.budget import queries
from traitdunion.programme import queries as programme
from traitdunion.programme.schema import Plan
from traitdunion.web.forms import Form
from traitdunion.web.lists import Cell


@dataclass(frozen=True, slots=True)
class Act:
    """
    A page with one form: its title, its button, where one comes from and goes back to.

    Attributes:
        facts: what one must know to decide, (name, value).
        told: sentences above the form.
    """

    title: str
    button: str
    back: str
    parent: str
    facts: Sequence[tuple[str, str]] = ()
    told: Sequence[str] = ()


def acted(
    request: Any, form: Form, act: Act, do: Callable[[Mapping[str, Any]], str]
) -> HttpResponse:
    """
    Show the form, or do what it asks and go back; a refusal is said above it and loses nothing.

    Args:
        do: from the cleaned data; returns the sentence that says it is done.
    """
    if request.method == "POST" and form.is_valid():
        try:
            said = do(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect(act.back)
    return render(request, "budget/act.html", {"form": form, "act": act})


def plan() -> Plan:
    return programme.plan(programme.current())


def today() -> date:
    """The day it is for the reader."""
    return timezone.localtime(now()).date()


def who(request: Any) -> dict[str, Any]:
    return {"by": request.user, "at": now()}


def money(cents: int) -> Cell:
    return Cell(euros(cents), value=cents / 100)


def day(one: date | None) -> Cell:
    return Cell(one.strftime("%d/%m/%Y") if one else "—", value=one.isoformat() if one else "")


def is_own(request: Any, envelope: Any) -> bool:
    return bool(envelope.holder_id == request.seat.organisation.pk)


def own_envelope(request: Any, envelope_id: UUID) -> Any:
    """One's own; that of one's territory is seen and not acted upon. Raises NotFound."""
    one = queries.envelope(envelope_id, request.seat)
    if not is_own(request, one):
        raise PermissionDenied
    return one


def own_commitment(request: Any, commitment_id: UUID) -> Any:
    """Raises NotFound."""
    one = queries.commitment(commitment_id, request.seat)
    if not is_own(request, one.envelope):
        raise PermissionDenied
    return one


def own_payment(request: Any, payment_id: UUID) -> Any:
    """Raises NotFound."""
    one = queries.payment(payment_id, request.seat)
    if not is_own(request, one.commitment.envelope):
        raise PermissionDenied
    return one
