"""Making children known, many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

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
    homes = _households(rows, relay_id)
    fresh: dict[str, tuple[Person, NewChild]] = {}
    for key, row in zip(keys, rows, strict=True):
        if key not in known and key not in fresh:
            home = homes.get(_home_key(row, relay_id))
            fresh[key] = (_child(row, key, home, relay_id, at), row)
    _write(list(fresh.values()), relay_id, (at + timedelta(days=notice_days)).date(), at)
    journal.record_many(
        verb="people.child_registered",
        subject_kind="people.person",
        subjects=[(person.pk, {"relay": str(relay_id)}) for person, _row in fresh.values()],
        by=by,
        at=at,
    )
    known |= {key: person.pk for key, (person, _row) in fresh.items()}
    return [known[key] for key in keys]


def _home_key(row: NewChild, relay_id: UUID) -> str:
    phone = row.guardians[0].phone if row.guardians else ""
    if not phone and not row.household:
        return ""
    return queries.household_key(relay_id, row.household, phone)


def _households(rows: Sequence[NewChild], relay_id: UUID) -> dict[str, UUID]:
    """The household of each key, created when it is new."""
    keys = {_home_key(row, relay_id) for row in rows} - {""}
    found = dict(Household.objects.filter(key__in=keys).values_list("key", "pk"))
    new = [Household(key=key) for key in sorted(keys - found.keys())]
    bulk.create(new)
    return found | {home.key: home.pk for home in new}


def _child(
    row: NewChild, key: str, household_id: UUID | None, relay_id: UUID, at: datetime
) -> Person:
    return Person(
        pk=uuid4(),
        kind=Kind.CHILD,
        first_name=row.first_name,
        last_name=row.last_name,
        birth_date=row.birth_date,
        search_key=key,
        household_id=household_id,
        known_to=relay_id,
        created_at=at,
    )


def _write(
    fresh: Sequence[tuple[Person, NewChild]], relay_id: UUID, due_on: date, at: datetime
) -> None:
    adults, ties, addresses = [], [], []
    for child, row in fresh:
        addresses.append(_address(child, row))
        for rank, guardian in enumerate(row.guardians[:2], 1):
            adult = _adult(guardian, child, relay_id, at)
            adults.append(adult)
            ties.append(_tie(child, adult, guardian, rank))
    bulk.create([*(child for child, _ in fresh), *adults])
    bulk.create(ties)
    bulk.create(addresses)
    notices = [InformationNotice(child=c, relay=relay_id, due_on=due_on) for c, _ in fresh]
    bulk.create(notices)


def _adult(guardian: NewGuardian, child: Person, relay_id: UUID, at: datetime) -> Person:
    return Person(
        pk=uuid4(),
        kind=Kind.GUARDIAN,
        last_name=guardian.name,
        search_key=queries.keyed("guardian", guardian.name, str(child.pk)),
        household_id=child.household_id,
        known_to=relay_id,
        created_at=at,
    )


def _tie(child: Person, adult: Person, guardian: NewGuardian, rank: int) -> Guardianship:
    return Guardianship(
        child=child,
        guardian=adult,
        rank=rank,
        phone=guardian.phone,
        email=guardian.email,
        language=guardian.language,
    )


def _address(child: Person, row: NewChild) -> Address:
    return Address(
        person=child,
        text=row.address,
        postcode=row.postcode,
        city=row.city,
        lon=row.lon,
        lat=row.lat,
    )
