"""A column on its way to either database says what its rows say, whatever its letters."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from traitdunion.base import bulk, columns
from traitdunion.base.columns import DRAWN, Same
from traitdunion.journal.models import Event
from traitdunion.people.models import Person

pytestmark = pytest.mark.django_db

AT = datetime(2020, 5, 4, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    ["L’Œil", "tab\there", "line\nbreak", "return\rhere", "back\\slash", r"\N", r"\.", "\u2028"],
)
def test_a_name_comes_back_letter_by_letter_whatever_signs_it_holds(name: str) -> None:
    columns_ = {
        "id": DRAWN,
        "kind": Same("CHILD"),
        "first_name": Same(""),
        "last_name": [name, "Bel"],
        "birth_date": [None, date(2009, 2, 28)],
        "search_key": Same("k"),
        "code": Same(""),
        "known_to": Same(uuid4()),
        "created_at": Same(AT),
    }

    bulk.insert_columns(Person, columns_)

    read = dict(Person.objects.values_list("last_name", "birth_date"))
    assert read == {name: None, "Bel": date(2009, 2, 28)}


def test_a_document_comes_back_as_it_was_whatever_signs_it_holds() -> None:
    facts = [{"a": 'quote " slash \\ é'}, {"b": [1, "x\ny"], "a": None}, {}]
    columns_ = {
        "uid": DRAWN,
        "at": Same(AT),
        "actor_kind": Same("robot"),
        "actor_id": Same(None),
        "verb": Same("x.y"),
        "subject_kind": Same("z"),
        "subject_id": ["1", "2", "3"],
        "facts": facts,
    }

    bulk.insert_columns(Event, columns_)

    read = Event.objects.filter(verb="x.y").order_by("subject_id")
    assert [event.facts for event in read] == facts


def test_columns_of_several_lengths_are_refused_before_anything_is_written() -> None:
    with pytest.raises(ValueError, match="several lengths"):
        bulk.insert_columns(Person, {"id": DRAWN, "last_name": ["a", "b"], "search_key": ["k"]})

    assert not Person.objects.exists()


def test_identifiers_of_one_list_begin_alike_and_of_two_lists_do_not() -> None:
    one, other = columns.drawn(500), columns.drawn(500)

    assert one == sorted(set(one))
    assert len({pk[:12] for pk in one}) == 1
    assert one[0][:12] != other[0][:12]
    assert len({pk[13:16] + pk[17:] for pk in one}) == 500
