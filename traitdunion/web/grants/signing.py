"""The legal representative signs by a link, without an account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.grants import operations, queries, rights
from traitdunion.programme import queries as programme
from traitdunion.web.access import public, right
from traitdunion.web.grants.forms import SignForm


@right(rights.may_apply)
@require_POST
def ask(request: Any, number: str) -> HttpResponse:
    """A new link, sent and shown once: it may be passed on by any other way."""
    one = queries.application(number, request.seat)
    if one.organisation_id != request.seat.organisation.pk:
        raise operations.NotYours(_("Seule l’association demande la signature."))
    _asked, token = operations.ask_signature(
        application=one, language=get_language() or "fr", by=request.user, at=now()
    )
    link = f"{settings.PUBLIC_URL}{reverse('grants:sign', args=[token])}"
    return render(request, "grants/link.html", {"application": one, "link": link})


@public
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Read again, type one's name."""
    at = now()
    asked = queries.signature_of(token, at)
    one = asked.application
    plan = programme.plan(programme.current())
    needs = queries.needs_commitment(plan, queries.asked_on(one, at))
    form = SignForm(request.POST or None, needs_commitment=needs)
    if request.method == "POST" and form.is_valid():
        try:
            operations.sign(
                signature=asked,
                name=form.cleaned_data["name"],
                commits_to_republic=bool(form.cleaned_data.get("commits")),
                needs_commitment=needs,
                by=ROBOT,
                at=at,
            )
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Merci : la demande est signée."))
            return redirect("grants:sign", token)
    context = {
        "asked": asked,
        "application": one,
        "form": form,
        "is_signed": queries.is_signed(one),
        "quarters": queries.neighbourhoods_of(one),
    }
    return render(request, "grants/sign.html", context)
