"""Young people, mentors, pairs, sessions and alerts: codes and dates, never a name or a note."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.fields import Body, Instant, Text40
from traitdunion.api.lists import Listing, Page, page
from traitdunion.api.once import once
from traitdunion.base.clock import now
from traitdunion.base.errors import NotFound
from traitdunion.mentoring import operations, queries, rights
from traitdunion.people.queries import pseudonym
from traitdunion.programme import queries as programme

router = Router(tags=["mentoring"])


class YoungPerson(Schema):
    """A young person in mentoring, by code."""

    id: UUID
    child: str
    network: UUID | None
    referred_by: UUID | None
    state: str
    level: str
    subjects: list[str]
    languages: list[str]
    slots: list[str]
    modes: list[str]
    priority: int
    referred_at: datetime
    authorised_at: datetime | None

    @staticmethod
    def resolve_child(row: Any) -> str:
        return pseudonym(row.person_id)

    @staticmethod
    def resolve_network(row: Any) -> UUID | None:
        return row.network.organisation_id if row.network else None

    @staticmethod
    def resolve_referred_by(row: Any) -> UUID | None:
        return row.referred_by_id


class Mentor(Schema):
    """A mentor; `check_until` is the last day of the check of honourability."""

    id: UUID
    state: str
    capacity: int
    taken: int
    levels: list[str]
    subjects: list[str]
    languages: list[str]
    slots: list[str]
    modes: list[str]
    check_until: date | None
    applied_at: datetime


class Pair(Schema):
    """A young person and a mentor."""

    id: UUID
    young_person: UUID
    mentor: UUID
    mode: str
    made_on: date
    check_until: date | None
    last_session_on: date | None
    ended_on: date | None
    end_reason: str

    @staticmethod
    def resolve_young_person(row: Any) -> UUID:
        return row.young_id

    @staticmethod
    def resolve_mentor(row: Any) -> UUID:
        return row.mentor_id


class Session(Schema):
    """An hour that a pair spent; `is_unchecked` when the mentor's check had ended."""

    id: UUID
    pair: UUID
    started_at: datetime
    minutes: int
    mode: str
    is_unchecked: bool
    logged_at: datetime

    @staticmethod
    def resolve_pair(row: Any) -> UUID:
        return row.pair_id


class Alert(Schema):
    """Somebody worries about a young person."""

    id: UUID
    young_person: UUID
    pair: UUID | None
    kind: str
    state: str
    raised_at: datetime
    shared_at: datetime | None
    closed_at: datetime | None

    @staticmethod
    def resolve_young_person(row: Any) -> UUID:
        return row.young_id

    @staticmethod
    def resolve_pair(row: Any) -> UUID | None:
        return row.pair_id


class NewSession(Body):
    """One hour of one pair."""

    pair: UUID
    started_at: Instant
    minutes: Annotated[int, Field(strict=True)]
    mode: Annotated[Text40, Field(description="REMOTE or ON_SITE")]


class NewAlert(Body):
    """Who is worried about, and why."""

    pair: UUID
    kind: Literal["SILENCE", "DROP_OUT", "DANGER", "OTHER"]


class OfPair(Listing):
    """Of one pair, or of all that are seen."""

    pair: UUID | None = None


@router.get("/young-people", response=Page[YoungPerson], summary="Young people that the seat sees")
@right(rights.may_see_young)
def young_people(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.young_seen_by(request.auth.seat), asked, "referred_at", "pk")


@router.get(
    "/young-people/{uuid:young_id}", response=YoungPerson, summary="One young person, by code"
)
@right(rights.may_see_young)
def young_person(request: Any, young_id: UUID) -> Any:
    return queries.young_person(young_id, request.auth.seat)


@router.get("/mentors", response=Page[Mentor], summary="Mentors of the seat's network")
@right(rights.may_coordinate)
def mentors(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.mentors_seen_by(request.auth.seat), asked, "applied_at", "pk")


@router.get("/mentors/{uuid:mentor_id}", response=Mentor, summary="One mentor")
@right(rights.may_coordinate)
def mentor(request: Any, mentor_id: UUID) -> Any:
    return queries.mentor(mentor_id, request.auth.seat)


@router.get("/pairs", response=Page[Pair], summary="Pairs that the seat sees")
@right(rights.may_log)
def pairs(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.pairs_seen_by(request.auth.seat), asked, "made_on", "pk")


@router.get("/pairs/{uuid:pair_id}", response=Pair, summary="One pair")
@right(rights.may_log)
def pair(request: Any, pair_id: UUID) -> Any:
    return queries.pair(pair_id, request.auth.seat)


@router.get("/sessions", response=Page[Session], summary="Sessions that the seat sees")
@right(rights.may_log)
def sessions(request: Any, asked: Query[OfPair]) -> dict[str, Any]:
    rows = queries.sessions_seen_by(request.auth.seat)
    if asked.pair:
        rows = rows.filter(pair=queries.pair(asked.pair, request.auth.seat))
    return page(rows, asked, "started_at", "pk")


@router.post("/sessions", response={201: Session}, summary="Log a session")
@right(rights.may_log)
@once
def log_session(request: Any, body: NewSession) -> Session:
    """
    201, also when that hour of that pair is there already: nothing is counted twice. A session
    held when the mentor's check had ended is kept, and shown to the coordinator.
    """
    done = operations.log_sessions(
        pairs=[queries.pair(body.pair, request.auth.seat)],
        started_at=body.started_at,
        minutes=body.minutes,
        mode=body.mode,
        plan=programme.plan(programme.current()),
        by=request.auth.by,
        at=now(),
    )
    return Session.from_orm(done.sessions[0])


@router.get("/alerts", response=Page[Alert], summary="Alerts that the seat sees")
@right(rights.may_see_alerts)
def alerts(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.alerts_seen_by(request.auth.seat), asked, "raised_at", "pk")


@router.get("/alerts/{uuid:alert_id}", response=Alert, summary="One alert")
@right(rights.may_see_alerts)
def alert(request: Any, alert_id: UUID) -> Any:
    return queries.alert(alert_id, request.auth.seat)


@router.post("/alerts", response={201: Alert}, summary="Raise an alert")
@right(rights.may_log)
@once
def raise_alert(request: Any, body: NewAlert) -> Alert:
    """201; an alert of that kind that is open already is the answer."""
    one = queries.pair(body.pair, request.auth.seat)
    if one.ended_on is not None:
        raise NotFound(_("Ce binôme a pris fin."))
    made = operations.raise_alert(
        young=one.young, pair=one, kind=body.kind, by=request.auth.by, at=now()
    )
    return Alert.from_orm(made)
