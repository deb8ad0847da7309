"""
What the State's register says of a SIRET or an RNA number (recherche-entreprises).

Off until the installation gives its address. A failure is an answer not given: the application
goes on with what was typed, and says that the number is still to be checked.
"""

from dataclasses import dataclass
from typing import Any

import httpx
from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal

TIMEOUT_SECONDS = 5.0


class RegisterUnavailable(Refusal):
    """The register did not answer as it should; nothing is concluded."""

    status = 503


@dataclass(frozen=True, slots=True)
class Registered:
    """An association as the register knows it."""

    name: str
    siret: str = ""
    rna: str = ""
    address: str = ""
    commune: str = ""
    is_association: bool = False
    is_active: bool = True


def look_up(number: str, *, url: str) -> Registered | None:
    """
    What the register says of that number; None when it knows nothing of it, or is not asked.

    Args:
        url: of the search, e.g. ``https://recherche-entreprises.api.gouv.fr/search``; empty: the
            answer of a machine without network, None.
    Raises: RegisterUnavailable.
    """
    if not url:
        return None
    try:
        answer = httpx.get(url, params={"q": number, "per_page": 1}, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        found = answer.json()["results"]
        return _read(found[0], number) if found else None
    except (httpx.HTTPError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise RegisterUnavailable(
            _("L’annuaire de l’État ne répond pas : continuez, le numéro sera vérifié plus tard.")
        ) from None


def _read(one: dict[str, Any], number: str) -> Registered | None:
    """The answer, when it is about that number and not about something that resembles it."""
    seat = one.get("siege") or {}
    more = one.get("complements") or {}
    siret, rna = str(seat.get("siret") or ""), str(more.get("identifiant_association") or "")
    if number not in {siret, rna} and not number.startswith(str(one.get("siren") or "-")):
        return None
    return Registered(
        name=str(one.get("nom_complet") or "")[:200],
        siret=siret,
        rna=rna,
        address=str(seat.get("adresse") or "")[:300],
        commune=str(seat.get("commune") or "")[:5],
        is_association=bool(more.get("est_association")),
        is_active=one.get("etat_administratif") == "A",
    )
