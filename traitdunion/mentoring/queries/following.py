"""What a coordinator and a mentor look at: silence, checks that end, who waits, what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from traitdunion.mentoring.models import (
    Alert,
    CoordinatorAbsence,
    HonourabilityCheck,
    Mentor,
    Network,
    Pair,
    PairRefusal,
    Proposal,
    Referral,
    Session,
    YoungPerson,
)
from traitdunion.mentoring.queries.networks import asked_of
from traitdunion.mentoring.states import AlertState, MentorState, ReferralState, YoungState

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan

# Those of a seat, as a query or as a list.
Networks = Iterable[Network] | QuerySet[Network]
PRESENT_MENTORS = (MentorState.ACTIVE, MentorState.ON_LEAVE)


def day_of(plan: "Plan", at: datetime) -> date:
    """The day that it is in the programme's own zone."""
    return at.astimezone(ZoneInfo(plan.programme.zone)).date()


def open_pairs(networks: Networks) -> QuerySet[Pair]:
    rows = Pair.objects.filter(network__in=networks, ended_on__isnull=True)
    return rows.select_related("young", "mentor__coordinator")


def silent_pairs(networks: Networks, *, on: date, days: int) -> QuerySet[Pair]:
    """
    Open pairs without a session for more than so many days, those that never met counting from
    the day they were made; the most silent first. One read of an index.
    """
    limit = on - timedelta(days=days)
    quiet = Q(last_session_on__lt=limit) | Q(last_session_on__isnull=True, made_on__lt=limit)
    return open_pairs(networks).filter(quiet).order_by(
        Coalesce("last_session_on", "made_on"), "pk"
    )  # fmt: skip


def checks_ending(networks: Networks, *, on: date, days: int) -> QuerySet[Mentor]:
    """Present mentors whose check has ended, ends within so many days, or was never made."""
    ends = Q(check_until__isnull=True) | Q(check_until__lte=on + timedelta(days=days))
    rows = Mentor.objects.filter(network__in=networks, state__in=PRESENT_MENTORS)
    return rows.filter(ends).order_by(F("check_until").asc(nulls_first=True), "pk")


def tolerated_pairs(networks: Networks) -> QuerySet[Pair]:
    """Pairs that began before the check was asked for, and go on until their date."""
    rows = open_pairs(networks).filter(tolerated_until__isnull=False)
    return rows.order_by("tolerated_until", "pk")


def waiting(network_ids: Networks) -> list[YoungPerson]:
    """Those who wait for a mentor: by priority, then for how long."""
    rows = YoungPerson.objects.filter(network__in=network_ids, state=YoungState.WAITING)
    return list(rows.order_by("-priority", "referred_at", "pk"))


def referrals_to_answer(networks: Networks) -> list[Referral]:
    """Those sent to these networks, or to whichever has places in that territory."""
    rows = Referral.objects.filter(asked_of(networks), state=ReferralState.SENT)
    return list(rows.select_related("young", "sender").order_by("sent_at", "pk"))


def referred_by(organisation_id: UUID) -> list[YoungPerson]:
    """Those whom this organisation referred, in the order of its list."""
    rows = YoungPerson.objects.filter(referred_by=organisation_id)
    return list(rows.order_by("-priority", "referred_at", "pk"))


def available_mentors(network: Network, on: date) -> list[Mentor]:
    """Who may be proposed on a day: formed, there, checked until then at least, with room."""
    away = Q(leave_from__lte=on) & (Q(leave_until__isnull=True) | Q(leave_until__gte=on))
    rows = Mentor.objects.filter(
        network=network, state=MentorState.ACTIVE, check_until__gte=on, taken__lt=F("capacity")
    ).exclude(away & Q(leave_from__isnull=False))
    return list(rows.order_by("pk"))


def proposals(network: Network) -> list[Proposal]:
    rows = Proposal.objects.filter(network=network).select_related("young", "mentor")
    return list(rows.order_by("-young__priority", "young__referred_at", "pk"))


def refused_pairs(network: Network) -> set[tuple[UUID, UUID]]:
    rows = PairRefusal.objects.filter(young__network=network)
    return set(rows.values_list("young_id", "mentor_id"))


