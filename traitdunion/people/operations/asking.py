"""
Asking an adult who answers for a child, by a link or a code on paper.

The question goes where the relay itself verified that this adult is reached, and nowhere else:
nobody who holds the link or the code can have it sent to another place.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor, Recalled
from traitdunion.base.errors import NotFound, Refusal
from traitdunion.base.identifiers import SIGNS
from traitdunion.gateways import operations as gateways
from traitdunion.journal import operations as journal
from traitdunion.people import queries
from traitdunion.people.models import AuthorisationRequest, Guardianship
from traitdunion.people.operations.files import record_authorisation
from traitdunion.people.states import Means

PAPER_LENGTH, PAPER_GROUP = 12, 4


class NotVerified(Refusal):
    """Nobody of the organisation has verified how this adult is reached."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was put: ``secret`` ends the link, or is the code on paper."""

    request: AuthorisationRequest
    secret: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said, of which child and which activity."""

    person_id: UUID
    activity: str
    is_given: bool


@transaction.atomic
def verify_contact(*, guardianship_id: UUID, by: Actor, at: datetime) -> Guardianship:
    """
    Somebody of the organisation reached this adult there. Raises NotFound, NotVerified without a
    telephone or an e-mail.
    """
    tie = _tie(guardianship_id)
    if not tie.phone and not tie.email:
        raise NotVerified(
            _("Cet adulte n’a ni téléphone ni courriel : notez-en un, puis vérifiez-le.")
        )
    tie.verified_at, tie.verified_by = at, by.actor_id
    tie.save(update_fields=["verified_at", "verified_by"])
    journal.record(verb="people.contact_verified", subject=tie, by=by, at=at)
    return tie


@transaction.atomic
def correct_contact(
    *, guardianship_id: UUID, phone: str, email: str, by: Actor, at: datetime
) -> Guardianship:
    """
    Write how this adult is reached now; it must be verified again, and what was asked before opens
    nothing any more. Raises NotFound.
    """
    tie = _tie(guardianship_id)
    tie.phone, tie.email = phone.strip()[:30], email.strip()
    tie.verified_at = tie.verified_by = None
    tie.save(update_fields=["phone", "email", "verified_at", "verified_by"])
    cancelled = _cancel(tie, at)
    facts = {"cancelled": cancelled}
    journal.record(verb="people.contact_corrected", subject=tie, by=by, at=at, facts=facts)
    return tie


@transaction.atomic
def ask_authorisation(
    *,
    guardianship_id: UUID,
    activity: str,
    means: str,
    asked_by: UUID,
    days: int,
    link: str,
    by: Actor,
    at: datetime,
) -> Asked:
    """
    Put the question to one adult; an earlier one that waits is cancelled.

    Args:
        means: ``LINK``, sent to the verified e-mail, or ``PAPER``, a code to hand out.
        link: the address that the secret completes, with ``%s`` in its place.
    Raises: NotFound, NotVerified.
    """
    tie = _tie(guardianship_id)
    if tie.verified_at is None or (means == Means.LINK and not tie.email):
        raise NotVerified(
            _("Vérifiez d’abord le contact de cet adulte ; un lien va à son courriel.")
        )
    _cancel(tie, at, activity)
    secret = secrets.token_urlsafe(32) if means == Means.LINK else _paper_code()
    request = AuthorisationRequest.objects.create(
        child_id=tie.child_id,
        guardianship=tie,
        activity=activity,
        means=means,
        secret_digest=queries.secret_digest(secret),
        contact_digest=queries.contact_digest(tie),
        asked_by=asked_by,
        asked_at=at,
        expires_at=at + timedelta(days=days),
    )
    if means == Means.LINK:
        _post(tie, "authorisation", {"link": link % secret, "days": days}, by, at)
    facts = {"activity": activity, "means": means, "person": str(tie.child_id)}
    journal.record(verb="people.authorisation_asked", subject=request, by=by, at=at, facts=facts)
    return Asked(request, secret)


@transaction.atomic
def answer(*, secret: str, is_given: bool, by: Actor, at: datetime) -> Answered:
    """
    What the adult who holds the link or the code says, once. Raises RequestRefused.

    The adult's verified e-mail is told that an answer was given: whoever took the paper on the way
    is found out.
    """
    request = queries.open_request(secret, at)
    waiting = AuthorisationRequest.objects.filter(
        pk=request.pk, answered_at__isnull=True, cancelled_at__isnull=True
    )
    if not waiting.update(answered_at=at, is_given=is_given):
        raise queries.RequestRefused(_("Ce lien ou ce code vient de servir."))
    record_authorisation(
        person_id=request.child_id,
        activity=request.activity,
        is_given=is_given,
        means=request.means,
        guardianship_id=request.guardianship_id,
        by=Recalled("guardian", request.guardianship_id),
        at=at,
    )
    if request.guardianship.email:
        _post(request.guardianship, "authorisation_given", {"is_given": is_given}, by, at)
    return Answered(request.child_id, request.activity, is_given)


def _tie(guardianship_id: UUID) -> Guardianship:
    tie = Guardianship.objects.filter(pk=guardianship_id, child__purged_at__isnull=True).first()
    if tie is None:
        raise NotFound(_("Cet adulte n’est plus noté comme responsable de cet enfant."))
    return tie


def _cancel(tie: Guardianship, at: datetime, activity: str = "") -> int:
    waiting = AuthorisationRequest.objects.filter(
        guardianship=tie, answered_at__isnull=True, cancelled_at__isnull=True
    )
    if activity:
        waiting = waiting.filter(activity=activity)
    return waiting.update(cancelled_at=at)


def _paper_code() -> str:
    signs = "".join(secrets.choice(SIGNS) for _place in range(PAPER_LENGTH))
    return "-".join(signs[at : at + PAPER_GROUP] for at in range(0, PAPER_LENGTH, PAPER_GROUP))


def _post(
    tie: Guardianship, template: str, context: dict[str, object], by: Actor, at: datetime
) -> None:
    gateways.post(to=tie.email, template=template, context=context, language="fr", by=by, at=at)
