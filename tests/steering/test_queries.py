"""The dashboard adds up, stays inside one's territory, and the search respects rights."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.web import world as worlds
from traitdunion.partners import queries as partners
from traitdunion.people import queries as people
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


def kinds(world: worlds.World, name: str, text: str) -> set[str]:
    return {hit.kind for hit in steering.search(seat(world, name), text)}


def test_a_transfer_an_agreement_and_a_need_are_found_by_whoever_may_open_them(
    world: worlds.World,
) -> None:
    transfer, agreement = world.a.transfer.number, world.a.lent.number.lower()
    code = people.pseudonym(world.a.need.person_id)

    for name in ("chloe", "alice"):
        assert kinds(world, name, transfer) == {"transfer"}
    for name in ("chloe", "alice", "lea"):
        assert kinds(world, name, agreement) == {"agreement"}
        assert kinds(world, name, code) == {"need"}
        assert kinds(world, name, code.replace("-", "").lower()) == {"need"}
    assert kinds(world, "karim", agreement) == {"agreement"}
    # The controller does not open transfers; the other side, network and supplier, nothing.
    assert kinds(world, "karim", transfer) == set()
    for name in ("yanis", "paul", "hugo", "rachid"):
        assert [kinds(world, name, text) for text in (transfer, agreement, code)] == [set()] * 3


@pytest.mark.parametrize("name", ["alice", "chloe", "gaelle", "karim", "lea", "olga", "rachid"])
def test_whatever_the_search_shows_can_be_opened(world: worlds.World, name: str) -> None:
    client = Client()
    client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
    side = world.a
    numbers = (
        side.device.serial, side.order.number, side.lent.number, side.transfer.number,
        side.neighbourhood.code, people.pseudonym(side.need.person_id), "Collège 94",
    )  # fmt: skip

    for number in numbers:
        page = client.get("/tableau-de-bord/recherche/", {"q": number})
        for _kind, label, url in page.context["hits"]:
            assert client.get(url).status_code == 200, f"{name} cannot open {label}"


def test_the_whole_world_holds_together(world: worlds.World) -> None:
    assert list(steering.every_wrong()) == []
