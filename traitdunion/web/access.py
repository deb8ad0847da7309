"""
Who may open a page: declared above every view, checked before it runs.

A test walks the addresses and fails on a view without a declaration. Which *object* a person may
see is
another matter: views look objects up among those their seat sees, so that a foreign one answers
like one
that does not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]
Check = Callable[[Any], bool]


def public(view: View) -> View:
    """Anybody may open it, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody who is signed in, even without a seat."""
    return _guarded(view, None, "signed_in")


def right(check: Check) -> Callable[[View], View]:
    """Only seats for which ``check(seat)`` is true; ``check`` comes from an app's `rights`."""
    return lambda view: _guarded(view, check, f"{check.__module__}.{check.__name__}")


def _guarded(view: View, check: Check | None, name: str) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if check is not None and not check(request.seat):  # type: ignore[attr-defined]
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.access = name  # type: ignore[attr-defined]
    return guarded
