"""Long work as the person who started it sees it."""

import pytest
from django.test import Client

from tests.web import world as worlds
from traitdunion.jobs.models import Work

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
TITLES = {
    "WAITING": "Travail en attente",
    "RUNNING": "Travail en cours",
    "DONE": "Travail terminé",
    "FAILED": "Travail arrêté",
}


@pytest.fixture
def world(client: Client) -> worlds.World:
    built = worlds.build()
    client.force_login(built.people["chloe"], backend=BACKEND)
    return built


@pytest.mark.parametrize(("state", "title"), TITLES.items())
def test_the_title_says_how_far_the_work_is(
    client: Client, world: worlds.World, state: str, title: str
) -> None:
    Work.objects.filter(pk=world.a.work.pk).update(state=state)
    page = client.get(f"/travaux/{world.a.work.pk}/").content.decode()

    assert f"<h1>{title}</h1>" in page and f"<title>{title} —" in page
    assert ("every 2s" in page) is (state in {"WAITING", "RUNNING"})


def test_a_page_that_waits_stops_asking_when_the_work_is_over(
    client: Client, world: worlds.World
) -> None:
    address, asking = f"/travaux/{world.a.work.pk}/", {"HX-Request": "true"}
    before = client.get(address, headers=asking).status_code
    Work.objects.filter(pk=world.a.work.pk).update(state="DONE", result_path="/recensement/")
    after = client.get(address, headers=asking)

    assert (before, after.status_code) == (200, 286)
    assert 'href="/recensement/"' in after.content.decode()


def test_the_list_of_works_leads_straight_to_a_result(client: Client, world: worlds.World) -> None:
    Work.objects.filter(pk=world.a.work.pk).update(state="DONE", result_path="/attributions/")

    assert '<li><a href="/attributions/">' in client.get("/travaux/").content.decode()
