"""Programs that act for my organisation: their tokens are made, shown once, and revoked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.partners import operations, queries, rights
from traitdunion.web.access import right
from traitdunion.web.partners.forms import TokenForm


@right(rights.may_invite)
def new_token(request: Any) -> HttpResponse:
    """A token sits in its maker's own seat: nobody lends a program somebody else's hand."""
    form = TokenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "partners/new_token.html", {"form": form})
    at, asked = now(), form.cleaned_data
    token, secret = operations.make_token(
        membership=queries.membership_of(request.seat),
        label=asked["label"],
        expires_at=at + timedelta(days=int(asked["days"])),
        by=request.user,
        at=at,
    )
    return render(request, "partners/token_made.html", {"token": token, "secret": secret})


@right(rights.may_invite)
@require_POST
def revoke_token(request: Any, token_id: UUID) -> HttpResponse:
    """Any token of one's organisation, whoever made it: a secret that leaks cannot wait."""
    mine = {one.pk: one for one in queries.tokens(request.seat.organisation)}
    if token_id not in mine:
        raise Http404
    operations.revoke_token(token=mine[token_id], by=request.user, at=now())
    messages.success(request, _("Le jeton n’ouvre plus rien, dès maintenant."))
    return redirect("partners:organisation")
