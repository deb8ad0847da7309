"""Proposing pairs, changing one, refusing one for good, confirming all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import NotAllowed, Refusal
from traitdunion.journal import operations as journal
from traitdunion.mentoring import pairing, queries
from traitdunion.mentoring.models import Mentor, Network, Pair, PairRefusal, Proposal, YoungPerson
from traitdunion.mentoring.operations.agreements import take_places
from traitdunion.mentoring.operations.recognising import count_once
from traitdunion.mentoring.operations.stopping import end_pair
from traitdunion.mentoring.states import YOUNG_MOVES, MentorState, Mode, PairEnd, YoungState

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan


class NoCurrentCheck(Refusal):
    """The mentor's check of honourability has ended, or was never made."""


class NoRoom(Refusal):
    """The mentor follows as many young people as agreed."""


class NotAuthorised(Refusal):
    """The family has not said yes."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one match gave: how many are proposed, and why each of the others has nobody."""

    proposed: int
    blocked: dict[UUID, str]
    candidates: int


@transaction.atomic
def propose(*, network: Network, plan: "Plan", by: Actor, at: datetime) -> Round:
    """
    Propose a mentor for everybody who waits in a network.

    Open pairs are not touched, what a person chose stays, refusals are remembered, and a pair
    proposed before stays where nothing better comes.
    """
    on, rules = queries.day_of(plan, at), plan.follow_up()
    before = queries.proposals(network)
    chosen = [one for one in before if one.is_chosen and one.young.state == YoungState.WAITING]
    held = {one.young_id for one in chosen}
    young = [one for one in queries.waiting([network]) if one.pk not in held]
    mentors = queries.available_mentors(network, on)
    for one in mentors:
        one.taken += sum(kept.mentor_id == one.pk for kept in chosen)
    found = pairing.match(
        young=young,
        mentors=mentors,
        refused=queries.refused_pairs(network),
        former={(one.young_id, one.mentor_id) for one in before},
        rules=rules,
    )
    Proposal.objects.filter(network=network).exclude(pk__in=[one.pk for one in chosen]).delete()
    Proposal.objects.bulk_create(
        [
            Proposal(
                network=network,
                young=young[one.young],
                mentor=mentors[one.mentor],
                mode=one.mode,
                score=one.score,
                reasons=one.reasons,
                made_at=at,
            )
            for one in found.pairs
        ],
        batch_size=500,
    )
    blocked = {young[row].pk: why for row, why in found.blocked.items()}
    facts = {"proposed": len(found.pairs), "waiting": len(blocked)}
    journal.record(verb="mentoring.pairs_proposed", subject=network, by=by, at=at, facts=facts)
    return Round(len(found.pairs) + len(chosen), blocked, found.candidates)


@transaction.atomic
def change_proposal(
    *, young: YoungPerson, mentor: Mentor | None, plan: "Plan", by: Actor, at: datetime
) -> None:
    """
    A coordinator proposes another mentor, or none; the next match leaves a choice as it is.

    Raises: NoCurrentCheck, NoRoom, NotAllowed.
    """
    Proposal.objects.filter(young=young).delete()
    if mentor is not None:
        _check_may_pair(young, mentor, queries.day_of(plan, at))
        Proposal.objects.create(
            network_id=young.network_id,
            young=young,
            mentor=mentor,
            mode=_common_mode(young, mentor),
            is_chosen=True,
            made_at=at,
        )
    facts = {"mentor": str(mentor.pk) if mentor else ""}
    journal.record(verb="mentoring.proposal_changed", subject=young, by=by, at=at, facts=facts)


@transaction.atomic
def refuse(*, young: YoungPerson, mentor: Mentor, by: Actor, at: datetime) -> None:
    """One of the two does not want this pair: it is never proposed again."""
    PairRefusal.objects.get_or_create(young=young, mentor=mentor, defaults={"at": at})
    Proposal.objects.filter(young=young, mentor=mentor).delete()
    facts = {"mentor": str(mentor.pk)}
    journal.record(verb="mentoring.pair_refused", subject=young, by=by, at=at, facts=facts)


