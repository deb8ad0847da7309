"""Rows written in bulk are the rows that Django would have written."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from traitdunion.base import bulk
from traitdunion.journal.models import Event
from traitdunion.people.models import Person

pytestmark = pytest.mark.django_db

AT = datetime(2020, 5, 4, 8, 30, tzinfo=UTC)


def child(**changes: object) -> Person:
    given = {"kind": "CHILD", "first_name": "Zoé", "last_name": "L’Œil", "search_key": "k"}
    return Person(**{**given, "known_to": uuid4(), "created_at": AT, **changes})


def test_a_row_comes_back_as_it_was_given() -> None:
    written = child(birth_date=date(2009, 2, 28))

    count = bulk.create([written])

    read = Person.objects.get(pk=written.pk)
    names = [field.attname for field in Person._meta.concrete_fields]
    assert count == 1
    assert {n: getattr(read, n) for n in names} == {n: getattr(written, n) for n in names}


def test_facts_of_an_event_stay_a_document() -> None:
    event = Event(
        at=AT, actor_kind="robot", verb="x.y", subject_kind="z", subject_id="1", facts={"é": [1]}
    )

    bulk.create([event])

    assert Event.objects.get(verb="x.y").facts == {"é": [1]}
    assert Event.objects.filter(facts__has_key="é").count() == 1


def test_a_constraint_refuses_the_whole_batch() -> None:
    twice = child()

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.create([child(), twice, twice])

    assert not Person.objects.exists()


def test_nothing_to_write_is_nothing_done() -> None:
    assert bulk.create([]) == 0


def test_identifiers_drawn_at_once_are_as_random_as_one_by_one() -> None:
    drawn = bulk.new_ids(1_000)

    assert len(set(drawn)) == 1_000
    assert {(one.version, one.variant) for one in drawn} == {(4, uuid4().variant)}
    assert all(UUID(str(one)) == one for one in drawn)
