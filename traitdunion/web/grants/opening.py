"""The door of an association that has no access yet: a number, an e-mail, a link."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.grants import operations
from traitdunion.web.access import public
from traitdunion.web.grants.forms import OpenForm

# From one address, in an hour: a house of associations may share it.
TRIES, TRIES_LAST_SECONDS = 20, 3_600


class TooManyTries(Refusal):
    """Too many accesses were asked for from this address."""

    status = 429


@public
def come_in(request: HttpRequest) -> HttpResponse:
    """Start with an RNA number or a SIRET."""
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _count(request)
        try:
            _open(form.cleaned_data)
        except Refusal as refusal:
            form.add_error("number", str(refusal))
        else:
            return render(request, "grants/opened.html", {"email": form.cleaned_data["email"]})
    return render(request, "grants/open.html", {"form": form})


def _open(asked: dict[str, Any]) -> None:
    newcomer = operations.Newcomer(
        number=asked["number"],
        association=asked["association"],
        commune=asked["commune"],
        email=asked["email"],
    )
    operations.open_access(newcomer=newcomer, language=get_language() or "fr", by=ROBOT, at=now())


def _count(request: HttpRequest) -> None:
    key = f"grant-access:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, TRIES_LAST_SECONDS)
    if cache.incr(key) > TRIES:
        raise TooManyTries(_("Trop de demandes d’accès d’ici : réessayez dans une heure."))
