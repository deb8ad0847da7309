"""
Deciding whether an address is in a priority neighbourhood, and deciding again when one knows more.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from django.db import transaction

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.base.columns import Columns, Same
from traitdunion.journal import operations as journal
from traitdunion.journal.canonical import Rows
from traitdunion.people import queries
from traitdunion.people.models import Address, EligibilityDecision
from traitdunion.people.operations.registering import NewChild
from traitdunion.people.states import Answer, Method
from traitdunion.territories import arrays as territories

CHUNK = 5_000
# What the geocoder must have recognised before its point may decide a right.
PRECISE = frozenset({"housenumber", "interpolation"})

Point = tuple[float, float, str]
NOWHERE: Point = (np.nan, np.nan, "")
Geocode = Callable[[Sequence[Address]], Sequence[Any]]


@transaction.atomic
def decide_eligibility(
    *,
    person_ids: Sequence[UUID],
    generation: str,
    tolerance_m: float,
    by: Actor,
    at: datetime,
    listed: Mapping[UUID, NewChild] | None = None,
) -> dict[UUID, queries.Eligibility]:
    """
    Answer for the addresses of these children, all at once; one dated decision each.

    Args:
        generation: of the neighbourhoods, "2015" or "2024".
        tolerance_m: an address nearer than this to a limit is for a person to settle.
        listed: what has just been written of some of them, so that it is not read again.
    """
    points = _points(person_ids, listed or {})
    places = territories.locate(
        lon=np.array([point[0] for point in points], dtype=float),
        lat=np.array([point[1] for point in points], dtype=float),
        generation=generation,
        tolerance_m=tolerance_m,
    )
    methods = [_method(point) for point in points]
    if places:
        _write(person_ids, places, methods, tolerance_m, by, at)
    return {
        person: queries.Eligibility(
            place.answer, place.neighbourhood_id, place.distance_m, method, place.layer, at
        )
        for person, place, method in zip(person_ids, places, methods, strict=True)
    }


def _write(
    person_ids: Sequence[UUID],
    places: Sequence[territories.Place],
    methods: Sequence[str],
    tolerance_m: float,
    by: Actor,
    at: datetime,
) -> None:
    batch, told = uuid4(), Rows(EligibilityDecision)
    columns: Columns = {
        "id": bulk.new_ids(len(places)),
        "person_id": person_ids,
        "answer": [place.answer for place in places],
        "neighbourhood_id": [place.neighbourhood_id for place in places],
        "layer": [place.layer for place in places],
        "method": methods,
        "distance_m": [place.distance_m for place in places],
        "tolerance_m": Same(tolerance_m),
        "at": Same(at),
        "by_kind": Same(by.actor_kind),
        "by_id": Same(by.actor_id),
        "told_by": Same(batch),
    }
    bulk.insert_columns(EligibilityDecision, told.through(columns))
    journal.record_batch(verb="people.eligibility_decided", uid=batch, rows=told, by=by, at=at)


def _points(person_ids: Sequence[UUID], listed: Mapping[UUID, NewChild]) -> list[Point]:
    points: dict[UUID, Point] = {
        pk: (row.lon, row.lat, "")
        for pk, row in listed.items()
        if row.lon is not None and row.lat is not None
    }
    others = [pk for pk in person_ids if pk not in listed]
    for start in range(0, len(others), CHUNK):
        rows = Address.objects.filter(
            person__in=others[start : start + CHUNK], lon__isnull=False, lat__isnull=False
        )
        for pk, lon, lat, found in rows.order_by("pk").values_list(
            "person_id", "lon", "lat", "found_type"
        ):
            points[pk] = (lon, lat, found)
    return [points.get(pk, NOWHERE) for pk in person_ids]


def _method(point: Point) -> str:
    if point is NOWHERE:
        return Method.NO_POINT.value
    return Method.GEOCODED.value if point[2] else Method.GIVEN_POINT.value


def _in_force(decision: EligibilityDecision) -> queries.Eligibility:
    return queries.Eligibility(
        decision.answer,
        decision.neighbourhood_id,
        decision.distance_m,
        decision.method,
        decision.layer,
        decision.at,
    )


@transaction.atomic
def confirm_eligibility(
    *, person_id: UUID, neighbourhood_id: UUID | None, layer: str, by: Actor, at: datetime
) -> queries.Eligibility:
    """
    A person settles what the machine could not: in that neighbourhood, or outside all of them.

    Args:
        neighbourhood_id: the neighbourhood, or None for outside.
    """
    decision = EligibilityDecision.objects.create(
        person_id=person_id,
        answer=Answer.IN if neighbourhood_id else Answer.OUT,
        neighbourhood_id=neighbourhood_id,
        layer=layer,
        method=Method.PERSON,
        at=at,
        by_kind=by.actor_kind,
        by_id=by.actor_id,
        told_by=uuid4(),
    )
    journal.record(
        verb="people.eligibility_confirmed",
        subject=decision,
        by=by,
        at=at,
        facts={"person": str(person_id), "answer": decision.answer},
        uid=decision.told_by,
        rows=[decision],
    )
    return _in_force(decision)


def place_addresses(
    *, geocode: Geocode, min_score: float, limit: int, by: Actor, at: datetime
) -> list[UUID]:
    """
    Ask where the waiting addresses are; keep what was answered, and a point only where it is
    precise.

    Args:
        geocode: from addresses to answers with ``kind``, ``score``, ``lon``, ``lat`` (None: no
            answer).
        min_score: below it the answer is kept but gives no point.
    Returns: the children whose address now has a point.
    """
    waiting = queries.waiting_addresses(limit)
    if not waiting:
        return []
    answers = geocode(waiting)
    placed = []
    with transaction.atomic():
        for address, found in zip(waiting, answers, strict=True):
            changes: dict[str, Any] = {"asked_at": at}
            if found is not None:
                changes |= {"found_type": found.kind, "found_score": found.score}
                if found.kind in PRECISE and found.score >= min_score:
                    changes |= {"lon": found.lon, "lat": found.lat}
                    placed.append(address.person_id)
            Address.objects.filter(pk=address.pk).update(**changes)
    return placed
