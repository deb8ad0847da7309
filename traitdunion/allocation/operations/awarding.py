"""Awards one by one: out of turn, handed over, declined, lapsed and passed on, withdrawn."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.allocation import purses as money
from traitdunion.allocation import queries
from traitdunion.allocation.models import Award, Line, Wave
from traitdunion.allocation.states import AWARD_MOVES, AwardState, WaveState
from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.census import operations as census
from traitdunion.census import queries as census_queries
from traitdunion.census.states import NeedState
from traitdunion.journal import operations as journal
from traitdunion.programme import queries as programmes
from traitdunion.programme.schema import Plan

if TYPE_CHECKING:
    from traitdunion.census.models import Duplicate, Need


class OutOfTurnRefused(Refusal):
    """The exception has no reason, no money left, or is beyond the programme's cap."""


@transaction.atomic
def serve_out_of_turn(
    *, need: "Need", wave: Wave, reason: str, plan: Plan, by: Actor, at: datetime
) -> Award:
    """
    Serve a need before its turn, for a written reason that is published, within the programme's
    cap.

    Raises: OutOfTurnRefused.
    """
    if len(reason.strip()) < 10:
        raise OutOfTurnRefused(
            _("Écrivez la raison en une phrase publiable, sans désigner l’enfant.")
        )
    running = wave.census.programme
    money.hold(running.pk)
    _check_wave(wave)
    need = census_queries.hold([need.pk])[need.pk]
    _check_need(need)
    _check_cap(wave, plan)
    cost = plan.allocation.prices_cents[need.kind]
    found = money.purses(running, money.silent(running, plan))
    purse = money.paying(found, cost, queries.cite_of(wave, need))
    if purse is None:
        raise OutOfTurnRefused(_("Aucune source ne contient plus ce prix."))
    lapses_on = (at + timedelta(days=plan.awards.lapse_days)).date()
    award = money.new_award(
        wave=wave,
        need=need,
        source_id=purse.source.pk,
        cost_cents=cost,
        lapses_on=lapses_on,
        at=at,
    )
    award.is_out_of_turn, award.out_of_turn_reason = True, reason.strip()[:300]
    award.save(force_insert=True)
    facts = {"need": str(need.pk), "cost_cents": cost}
    journal.record(verb="allocation.served_out_of_turn", subject=award, by=by, at=at, facts=facts)
    return award


def _check_wave(wave: Wave) -> None:
    if queries.waiting_proposal(wave.census.programme_id):
        raise OutOfTurnRefused(
            _(
                "Une proposition attend et compte sur le même argent : confirmez-la ou"
                " abandonnez-la, puis servez hors tour."
            )
        )
    if wave.state != WaveState.CONFIRMED:
        raise OutOfTurnRefused(_("On sert hors tour après avoir confirmé la vague."))


def _check_need(need: "Need") -> None:
    if need.state != NeedState.OPEN:
        raise OutOfTurnRefused(
            _("Seul un besoin retenu est servi : levez d’abord le doute sur celui-ci.")
        )
    if queries.standing_award_of(need.pk):
        raise OutOfTurnRefused(_("Ce besoin est déjà servi."))


def _check_cap(wave: Wave, plan: Plan) -> None:
    allowed = queries.exceptions_allowed(wave, plan.awards.out_of_turn_percent)
    if queries.out_of_turn_count(wave) >= allowed:
        raise OutOfTurnRefused(
            _("Le plafond du programme est atteint : %(allowed)s attribution(s) hors tour.")
            % {"allowed": allowed}
        )


@transaction.atomic
def mark_handed_over(*, award: Award, by: Actor, at: datetime) -> Award:
    """The award reached its child. Raises MoveRefused."""
    return _end(award, AwardState.HANDED_OVER, "allocation.handed_over", by, at)


@transaction.atomic
def decline(*, award: Award, by: Actor, at: datetime) -> Award:
    """The family says no; what it costs is free again. Raises MoveRefused."""
    return _end(award, AwardState.DECLINED, "allocation.declined", by, at)


def _end(award: Award, to: str, verb: str, by: Actor, at: datetime) -> Award:
    refusal = _("Cette attribution n’est plus à remettre.")
    states.move(row=award, to=to, moves=AWARD_MOVES, refusal=refusal, ended_at=at)
    facts = {"need": str(award.need_id)}
    journal.record(verb=verb, subject=award, by=by, at=at, facts=facts)
    return award


