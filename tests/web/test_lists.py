"""A list sorted by name is in the order of a dictionary."""

import pytest
from django.test import RequestFactory

from tests.web import world as worlds
from traitdunion.base import sorting
from traitdunion.partners import queries as partners
from traitdunion.partners.models import Organisation
from traitdunion.territories import queries as territories
from traitdunion.territories.models import Neighbourhood
from traitdunion.web.lists import Cell, Column, listing

NAMES = ["Les Œillets", "les écheveaux", "Les Écheveaux 2", "Les Teinturiers", "Les Âges"]
SORTED = ["Les Âges", "les écheveaux", "Les Écheveaux 2", "Les Œillets", "Les Teinturiers"]
NAME = Column("nom", "Nom", lambda one: Cell(one.name), order="name")


@pytest.fixture
def _named(db: None) -> None:
    for name in NAMES:
        worlds.partners.create_organisation(
            kind="SCHOOL", name=name, identifiers={}, by=worlds.ROBOT, at=worlds.APRIL
        )


def _shown(asked: str, rows: object) -> list[str]:
    request = RequestFactory().get("/", {"tri": asked})
    page = listing(request, caption="", columns=[NAME], rows=rows)
    return [cells[0][0].text for cells in page.rows]


@pytest.mark.usefixtures("_named")
def test_a_column_of_names_sorts_accents_apart_both_ways() -> None:
    rows = Organisation.objects.all()

    assert _shown("nom", rows) == SORTED
    assert _shown("-nom", rows) == SORTED[::-1]


@pytest.mark.usefixtures("_named")
def test_organisations_come_in_that_order_without_asking() -> None:
    assert [one.name for one in partners.of_kind("SCHOOL")] == SORTED


def test_rows_that_are_not_a_queryset_are_sorted_the_same_way() -> None:
    assert sorted(NAMES, key=sorting.key) == SORTED
    assert sorting.key(("Écheveaux", 2)) < sorting.key(("Teinturiers", 1))


@pytest.mark.django_db
def test_neighbourhoods_of_a_departement_come_in_the_order_of_a_dictionary() -> None:
    world = worlds.build()
    first = world.a.neighbourhood
    for number, name in enumerate(NAMES):
        Neighbourhood.objects.create(
            code=f"QP0949{number:02d}",
            name=name,
            generation="2015",
            valid_from_date=first.valid_from_date,
            department=first.department,
            outline=bytes(first.outline),
            layer="essai",
        )
    rows = territories.neighbourhoods("2015").filter(department=first.department)

    assert [one.name for one in rows] == [*SORTED, "Les Tilleuls 94"]
