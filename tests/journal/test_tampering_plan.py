"""
The same hand in the tables of a whole plan: the ledger, the closed census, the draw's input and
whatever else only grows.
"""

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Model

from tests.journal.behind import behind_the_back, changed, places, set_column, stored
from tests.web import world as worlds
from traitdunion.base.actors import ROBOT
from traitdunion.census import operations as census
from traitdunion.journal import canonical, queries, telling
from traitdunion.journal import operations as journal

pytestmark = pytest.mark.django_db
# What a plan under way always fills; a new table of the kind is tried as soon as the scene has
# rows of it.
PLAN = {
    "allocation.inputrow",
    "budget.entry",
    "budget.movement",
    "census.amendment",
    "census.closedline",
    "equipment.custody",
    "people.eligibilitydecision",
}


@pytest.fixture
def growing(db: None) -> list[type[Model]]:
    world = worlds.build()
    census.withdraw(need=world.a.need, reason="relay", by=ROBOT, at=worlds.LATER)
    while journal.seal(by=ROBOT, at=worlds.LATER):
        pass
    return [one for one in telling.tables() if one._default_manager.exists()]


def test_the_scene_holds_what_a_plan_fills(growing: list[type[Model]]) -> None:
    assert {one._meta.label_lower for one in growing} >= PLAN


def test_any_column_changed_is_refused_or_found(growing: list[type[Model]]) -> None:
    missed, found, refused = [], 0, 0
    for model in growing:
        key = places(model)[1]
        form = canonical.form(model)
        row = model._default_manager.get(pk=key)
        for column, name, kind in zip(form.columns, form.names, form.kinds, strict=True):
            for value in changed(getattr(row, name), kind):
                with behind_the_back(model) as cursor:
                    try:
                        with transaction.atomic():
                            set_column(cursor, model, column, stored(value), stored(key))
                    except (IntegrityError, DataError):
                        refused += 1
                        continue
                    wrong = next(queries.check(), None)
                found += wrong is not None
                if wrong is None:
                    missed.append(f"{model._meta.label_lower}.{column}")

    assert not missed
    assert found > 50 and refused < 10


def test_any_row_taken_away_is_found(growing: list[type[Model]]) -> None:
    for model in growing:
        pk = model._meta.pk.column
        with behind_the_back(model) as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA defer_foreign_keys=ON")
            cursor.execute(
                f"DELETE FROM {model._meta.db_table} WHERE {pk} = %s", [stored(places(model)[1])]
            )
            assert next(queries.check(), None), model


def test_nothing_is_found_where_nothing_was_touched(growing: list[type[Model]]) -> None:
    assert next(queries.check(), None) is None
