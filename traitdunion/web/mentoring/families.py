"""A family answers, without an account: a link, or the code of a paper."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from traitdunion.base.actors import ROBOT, Recalled
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.mentoring import operations
from traitdunion.people import operations as people
from traitdunion.people import queries as persons
from traitdunion.programme import queries as programme
from traitdunion.web.access import public
from traitdunion.web.mentoring.forms import FamilyForm

TRIES, TRIES_LAST_SECONDS = 20, 3_600


class TooManyTries(Refusal):
    """Too many codes that open nothing came from this address."""

    status = 429


@public
def answer(request: HttpRequest, secret: str) -> HttpResponse:
    """What the adult of that link says; nothing on the page changes where the question goes."""
    _check_tries(request)
    try:
        asked = persons.open_request(secret, now())
    except persons.RequestRefused:
        _count_try(request)
        raise
    if request.method == "POST":
        return _answered(request, secret, request.POST.get("reponse") == "oui")
    file = people.open_file(
        person_id=asked.child_id,
        purpose="authorisation",
        by=Recalled("guardian", asked.guardianship_id),
        at=now(),
    )
    context = {"first_name": file.first_name, "expires_at": asked.expires_at}
    return render(request, "mentoring/answer.html", context)


@public
def paper(request: HttpRequest) -> HttpResponse:
    """The code of a paper and the answer, on one page: the code is never in an address."""
    _check_tries(request)
    form = FamilyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            return _answered(request, given["code"].strip(), given["is_given"] == "oui")
        except persons.RequestRefused as refused:
            _count_try(request)
            form.add_error("code", str(refused))
    status = 400 if form.is_bound else 200
    return render(request, "mentoring/paper.html", {"form": form}, status=status)


def _answered(request: HttpRequest, secret: str, is_given: bool) -> HttpResponse:
    plan = programme.plan(programme.current())
    operations.answer_by_secret(secret=secret, is_given=is_given, plan=plan, by=ROBOT, at=now())
    return render(request, "mentoring/answered.html", {"is_given": is_given})


def _key(request: Any) -> str:
    return f"family-tries:{request.META.get('REMOTE_ADDR', '')}"


def _check_tries(request: HttpRequest) -> None:
    if cache.get(_key(request), 0) >= TRIES:
        raise TooManyTries(_("Trop d’essais : attendez une heure, ou appelez l’école."))


def _count_try(request: HttpRequest) -> None:
    cache.add(_key(request), 0, TRIES_LAST_SECONDS)
    cache.incr(_key(request))