@transaction.atomic
def confirm(
    *,
    network: Network,
    choices: Mapping[UUID, UUID | None],
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> list[Pair]:
    """
    Make a pair of every proposal of a network, all of them or none.

    Args:
        choices: young person → mentor whom a coordinator prefers, or nobody for now; both of this
            network.
    Raises: NoCurrentCheck, NoRoom, NotAuthorised, NotAllowed, MoveRefused.
    """
    waiting = {one.pk: one for one in queries.waiting([network])}
    mentors = {one.pk: one for one in queries.available_mentors(network, queries.day_of(plan, at))}
    for young_id, mentor_id in choices.items():
        if young_id not in waiting or (mentor_id and mentor_id not in mentors):
            raise NotAllowed(_("Ce jeune n’attend plus, ou ce mentor n’est plus disponible."))
        mentor = mentors[mentor_id] if mentor_id else None
        change_proposal(young=waiting[young_id], mentor=mentor, plan=plan, by=by, at=at)
    return [
        make_pair(young=one.young, mentor=one.mentor, mode=one.mode, plan=plan, by=by, at=at)
        for one in queries.proposals(network)
    ]


@transaction.atomic
def make_pair(
    *, young: YoungPerson, mentor: Mentor, mode: str, plan: "Plan", by: Actor, at: datetime
) -> Pair:
    """
    Put a young person and a mentor together. The pair keeps the day on which the check ends; the
    database refuses one made after it.

    Raises: NoCurrentCheck, NoRoom, NotAuthorised, NotAllowed, MoveRefused.
    """
    on = queries.day_of(plan, at)
    mentor.refresh_from_db()
    _check_may_pair(young, mentor, on)
    if young.authorised_at is None:
        raise NotAuthorised(_("La famille n’a pas encore dit oui : demandez-lui d’abord."))
    if not Mentor.objects.filter(pk=mentor.pk, taken__lt=F("capacity")).update(
        taken=F("taken") + 1
    ):
        raise _no_room(mentor)
    count_once(young=[young], by=by, at=at)
    states.move(
        row=young,
        to=YoungState.FOLLOWED,
        moves=YOUNG_MOVES,
        refusal=_("Ce jeune a déjà un mentor, ou n’en attend plus."),
    )
    take_places(young=[young], on=on, by=by, at=at)
    pair = Pair.objects.create(
        young=young,
        mentor=mentor,
        network_id=young.network_id,
        made_on=on,
        check_until=mentor.check_until,
        mode=mode,
    )
    Proposal.objects.filter(young=young).delete()
    facts = {"young": str(young.pk), "mentor": str(mentor.pk)}
    journal.record(verb="mentoring.pair_made", subject=pair, by=by, at=at, facts=facts)
    return pair


@transaction.atomic
def replace(
    *, pair: Pair, mentor: Mentor, reason: str, plan: "Plan", by: Actor, at: datetime
) -> Pair:
    """
    Another mentor takes a young person over the same day: nobody waits in between.

    Raises: as `make_pair`; nothing has changed then.
    """
    on = max(queries.day_of(plan, at), pair.made_on)
    end_pair(pair=pair, reason=reason or PairEnd.REPLACED, on=on, by=by, at=at)
    young = YoungPerson.objects.get(pk=pair.young_id)
    return make_pair(
        young=young, mentor=mentor, mode=_common_mode(young, mentor), plan=plan, by=by, at=at
    )


def _check_may_pair(young: YoungPerson, mentor: Mentor, on: date) -> None:
    if mentor.network_id != young.network_id:
        raise NotAllowed(_("Ce mentor et ce jeune ne sont pas du même réseau."))
    if mentor.state != MentorState.ACTIVE:
        raise NotAllowed(_("Ce mentor n’est pas disponible : formation, pause ou départ."))
    if mentor.check_until is None or mentor.check_until < on:
        raise NoCurrentCheck(
            _("Le contrôle d’honorabilité de ce mentor n’est pas en cours : renouvelez-le.")
        )
    if mentor.room <= 0:
        raise _no_room(mentor)


def _no_room(mentor: Mentor) -> NoRoom:
    return NoRoom(
        _("Ce mentor suit déjà %(taken)s jeune(s), autant que prévu : choisissez-en un autre.")
        % {"taken": mentor.taken}
    )


def _common_mode(young: YoungPerson, mentor: Mentor) -> str:
    """What both can do; at a distance where both lists allow it or say nothing."""
    theirs = set(young.modes or Mode) & set(mentor.modes or Mode)
    return str(Mode.ON_SITE if theirs == {Mode.ON_SITE} else Mode.REMOTE)
