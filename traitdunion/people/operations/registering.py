"""Making children known, many at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.base.columns import DRAWN, Columns, Same
from traitdunion.journal import operations as journal
from traitdunion.partners import queries as partners
from traitdunion.people import queries
from traitdunion.people.models import (
    Address,
    Guardianship,
    Household,
    InformationNotice,
    Person,
)
from traitdunion.people.states import Kind


class NewGuardian(NamedTuple):
    """
    Who answers for a child, as a relay wrote it: an adult, or a service or institution.

    Attributes:
        address: where this adult lives, when it is not where the child does.
        is_institution: ``name`` is a service, by its name or number; where no organisation of the
            plan bears it, the name alone is kept.
    """

    name: str
    phone: str = ""
    email: str = ""
    language: str = ""
    address: str = ""
    is_institution: bool = False


class NewChild(NamedTuple):
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

    @property
    def home_phone(self) -> str:
        """The first adult's; a service answers for many children who share no home."""
        first = self.guardians[0] if self.guardians else None
        return first.phone if first and not first.is_institution else ""

    def search_key(self, relay_id: UUID) -> str:
        """Under what this relay finds the same child again; nobody is merged across relays."""
        if self.birth_date:
            return queries.search_key(relay_id, self.first_name, self.last_name, self.birth_date)
        # Without a birth date a name is not enough: what else the list says must be the same.
        more = (self.household, self.home_phone, self.address, self.city)
        return queries.search_key(relay_id, self.first_name, self.last_name, None, *more)


class Registered(list[UUID]):
    """
    The person of each row, in order.

    Attributes:
        listed: what was written of each child that was not known before.
    """

    def __init__(
        self, persons: Iterable[UUID], listed: Mapping[UUID, NewChild] | None = None
    ) -> None:
        # Django makes lists of the same type in `__in`, from their values alone.
        super().__init__(persons)
        self.listed = listed or {}


@transaction.atomic
def register_children(
    *, rows: Sequence[NewChild], relay_id: UUID, notice_days: int, by: Actor, at: datetime
) -> Registered:
    """
    Make these children known; one that this relay already listed under the same name and birth
    date is found again.

    A child of the same name that another relay listed is another file: whether they are one child
    is for a person to say (see `arrays.resembling`).

    Args:
        rows: the children, at most a few thousand at a time.
        relay_id: the organisation that lists them, which may read their files.
        notice_days: within how many days their families must be told.
    Returns: the person of each row, in order, and which of them are new.
    """
    keys = [row.search_key(relay_id) for row in rows]
    known = queries.known_children(set(keys))
    fresh: dict[str, NewChild] = {}
    for key, row in zip(keys, rows, strict=True):
        if key not in known:
            fresh.setdefault(key, row)
    ids = bulk.new_ids(len(fresh))
    listed = dict(zip(ids, fresh.values(), strict=True))
    if listed:
        homes = _homes(listed.values(), relay_id)
        _write_children(listed, list(fresh), homes, relay_id, at)
        _write_guardians(listed, homes, relay_id, at)
        _write_notices(ids, relay_id, (at + timedelta(days=notice_days)).date())
        facts = {"relay": str(relay_id)}
        journal.record_many(
            verb="people.child_registered",
            subject_kind="people.person",
            subjects=[(pk, facts) for pk in ids],
            by=by,
            at=at,
        )
    known |= zip(fresh, ids, strict=True)
    return Registered((known[key] for key in keys), listed)


def _homes(rows: Iterable[NewChild], relay_id: UUID) -> list[UUID | None]:
    """The household of each child, created when it is new; None when nothing names it."""
    calls = [_home_key(row, relay_id) for row in rows]
    homes = _households(set(calls) - {""})
    return [homes.get(call) for call in calls]


def _home_key(row: NewChild, relay_id: UUID) -> str:
    if not row.home_phone and not row.household:
        return ""
    return queries.household_key(relay_id, row.household, row.home_phone)


def _households(keys: set[str]) -> dict[str, UUID]:
    found = queries.households_called(keys)
    new = sorted(keys - found.keys())
    made = bulk.new_ids(len(new))
    bulk.insert_columns(Household, {"id": made, "key": new})
    found |= zip(new, made, strict=True)
    return found