def checks_of(mentor: Mentor) -> list[HonourabilityCheck]:
    return list(HonourabilityCheck.objects.filter(mentor=mentor).order_by("-at", "pk"))


def pairs_of_young(young: YoungPerson) -> list[Pair]:
    rows = Pair.objects.filter(young=young).select_related("mentor")
    return list(rows.order_by("-made_on", "pk"))


def pairs_of_mentor(mentor: Mentor) -> list[Pair]:
    rows = Pair.objects.filter(mentor=mentor).select_related("young")
    return list(rows.order_by(F("ended_on").desc(nulls_first=True), "-made_on", "pk"))


def sessions_of(pair: Pair, limit: int = 100) -> list[Session]:
    return list(Session.objects.filter(pair=pair).order_by("-started_at", "pk")[:limit])


def unchecked_sessions(networks: Networks, limit: int = 200) -> list[Session]:
    """Sessions held when the mentor's check had ended, the latest first."""
    rows = Session.objects.filter(network__in=networks, is_unchecked=True)
    return list(rows.select_related("pair__mentor", "pair__young").order_by("-day", "pk")[:limit])


def open_alerts(networks: Networks) -> QuerySet[Alert]:
    rows = Alert.objects.filter(young__network__in=networks).exclude(state=AlertState.CLOSED)
    return rows.select_related("young", "pair__mentor").order_by("raised_at", "pk")


def alerts_shared_with(organisation_id: UUID) -> list[Alert]:
    """What a school is told of its own pupils; the family knows."""
    rows = Alert.objects.filter(shared_with=organisation_id).select_related("young")
    return list(rows.order_by("-shared_at", "pk"))


def absences(network: Network, on: date) -> list[CoordinatorAbsence]:
    rows = CoordinatorAbsence.objects.filter(network=network, until_on__gte=on)
    return list(rows.select_related("user", "cover").order_by("from_on", "pk"))


def covers(network_ids: Sequence[UUID], on: date) -> dict[UUID, UUID]:
    """Who answers for whom on that day: absent coordinator → the one who covers."""
    rows = CoordinatorAbsence.objects.filter(
        network__in=network_ids, from_on__lte=on, until_on__gte=on
    )
    return dict(rows.order_by("from_on", "pk").values_list("user_id", "cover_id"))


def answering(coordinator: UUID | None, covering: dict[UUID, UUID]) -> UUID | None:
    """Who answers today for a coordinator's pairs, through the covers of covers."""
    seen: set[UUID] = set()
    while coordinator in covering and coordinator not in seen:
        seen.add(coordinator)
        coordinator = covering[coordinator]
    return coordinator


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits on a coordinator's desk."""

    referred: int
    waiting: int
    proposed: int
    silent: int
    very_silent: int
    checks: int
    alerts: int
    unchecked: int
    open_pairs: int


def desk(networks: Networks, plan: "Plan", at: datetime) -> Desk:
    """Everything a coordinator must look at, counted."""
    on, rules = day_of(plan, at), plan.follow_up()
    first, second = rules.silent_days
    young = YoungPerson.objects.filter(network__in=networks)
    return Desk(
        referred=len(referrals_to_answer(networks)),
        waiting=young.filter(state=YoungState.WAITING).count(),
        proposed=Proposal.objects.filter(network__in=networks).count(),
        silent=silent_pairs(networks, on=on, days=first).count(),
        very_silent=silent_pairs(networks, on=on, days=second).count(),
        checks=checks_ending(networks, on=on, days=rules.check.notice_days).count(),
        alerts=open_alerts(networks).count(),
        unchecked=Session.objects.filter(
            network__in=networks, is_unchecked=True, day__gte=on - timedelta(days=30)
        ).count(),
        open_pairs=open_pairs(networks).count(),
    )


def every_network() -> list[Network]:
    return list(Network.objects.select_related("organisation").order_by("pk"))


def own_mentor(network: Network, user_id: Any) -> Mentor | None:
    """The file of somebody who mentors in that network."""
    return Mentor.objects.filter(network=network, user=user_id).first()
