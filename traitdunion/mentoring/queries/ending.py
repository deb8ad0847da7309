"""What comes after each follow-up, and who has no plan yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.mentoring.models import (
    FollowUpEnd,
    Mentor,
    Network,
    Pair,
    Session,
    YoungPerson,
)
from traitdunion.mentoring.queries.networks import networks_of
from traitdunion.mentoring.states import EndState, YoungState

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

HOLDS = (EndState.PROPOSED, EndState.SETTLED)


class NoSuchEnd(NotFound):
    """No plan of that name, proposed to this seat."""


def orphans(networks: QuerySet[Network]) -> QuerySet[YoungPerson]:
    """Young people of these networks, followed, for whom nothing is planned after."""
    planned = FollowUpEnd.objects.filter(state__in=HOLDS)
    rows = YoungPerson.objects.filter(network__in=networks, state=YoungState.FOLLOWED)
    return rows.exclude(pk__in=planned.values("young")).select_related("child").order_by("pk")


def ends_of(networks: QuerySet[Network]) -> QuerySet[FollowUpEnd]:
    """The plans that hold, those that wait for an answer first."""
    rows = FollowUpEnd.objects.filter(young__network__in=networks, state__in=HOLDS)
    rows = rows.select_related("young__child", "receiver")
    return rows.order_by("state", "plan", "pk")


def ends_to_answer(seat: "Seat | None") -> QuerySet[FollowUpEnd]:
    """What is proposed to this organisation."""
    rows = FollowUpEnd.objects.select_related("young__network__organisation", "young__child")
    if seat is None:
        return rows.none()
    asked = rows.filter(receiver=seat.organisation.pk, state=EndState.PROPOSED)
    return asked.order_by("decided_at", "pk")


def ends_received(seat: "Seat") -> QuerySet[FollowUpEnd]:
    """What was proposed to this organisation and still holds, what waits for an answer first."""
    rows = FollowUpEnd.objects.filter(receiver=seat.organisation.pk, state__in=HOLDS)
    rows = rows.select_related("young__network__organisation", "young__child")
    return rows.order_by("state", "-decided_at", "pk")


def end_to_answer(pk: UUID, seat: "Seat | None") -> FollowUpEnd:
    """Raises NoSuchEnd."""
    rows = FollowUpEnd.objects.select_related("young__network__organisation", "young__child")
    found = rows.filter(pk=pk, receiver=seat.organisation.pk).first() if seat else None
    if found is None:
        raise NoSuchEnd(_("Cette demande n’existe pas."))
    return found


def without_plan(young: Sequence[UUID]) -> set[UUID]:
    planned = FollowUpEnd.objects.filter(young__in=young, state__in=HOLDS)
    return set(young) - set(planned.order_by("pk").values_list("young_id", flat=True))


def silent_among(young: Sequence[UUID], on: date, days: int) -> set[UUID]:
    """Those whose open pair has had no session for so many days."""
    since = on - timedelta(days=days)
    quiet = Q(last_session_on__isnull=True, made_on__lt=since) | Q(last_session_on__lt=since)
    rows = Pair.objects.filter(quiet, young__in=young, ended_on__isnull=True)
    return set(rows.order_by("pk").values_list("young_id", flat=True))


class NoSuchMentor(NotFound):
    """No mentor of that name in the seat’s networks."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a mentor gave."""

    first_on: date | None
    last_on: date | None
    young: int
    sessions: int
    minutes: int


def mentor_of(pk: UUID, seat: "Seat | None") -> Mentor:
    """A mentor of the seat’s networks. Raises NoSuchMentor."""
    rows = Mentor.objects.select_related("network__organisation", "user")
    found = rows.filter(pk=pk, network__in=networks_of(seat)).first()
    if found is None:
        raise NoSuchMentor(_("Ce mentor n’existe pas."))
    return found


def given_by(mentor: Mentor) -> Given:
    rows = Session.objects.filter(pair__mentor=mentor)
    said = rows.aggregate(
        first_on=Min("day"),
        last_on=Max("day"),
        young=Count("pair__young", distinct=True),
        sessions=Count("pk"),
        minutes=Sum("minutes"),
    )
    return Given(**{**said, "minutes": said["minutes"] or 0})
