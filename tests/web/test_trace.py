"""From a page to the trace of its number, and from step to step: no link leads nowhere."""

import re
from html import unescape

import pytest
from django.test import Client

from tests.web import world as worlds
from traitdunion.territories.models import NeighbourhoodCommune

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
TRACE = re.compile(r'href="(/tableau-de-bord/trace/[^"?]+/)"')


@pytest.fixture
def world() -> worlds.World:
    """Two territories; the town hall's commune holds the first neighbourhood."""
    made = worlds.build()
    NeighbourhoodCommune.objects.create(
        neighbourhood=made.a.neighbourhood, commune=made.a.school.commune
    )
    return made


def addresses(side: worlds.Side) -> list[str]:
    return [
        f"/materiel/{side.loan.device.serial}/",
        f"/prets/conventions/{side.lent.number}/",
        f"/enveloppes/{side.envelope.pk}/",
        f"/commandes/{side.order.number}/",
        f"/territoires/quartiers/{side.neighbourhood.code}/",
    ]


@pytest.mark.parametrize("name", ["alice", "elise", "farid", "gaelle", "karim", "lea", "paul"])
def test_whoever_may_follow_a_number_is_led_nowhere_in_vain(
    world: worlds.World, name: str
) -> None:
    client = Client()
    client.force_login(world.people[name], backend=BACKEND)
    waiting = [one for side in (world.a, world.b) for one in addresses(side)]
    seen: set[str] = set()
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        if "/trace/" in address:
            assert answer.status_code == 200, address
        for link in TRACE.findall(unescape(answer.content.decode())):
            if link not in seen:
                seen.add(link)
                waiting.append(link)

    assert seen


def test_a_school_is_shown_no_way_to_the_trace(world: worlds.World) -> None:
    client = Client()
    client.force_login(world.people["chloe"], backend=BACKEND)
    for address in addresses(world.a):
        assert not TRACE.findall(client.get(address).content.decode())
