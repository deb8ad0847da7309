"""A coordinator is away: somebody else answers; and once a week each is told what waits."""

from collections import Counter
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import NotAllowed, NotFound
from traitdunion.gateways import operations as gateways
from traitdunion.journal import operations as journal
from traitdunion.mentoring import queries
from traitdunion.mentoring.models import CoordinatorAbsence, Network
from traitdunion.partners import queries as partners
from traitdunion.partners.states import ACTING

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan

WEEK = timedelta(days=6, hours=20)
# Mondays, from eight o'clock.
MONDAY, HOUR = 0, 8


@transaction.atomic
def announce_absence(
    *,
    network: Network,
    user_id: UUID,
    cover_id: UUID,
    from_on: date,
    until_on: date,
    by: Actor,
    at: datetime,
) -> CoordinatorAbsence:
    """
    A coordinator is away for some days, and another one answers for their pairs.

    Raises: NotAllowed for oneself or days that end before they begin, NotFound for somebody who
    does not coordinate in this network.
    """
    if user_id == cover_id:
        raise NotAllowed(_("Choisissez quelqu’un d’autre pour la relève."))
    if until_on < from_on:
        raise NotAllowed(_("L’absence finit avant de commencer : vérifiez les deux dates."))
    for one in (user_id, cover_id):
        if partners.role_in(one, network.organisation_id) not in ACTING:
            raise NotFound(_("Cette personne ne coordonne pas dans votre réseau."))
    made = CoordinatorAbsence.objects.create(
        network=network, user_id=user_id, cover_id=cover_id, from_on=from_on, until_on=until_on
    )
    journal.record(verb="mentoring.absence_announced", subject=made, by=by, at=at)
    return made


@transaction.atomic
def post_digests(*, plan: "Plan", link: str, by: Actor, at: datetime) -> int:
    """
    Leave each coordinator the week's digest, on Mondays: counts and a link, never a name.

    Whoever covers for an absent one gets theirs. Returns how many messages were left.
    """
    on = queries.day_of(plan, at)
    if on.weekday() != MONDAY or at.hour < HOUR - 2:
        return 0
    posted = 0
    for network in queries.every_network():
        posted += _post_for(network, plan, link, by, at)
    return posted


def _post_for(network: Network, plan: "Plan", link: str, by: Actor, at: datetime) -> int:
    on, posted = queries.day_of(plan, at), 0
    covering = queries.covers([network.pk], on)
    team = {
        one.user_id: one.user
        for one in partners.members(network.organisation)
        if one.role in ACTING and one.user_id not in covering
    }
    first, second = plan.follow_up().silent_days
    silent = _by_coordinator(queries.silent_pairs([network], on=on, days=first), covering)
    lost = _by_coordinator(queries.silent_pairs([network], on=on, days=second), covering)
    shared = asdict(queries.desk([network], plan, at))
    for user_id, user in team.items():
        context = {
            "link": link,
            "network": network.organisation.name,
            "first": first,
            "second": second,
            # Those whom nobody in particular answers for are everybody's.
            "silent": silent[user_id] + silent[None],
            "very_silent": lost[user_id] + lost[None],
            **{name: shared[name] for name in ("waiting", "checks", "alerts", "unchecked")},
        }
        posted += gateways.post_daily(
            recipients=[user.email], template="mentoring_digest", context=context,
            within=WEEK, by=by, at=at,
        )  # fmt: skip
    if posted:
        facts = {"messages": posted}
        journal.record(verb="mentoring.digests_posted", subject=network, by=by, at=at, facts=facts)
    return posted


def _by_coordinator(pairs, covering: dict[UUID, UUID]) -> Counter:  # noqa: ANN001 - a queryset
    return Counter(queries.answering(one.mentor.coordinator_id, covering) for one in pairs)
