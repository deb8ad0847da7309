"""Creating organisations, inviting people, ending what they may do."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import NotAllowed, Refusal
from traitdunion.base.identifiers import (
    check_overseas,
    check_rna,
    check_siret,
    check_uai,
    folded,
)
from traitdunion.journal import operations as journal
from traitdunion.partners import queries
from traitdunion.partners.models import Identifier, Invitation, Membership, Organisation, User
from traitdunion.partners.states import ROLES_OF, Kind, Role, Scheme

INVITATION_LIFE = timedelta(days=7)
CHECKS: Mapping[str, Callable[[str], str]] = {
    Scheme.UAI: check_uai,
    Scheme.SIRET: check_siret,
    Scheme.RNA: check_rna,
    Scheme.RIDET: check_overseas,
    Scheme.TAHITI: check_overseas,
}


class IdentifierTaken(Refusal):
    """Another organisation already has this number."""


class WeakPassword(Refusal):
    """The password does not resist."""

    status = 400


class LastManager(Refusal):
    """Nobody would be left to invite others."""


@transaction.atomic
def create_organisation(
    *,
    kind: str,
    name: str,
    identifiers: Mapping[str, str],
    by: Actor,
    at: datetime,
    **facts: Any,
) -> Organisation:
    """
    Create an organisation with its numbers.

    Args:
        identifiers: scheme → number, e.g. ``{"UAI": "0940071S"}``.
        facts: other columns (commune, department, academy, school, phone…).
    Raises: BadIdentifier, IdentifierTaken.
    """
    organisation = Organisation.objects.create(
        kind=kind, name=name.strip(), searchable=folded(name)[:200], **facts
    )
    for scheme, value in identifiers.items():
        add_identifier(organisation=organisation, scheme=scheme, value=value, by=by, at=at)
    journal.record(
        verb="partners.organisation_created",
        subject=organisation,
        by=by,
        at=at,
        facts={"kind": kind},
    )
    return organisation


@transaction.atomic
def correct_organisation(
    *, organisation: Organisation, by: Actor, at: datetime, **facts: Any
) -> Organisation:
    """Change what is known of an organisation; what changed is journaled by column name."""
    changed = [name for name, value in facts.items() if getattr(organisation, name) != value]
    for name in changed:
        setattr(organisation, name, facts[name])
    if "name" in changed:
        organisation.searchable = folded(organisation.name)[:200]
    organisation.save()
    journal.record(
        verb="partners.organisation_corrected",
        subject=organisation,
        by=by,
        at=at,
        facts={"columns": sorted(changed)},
    )
    return organisation


@transaction.atomic
def add_identifier(
    *, organisation: Organisation, scheme: str, value: str, by: Actor, at: datetime
) -> Identifier:
    """Give an organisation one more number. Raises BadIdentifier, IdentifierTaken."""
    clean = CHECKS[scheme](value)
    known = Identifier.objects.filter(scheme=scheme, value=clean).first()
    if known and known.organisation_id != organisation.pk:
        raise IdentifierTaken(
            _("Le numéro %(scheme)s %(value)s est déjà celui d’une autre organisation.")
            % {"scheme": scheme, "value": clean}
        )
    if known:
        return known
    facts = {"scheme": scheme, "value": clean}
    journal.record(
        verb="partners.identifier_added", subject=organisation, by=by, at=at, facts=facts
    )
    return Identifier.objects.create(organisation=organisation, scheme=scheme, value=clean)


@transaction.atomic
def invite(
    *, organisation: Organisation, email: str, role: str, by: Actor, at: datetime
) -> tuple[Invitation, str]:
    """
    Invite somebody; return the invitation and the token of its link, which is kept nowhere.

    Raises: NotAllowed when that kind of organisation does not give that role.
    """
    if role not in ROLES_OF[Kind(organisation.kind)]:
        raise NotAllowed(
            _("Une organisation de ce type ne donne pas le rôle « %(role)s ».")
            % {"role": Role(role).label}
        )
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        token_digest=queries.token_digest(token),
        organisation=organisation,
        email=email.strip().lower(),
        role=role,
        invited_by_id=by.actor_id if by.actor_kind == "user" else None,
        created_at=at,
        expires_at=at + INVITATION_LIFE,
    )
    journal.record(verb="partners.invited", subject=invitation, by=by, at=at, facts={"role": role})
    return invitation, token


@transaction.atomic
def accept_invitation(
    *, token: str, full_name: str, password: str, by: Actor, at: datetime
) -> User:
    """
    Take the seat offered by a link, once; an account of that e-mail keeps its own password.

    Raises: InvitationRefused, WeakPassword.
    """
    invitation = queries.pending_invitation(token, at)
    user = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = User(email=invitation.email, full_name=full_name.strip())
        _set_password(user, password)
    taken = Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(used_at=at)
    if not taken:
        raise queries.InvitationRefused(_("Ce lien vient de servir."))
    seat(user=user, organisation=invitation.organisation, role=invitation.role, by=user, at=at)
    return user


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from None
    user.set_password(password)
    user.save()


@transaction.atomic
def seat(
    *, user: User, organisation: Organisation, role: str, by: Actor, at: datetime
) -> Membership:
    """Let somebody act for an organisation; a former role there ends."""
    Membership.objects.filter(user=user, organisation=organisation, ended_at__isnull=True).update(
        ended_at=at
    )
    membership = Membership.objects.create(
        user=user, organisation=organisation, role=role, started_at=at
    )
    journal.record(verb="partners.seated", subject=membership, by=by, at=at, facts={"role": role})
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: Actor, at: datetime) -> None:
    """
    Somebody no longer acts for an organisation, from the next request on.

    Raises: LastManager when nobody could invite any more.
    """
    others = Membership.objects.filter(
        organisation=membership.organisation_id,
        ended_at__isnull=True,
        role__in=(Role.MANAGER, Role.ADMINISTRATOR),
    ).exclude(pk=membership.pk)
    if membership.role in {Role.MANAGER, Role.ADMINISTRATOR} and not others.exists():
        raise LastManager(
            _("C’est la dernière personne responsable : invitez-en une autre d’abord.")
        )
    Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=at)
    journal.record(verb="partners.unseated", subject=membership, by=by, at=at)


@transaction.atomic
def create_demonstration_user(
    *, email: str, full_name: str, password_hash: str, by: Actor, at: datetime
) -> User:
    """A log-in of the demonstration; refused by the log-in page anywhere else."""
    user = User.objects.create(
        email=email, full_name=full_name, password=password_hash, is_demonstration=True
    )
    journal.record(verb="partners.demonstration_user", subject=user, by=by, at=at)
    return user
