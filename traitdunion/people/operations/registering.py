"""Making children known, many at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.journal import operations as journal
from traitdunion.people import queries
from traitdunion.people.models import (
    Address,
    Guardianship,
    Household,
    InformationNotice,
    Person,
)
from traitdunion.people.states import Kind

PERSON = (
    "id", "kind", "first_name", "last_name", "birth_date", "search_key", "household_id",
    "known_to", "created_at",
)  # fmt: skip
TIE = ("id", "child_id", "guardian_id", "rank", "phone", "email", "language")
ADDRESS = (
    "id", "person_id", "text", "postcode", "city", "city_code", "lon", "lat", "found_type",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """An adult who answers for a child, as a relay wrote it."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child as a relay listed it."""

    first_name: str
    last_name: str
    birth_date: date | None = None
    household: str = ""
    guardians: tuple[NewGuardian, ...] = ()
    address: str = ""
    postcode: str = ""
    city: str = ""
    lon: float | None = None
    lat: float | None = None

    def search_key(self, relay_id: UUID) -> str:
        """Under what this relay finds the same child again; nobody is merged across relays."""
        if self.birth_date:
            return queries.search_key(relay_id, self.first_name, self.last_name, self.birth_date)
        # Without a birth date a name is not enough: what else the list says must be the same.
        phone = self.guardians[0].phone if self.guardians else ""
        more = (self.household, phone, self.address, self.city)
        return queries.search_key(relay_id, self.first_name, self.last_name, None, *more)


@transaction.atomic
def register_children(
    *, rows: Sequence[NewChild], relay_id: UUID, notice_days: int, by: Actor, at: datetime
) -> list[UUID]:
    """
    Make these children known; one that this relay already listed under the same name and birth
    date is found again.

    A child of the same name that another relay listed is another file: whether they are one child
    is for a person to say (see `arrays.resembling`).

    Args:
        rows: the children, at most a few thousand at a time.
        relay_id: the organisation that lists them, which may read their files.
        notice_days: within how many days their families must be told.
    Returns: the person of each row, in order.
    """
    keys = [row.search_key(relay_id) for row in rows]
    known = queries.known_children(set(keys))
    fresh: dict[str, NewChild] = {}
    for key, row in zip(keys, rows, strict=True):
        if key not in known:
            fresh.setdefault(key, row)
    ids = dict(zip(fresh, bulk.new_ids(len(fresh)), strict=True))
    calls = [_home_key(row, relay_id) for row in fresh.values()]
    homes = _households(set(calls) - {""})
    listed = [
        _Listed(ids[key], key, homes.get(call), row)
        for (key, row), call in zip(fresh.items(), calls, strict=True)
    ]
    _write(listed, relay_id, (at + timedelta(days=notice_days)).date(), at)
    journal.record_many(
        verb="people.child_registered",
        subject_kind="people.person",
        subjects=[(pk, {"relay": str(relay_id)}) for pk in ids.values()],
        by=by,
        at=at,
    )
    known |= ids
    return [known[key] for key in keys]


class _Listed(NamedTuple):
    """A new child on the way to the tables."""

    pk: UUID
    key: str
    household: UUID | None
    row: NewChild


def _home_key(row: NewChild, relay_id: UUID) -> str:
    phone = row.guardians[0].phone if row.guardians else ""
    if not phone and not row.household:
        return ""
    return queries.household_key(relay_id, row.household, phone)


def _households(keys: set[str]) -> dict[str, UUID]:
    """The household of each key, created when it is new."""
    found = queries.households_called(keys)
    new = sorted(keys - found.keys())
    made = dict(zip(new, bulk.new_ids(len(new)), strict=True))
    bulk.insert(Household, ("id", "key"), ((pk, key) for key, pk in made.items()))
    return found | made


def _write(listed: Sequence[_Listed], relay_id: UUID, due_on: date, at: datetime) -> None:
    adults = [
        (one, rank, guardian)
        for one in listed
        for rank, guardian in enumerate(one.row.guardians[:2], 1)
    ]
    pks = bulk.new_ids(len(adults))
    bulk.insert(Person, PERSON, _people(listed, adults, pks, relay_id, at))
    ties = (
        (tie, one.pk, pk, rank, who.phone, who.email, who.language)
        for tie, pk, (one, rank, who) in zip(bulk.new_ids(len(pks)), pks, adults, strict=True)
    )
    bulk.insert(Guardianship, TIE, ties)
    addresses = (
        (pk, one.pk, row.address, row.postcode, row.city, "", row.lon, row.lat, "")
        for pk, one in zip(bulk.new_ids(len(listed)), listed, strict=True)
        for row in (one.row,)
    )
    bulk.insert(Address, ADDRESS, addresses)
    notices = (
        (pk, one.pk, relay_id, due_on)
        for pk, one in zip(bulk.new_ids(len(listed)), listed, strict=True)
    )
    bulk.insert(InformationNotice, ("id", "child_id", "relay", "due_on"), notices)


def _people(
    listed: Sequence[_Listed],
    adults: Sequence[tuple[_Listed, int, NewGuardian]],
    pks: Sequence[UUID],
    relay_id: UUID,
    at: datetime,
) -> Iterator[tuple[Any, ...]]:
    """Children, then adults; an adult is reached from a child and has no key of its own."""
    for pk, key, home, row in listed:
        names = (row.first_name, row.last_name, row.birth_date)
        yield pk, Kind.CHILD.value, *names, key, home, relay_id, at
    for pk, (one, _rank, who) in zip(pks, adults, strict=True):
        yield pk, Kind.GUARDIAN.value, "", who.name, None, "", one.household, relay_id, at