def _write_children(
    listed: Mapping[UUID, NewChild],
    keys: Sequence[str],
    homes: Sequence[UUID | None],
    relay_id: UUID,
    at: datetime,
) -> None:
    rows, ids = list(listed.values()), list(listed)
    children: Columns = {
        "id": ids,
        "kind": Same(Kind.CHILD.value),
        "first_name": [row.first_name for row in rows],
        "last_name": [row.last_name for row in rows],
        "birth_date": [row.birth_date for row in rows],
        "search_key": keys,
        "code": [queries.kept_code(pk) for pk in ids],
        "household_id": homes,
        "known_to": Same(relay_id),
        "created_at": Same(at),
    }
    bulk.insert_columns(Person, children)
    addresses: Columns = {
        "id": DRAWN,
        "person_id": ids,
        "text": [row.address for row in rows],
        "postcode": [row.postcode for row in rows],
        "city": [row.city for row in rows],
        "city_code": Same(""),
        "lon": [row.lon for row in rows],
        "lat": [row.lat for row in rows],
        "found_type": Same(""),
    }
    bulk.insert_columns(Address, addresses)


def _write_guardians(
    listed: Mapping[UUID, NewChild],
    homes: Sequence[UUID | None],
    relay_id: UUID,
    at: datetime,
) -> None:
    """Adults are reached from a child, and have no key of their own."""
    holders = [
        (child, rank, who, home)
        for (child, row), home in zip(listed.items(), homes, strict=True)
        for rank, who in enumerate(row.guardians[:2], 1)
    ]
    services = _write_services(holders)
    found = [one for one in holders if not (one[2].is_institution and one[2].name in services)]
    ids = bulk.new_ids(len(found))
    adults: Columns = {
        "id": ids,
        "kind": Same(Kind.GUARDIAN.value),
        "first_name": Same(""),
        "last_name": [who.name for _child, _rank, who, _home in found],
        "search_key": Same(""),
        "code": Same(""),
        "household_id": [home for _child, _rank, _who, home in found],
        "known_to": Same(relay_id),
        "created_at": Same(at),
    }
    bulk.insert_columns(Person, adults)
    ties: Columns = {
        "id": DRAWN,
        "child_id": [child for child, _rank, _who, _home in found],
        "guardian_id": ids,
        "rank": [rank for _child, rank, _who, _home in found],
        "phone": [who.phone for _child, _rank, who, _home in found],
        "email": [who.email for _child, _rank, who, _home in found],
        "language": [who.language for _child, _rank, who, _home in found],
    }
    bulk.insert_columns(Guardianship, ties)
    apart = [(pk, one[2].address) for pk, one in zip(ids, found, strict=True) if one[2].address]
    addresses: Columns = {
        "id": DRAWN,
        "person_id": [pk for pk, _address in apart],
        "text": [address for _pk, address in apart],
        "postcode": Same(""),
        "city": Same(""),
        "city_code": Same(""),
        "found_type": Same(""),
    }
    if apart:
        bulk.insert_columns(Address, addresses)


def _write_services(holders: Sequence[tuple[UUID, int, NewGuardian, UUID | None]]) -> set[str]:
    """Tie children to the organisations that answer for them; return how those were called."""
    called = {who.name for _child, _rank, who, _home in holders if who.is_institution}
    if not called:
        return called
    services = partners.organisations_called(called)
    found = [one for one in holders if one[2].is_institution and one[2].name in services]
    ties: Columns = {
        "id": DRAWN,
        "child_id": [child for child, _rank, _who, _home in found],
        "institution_id": [services[who.name] for _child, _rank, who, _home in found],
        "rank": [rank for _child, rank, _who, _home in found],
        "phone": [who.phone for _child, _rank, who, _home in found],
        "email": [who.email for _child, _rank, who, _home in found],
        "language": Same(""),
    }
    bulk.insert_columns(Guardianship, ties)
    return set(services)


def _write_notices(ids: Sequence[UUID], relay_id: UUID, due_on: date) -> None:
    notices: Columns = {
        "id": DRAWN,
        "child_id": ids,
        "relay": Same(relay_id),
        "due_on": Same(due_on),
    }
    bulk.insert_columns(InformationNotice, notices)
