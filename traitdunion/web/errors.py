"""
Pages for what went wrong: what happened, what to do, a reference; never a name nor a traceback.
"""

import sys
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal

RETRY_SECONDS = "30"


def page(request: HttpRequest, status: int, title: str, what_to_do: str) -> HttpResponse:
    """The same page for every error; it asks nothing of the database."""
    context = {
        "status": status,
        "title": title,
        "what_to_do": what_to_do,
        "reference": getattr(request, "reference", ""),
    }
    name = "errors/_message.html" if _is_partial(request) else "errors/page.html"
    response = HttpResponse(render_to_string(name, context), status=status)
    if _is_partial(request):
        # The message takes the place of nothing: it is shown in the page's message area.
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML"
        response.status_code = 200
    return response


def _is_partial(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    title = _("Page introuvable") if refusal.status == 404 else _("Ce n’est pas possible")
    what = str(refusal) if refusal.args else _("Vérifiez l’adresse, ou revenez à l’accueil.")
    return page(request, refusal.status, title, what)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(
        request,
        400,
        _("Demande incomprise"),
        _("Rechargez la page précédente, puis recommencez."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(
        request,
        403,
        _("Accès réservé"),
        _(
            "Votre rôle ne permet pas d’ouvrir cette page. Si vous en avez besoin, demandez à la"
            " personne responsable de votre organisation."
        ),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(
        request,
        403,
        _("Formulaire expiré"),
        _("La page est restée ouverte trop longtemps : rechargez-la, puis recommencez."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(
        request,
        404,
        _("Page introuvable"),
        _("Vérifiez l’adresse, ou revenez à l’accueil."),
    )


def not_allowed(request: HttpRequest) -> HttpResponse:
    return page(
        request,
        405,
        _("Cette adresse ne s’ouvre pas ainsi"),
        _("Elle attend un formulaire : revenez à la page d’où vous venez, puis recommencez."),
    )


def too_large(request: HttpRequest) -> HttpResponse:
    return page(
        request,
        413,
        _("Envoi trop volumineux"),
        _("Coupez le fichier en plusieurs parties, ou enregistrez-le en CSV."),
    )


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    response = page(
        request,
        429,
        _("Trop d’essais"),
        _(
            "Le mot de passe a été refusé plusieurs fois. Attendez une heure, ou demandez un"
            " nouveau mot de passe par courriel."
        ),
    )
    response["Retry-After"] = "3600"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug; or, when the database went away around the page itself, a moment to wait."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return unavailable(request)
    return page(
        request,
        500,
        _("Une erreur est survenue"),
        _(
            "Rien n’a été enregistré à moitié. Réessayez ; si l’erreur revient, donnez la"
            " référence ci-dessous au contact du service."
        ),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    response = page(
        request,
        503,
        _("Service momentanément indisponible"),
        _("Réessayez dans une minute. Ce qui était enregistré l’est toujours."),
    )
    response["Retry-After"] = RETRY_SECONDS
    return response
