"""Messages inside the application; a correction asked for, and answered."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.errors import MoveRefused, NotAllowed, Refusal
from traitdunion.grants import queries
from traitdunion.grants.models import Application, Message
from traitdunion.grants.operations.conflicts import check_free
from traitdunion.grants.states import APPLICATION_MOVES, ApplicationState, MessageKind
from traitdunion.grants.telling import tell_applicant, tell_authority
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import User

LONGEST = 4_000


class NotYours(NotAllowed):
    """What only one side may do was tried by the other."""


class EmptyMessage(Refusal):
    """Nothing was written."""

    status = 400


@transaction.atomic
def write(
    *, application: Application, text: str, from_applicant: bool, by: "User", at: datetime
) -> Message:
    """Write to the other side. Raises EmptyMessage, InConflict."""
    if not from_applicant:
        check_free(application=application, by=by, at=at)
    sent = _message(application, MessageKind.MESSAGE, text, from_applicant, by, at)
    journal.record(verb="grants.message_sent", subject=sent, by=by, at=at)
    return sent


@transaction.atomic
def ask_correction(*, application: Application, text: str, by: "User", at: datetime) -> Message:
    """
    Let the applicant change the application, and say what to correct; one correction at a time.

    Raises: EmptyMessage, InConflict, MoveRefused.
    """
    check_free(application=application, by=by, at=at)
    if application.state != ApplicationState.SUBMITTED:
        states.move(
            row=application,
            to=ApplicationState.SUBMITTED,
            moves={ApplicationState.UNDER_REVIEW: frozenset({ApplicationState.SUBMITTED})},
            refusal=_("On ne demande de correction que sur une demande qui attend une décision."),
        )
    try:
        with transaction.atomic():
            sent = _message(application, MessageKind.CORRECTION, text, False, by, at)
    except IntegrityError:
        raise MoveRefused(_("Une correction est déjà demandée : attendez sa réponse.")) from None
    journal.record(verb="grants.correction_asked", subject=sent, by=by, at=at)
    return sent


@transaction.atomic
def answer_correction(*, application: Application, text: str, by: "User", at: datetime) -> Message:
    """Say that the correction is done; what was signed and changed is to be signed again."""
    asked = queries.open_correction(application)
    rows = Message.objects.filter(pk=asked.pk if asked else None, answered_at__isnull=True)
    if asked is None or not rows.update(answered_at=at):
        raise MoveRefused(_("Aucune correction n’est demandée sur cette demande."))
    if application.review_started_at:
        states.move(
            row=application,
            to=ApplicationState.UNDER_REVIEW,
            moves=APPLICATION_MOVES,
            refusal=_("La demande vient de changer d’état : rechargez la page."),
        )
    sent = _message(application, MessageKind.MESSAGE, text or _("Correction faite."), True, by, at)
    journal.record(verb="grants.correction_answered", subject=sent, by=by, at=at)
    return sent


def _message(
    application: Application,
    kind: str,
    text: str,
    from_applicant: bool,
    by: "User",
    at: datetime,
) -> Message:
    said = text.strip()[:LONGEST]
    if not said:
        raise EmptyMessage(_("Écrivez votre message avant de l’envoyer."))
    sent = Message.objects.create(
        application=application,
        kind=kind,
        from_applicant=from_applicant,
        author_id=by.actor_id if by.actor_kind == "user" else None,
        text=said,
        sent_at=at,
    )
    tell = tell_authority if from_applicant else tell_applicant
    tell(application=application, by=by, at=at)
    return sent