@transaction.atomic
def lapse(*, by: Actor, at: datetime) -> int:
    """
    Let lapse the awards not handed over within the delay, each to the next in its queue; return
    how many.
    """
    done = 0
    for running in queries.programmes_overdue(at.date()):
        money.hold(running.pk)
        unanswered = money.silent(running, programmes.plan(running))
        for award in queries.overdue(at.date()).filter(wave__census__programme=running):
            try:
                _end(award, AwardState.LAPSED, "allocation.lapsed", by, at)
            except MoveRefused:
                # Handed over a moment ago.
                continue
            _pass_on(award, unanswered, by, at)
            done += 1
    return done


def _pass_on(lapsed: Award, unanswered: int, by: Actor, at: datetime) -> None:
    """The freed money goes to the first that waits in the same degree and that its purse pays."""
    running = lapsed.wave.census.programme
    plan = programmes.plan(running)
    found = money.purses(running, unanswered)
    purse = next(one for one in found if one.source.pk == lapsed.source_id)
    for line in _next_in_turn(lapsed, purse):
        need = census_queries.hold([line.need_id])[line.need_id]
        if need.state != NeedState.OPEN:
            continue
        award = money.new_award(
            wave=lapsed.wave,
            need=need,
            source_id=lapsed.source_id,
            cost_cents=line.cost_cents,
            lapses_on=(at + timedelta(days=plan.awards.lapse_days)).date(),
            at=at,
        )
        award.replaces = lapsed
        award.save(force_insert=True)
        facts = {"need": str(need.pk), "cost_cents": award.cost_cents, "from": str(lapsed.pk)}
        journal.record(verb="allocation.passed_on", subject=award, by=by, at=at, facts=facts)
        return


def _next_in_turn(lapsed: Award, purse: money.Purse) -> Iterator[Line]:
    """Those that wait, as the queue has them: the purse's own first, then those it may help."""
    waiting = [line for line in queries.next_lines(lapsed) if line.cost_cents <= purse.free_cents]
    cites = queries.cites_of(lapsed.wave, [line.need_id for line in waiting])
    yield from (line for line in waiting if purse.is_for(cites[line.need_id]))
    if purse.source.fungible:
        yield from (line for line in waiting if not purse.is_for(cites[line.need_id]))


@transaction.atomic
def reconfirm(*, need: "Need", by: Actor, at: datetime) -> "Need":
    """
    Its relay says that a need still stands after its award lapsed or was declined: it is ranked
    again from the next wave on.

    Raises: MoveRefused when nothing waits for that.
    """
    resting = Award.objects.filter(
        need=need,
        state__in=(AwardState.LAPSED, AwardState.DECLINED),
        reconfirmed_at__isnull=True,
    )
    if not resting.update(reconfirmed_at=at):
        raise MoveRefused(_("Ce besoin est déjà dans la file, ou n’a rien à confirmer."))
    journal.record(verb="allocation.reconfirmed", subject=need, by=by, at=at)
    return need


@transaction.atomic
def withdraw_need(*, need: "Need", reason: str, by: Actor, at: datetime) -> "Need":
    """
    Take a need out of the census, and end the award it holds: its money is free again.

    What a child already has in hands stays lent. Raises: MoveRefused when it is out already.
    """
    census.withdraw(need=need, reason=reason, by=by, at=at)
    _end_award_of(need.pk, by, at)
    return need


@transaction.atomic
def withdraw_person(*, person_id: UUID, by: Actor, at: datetime) -> int:
    """A family objects: its needs leave the census, their awards end; return how many needs."""
    needs = census.withdraw_person(person_id=person_id, by=by, at=at)
    for need in needs:
        _end_award_of(need.pk, by, at)
    return len(needs)


@transaction.atomic
def settle_duplicate(*, duplicate: "Duplicate", verdict: str, by: Actor, at: datetime) -> None:
    """
    Say whether two needs are the same child; the award of the one that goes ends with it.

    Raises: MoveRefused when it is settled already.
    """
    census.settle_duplicate(duplicate=duplicate, verdict=verdict, by=by, at=at)
    if census_queries.is_withdrawn(duplicate.need_id):
        _end_award_of(duplicate.need_id, by, at)


def _end_award_of(need_id: UUID, by: Actor, at: datetime) -> None:
    award = Award.objects.filter(need=need_id, state=AwardState.AWARDED).first()
    if award is None:
        return
    try:
        _end(award, AwardState.WITHDRAWN, "allocation.withdrawn", by, at)
    except MoveRefused:
        # Handed over a moment ago: the loan goes its own way.
        return
