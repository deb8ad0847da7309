"""
What goes wrong, as `application/problem+json` (RFC 9457): one sentence for a person, a name for a
program, and never a child's name, a value that was sent, or a traceback.
"""

import json
import logging
import re
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from traitdunion.base.errors import Refusal

log = logging.getLogger("traitdunion.api")
MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "30"
# Names that stay, where the class's own is not the one that was promised.
NAMES = {"EnvelopeTooSmall": "envelope-exhausted", "NotInStock": "already-held"}
# What a refusal tells a program beside its sentence.
TOLD = ("available_cents",)
# More would drown the first mistakes, and each may quote a key of the sender's own making.
MOST_ERRORS = 20


def problem(
    request: HttpRequest, status: int, name: str, detail: str, **told: Any
) -> HttpResponse:
    """One problem. ``name`` ends its type; ``told`` are its other members."""
    body = {
        "type": f"{settings.PUBLIC_URL}/api/problems/{name}",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "instance": request.path,
        **told,
    }
    response = HttpResponse(json.dumps(body), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = RETRY_SECONDS
    return response


def _title(status: int) -> str:
    titles = {
        400: _("Demande incomprise"),
        401: _("Jeton absent ou refusé"),
        403: _("Accès réservé"),
        404: _("Introuvable"),
        405: _("Méthode impossible ici"),
        409: _("Ce n’est pas possible"),
        413: _("Envoi trop volumineux"),
        422: _("Demande incorrecte"),
        429: _("Trop d’essais"),
        503: _("Service momentanément indisponible"),
    }
    return titles.get(status, _("Une erreur est survenue"))


def of_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The sentence of the page. Whatever cannot be found answers alike, foreign or unknown."""
    kind = type(refusal).__name__
    name = "not-found" if refusal.status == HTTPStatus.NOT_FOUND else NAMES.get(kind)
    told = {key: getattr(refusal, key) for key in TOLD if hasattr(refusal, key)}
    detail = str(refusal) if refusal.args else _title(refusal.status)
    return problem(request, refusal.status, name or _dashed(kind), detail, **told)


def _dashed(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def of_status(request: HttpRequest, status: int) -> HttpResponse:
    """What answers when nothing more is known than a status."""
    return problem(
        request,
        status,
        _dashed(HTTPStatus(status).phrase.title()).replace(" ", ""),
        _advice(status),
    )


def _advice(status: int) -> str:
    advice = {
        401: _("Envoyez un jeton valable : Authorization: Bearer …"),
        403: _("Votre rôle ne permet pas cette demande."),
        404: _("Rien à cette adresse : voyez /api/v1/docs."),
        405: _("Cette adresse ne se demande pas ainsi : voyez /api/v1/docs."),
        413: _("Envoyez moins à la fois."),
        503: _("Réessayez dans une minute. Ce qui était enregistré l’est toujours."),
    }
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in advice:
        return _("Rien n’a été enregistré à moitié. Réessayez ; sinon donnez X-Reference.")
    return advice.get(status, _("La demande ne peut pas être lue : voyez /api/v1/docs."))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Which fields, and why. The values themselves are not sent back."""
    errors = [
        {"field": ".".join(str(part)[:60] for part in one["loc"][:8]), "problem": one["msg"][:200]}
        for one in error.errors[:MOST_ERRORS]
    ]
    sentence = _("Des champs manquent ou sont incorrects : voyez « errors ».")
    return problem(request, 422, "invalid-request", sentence, errors=errors)


def _unavailable(request: HttpRequest, error: OperationalError) -> HttpResponse:
    log.error("database unavailable", exc_info=error)
    return of_status(request, 503)


def handle(api: NinjaAPI) -> None:
    """Every error of an operation is told in the same shape."""
    api.add_exception_handler(Refusal, of_refusal)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, lambda request, _e: of_status(request, 401))
    api.add_exception_handler(HttpError, lambda request, e: of_status(request, e.status_code))
    api.add_exception_handler(Http404, lambda request, _e: of_status(request, 404))
    api.add_exception_handler(OperationalError, _unavailable)
