"""Who asks: a number, what the State's register says of it, and an access for its treasurer."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import check_rna, check_siret, squeezed
from traitdunion.gateways import operations as gateways
from traitdunion.gateways import register
from traitdunion.grants.operations.applying import Ineligible
from traitdunion.journal import operations as journal
from traitdunion.partners import operations as partners
from traitdunion.partners import queries as organisations
from traitdunion.partners.states import Kind, Role, Scheme

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.territories.models import Commune


class AlreadyHere(Refusal):
    """The association has an access here already: its own people open it to others."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody of an association that has no access yet."""

    number: str
    association: str
    commune: "Commune"
    email: str


def identify(*, organisation: "Organisation", number: str, by: Actor, at: datetime) -> str:
    """
    Give an association its number, and what the register says of it; return a sentence to show.

    Without network, or when the register does not answer, what was typed is kept: the application
    goes on. Raises BadIdentifier, IdentifierTaken, Ineligible.
    """
    clean, _scheme = _checked(number)
    found, said = _looked_up(clean)
    _take(organisation, clean, found, by, at)
    return said


@transaction.atomic
def _take(
    organisation: "Organisation",
    number: str,
    found: register.Registered | None,
    by: Actor,
    at: datetime,
) -> None:
    numbers = {number, *((found.siret, found.rna) if found else ())} - {""}
    for one in sorted(numbers):
        value, scheme = _checked(one)
        known = organisations.organisations_called([value]).get(value)
        if one == number or known in {None, organisation.pk}:
            partners.add_identifier(
                organisation=organisation, scheme=scheme, value=value, by=by, at=at
            )
    if found and found.address and not organisation.address:
        partners.correct_organisation(
            organisation=organisation, address=found.address, by=by, at=at
        )
    facts = {"known": found is not None}
    journal.record(verb="grants.identified", subject=organisation, by=by, at=at, facts=facts)


def _checked(text: str) -> tuple[str, str]:
    """The number, cleaned, and its scheme: an RNA begins with a W, a SIRET has only digits."""
    if squeezed(text).startswith("W"):
        return check_rna(text), Scheme.RNA
    return check_siret(text), Scheme.SIRET


def _looked_up(number: str) -> tuple[register.Registered | None, str]:
    """What the register says, and what to say of it. Raises Ineligible."""
    try:
        found = register.look_up(number, url=settings.REGISTER_URL)
    except register.RegisterUnavailable as silent:
        return None, str(silent)
    if found is None:
        return None, ""
    if not found.is_association:
        raise Ineligible(
            _("%(name)s n’est pas une association pour l’annuaire de l’État : vérifiez le numéro.")
            % {"name": found.name}
        )
    if not found.is_active:
        raise Ineligible(
            _("%(name)s est fermée pour l’annuaire de l’État : mettez-le d’abord à jour.")
            % {"name": found.name}
        )
    return found, _("L’annuaire de l’État connaît %(name)s : rien d’autre à fournir.") % {
        "name": found.name
    }


@transaction.atomic
def open_access(*, newcomer: Newcomer, language: str, by: Actor, at: datetime) -> "Organisation":
    """
    Enter an association that nobody acts for yet, and send its treasurer a link to come in.

    Raises: BadIdentifier, AlreadyHere when its number is known: only its own people, or the
    préfecture, open its door.
    """
    value, scheme = _checked(newcomer.number)
    if organisations.organisations_called([value]):
        raise AlreadyHere(
            _(
                "Cette association est déjà connue ici : demandez un accès à sa personne"
                " responsable, ou à la préfecture."
            )
        )
    made = partners.create_organisation(
        kind=Kind.ASSOCIATION,
        name=newcomer.association,
        identifiers={scheme: value},
        commune=newcomer.commune,
        department=newcomer.commune.department,
        by=by,
        at=at,
    )
    _invitation, token = partners.invite(
        organisation=made, email=newcomer.email, role=Role.MANAGER, by=by, at=at
    )
    link = f"{settings.PUBLIC_URL}/invitation/{token}/"
    gateways.post(
        to=newcomer.email,
        template="invitation",
        context={"link": link, "organisation": made.name},
        language=language,
        by=by,
        at=at,
    )
    return made
