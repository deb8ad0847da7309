"""What happens around every page: a reference, the seat one sits in, refusals told as they are."""

import logging
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone

from traitdunion.base.errors import Refusal
from traitdunion.partners import queries as partners
from traitdunion.web import errors

Handler = Callable[[HttpRequest], HttpResponse]
SEAT_KEY = "seat"
# Programs are answered 405 as it is.
MACHINES = "/api/"
log = logging.getLogger("traitdunion.web")


def reference(get_response: Handler) -> Handler:
    """Give each request a short reference: the person reads it out, the log holds it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.reference = secrets.token_hex(4)  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Reference"] = request.reference  # type: ignore[attr-defined]
        return response

    return middleware


def seat(get_response: Handler) -> Handler:
    """Set ``request.seat``: for which organisation this person acts now. Rights end at once."""

    def middleware(request: Any) -> HttpResponse:
        request.seats, request.seat = [], None
        _leave_the_demonstration(request)
        if request.user.is_authenticated:
            request.seats = partners.seats(request.user)
            request.seat = _chosen(request)
            timezone.activate(_zone(request.seat))
        response = get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        timezone.deactivate()
        return response

    return middleware


def _leave_the_demonstration(request: Any) -> None:
    """A log-in of the demonstration ends with it, sessions included."""
    user = request.user
    if user.is_authenticated and user.is_demonstration and not settings.DEMONSTRATION:
        logout(request)


def _chosen(request: Any) -> partners.Seat | None:
    wanted = request.session.get(SEAT_KEY)
    for one in request.seats:
        if str(one.organisation.pk) == wanted:
            return one
    return request.seats[0] if request.seats else None


def _zone(seat: partners.Seat | None) -> str:
    """Instants are shown in the time zone of the reader's territory."""
    if seat is None or seat.organisation.department is None:
        return timezone.get_default_timezone_name()
    return seat.organisation.department.time_zone


def refusals(get_response: Handler) -> Handler:
    """A refusal is an answer, not a breakdown: the page says it, with what to do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        refused = response.status_code == 405 and not request.path.startswith(MACHINES)
        return _way_back(request, response) if refused else response

    middleware.process_exception = _answered  # type: ignore[attr-defined]
    return middleware


def _way_back(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Where only a form may be sent, whoever comes with an address finds the page it is on."""
    if request.method not in {"GET", "HEAD"}:
        page = errors.not_allowed(request)
        page["Allow"] = response["Allow"]
        return page
    return redirect(_parent(request.path_info))


def _parent(path: str) -> str:
    """The nearest address above that is one of ours; the home page at the end."""
    above = path.rstrip("/").rpartition("/")[0] + "/"
    try:
        resolve(above)
    except Resolver404:
        return _parent(above)
    return above


def _answered(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    if isinstance(exception, Refusal):
        return errors.refused(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return errors.too_large(request)
    if isinstance(exception, OperationalError):
        log.error("database unavailable", exc_info=exception)
        return errors.unavailable(request)
    return None
