"""
Who asks, and whether they may: a token sits in a seat, and the rights are those of the pages.

Which *object* a seat may see is looked up among those it sees, as pages do, so that a foreign one
answers like one that does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from traitdunion.base.clock import now
from traitdunion.base.errors import NotAllowed, Refusal
from traitdunion.partners import operations, queries

if TYPE_CHECKING:
    from traitdunion.partners.models import ApiToken, User

TRIES, TRIES_LAST_SECONDS = 30, 3_600


class TooManyTries(Refusal):
    """Too many tokens that open nothing came from this address."""

    status = 429


@dataclass(frozen=True, slots=True)
class Caller:
    """A program, and the seat in which its token sits."""

    token: "ApiToken"
    seat: queries.Seat

    @property
    def by(self) -> "User":
        return self.seat.user


class Bearer(HttpBearer):
    """``Authorization: Bearer …``, with a token made on the page of one's organisation."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        at = now()
        found = queries.token_of(token, at)
        if found is None or _has_left(found[1].user):
            _count_try(request)
            return None
        kept, seat = found
        operations.note_use(token=kept, by=seat.user, at=at)
        return Caller(kept, seat)


def _has_left(user: "User") -> bool:
    """The log-ins of the demonstration end with it, their tokens too."""
    return user.is_demonstration and not settings.DEMONSTRATION


def _count_try(request: HttpRequest) -> None:
    """
    Tell an address that goes on guessing to stop. A good token is never kept out by others' bad
    ones: a whole school may share one address.
    """
    key = f"api-tries:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, TRIES_LAST_SECONDS)
    if cache.incr(key) > TRIES:
        raise TooManyTries(_("Trop de jetons refusés : attendez une heure, et vérifiez le vôtre."))


def right(check: Callable[[Any], bool]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Only seats for which ``check(seat)`` is true; ``check`` comes from an app's `rights`."""

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            if not check(request.auth.seat):
                raise NotAllowed(_("Votre rôle ne permet pas cette demande."))
            return view(request, *args, **kwargs)

        guarded.access = f"{check.__module__}.{check.__name__}"  # type: ignore[attr-defined]
        return guarded

    return declare


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Anybody may ask, without a token."""
    view.access = "public"  # type: ignore[attr-defined]
    return view
