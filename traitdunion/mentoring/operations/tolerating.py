"""Pairs that existed before the check was asked for: tolerated until a day, and no longer."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from traitdunion.base.actors import Actor
from traitdunion.journal import operations as journal
from traitdunion.mentoring.models import Mentor, Pair, YoungPerson
from traitdunion.mentoring.states import PairEnd, YoungState


@transaction.atomic
def end_tolerance(*, by: Actor, at: datetime) -> int:
    """
    End the pairs whose time without a check is over; their young people wait for a mentor again.
    Returns how many.
    """
    today = timezone.localtime(at).date()
    over = Pair.objects.select_for_update(of=("self",)).filter(
        Q(check_until__isnull=True) | Q(check_until__lt=F("made_on")),
        tolerated_until__lt=today,
        ended_on__isnull=True,
    )
    ended = list(over.order_by("pk"))
    for pair in ended:
        pair.ended_on = max(pair.tolerated_until, pair.last_session_on or pair.made_on)
        pair.end_reason = PairEnd.CHECK
        Mentor.objects.filter(pk=pair.mentor_id).update(taken=F("taken") - 1)
    Pair.objects.bulk_update(ended, ["ended_on", "end_reason"], batch_size=500)
    waiting = YoungPerson.objects.filter(pk__in=[pair.young_id for pair in ended])
    waiting.update(state=YoungState.WAITING)
    journal.record_many(
        verb="mentoring.tolerance_ended",
        subject_kind="mentoring.pair",
        subjects=[(pair.pk, {"until": pair.tolerated_until.isoformat()}) for pair in ended],
        by=by,
        at=at,
    )
    return len(ended)
