"""Pieces of an application, one at a time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.grants import operations, queries, rights
from traitdunion.web.access import right
from traitdunion.web.grants.forms import PieceForm
from traitdunion.web.lists import attachment


@right(rights.may_apply)
@require_POST
def attach(request: Any, number: str) -> HttpResponse:
    """One document: kept, or refused with what to do."""
    one = _own(request, number)
    form = PieceForm(request.POST, request.FILES)
    if not form.is_valid():
        for problem in form.problems:
            messages.error(request, problem["sentence"])
        return redirect("grants:application", number)
    file = form.cleaned_data["file"]
    try:
        kept = operations.attach(
            application=one,
            kind=form.cleaned_data["kind"],
            name=file.name,
            content=file.read(),
            by=request.user,
            at=now(),
        )
    except Refusal as refusal:
        messages.error(request, f"{file.name} : {refusal}")
    else:
        messages.success(request, _("« %(name)s » est joint.") % {"name": kept.name})
    return redirect("grants:application", number)


@right(rights.may_see_applications)
def piece(request: Any, number: str, piece_id: UUID) -> HttpResponse:
    found = queries.piece(queries.application(number, request.seat), piece_id)
    return attachment(queries.content_of(found), found.name, found.media_type)


@right(rights.may_apply)
@require_POST
def remove(request: Any, number: str, piece_id: UUID) -> HttpResponse:
    found = queries.piece(_own(request, number), piece_id)
    operations.remove(piece=found, by=request.user, at=now())
    messages.success(request, _("La pièce est retirée."))
    return redirect("grants:application", number)


def _own(request: Any, number: str) -> Any:
    one = queries.application(number, request.seat)
    if one.organisation_id != request.seat.organisation.pk:
        raise operations.NotYours(_("Seule l’association joint des pièces à sa demande."))
    return one
