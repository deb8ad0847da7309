"""
Somebody with every right on the database takes the triggers off, changes one column or takes one
row away, and puts the triggers back: `verify` names what was touched.
"""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import Model

from tests.journal.behind import behind_the_back, changed, places, set_column, stored
from tests.journal.conftest import Office
from traitdunion.journal import canonical, queries, telling
from traitdunion.journal.checking import shown
from traitdunion.journal.models import Event, Head, Seal

Row = dict[str, Any]


def growing() -> list[type[Model]]:
    """The tables of this scene; those of a whole plan are in test_tampering_plan.py."""
    tables = [Event, Seal, *telling.tables()]
    return [one for one in tables if one._default_manager.exists()]


def found(model: type[Model], key: Any) -> bool:
    """Whether the first wrong record is this one, or the event or seal that speaks for it."""
    wrong = next(queries.check(), None)
    assert wrong is not None
    return wrong[0] == model._meta.db_table and shown(key) == wrong[1]


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
def test_any_column_changed_is_found_in_any_row(office: Office, place: int) -> None:
    missed, elsewhere, tried = [], [], 0
    for model in growing():
        key = places(model)[place]
        form = canonical.form(model)
        row = model._default_manager.get(pk=key)
        for column, name, kind in zip(form.columns, form.names, form.kinds, strict=True):
            for value in changed(getattr(row, name), kind):
                tried += 1
                with behind_the_back(model) as cursor:
                    set_column(cursor, model, column, stored(value), stored(key))
                    wrong = next(queries.check(), None)
                case = f"{model._meta.label_lower}.{column}"
                if wrong is None:
                    missed.append(case)
                elif wrong[0] != model._meta.db_table:
                    elsewhere.append((case, wrong))

    assert tried > 45
    assert not missed
    assert not elsewhere


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
def test_the_very_record_is_named_when_one_of_its_words_is_changed(
    office: Office, place: int
) -> None:
    words = {
        "equipment.custody": "document",
        "people.eligibilitydecision": "layer",
        "journal.event": "verb",
        "journal.seal": "digest",
    }
    for model in growing():
        key = places(model)[place]
        if (column := words.get(model._meta.label_lower)) is None:
            continue
        with behind_the_back(model) as cursor:
            set_column(cursor, model, column, "x", stored(key))
            assert found(model, key), (model, next(queries.check()))


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
def test_any_row_taken_away_is_found(office: Office, place: int) -> None:
    for model in growing():
        key = places(model)[place]
        with behind_the_back(model) as cursor:
            pk = model._meta.pk.column
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE {pk} = %s", [stored(key)])
            wrong = next(queries.check(), None)

        assert wrong, model
        assert wrong[0] == model._meta.db_table


def test_two_rows_that_change_places_are_found(office: Office) -> None:
    for model in growing():
        first, _middle, last = places(model)
        names = _swappable(model)
        rows = {
            key: model._default_manager.filter(pk=key).values(*names).get()
            for key in (first, last)
        }
        with behind_the_back(model) as cursor:
            for key, other in ((first, last), (last, first)):
                for name in names:
                    set_column(cursor, model, name, stored(rows[other][name]), stored(key))
            wrong = next(queries.check(), None)

        assert wrong, model


def _swappable(model: type[Model]) -> list[str]:
    together = {"device_id", "seq"}
    return [
        field.attname
        for field in model._meta.concrete_fields
        if not field.unique and field.attname not in together
    ]


def test_a_row_that_nobody_told_is_found(office: Office) -> None:
    for model in telling.tables():
        if not model._default_manager.exists():
            continue
        row = model._default_manager.order_by("pk").first()
        with behind_the_back(model):
            row.pk = uuid4() if isinstance(row.pk, UUID) else row.pk + 10**6
            row.told_by = uuid4()
            if hasattr(row, "seq"):
                row.seq += 1_000
            row.save(force_insert=True)
            assert found(model, row.pk)


def test_every_seal_taken_away_with_their_number_still_leaves_events_unsealed(
    office: Office,
) -> None:
    with behind_the_back(Seal) as cursor:
        cursor.execute("DELETE FROM journal_seal")
        assert next(queries.check())[0] == "journal_seal"
        Head.objects.all().delete()
        assert queries.unsealed() > 0


def test_a_number_of_seals_that_is_not_theirs_is_found(office: Office) -> None:
    Head.objects.update(events=1)

    assert next(queries.check())[0] == "journal_head"


def test_nothing_is_found_where_nothing_was_touched(office: Office) -> None:
    for model in growing():
        with behind_the_back(model):
            assert next(queries.check(), None) is None
