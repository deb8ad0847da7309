"""Each figure of the dashboard opens a list that is as long as the figure says."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client

from tests.web import world as worlds
from traitdunion.allocation.models import Award
from traitdunion.census import operations as census
from traitdunion.census.models import Need
from traitdunion.partners import queries as partners
from traitdunion.steering import queries as steering
from traitdunion.steering.states import Figure
from traitdunion.territories.models import NeighbourhoodCommune

pytestmark = pytest.mark.django_db

PAGE = "/tableau-de-bord/"
BACKEND = "django.contrib.auth.backends.ModelBackend"
TILE = re.compile(r'tu-tile__value[^"]*"><a href="([^"]+)">([^<]+)</a>')
CELL = re.compile(r'<td[^>]* class="tu-number"[^>]*><a href="([^"]+)">([^<]+)</a>')
LINKED = re.compile(r'<td[^>]* class="tu-number"[^>]*><a ')


@pytest.fixture
def world(db: None) -> worlds.World:
    """Two territories; the town hall's commune holds the first neighbourhood."""
    made = worlds.build()
    NeighbourhoodCommune.objects.create(
        neighbourhood=made.a.neighbourhood, commune=made.a.school.commune
    )
    return made


def signed_in(world: worlds.World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name], backend=BACKEND)
    return client


def figures(page: str) -> Iterator[tuple[str, str]]:
    for href, figure in (*TILE.findall(page), *CELL.findall(page)):
        yield unescape(href), unescape(figure).strip()


def length(client: Client, href: str) -> int:
    """How much the list behind a link holds: its rows, or the sum that it announces."""
    answer = client.get(href)
    assert answer.status_code == 200, href
    total = answer.context.get("total") if "/commandes/" in href else None
    return answer.context["listing"].total if total is None else total


@pytest.mark.parametrize("name", ["lea", "alice", "gaelle", "karim", "elise", "farid"])
def test_each_figure_of_the_dashboard_opens_a_list_of_that_length(
    world: worlds.World, name: str
) -> None:
    client = signed_in(world, name)
    page = client.get(PAGE).content.decode()
    counted = [(href, text) for href, text in figures(page) if "€" not in text]

    wrong = [(href, text) for href, text in counted if length(client, href) != int(text)]

    assert not wrong
    # Eight tiles, then five figures a département and a neighbourhood.
    assert len(counted) >= 18
    assert len(LINKED.findall(page)) == len(counted) - 8


def test_a_neighbourhood_that_somebody_does_not_look_over_has_an_empty_list(
    world: worlds.World,
) -> None:
    there = f"{PAGE}besoins/?quartier={world.b.neighbourhood.code}"

    assert length(signed_in(world, "lea"), there) > 0
    assert length(signed_in(world, "alice"), there) == 0


def test_the_needs_of_an_earlier_census_are_not_in_todays_figures(world: worlds.World) -> None:
    seat = partners.seats(world.people["lea"])[0]
    assert Award.objects.exists() and Need.objects.filter(state="DOUBTFUL").exists()

    census.open_census(
        programme=world.programme, plan=world.plan, by=world.people["lea"], at=worlds.LATER
    )

    board = steering.dashboard(seat, worlds.LATER)
    assert (board.needs, board.doubtful, board.served, board.waiting) == (0, 0, 0, 0)


def test_a_need_that_waits_is_one_that_nobody_served_even_beside_a_withdrawn_one(
    world: worlds.World,
) -> None:
    seat = partners.seats(world.people["lea"])[0]
    served = steering.needs_behind(seat, Figure.SERVED).first()
    waiting = steering.needs_behind(seat, Figure.WAITING).count()

    Need.objects.filter(pk=served.pk).update(state="DOUBTFUL")

    assert steering.needs_behind(seat, Figure.WAITING).count() == waiting


def test_a_town_hall_reads_codes_without_a_class_nor_a_way_into_the_need(
    world: worlds.World,
) -> None:
    page = signed_in(world, "gaelle").get(f"{PAGE}besoins/").content.decode()

    assert "E-" in page and world.a.need.school_class not in page
    assert "/recensement/besoins/" not in page.split("<main")[1]
