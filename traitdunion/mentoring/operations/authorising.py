"""The family says yes or no; nobody is paired before the yes that the programme asks for."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import NotFound
from traitdunion.journal import operations as journal
from traitdunion.mentoring.models import Pair, YoungPerson
from traitdunion.mentoring.operations.stopping import end_pair
from traitdunion.mentoring.states import YOUNG_MOVES, PairEnd, YoungState
from traitdunion.people import operations as people
from traitdunion.people import queries as persons
from traitdunion.people.operations import Answered, Asked
from traitdunion.people.states import Activity

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan


@transaction.atomic
def ask_guardian(
    *,
    young: YoungPerson,
    guardianship_id: UUID,
    means: str,
    asked_by: UUID,
    link: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> Asked:
    """
    Put the question to one adult, by a link or a code on paper; the family is informed by it.

    Raises: NotFound for somebody who does not answer for this child, NotVerified.
    """
    if guardianship_id not in persons.guardianships_of(young.person_id):
        raise NotFound
    asked = people.ask_authorisation(
        guardianship_id=guardianship_id,
        activity=Activity.MENTORING,
        means=means,
        asked_by=asked_by,
        days=plan.follow_up().authorisation_link_days,
        link=link,
        by=by,
        at=at,
    )
    YoungPerson.objects.filter(pk=young.pk, informed_at__isnull=True).update(informed_at=at)
    return asked


@transaction.atomic
def answer_by_secret(
    *, secret: str, is_given: bool, plan: "Plan", by: Actor, at: datetime
) -> Answered:
    """What an adult says by a link or a code on paper, once. Raises RequestRefused."""
    said = people.answer(secret=secret, is_given=is_given, by=by, at=at)
    if said.activity == Activity.MENTORING:
        settle(person_id=said.person_id, plan=plan, by=by, at=at)
    return said


@transaction.atomic
def note_authorisation(
    *,
    young: YoungPerson,
    guardianship_id: UUID | None,
    is_given: bool,
    means: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> None:
    """What an adult said by telephone, in person or on a signed paper. Raises NotFound."""
    people.record_authorisation(
        person_id=young.person_id,
        activity=Activity.MENTORING,
        is_given=is_given,
        means=means,
        guardianship_id=guardianship_id,
        by=by,
        at=at,
    )
    settle(person_id=young.person_id, plan=plan, by=by, at=at)


@transaction.atomic
def settle(*, person_id: UUID, plan: "Plan", by: Actor, at: datetime) -> None:
    """
    Draw what follows from what the adults said: one no is a no; enough yes let a mentor be found.

    As many yes as the programme asks for, and no more than there are adults to say it.
    """
    yes, no = persons.yes_and_no(person_id, Activity.MENTORING)
    adults = max(persons.guardians_count(person_id), 1)
    wanted = min(plan.follow_up().guardians_required, adults)
    for young in YoungPerson.objects.filter(person=person_id).order_by("pk"):
        if no:
            _refused(young, by, at)
        elif yes >= wanted:
            _authorised(young, by, at)


def _authorised(young: YoungPerson, by: Actor, at: datetime) -> None:
    if young.authorised_at is None:
        young.authorised_at = at
        young.save(update_fields=["authorised_at"])
    if young.state in {YoungState.REFERRED, YoungState.REFUSED}:
        states.move(row=young, to=YoungState.WAITING, moves=YOUNG_MOVES, refusal="")
        journal.record(verb="mentoring.young_authorised", subject=young, by=by, at=at)


def _refused(young: YoungPerson, by: Actor, at: datetime) -> None:
    for pair in Pair.objects.filter(young=young, ended_on__isnull=True):
        end_pair(pair=pair, reason=PairEnd.FAMILY, on=at.date(), by=by, at=at)
    young.refresh_from_db()
    if YoungState.REFUSED in YOUNG_MOVES[young.state]:
        states.move(
            row=young, to=YoungState.REFUSED, moves=YOUNG_MOVES, refusal="", authorised_at=None
        )
        journal.record(verb="mentoring.family_refused", subject=young, by=by, at=at)
