"""The dashboard adds up, stays inside one's territory, and the search respects rights."""

from datetime import UTC, datetime

import pytest

from tests.web import world as worlds
from traitdunion.partners import queries as partners
from traitdunion.steering import queries as steering

pytestmark = pytest.mark.django_db

AT = datetime(2020, 5, 14, 9, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> worlds.World:
    return worlds.build()


def seat(world: worlds.World, name: str) -> partners.Seat:
    return partners.seats(world.people[name])[0]


def test_a_prefecture_sees_its_own_neighbourhoods_and_no_other(world: worlds.World) -> None:
    board = steering.dashboard(seat(world, "alice"), AT)

    assert {row.code for row in board.neighbourhoods} == {world.a.neighbourhood.code}


def test_the_figures_of_the_page_are_the_sums_of_their_lines(world: worlds.World) -> None:
    board = steering.dashboard(seat(world, "lea"), AT)

    assert board.needs == sum(row.needs for row in board.neighbourhoods)
    assert board.served == sum(row.served for row in board.departments)
    assert board.available_cents == board.authorized_cents - board.committed_cents


def test_a_device_is_found_by_its_number_by_whoever_may_see_it(world: worlds.World) -> None:
    serial = world.a.device.serial

    assert [hit.key for hit in steering.search(seat(world, "chloe"), serial.lower())] == [serial]
    assert steering.search(seat(world, "yanis"), serial) == []


def test_the_whole_world_holds_together(world: worlds.World) -> None:
    assert list(steering.every_wrong()) == []
