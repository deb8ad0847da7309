"""The legal representative commits the association: by a link, or by a mandate attached."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import folded
from traitdunion.gateways import operations as gateways
from traitdunion.grants import queries
from traitdunion.grants.models import Application, Signature
from traitdunion.grants.states import SignatureKind
from traitdunion.journal import operations as journal
from traitdunion.partners import queries as partners

LINK_LIFE = timedelta(days=30)


class NotSigned(Refusal):
    """The name typed is not that of the representative, or a commitment is missing."""

    status = 400


@transaction.atomic
def ask_signature(
    *, application: Application, language: str, by: Actor, at: datetime
) -> tuple[Signature, str]:
    """
    Give a new signing link and send it to the representative; the former one opens nothing more.

    The token is returned to be shown once, and kept nowhere. Raises NotSigned without a name.
    """
    if not application.representative_name:
        raise NotSigned(_("Dites d’abord qui représente l’association."))
    _revoke(application, at)
    token = secrets.token_urlsafe(24)
    asked = Signature.objects.create(
        application=application,
        kind=SignatureKind.LINK,
        token_digest=partners.token_digest(token),
        name=application.representative_name,
        asked_at=at,
        expires_at=at + LINK_LIFE,
    )
    journal.record(verb="grants.signature_asked", subject=asked, by=by, at=at)
    if application.representative_email:
        link = f"{settings.PUBLIC_URL}/subventions/signature/{token}/"
        gateways.post(
            to=application.representative_email,
            template="grant_signature",
            context={"link": link, "organisation": application.organisation.name},
            language=language,
            by=by,
            at=at,
        )
    return asked, token


@transaction.atomic
def sign(
    *,
    signature: Signature,
    name: str,
    commits_to_republic: bool,
    needs_commitment: bool,
    by: Actor,
    at: datetime,
) -> Signature:
    """
    Sign what the application says now, by typing one's name.

    Args:
        needs_commitment: the republican commitment is in force at the date of the application.
    Raises: NotSigned.
    """
    if folded(name) != folded(signature.name):
        raise NotSigned(
            _("Tapez votre nom tel qu’il est écrit : %(name)s.") % {"name": signature.name}
        )
    if needs_commitment and not commits_to_republic:
        raise NotSigned(
            _("Cochez le contrat d’engagement républicain : la loi le demande pour cette aide.")
        )
    signature.signed_at = at
    signature.content_digest = queries.content_digest(signature.application)
    signature.commits_to_republic = commits_to_republic
    signature.save()
    facts = {"digest": signature.content_digest, "commitment": commits_to_republic}
    journal.record(verb="grants.signed", subject=signature, by=by, at=at, facts=facts)
    return signature


@transaction.atomic
def sign_by_mandate(*, application: Application, by: Actor, at: datetime) -> Signature:
    """A mandate is attached: whoever sends it signs in the representative's place."""
    _revoke(application, at)
    signed = Signature.objects.create(
        application=application,
        kind=SignatureKind.MANDATE,
        name=application.representative_name or application.organisation.name[:120],
        asked_at=at,
        signed_at=at,
        content_digest=queries.content_digest(application),
    )
    journal.record(verb="grants.signed_by_mandate", subject=signed, by=by, at=at)
    return signed


def _revoke(application: Application, at: datetime) -> None:
    rows = Signature.objects.filter(application=application, revoked_at__isnull=True)
    rows.update(revoked_at=at)
