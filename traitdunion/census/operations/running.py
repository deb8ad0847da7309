"""A census opens, asks neighbourhoods, closes; then it has a digest, and after it a seed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import bulk, states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.census import closed as closed_list
from traitdunion.census import queries
from traitdunion.census.models import Ask, Ceiling, Census, ClosedLine
from traitdunion.census.states import MOVES, State
from traitdunion.journal import operations as journal
from traitdunion.programme import queries as programmes
from traitdunion.programme.schema import Plan
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.models import Programme


class TooEarly(Refusal):
    """The day has not come yet."""


class WrongDates(Refusal):
    """The dates of a census contradict each other, or are past."""


class NoReason(Refusal):
    """A decision that somebody may have to explain has no written reason."""


@transaction.atomic
def open_census(
    *,
    programme: "Programme",
    plan: Plan,
    by: Actor,
    at: datetime,
    corrections_until: date | None = None,
    closes_on: date | None = None,
) -> Census:
    """
    Open the programme's next census.

    Args:
        corrections_until, closes_on: those of the plan by default, moved to the day of opening
            when they are past.
    Raises: TooEarly while another one is open, WrongDates.
    """
    today = queries.day_of(plan, at)
    corrected, closed = _dates(plan, today, corrections_until, closes_on)
    if Census.objects.filter(programme=programme, state=State.OPEN).exists():
        raise TooEarly(_("Un recensement est déjà ouvert : closez-le d’abord."))
    first = max(plan.census.opens_on, plan.programme.start_date)
    earlier = Census.objects.filter(programme=programme).count()
    census = Census.objects.create(
        programme=programme,
        number=earlier + 1,
        opens_on=max(first, today) if earlier else first,
        corrections_until_date=corrected,
        closes_on=closed,
        announced_seed=plan.allocation.seed,
    )
    facts = {"number": census.number, "announced_seed": census.announced_seed}
    journal.record(verb="census.opened", subject=census, by=by, at=at, facts=facts)
    return census


def _dates(
    plan: Plan, today: date, corrections_until: date | None, closes_on: date | None
) -> tuple[date, date]:
    """The last day of corrections and the day of closing. Raises WrongDates."""
    told = plan.census
    past = today - told.opens_on if told.closes_on < today else today - today
    corrected = corrections_until or told.corrections_until + past
    closed = closes_on or told.closes_on + past
    if closed < corrected:
        raise WrongDates(_("La clôture vient après la fin des corrections : changez une date."))
    if closed < today:
        raise WrongDates(_("Le jour de la clôture est passé : choisissez un jour à venir."))
    return corrected, closed


@transaction.atomic
def ask(
    *,
    census: Census,
    neighbourhood_ids: Sequence[UUID],
    contact: "Organisation | None",
    by: Actor,
    at: datetime,
) -> int:
    """Note that these neighbourhoods were asked for their needs; return how many were new."""
    known = set(
        Ask.objects.filter(census=census, neighbourhood__in=neighbourhood_ids).values_list(
            "neighbourhood_id", flat=True
        )
    )
    fresh = [
        Ask(census=census, neighbourhood_id=pk, contact=contact, asked_at=at)
        for pk in neighbourhood_ids
        if pk not in known
    ]
    Ask.objects.bulk_create(fresh)
    facts = {"neighbourhoods": len(fresh)}
    journal.record(verb="census.asked", subject=census, by=by, at=at, facts=facts)
    return len(fresh)


@transaction.atomic
def answer_no_need(*, census: Census, neighbourhood_id: UUID, by: Actor, at: datetime) -> Ask:
    """A neighbourhood says that it has no need: that is an answer, silence is not."""
    answer, _created = Ask.objects.get_or_create(
        census=census, neighbourhood_id=neighbourhood_id, defaults={"asked_at": at}
    )
    Ask.objects.filter(pk=answer.pk).update(no_need_at=at)
    facts = {"neighbourhood": str(neighbourhood_id)}
    journal.record(verb="census.no_need", subject=answer, by=by, at=at, facts=facts)
    return answer


@transaction.atomic
def decide_ceiling(
    *,
    census: Census,
    neighbourhood_id: UUID,
    needs: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> Ceiling:
    """
    Decide how many needs of one degree a neighbourhood may claim before a check.

    Args:
        reason: why this one, written for whoever asks; it replaces an earlier decision's.
    Raises: NoReason.
    """
    if len(reason.strip()) < 10:
        raise NoReason(_("Écrivez la raison en une phrase, sans désigner d’enfant."))
    ceiling, _created = Ceiling.objects.update_or_create(
        census=census,
        neighbourhood_id=neighbourhood_id,
        defaults={"needs": needs, "reason": reason.strip()[:300], "decided_at": at},
    )
    facts = {"neighbourhood": str(neighbourhood_id), "needs": needs}
    journal.record(verb="census.ceiling_decided", subject=ceiling, by=by, at=at, facts=facts)
    return ceiling


@transaction.atomic
def close(*, census: Census, by: Actor, at: datetime) -> Census:
    """
    Close the census, keep its list line by line and write its digest.

    Raises: TooEarly before the day of closing and while corrections are open, MoveRefused when it
        is closed already.
    """
    plan = programmes.plan(census.programme)
    _check_day(census, queries.day_of(plan, at))
    # What is being recorded ends first; what comes after sees the census closed.
    Census.objects.select_for_update().get(pk=census.pk)
    told_by = uuid4()
    lines = _closed_lines(census, told_by)
    digest = closed_list.digest_of(lines)
    refusal = _("Ce recensement est déjà clos.")
    states.move(
        row=census, to=State.CLOSED, moves=MOVES, refusal=refusal, digest=digest, closed_at=at
    )
    bulk.create(lines)
    facts = {"digest": digest, "needs": len(lines)}
    journal.record(
        verb="census.closed", subject=census, by=by, at=at, facts=facts, uid=told_by, rows=lines
    )
    return census


def _check_day(census: Census, today: date) -> None:
    if today <= census.corrections_until_date:
        raise TooEarly(
            _("Les corrections sont ouvertes jusqu’au %(day)s : le recensement se clôt ensuite.")
            % {"day": census.corrections_until_date.strftime("%d/%m/%Y")}
        )
    if today < census.closes_on:
        raise TooEarly(
            _("Les relais ont jusqu’au %(day)s : le recensement se clôt ce jour-là.")
            % {"day": census.closes_on.strftime("%d/%m/%Y")}
        )


def _closed_lines(census: Census, told_by: UUID) -> list[ClosedLine]:
    needs = queries.ranked_needs(census)
    cites = territories.cite_of_neighbourhoods()
    return [
        ClosedLine(
            pk=pk,
            census=census,
            need=need,
            neighbourhood=need.neighbourhood.code if need.neighbourhood else "",
            kind=need.kind,
            degree=need.degree,
            priority=need.priority,
            household=closed_list.household_key(census.pk, need.person.household_id),
            cite_educative=cites.get(need.neighbourhood_id, "") if need.neighbourhood_id else "",
            state=need.state,
            told_by=told_by,
        )
        for pk, need in zip(bulk.new_ids(len(needs)), needs, strict=True)
    ]


def close_due(*, by: Actor, at: datetime) -> int:
    """Close the censuses whose day is over; return how many."""
    due = [one for one in queries.open_censuses() if _is_over(one, at)]
    for census in due:
        close(census=census, by=by, at=at)
    return len(due)


def _is_over(census: Census, at: datetime) -> bool:
    return queries.day_of(programmes.plan(census.programme), at) > census.closes_on


@transaction.atomic
def publish_seed(*, census: Census, by: Actor, at: datetime) -> Census:
    """
    Publish the draw's seed: nobody types it, it follows from the announced text and the digest.

    Raises: MoveRefused.
    """
    refusal = _("La graine se publie une fois, après la clôture.")
    announced = census.announced_seed or programmes.plan(census.programme).allocation.seed
    seed = closed_list.seed_after(announced, census.digest)
    states.move(
        row=census, to=State.DRAWN, moves=MOVES, refusal=refusal, seed=seed, seed_published_at=at
    )
    facts = {"seed": seed, "announced_seed": announced, "digest": census.digest}
    journal.record(verb="census.seed_published", subject=census, by=by, at=at, facts=facts)
    return census
