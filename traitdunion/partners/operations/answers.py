"""
What a program was answered, kept so that asking again does nothing more.

The caller opens one transaction, takes the key, looks for the kept answer, does the work and keeps
what it answers: a process killed in the middle leaves nothing, and whoever asks again finds either
nothing at all or the whole.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.locks import try_lock
from traitdunion.partners.models import KeptAnswer
from traitdunion.partners.queries import Asked


class StillRunning(Refusal):
    """The same request is being worked on at this instant."""


class AnotherBody(Refusal):
    """The key already served for another request."""

    status = 422


def take_key(*, asked: Asked, by: Actor, at: datetime) -> KeptAnswer | None:
    """
    Hold the key until the transaction ends; return what was answered under it, if anything was.

    Raises: StillRunning, AnotherBody.
    """
    if not try_lock(*asked.scope):
        raise StillRunning(
            _("La même demande est en cours : attendez sa réponse, puis redemandez.")
        )
    kept = KeptAnswer.objects.filter(**asked.where).first()
    if kept and kept.body_digest != asked.body_digest:
        raise AnotherBody(
            _("Cette clé Idempotency-Key a déjà servi pour une autre demande : changez-la.")
        )
    return kept


@transaction.atomic
def keep(*, asked: Asked, status: int, body: str, by: Actor, at: datetime) -> KeptAnswer:
    """Keep the answer, in the transaction of the work it tells."""
    return KeptAnswer.objects.create(
        **asked.where, body_digest=asked.body_digest, status=status, body=body, answered_at=at
    )


def forget_answers(*, answered_before: datetime, by: Actor, at: datetime) -> int:
    """Let go of keys that nobody will ask again; return how many."""
    return KeptAnswer.objects.filter(answered_at__lt=answered_before).delete()[0]
