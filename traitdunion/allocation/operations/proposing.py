"""Proposing the queue, confirming it, abandoning it, releasing what was kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from traitdunion.allocation import arrays, queries, redo
from traitdunion.allocation import purses as money
from traitdunion.allocation.models import Award, Line, Wave
from traitdunion.allocation.states import WAVE_MOVES, Decision, WaveState
from traitdunion.base import bulk, states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.census import closed as closed_list
from traitdunion.census import queries as census_queries
from traitdunion.census.states import NeedState
from traitdunion.engine import queue as engine
from traitdunion.journal import operations as journal
from traitdunion.programme.schema import Plan
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.census.models import Census, Need

CHUNK = 2_000


class CannotPropose(Refusal):
    """The census is not ready, or a proposal already waits."""


class ProposalOutOfDate(Refusal):
    """What a proposal serves is no longer so, or no longer paid."""


@transaction.atomic
def propose(*, census: "Census", plan: Plan, by: Actor, at: datetime) -> Wave:
    """
    Compute the whole queue and what each purse pays; nothing is awarded yet.

    Raises: CannotPropose.
    """
    if not census.seed:
        raise CannotPropose(
            _("La graine n’est pas publiée : closez le recensement, puis publiez-la.")
        )
    if queries.proposal(census.pk):
        raise CannotPropose(_("Une proposition attend déjà : confirmez-la ou abandonnez-la."))
    needs = _competing(census)
    generation = territories.layer_state(plan.programme.neighbourhood_generation).used
    rows = arrays.rows(
        needs,
        keys=_keys(census, needs),
        served_before=queries.served_before(census.programme_id),
        ceilings=census_queries.ceilings(census, plan, generation),
    )
    wave = _new_wave(census, plan, rows, at)
    ranked = engine.allocate(rows, redo.rules_of(wave.seed, wave.rules))
    told_by = uuid4()
    inputs = arrays.inputs(wave.pk, rows, told_by)
    bulk.create(inputs)
    Line.objects.bulk_create(arrays.lines(wave.pk, needs, ranked), batch_size=CHUNK)
    facts = {"needs": len(rows), "digest": wave.input_digest}
    journal.record(
        verb="allocation.proposed",
        subject=wave,
        by=by,
        at=at,
        facts=facts,
        uid=told_by,
        rows=inputs,
    )
    return wave


def _competing(census: "Census") -> list["Need"]:
    """All but those that hold an award, or wait for their relay to say that they still stand."""
    away = queries.standing_needs(census.pk) | queries.resting_needs(census.pk)
    return [one for one in census_queries.ranked_needs(census) if one.pk not in away]


def _keys(census: "Census", needs: Sequence["Need"]) -> dict[UUID, tuple[str, str]]:
    """
    Household and cité éducative of each need, as its census closed; for an address settled since,
    the cité éducative of today.
    """
    closed = closed_list.ranking_keys(census)
    cites = territories.cite_of_neighbourhoods()
    found = {}
    for one in needs:
        code, home, cite = closed.get(one.pk, (None, "", ""))
        if code is None:
            home = closed_list.household_key(census.pk, one.person.household_id)
        if code != (one.neighbourhood.code if one.neighbourhood else ""):
            cite = cites.get(one.neighbourhood_id, "") if one.neighbourhood_id else ""
        found[one.pk] = (home, cite)
    return found


def _new_wave(census: "Census", plan: Plan, rows: Sequence[engine.Need], at: datetime) -> Wave:
    unanswered = money.silent(census.programme, plan)
    percent = plan.census.reserve_percent if unanswered else 0
    return Wave.objects.create(
        census=census,
        number=queries.waves(census.pk).count() + 1,
        seed=census.seed,
        input_digest=redo.digest(rows),
        smallest_cell=redo.smallest_cell(rows),
        unanswered=unanswered if percent else 0,
        rules={
            "last_degree": plan.allocation.last_degree,
            "prices_cents": dict(plan.allocation.prices_cents),
            "reserve_percent": percent,
            "sources": [
                _source(one, percent) for one in money.purses(census.programme, unanswered)
            ],
        },
        proposed_at=at,
    )


def _source(purse: money.Purse, percent: int) -> dict[str, Any]:
    """What this wave may spend of a purse, and what it keeps of it."""
    reserve = purse.free_cents * percent // 100
    return {
        "name": purse.source.name,
        "amount_cents": purse.free_cents - reserve,
        "opened_cents": purse.opened_cents,
        "apart_cents": purse.apart_cents,
        "promised_cents": purse.promised_cents,
        "reserve_cents": reserve,
        "kept_cents": purse.kept_cents,
        "for": purse.source.pays_for,
        "fungible": purse.source.fungible,
    }


@transaction.atomic
def confirm(*, wave: Wave, plan: Plan, by: Actor, at: datetime) -> int:
    """
    Turn the served lines of a proposal into awards; return how many.

    Raises: MoveRefused when it is confirmed or abandoned already; ProposalOutOfDate when a need
        that it serves has changed since, or a purse no longer holds what it promises.
    """
    money.hold(wave.census.programme_id)
    refusal = _("Cette proposition n’attend plus de confirmation.")
    states.move(
        row=wave, to=WaveState.CONFIRMED, moves=WAVE_MOVES, refusal=refusal, confirmed_at=at
    )
    served = list(Line.objects.filter(wave=wave, decision=Decision.SERVED).order_by("rank"))
    needs = census_queries.hold([line.need_id for line in served])
    _check_needs(wave, served, needs)
    purses = _check_purses(wave, plan, served)
    lapses_on = (at + timedelta(days=plan.awards.lapse_days)).date()
    awards = [
        money.new_award(
            wave=wave,
            need=needs[line.need_id],
            source_id=purses[line.source].source.pk,
            cost_cents=line.cost_cents,
            lapses_on=lapses_on,
            at=at,
        )
        for line in served
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


def _check_needs(wave: Wave, served: Sequence[Line], needs: Mapping[UUID, "Need"]) -> None:
    """Every need that is served stands as it was ranked, and holds no award yet."""
    taken = queries.standing_needs(wave.census_id) | queries.resting_needs(wave.census_id)
    ranked = queries.ranked_with(wave)
    changed = sum(
        line.need_id in taken or not _is_same(needs[line.need_id], line, ranked) for line in served
    )
    if changed:
        raise ProposalOutOfDate(
            ngettext(
                "%(n)s besoin que sert cette proposition a changé depuis son calcul : refaites la"
                " proposition.",
                "%(n)s besoins que sert cette proposition ont changé depuis son calcul : refaites"
                " la proposition.",
                changed,
            )
            % {"n": changed}
        )


def _is_same(need: "Need", line: Line, ranked: Mapping[UUID, tuple[str, int, float]]) -> bool:
    if need.state != NeedState.OPEN or need.neighbourhood_id != line.neighbourhood_id:
        return False
    now = (need.kind, need.degree, need.priority)
    # A former wave did not keep what it ranked.
    return ranked.get(need.pk, now) == now


def _check_purses(wave: Wave, plan: Plan, served: Sequence[Line]) -> dict[str, money.Purse]:
    """Every purse holds what the wave promises of it, besides what this wave and others keep."""
    running = wave.census.programme
    found = {one.source.name: one for one in money.purses(running, money.silent(running, plan))}
    asked: Counter[str] = Counter()
    for line in served:
        asked[line.source] += line.cost_cents
    for name, cents in asked.items():
        if name not in found or found[name].free_cents < cents:
            raise ProposalOutOfDate(
                _(
                    "La source « %(source)s » ne contient plus ce que cette proposition en"
                    " promet : refaites la proposition."
                )
                % {"source": name}
            )
    return found


@transaction.atomic
def cancel(*, wave: Wave, by: Actor, at: datetime) -> Wave:
    """Abandon a proposal. Raises MoveRefused."""
    refusal = _("Cette proposition n’attend plus de décision.")
    states.move(row=wave, to=WaveState.CANCELLED, moves=WAVE_MOVES, refusal=refusal)
    journal.record(verb="allocation.cancelled", subject=wave, by=by, at=at)
    return wave


@transaction.atomic
def release_reserve(*, wave: Wave, reason: str, by: Actor, at: datetime) -> Wave:
    """
    Give back to everybody what a wave kept for those who had not answered.

    Raises: MoveRefused when nothing is kept any more, or without a written reason.
    """
    if len(reason.strip()) < 10:
        raise MoveRefused(_("Écrivez la raison en une phrase."))
    kept = Wave.objects.filter(
        pk=wave.pk,
        state=WaveState.CONFIRMED,
        unanswered__gt=0,
        reserve_released_at__isnull=True,
    )
    if not kept.update(reserve_released_at=at, reserve_release_reason=reason.strip()[:300]):
        raise MoveRefused(_("Cette vague ne garde plus de réserve."))
    wave.refresh_from_db()
    journal.record(verb="allocation.reserve_released", subject=wave, by=by, at=at)
    return wave
