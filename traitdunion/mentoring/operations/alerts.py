"""Somebody worries; somebody answers; a school is told with the family's knowledge."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.journal import operations as journal
from traitdunion.mentoring.models import Alert, Pair, YoungPerson
from traitdunion.mentoring.states import ALERT_MOVES, AlertKind, AlertState

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation

# A session without a current check is for the network alone to settle.
SHARED = (AlertKind.DROP_OUT, AlertKind.SILENCE)


class NotToShare(Refusal):
    """This alert is not told to a school, or not yet."""


@transaction.atomic
def raise_alert(
    *, young: YoungPerson, pair: Pair | None, kind: str, by: Actor, at: datetime
) -> Alert:
    """Somebody worries about a young person; an alert of the same kind that is open stands."""
    opened = Alert.objects.filter(
        young=young, kind=kind, state__in=(AlertState.OPEN, AlertState.TAKEN)
    ).first()
    if opened:
        return opened
    alert = Alert.objects.create(
        young=young, pair=pair, kind=kind, raised_at=at, raised_by=by.actor_id
    )
    facts = {"kind": str(kind)}
    journal.record(verb="mentoring.alert_raised", subject=alert, by=by, at=at, facts=facts)
    return alert


@transaction.atomic
def take_alert(*, alert: Alert, by: Actor, at: datetime) -> Alert:
    """A coordinator deals with it. Raises MoveRefused."""
    _move(alert, AlertState.TAKEN, taken_by=by.actor_id)
    journal.record(verb="mentoring.alert_taken", subject=alert, by=by, at=at)
    return alert


@transaction.atomic
def close_alert(*, alert: Alert, by: Actor, at: datetime) -> Alert:
    """It is dealt with. Raises MoveRefused."""
    _move(alert, AlertState.CLOSED, closed_at=at)
    journal.record(verb="mentoring.alert_closed", subject=alert, by=by, at=at)
    return alert


@transaction.atomic
def share_alert(
    *, alert: Alert, school: "Organisation | None", family_told_on: date, by: Actor, at: datetime
) -> Alert:
    """
    Tell the school that a young person may drop out, once the family knows that it will be told.

    Raises: NotToShare without a school, for another kind of alert, or a family told tomorrow.
    """
    if alert.kind not in SHARED:
        raise NotToShare(_("Seul un risque de décrochage ou un silence se partage avec l’école."))
    if school is None:
        raise NotToShare(_("L’établissement de ce jeune n’est pas noté : notez-le d’abord."))
    if family_told_on > at.date():
        raise NotToShare(_("Prévenez d’abord la famille, puis notez le jour où c’est fait."))
    if alert.shared_at is not None:
        raise MoveRefused(_("Cette alerte est déjà partagée."))
    alert.shared_with, alert.shared_at, alert.family_told_on = school, at, family_told_on
    alert.save(update_fields=["shared_with", "shared_at", "family_told_on"])
    facts = {"school": str(school.pk)}
    journal.record(verb="mentoring.alert_shared", subject=alert, by=by, at=at, facts=facts)
    return alert


def _move(alert: Alert, to: AlertState, **changes: object) -> None:
    refusal = _("Cette alerte est déjà close, ou prise en charge.")
    states.move(row=alert, to=to, moves=ALERT_MOVES, refusal=refusal, **changes)
