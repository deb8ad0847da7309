"""What is given in kind, typed by whoever receives it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.programme import queries as programme
from traitdunion.supply import operations, rights
from traitdunion.web.access import right
from traitdunion.web.supply.forms import GiftForm


@right(rights.may_record_gifts)
def new_gift(request: Any) -> HttpResponse:
    """One page: who gave what, for how much, and its serial numbers."""
    form = GiftForm(request.POST or None, seat=request.seat)
    if request.method == "POST" and form.is_valid():
        try:
            given = _line(form.cleaned_data)
            gift = _record(request, form.cleaned_data, given)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Le don %(number)s est au registre, pour %(amount)s ; rien n’est à payer.")
            amount = euros(given.cost_cents)
            messages.success(request, said % {"number": gift.number, "amount": amount})
            return redirect("supply:order", gift.number)
    return render(request, "supply/gift.html", {"form": form})


def _line(asked: Mapping[str, Any]) -> operations.GivenLine:
    return operations.GivenLine(
        kind=asked["kind"],
        label=asked["label"],
        value_cents=asked["value"],
        serials=asked["serials"],
    )


# Refused, it leaves no donor behind either.
@transaction.atomic
def _record(request: Any, asked: Mapping[str, Any], given: operations.GivenLine) -> Any:
    owner, at = request.seat.organisation, now()
    return operations.record_gift(
        number=asked["number"],
        donor=operations.donor_named(text=asked["donor"], near=owner, by=request.user, at=at),
        owner=owner,
        holder=asked["place"],
        lines=[given],
        running=programme.current(),
        by=request.user,
        at=at,
    )
