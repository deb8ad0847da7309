"""Proposing the queue, confirming it, serving out of turn, letting lapse, answering."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.allocation import arrays, queries
from traitdunion.allocation.models import Award, Line, Review, Wave
from traitdunion.allocation.states import (
    AWARD_MOVES,
    WAVE_MOVES,
    AwardState,
    Decision,
    WaveState,
)
from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.budget import queries as budget
from traitdunion.census import queries as census_queries
from traitdunion.engine import queue as engine
from traitdunion.journal import operations as journal
from traitdunion.programme import queries as programme
from traitdunion.programme.schema import Plan
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.census.models import Census, Need
    from traitdunion.partners.models import Organisation

CHUNK = 2_000


class CannotPropose(Refusal):
    """The census is not ready, or a proposal already waits."""


class OutOfTurnRefused(Refusal):
    """The exception has no reason, no money left, or is beyond the programme's cap."""


@transaction.atomic
def propose(
    *,
    census: "Census",
    plan: Plan,
    by: Actor,
    at: datetime,
    ceilings: Mapping[UUID, int] | None = None,
) -> Wave:
    """
    Compute the whole queue and what each purse pays; nothing is awarded yet.

    Args:
        ceilings: by neighbourhood, the needs it may claim in a degree before a check.
    Raises: CannotPropose.
    """
    if not census.seed:
        raise CannotPropose(
            _("La graine n’est pas publiée : closez le recensement, puis publiez-la.")
        )
    if queries.proposal(census.pk):
        raise CannotPropose(_("Une proposition attend déjà : confirmez-la ou abandonnez-la."))
    standing = queries.standing_needs(census.pk)
    needs = [one for one in census_queries.ranked_needs(census) if one.pk not in standing]
    rows = arrays.rows(
        needs,
        cites=territories.cite_of_neighbourhoods(),
        served_before=queries.served_before(census.programme_id),
        ceilings=ceilings or {},
    )
    rules = arrays.rules(plan.allocation, census.seed, _amounts(census))
    ranked = engine.allocate(rows, rules)
    wave = _write_wave(census, rows, rules, at)
    Line.objects.bulk_create(arrays.lines(wave.pk, needs, ranked), batch_size=CHUNK)
    facts = {"needs": len(rows), "digest": wave.input_digest}
    journal.record(verb="allocation.proposed", subject=wave, by=by, at=at, facts=facts)
    return wave


def _amounts(census: "Census") -> dict[str, int]:
    """What each purse may still promise: its envelopes, less what standing awards already take."""
    opened = budget.authorized_by_source()
    promised = queries.awarded_cents_by_source(census.programme_id)
    return {
        source.name: max(0, opened.get(source.pk, 0) - promised.get(source.pk, 0))
        for source in programme.sources(census.programme)
    }


def _write_wave(
    census: "Census", rows: list[engine.Need], rules: engine.Rules, at: datetime
) -> Wave:
    digest = hashlib.sha256("\n".join(arrays.digest_lines(rows)).encode()).hexdigest()
    return Wave.objects.create(
        census=census,
        number=queries.waves(census.pk).count() + 1,
        seed=rules.seed,
        input_digest=digest,
        rules={
            "last_degree": rules.last_degree,
            "prices_cents": dict(rules.prices_cents),
            "sources": [
                {
                    "name": source.name,
                    "amount_cents": source.amount_cents,
                    "for": source.pays_for,
                    "fungible": source.fungible,
                }
                for source in rules.sources
            ],
        },
        proposed_at=at,
    )


@transaction.atomic
def confirm(*, wave: Wave, plan: Plan, by: Actor, at: datetime) -> int:
    """
    Turn the served lines of a proposal into awards; return how many.

    Raises: MoveRefused when it is confirmed or abandoned already.
    """
    refusal = _("Cette proposition n’attend plus de confirmation.")
    states.move(
        row=wave, to=WaveState.CONFIRMED, moves=WAVE_MOVES, refusal=refusal, confirmed_at=at
    )
    sources = {s.name: s.pk for s in programme.sources(wave.census.programme)}
    served = Line.objects.filter(wave=wave, decision=Decision.SERVED).select_related("need")
    lapses_on = (at + timedelta(days=plan.awards.lapse_days)).date()
    awards = [
        _award(wave, line.need, sources[line.source], line.cost_cents, lapses_on, at)
        for line in served.order_by("rank")
    ]
    Award.objects.bulk_create(awards, batch_size=CHUNK)
    journal.record_many(
        verb="allocation.awarded",
        subject_kind="allocation.award",
        subjects=[(a.pk, {"need": str(a.need_id), "cost_cents": a.cost_cents}) for a in awards],
        by=by,
        at=at,
    )
    facts = {"awards": len(awards)}
    journal.record(verb="allocation.confirmed", subject=wave, by=by, at=at, facts=facts)
    return len(awards)


