"""A census opens, asks neighbourhoods, closes; then it has a digest, and after it a seed."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.census import queries
from traitdunion.census.models import Ask, Census
from traitdunion.census.states import MOVES, State
from traitdunion.journal import operations as journal
from traitdunion.programme.schema import Plan

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.models import Programme


class TooEarly(Refusal):
    """The day has not come yet."""


class WrongDates(Refusal):
    """The dates of a census contradict each other."""


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
        corrections_until, closes_on: those of the plan by default, which are of its first census.
    Raises: TooEarly while another one is open, WrongDates.
    """
    corrected = corrections_until or plan.census.corrections_until
    closed = closes_on or plan.census.closes_on
    if closed < corrected:
        raise WrongDates(_("La clôture vient après la fin des corrections : changez une date."))
    if Census.objects.filter(programme=programme, state=State.OPEN).exists():
        raise TooEarly(_("Un recensement est déjà ouvert : closez-le d’abord."))
    first = max(plan.census.opens_on, plan.programme.start_date)
    earlier = Census.objects.filter(programme=programme).count()
    census = Census.objects.create(
        programme=programme,
        number=earlier + 1,
        opens_on=max(first, at.date()) if earlier else first,
        corrections_until_date=corrected,
        closes_on=closed,
    )
    facts = {"number": census.number}
    journal.record(verb="census.opened", subject=census, by=by, at=at, facts=facts)
    return census


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
def close(*, census: Census, by: Actor, at: datetime) -> Census:
    """
    Close the census and write its digest: what is ranked can no longer change unseen.

    Raises: TooEarly before the end of the corrections, MoveRefused when it is closed already.
    """
    if at.date() <= census.corrections_until_date:
        raise TooEarly(
            _("Les corrections sont ouvertes jusqu’au %(day)s : le recensement se clôt ensuite.")
            % {"day": census.corrections_until_date.strftime("%d/%m/%Y")}
        )
    lines = queries.published_lines(census)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    refusal = _("Ce recensement est déjà clos.")
    states.move(
        row=census, to=State.CLOSED, moves=MOVES, refusal=refusal, digest=digest, closed_at=at
    )
    facts = {"digest": digest, "needs": len(lines)}
    journal.record(verb="census.closed", subject=census, by=by, at=at, facts=facts)
    return census


@transaction.atomic
def publish_seed(*, census: Census, seed: str, by: Actor, at: datetime) -> Census:
    """Publish the draw's seed, after the digest. Raises MoveRefused."""
    refusal = _("La graine se publie une fois, après la clôture.")
    states.move(
        row=census, to=State.DRAWN, moves=MOVES, refusal=refusal, seed=seed, seed_published_at=at
    )
    facts = {"seed": seed, "digest": census.digest}
    journal.record(verb="census.seed_published", subject=census, by=by, at=at, facts=facts)
    return census
