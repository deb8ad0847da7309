"""Secrets with which a program acts for somebody's seat, until a day."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.journal import operations as journal
from traitdunion.partners import queries
from traitdunion.partners.models import ApiToken, Membership

# Recognised by those who search code for secrets that slipped into it.
PREFIX = "tdu_"
LONGEST_LIFE = timedelta(days=366)
# The last use is told to the quarter of an hour: a list that is read writes nothing more.
NOTED_EVERY = timedelta(minutes=15)


class BadTokenLife(Refusal):
    """The end of the token is past, or more than a year away."""

    status = 400


@transaction.atomic
def make_token(
    *, membership: Membership, label: str, expires_at: datetime, by: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """
    Let a program act in that seat; return the token and its secret, which is kept nowhere.

    Raises: BadTokenLife.
    """
    if not at < expires_at <= at + LONGEST_LIFE:
        raise BadTokenLife(_("Un jeton dure au plus un an : choisissez une date plus proche."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        token_digest=queries.token_digest(secret),
        membership=membership,
        label=label.strip()[:80],
        created_at=at,
        expires_at=expires_at,
    )
    facts = {"membership": str(membership.pk), "expires_at": expires_at.isoformat()}
    journal.record(verb="partners.token_made", subject=token, by=by, at=at, facts=facts)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor, at: datetime) -> None:
    """The program opens nothing more, from its next request on. Raises MoveRefused."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
        raise MoveRefused(_("Ce jeton est déjà révoqué."))
    journal.record(verb="partners.token_revoked", subject=token, by=by, at=at)


def note_use(*, token: ApiToken, by: Actor, at: datetime) -> None:
    """Keep when the token last served. A reading, not a decision: the journal says nothing."""
    if token.last_used_at and token.last_used_at > at - NOTED_EVERY:
        return
    old = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - NOTED_EVERY)
    ApiToken.objects.filter(old, pk=token.pk).update(last_used_at=at)