def _award(
    wave: Wave, need: "Need", source_id: UUID, cost_cents: int, lapses_on: object, at: datetime
) -> Award:
    return Award(
        wave=wave,
        need=need,
        person_id=need.person_id,
        relay_id=need.relay_id,
        neighbourhood_id=need.neighbourhood_id,
        source_id=source_id,
        kind=need.kind,
        degree=need.degree,
        cost_cents=cost_cents,
        awarded_at=at,
        lapses_on=lapses_on,
    )


@transaction.atomic
def cancel(*, wave: Wave, by: Actor, at: datetime) -> Wave:
    """Abandon a proposal. Raises MoveRefused."""
    refusal = _("Cette proposition n’attend plus de décision.")
    states.move(row=wave, to=WaveState.CANCELLED, moves=WAVE_MOVES, refusal=refusal)
    journal.record(verb="allocation.cancelled", subject=wave, by=by, at=at)
    return wave


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
    if wave.state != WaveState.CONFIRMED:
        raise OutOfTurnRefused(_("On sert hors tour après avoir confirmé la vague."))
    if queries.standing_award_of(need.pk):
        raise OutOfTurnRefused(_("Ce besoin est déjà servi."))
    _check_cap(wave, plan)
    cost = plan.allocation.prices_cents[need.kind]
    source_id = _purse_with(wave, cost)
    lapses_on = (at + timedelta(days=plan.awards.lapse_days)).date()
    award = _award(wave, need, source_id, cost, lapses_on, at)
    award.is_out_of_turn, award.out_of_turn_reason = True, reason.strip()[:300]
    award.save(force_insert=True)
    facts = {"need": str(need.pk), "cost_cents": cost}
    journal.record(verb="allocation.served_out_of_turn", subject=award, by=by, at=at, facts=facts)
    return award


def _check_cap(wave: Wave, plan: Plan) -> None:
    total = Award.objects.filter(wave=wave).count()
    allowed = max(1, total * plan.awards.out_of_turn_percent // 100)
    if queries.out_of_turn_count(wave) >= allowed:
        raise OutOfTurnRefused(
            _("Le plafond du programme est atteint : %(allowed)s attribution(s) hors tour.")
            % {"allowed": allowed}
        )


def _purse_with(wave: Wave, cost: int) -> UUID:
    amounts = _amounts(wave.census)
    for source in programme.sources(wave.census.programme):
        if amounts[source.name] >= cost and (source.pays_for == "all" or source.fungible):
            return source.pk
    raise OutOfTurnRefused(_("Aucune source ne contient plus ce prix."))


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
    Let lapse the awards not handed over within the delay: the next wave serves the next in line.
    """
    done = 0
    for award in queries.overdue(at.date()):
        _end(award, AwardState.LAPSED, "allocation.lapsed", by, at)
        done += 1
    return done


@transaction.atomic
def ask_review(
    *,
    need: "Need",
    asked_by: "Organisation",
    question: str,
    plan: Plan,
    by: Actor,
    at: datetime,
) -> Review:
    """Ask that a decision be looked at again. Raises CannotPropose while another one waits."""
    if Review.objects.filter(need=need, answered_at__isnull=True).exists():
        raise CannotPropose(_("Une demande attend déjà une réponse pour ce besoin."))
    review = Review.objects.create(
        need=need,
        asked_by=asked_by,
        asked_at=at,
        due_on=(at + timedelta(days=plan.awards.review_answer_days)).date(),
        question=question.strip()[:1_000],
    )
    facts = {"need": str(need.pk)}
    journal.record(verb="allocation.review_asked", subject=review, by=by, at=at, facts=facts)
    return review


@transaction.atomic
def answer_review(*, review: Review, answer: str, by: Actor, at: datetime) -> Review:
    """Answer in writing, once. Raises MoveRefused."""
    waiting = Review.objects.filter(pk=review.pk, answered_at__isnull=True)
    if not waiting.update(answer=answer.strip()[:2_000], answered_at=at):
        raise MoveRefused(_("Cette demande a déjà sa réponse."))
    review.refresh_from_db()
    journal.record(verb="allocation.review_answered", subject=review, by=by, at=at)
    return review
