"""A young person handed over: who it is, for whoever is asked, and what a network that accepts
gets."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from traitdunion.base.actors import Actor
from traitdunion.journal import operations as journal
from traitdunion.mentoring import queries
from traitdunion.mentoring.models import FollowUpEnd, Network, Referral, YoungPerson
from traitdunion.mentoring.states import Origin, ReferralState, YoungState
from traitdunion.people import operations as people

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


@dataclass(frozen=True, slots=True)
class Received:
    """A plan proposed to one's organisation, and the name of the young person it is about."""

    end: FollowUpEnd
    name: str


@transaction.atomic
def open_received(*, seat: "Seat", by: Actor, at: datetime) -> list[Received]:
    """
    Read who is proposed to this organisation, and who it accepted; each reading leaves a trace.
    """
    ends = list(queries.ends_received(seat))
    persons = sorted({end.young.person_id for end in ends})
    files = people.names(person_ids=persons, purpose="take_over", by=by, at=at)
    return [
        Received(end, files[end.young.person_id].full_name if end.young.person_id in files else "")
        for end in ends
    ]


@transaction.atomic
def welcome(*, end: FollowUpEnd, by: Actor, at: datetime) -> YoungPerson | None:
    """
    Enter the young person in the network that accepted, counted as the same child; the family is
    asked again before anything begins. None for a school, which follows in its own way.
    """
    network = Network.objects.filter(organisation=end.receiver_id).first()
    if network is None:
        return None
    before = end.young
    young = YoungPerson.objects.create(
        person_id=before.person_id,
        child_id=before.child_id,
        network=network,
        referred_by=before.network.organisation if before.network else None,
        school_id=before.school_id,
        department_id=before.department_id,
        origin=Origin.HERE,
        state=YoungState.REFERRED,
        level=before.level,
        subjects=before.subjects,
        languages=before.languages,
        slots=before.slots,
        modes=before.modes,
        signals=before.signals,
        priority=before.priority,
        lon=before.lon,
        lat=before.lat,
        referred_at=at,
    )
    if before.network:
        Referral.objects.create(
            young=young,
            sender=before.network.organisation,
            network=network,
            state=ReferralState.ACCEPTED,
            sent_at=end.decided_at,
            answered_at=at,
        )
    facts = {"from": str(before.pk), "network": str(network.pk)}
    journal.record(verb="mentoring.taken_over", subject=young, by=by, at=at, facts=facts)
    return young
