"""
Children called Zzcanari go through everything: their lists, doubts, awards, devices, loans,
losses. Their
name is nowhere but in `people`: not in another table, a log, a message, a refusal, a page's
address.
"""

import logging
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection

from tests.web import world as worlds
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import Refusal
from traitdunion.partners import queries as partners
from traitdunion.people import operations as people
from traitdunion.people.models import Person
from traitdunion.steering import queries as steering

pytestmark = pytest.mark.django_db

CANARY = "zzcanari"
AT = datetime(2020, 5, 14, 8, tzinfo=UTC)
# Where a name may be: the tables of `people`, and nothing else.
HOME = "people_"


def tables_with_the_canary() -> set[str]:
    """Every table in which any cell of any row holds the canary's name."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(CANARY in _text(row) for row in cursor.fetchall()):
                found.add(table)
    return found


def _text(row: tuple) -> str:
    cells = (bytes(c).decode("latin-1") if isinstance(c, memoryview) else c for c in row)
    return repr(tuple(cells)).lower()


@pytest.fixture
def world(monkeypatch, caplog) -> worlds.World:
    renamed = {
        side: tuple(f"ZZCANARI{line}" for line in lines) for side, lines in worlds.CHILDREN.items()
    }
    monkeypatch.setattr(worlds, "CHILDREN", renamed)
    with caplog.at_level(logging.DEBUG):
        return worlds.build()


def test_the_canary_is_only_at_home(world, caplog) -> None:
    tables = tables_with_the_canary()

    assert "people_person" in tables, "the canary was never let in"
    assert all(table.startswith(HOME) for table in tables)
    assert CANARY not in caplog.text.lower()
    assert not any(CANARY in message.body.lower() for message in mail.outbox)


def test_the_search_finds_no_child(world) -> None:
    for user in world.people.values():
        for seat in partners.seats(user):
            assert steering.search(seat, CANARY) == []


def test_neither_a_persons_text_nor_a_refusal_tells_a_name(world) -> None:
    person = Person.objects.filter(last_name__icontains=CANARY).order_by("pk").first()
    people.forget(person_ids=[person.pk], reason="request", by=ROBOT, at=AT)

    with pytest.raises(Refusal) as refused:
        people.open_file(person_id=person.pk, purpose="file_page", by=ROBOT, at=AT)

    assert CANARY not in (str(person) + repr(person) + str(refused.value)).lower()


def test_after_erasure_the_canary_is_in_no_table_and_everything_still_holds(world) -> None:
    people.purge(created_before=AT, by=ROBOT, at=AT)
    people.forget_lists(sent_before=AT, by=ROBOT, at=AT)

    assert tables_with_the_canary() == set()
    assert list(steering.every_wrong()) == []


def test_the_trap_works_a_name_written_elsewhere_is_seen(world) -> None:
    """The negative control: were a name written in an organisation, the trap would say so."""
    world.a.school.address = f"chez {CANARY}"
    world.a.school.save()

    assert "partners_organisation" in tables_with_the_canary()
