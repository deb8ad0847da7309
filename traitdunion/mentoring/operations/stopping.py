"""A pair ends for a reason; the young person waits again unless the family stopped."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused
from traitdunion.journal import operations as journal
from traitdunion.mentoring.models import Mentor, Pair, YoungPerson
from traitdunion.mentoring.states import YOUNG_MOVES, PairEnd, YoungState

# After these the young person needs another mentor; after the others, somebody decides.
WAITS_AGAIN = {PairEnd.MENTOR_LEFT, PairEnd.REPLACED, PairEnd.CHECK, PairEnd.FAMILY}


@transaction.atomic
def end_pair(*, pair: Pair, reason: str, on: date, by: Actor, at: datetime) -> Pair:
    """
    End a pair, and give the mentor's place back.

    Raises: MoveRefused when it has ended already, or would end before it began.
    """
    if on < pair.made_on:
        raise MoveRefused(_("Un binôme ne peut pas finir avant d’avoir commencé."))
    ended = Pair.objects.filter(pk=pair.pk, ended_on__isnull=True)
    if not ended.update(ended_on=on, end_reason=reason):
        raise MoveRefused(_("Ce binôme a déjà pris fin."))
    pair.ended_on, pair.end_reason = on, reason
    Mentor.objects.filter(pk=pair.mentor_id, taken__gt=0).update(taken=F("taken") - 1)
    young = YoungPerson.objects.get(pk=pair.young_id)
    if young.state == YoungState.FOLLOWED:
        _after(young, PairEnd(reason), on)
    facts = {"reason": str(reason)}
    journal.record(verb="mentoring.pair_ended", subject=pair, by=by, at=at, facts=facts)
    return pair


def _after(young: YoungPerson, reason: PairEnd, on: date) -> None:
    refusal = _("Ce jeune n’est plus suivi.")
    if reason in WAITS_AGAIN:
        states.move(row=young, to=YoungState.WAITING, moves=YOUNG_MOVES, refusal=refusal)
    else:
        states.move(
            row=young, to=YoungState.ENDED, moves=YOUNG_MOVES, refusal=refusal, ended_on=on
        )
