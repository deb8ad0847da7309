"""The controller reads the journal page after page; anybody reads the seals."""

import pytest
from django.test import Client

from tests.web import world as worlds
from traitdunion.base.actors import ROBOT
from traitdunion.journal import operations as journal
from traitdunion.journal import queries
from traitdunion.journal.models import Event

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def world(db: None) -> worlds.World:
    made = worlds.build()
    journal.seal(by=ROBOT, at=worlds.LATER)
    return made


@pytest.fixture
def karim(world: worlds.World) -> Client:
    client = Client()
    client.force_login(world.people["karim"], backend=BACKEND)
    return client


def test_the_controller_goes_back_to_the_first_event_without_missing_one(karim: Client) -> None:
    seen, address = 0, "/journal/"
    while address:
        page = karim.get(address)
        seen += len(page.context["rows"])
        below = page.context["below"]
        address = f"/journal/?avant={below}" if below else ""

    assert seen == Event.objects.count() > 100


def test_a_page_of_the_journal_costs_the_same_however_far_it_is(
    karim: Client, django_assert_max_num_queries
) -> None:
    karim.get("/journal/")

    with django_assert_max_num_queries(12):
        karim.get("/journal/?avant=60")


def test_the_journal_is_filtered_by_what_happened_and_to_what(
    karim: Client, world: worlds.World
) -> None:
    device = str(world.a.device.pk)

    page = karim.get(f"/journal/?verbe=equipment.registered&objet={device}&depuis=2020-04-01")

    told = {(row[1].text, row[4].text) for row in page.context["rows"]}
    assert told == {("equipment.registered", device)}
    assert karim.get("/journal/?jusque=2019-01-01").context["rows"] == []


def test_the_journal_opens_in_a_spreadsheet(karim: Client) -> None:
    file = karim.get("/journal/?format=csv")

    assert file.content.decode("utf-8-sig").count("\n") >= Event.objects.count()


def test_anybody_reads_the_seals_and_nothing_else(world: worlds.World) -> None:
    page = Client().get("/journal/sceaux/").content.decode()

    last = queries.last_seal()
    assert last and last.hash in page
    assert "equipment." not in page
    assert "dernier.pdf" not in page


def test_the_latest_seal_is_printed_on_one_page(karim: Client) -> None:
    file = karim.get("/journal/sceaux/dernier.pdf")

    assert file["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF")
