"""Pages of mentoring: what each reads of a child, and what nobody can do with a family's link."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.web import world as worlds
from tests.web.world import World
from traitdunion.journal.models import Event
from traitdunion.mentoring.models import Pair, YoungPerson
from traitdunion.people.models import AuthorisationRequest, Guardianship, Person

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()


def sit(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name], backend=BACKEND)
    return client


def name_of(young: YoungPerson) -> str:
    return Person.objects.get(pk=young.person_id).last_name


def readings() -> int:
    return Event.objects.filter(verb="people.file_read").count()


def test_a_list_shows_codes_and_names_only_when_asked_with_a_trace(world) -> None:
    hugo, name = sit(world, "hugo"), name_of(world.a.mentoring.young)
    before = readings()

    assert name not in hugo.get("/mentorat/jeunes/").content.decode()
    assert readings() == before
    assert name in hugo.get("/mentorat/jeunes/?noms=1").content.decode()
    assert readings() > before


def test_a_network_that_is_only_asked_does_not_read_the_name(world) -> None:
    asked = YoungPerson.objects.get(pk=world.a.mentoring.referral.young_id)
    page = sit(world, "hugo").get(f"/mentorat/jeunes/{asked.pk}/?noms=1").content.decode()

    assert name_of(asked) not in page
    assert "une fois la demande acceptée" in page


def test_a_mentor_reads_first_names_of_their_own_and_no_other(world) -> None:
    page = sit(world, "ines").get("/mentorat/seances/").content.decode()

    assert "Hawa" in page
    assert name_of(world.a.mentoring.young) not in page
    assert page.count('name="pairs"') == 1


def test_a_coordinator_who_names_no_mentor_reads_nobody(world) -> None:
    before = readings()

    page = sit(world, "hugo").get("/mentorat/seances/").content.decode()

    assert "Pour qui ?" in page
    assert readings() == before


def test_a_note_is_seen_by_its_author_and_the_coordinators_alone(world) -> None:
    pair = world.a.mentoring.pair
    url = f"/mentorat/binomes/{pair.pk}/"
    sit(world, "hugo").post(f"{url}note/", {"text": "Rappeler la grand-mère."})
    sit(world, "ines").post(f"{url}note/", {"text": "Aime les maths."})

    mentor = sit(world, "ines").get(url).content.decode()
    coordinator = sit(world, "hugo").get(url).content.decode()

    assert "Aime les maths" in mentor and "grand-mère" not in mentor
    assert "Aime les maths" in coordinator and "grand-mère" in coordinator
    assert sit(world, "chloe").get(url).status_code == 403


def test_nothing_that_holds_the_link_can_send_it_elsewhere(world) -> None:
    """The page of the family has one form, with one answer; other fields change nothing."""
    url = f"/mentorat/famille/{world.a.mentoring.secret}/"
    page = Client().get(url).content.decode()
    tie = AuthorisationRequest.objects.get(
        child=world.a.mentoring.referral.young.person_id
    ).guardianship
    assert tie.email not in page and 'name="email"' not in page

    Client().post(url, {"reponse": "oui", "email": "hawa@example.org", "phone": "0600000000"})

    assert Guardianship.objects.get(pk=tie.pk).email == tie.email
    assert Client().get(url).status_code == 404


def test_guessing_codes_stops_after_some_tries(world) -> None:
    guess = {"code": "AAAA-BBBB-CCCC", "is_given": "oui"}
    statuses = [Client().post("/mentorat/famille/", guess).status_code for _turn in range(22)]

    assert statuses[0] == 400
    assert statuses[-1] == 429


def test_a_code_on_paper_is_shown_once_and_opens_the_answer(world) -> None:
    asked = YoungPerson.objects.get(pk=world.a.mentoring.referral.young_id)
    tie = Guardianship.objects.get(child=asked.person_id)
    url = f"/mentorat/jeunes/{asked.pk}/"
    chloe = sit(world, "chloe")

    shown = chloe.post(f"{url}question/", {"adult": tie.pk, "means": "PAPER"}).content.decode()
    code = shown.partition('fr-callout__title tu-code">')[2].partition("<")[0]
    again = chloe.get(url).content.decode()
    answer = Client().post("/mentorat/famille/", {"code": code.lower(), "is_given": "oui"})

    assert len(code) == 14 and code not in again
    assert "Votre réponse est notée" in answer.content.decode()
    asked.refresh_from_db()
    assert asked.authorised_at is not None


def test_an_adult_of_another_child_is_refused_in_one_sentence(world) -> None:
    other = YoungPerson.objects.get(pk=world.b.mentoring.referral.young_id)
    foreign = Guardianship.objects.get(child=other.person_id)
    here = f"/mentorat/jeunes/{world.a.mentoring.referral.young_id}/contact/corriger/"

    answer = sit(world, "chloe").post(here, {"adult": foreign.pk, "email": "x@example.org"})

    assert answer.status_code == 409
    assert Guardianship.objects.get(pk=foreign.pk).email == foreign.email


@pytest.mark.parametrize("capacity", ["0", "-1", "31"])
def test_a_mentor_for_nobody_is_told_what_is_possible(world, capacity: str) -> None:
    answer = sit(world, "hugo").post(
        "/mentorat/mentors/nouveau/", {"name": "Zéro", "capacity": capacity}
    )

    assert answer.status_code == 400
    assert "un mentor suit de 1 à 30 jeunes" in answer.content.decode()


def test_a_file_that_is_not_a_table_is_refused_where_it_was_sent(world) -> None:
    before = YoungPerson.objects.count()

    answer = sit(world, "chloe").post("/mentorat/jeunes/signaler/", {"pasted": "rien\nd’utile"})

    assert answer.status_code == 400
    assert "Nom" in answer.content.decode()
    assert YoungPerson.objects.count() == before


def test_the_match_is_proposed_and_confirmed_with_a_choice(world, settings) -> None:
    settings.TRAITDUNION_NOW = datetime(2020, 5, 20, 9, tzinfo=UTC)
    hugo = sit(world, "hugo")
    waiting = YoungPerson.objects.get(pk=world.a.mentoring.referral.young_id)
    hugo.post(f"/mentorat/demandes/{world.a.mentoring.referral.pk}/", {"reponse": "ACCEPTED"})
    hugo.post(f"/mentorat/jeunes/{waiting.pk}/reponse/", {"is_given": "oui", "means": "PHONE"})
    match, paired = "/mentorat/mise-en-relation/", Pair.objects.filter(young=waiting)

    hugo.post(f"{match}proposer/")
    assert "Ines" in hugo.get(match).content.decode()
    hugo.post(f"{match}confirmer/", {f"mentor-{waiting.pk}": ""})
    assert not paired.exists()

    hugo.post(f"{match}proposer/")
    hugo.post(f"{match}confirmer/", {f"mentor-{waiting.pk}": world.a.mentoring.mentor.pk})
    assert paired.get().mentor == world.a.mentoring.mentor
