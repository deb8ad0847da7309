"""The queue by its pages: what can be done, a proposal left behind, what is published."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.allocation.conftest import JUNE, MAY, REASON, Scene, decided, scene, world
from tests.web.test_census import sit
from traitdunion.allocation import operations, queries
from traitdunion.allocation.models import Award, Wave
from traitdunion.allocation.states import AwardState, Decision, WaveState
from traitdunion.base.actors import ROBOT
from traitdunion.census import operations as census
from traitdunion.census.models import Need
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import queries as programmes

__all__ = ["scene", "world"]
PAGE = "/attributions/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _may_2020(settings: object) -> None:
    settings.TRAITDUNION_NOW = MAY


@pytest.fixture
def chloe(scene: Scene) -> Client:
    return sit("chloe", scene.world.school)


@pytest.fixture
def alice(scene: Scene) -> Client:
    return sit("alice", scene.world.prefecture)


@pytest.fixture
def lea(scene: Scene) -> Client:
    ministry = partners.create_organisation(
        kind=Kind.MINISTRY, name="Ministère", identifiers={}, by=ROBOT, at=MAY
    )
    return sit("lea", ministry, Role.ADMINISTRATOR)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def why(client: Client, need: Need) -> str:
    return text(client.get(f"{PAGE}besoins/{need.pk}/")).split("<main")[1]


# --- A proposal left behind


def test_a_proposal_left_behind_is_done_again_by_one_button(scene: Scene, alice: Client) -> None:
    scene.children(3)
    scene.fund(2)
    scene.close()
    wave = scene.propose()
    gone = decided(wave, Decision.SERVED)[0].need
    census.withdraw(need=gone, reason="relay", by=ROBOT, at=MAY)

    refused = alice.post(f"{PAGE}vagues/{wave.pk}/confirmer/")
    again = f"{PAGE}vagues/{wave.pk}/refaire/"
    alice.post(again)

    assert refused.status_code == 409 and again in text(refused)
    assert "Rien n’a été attribué" in text(refused) and not Award.objects.exists()
    wave.refresh_from_db()
    assert wave.state == WaveState.CANCELLED
    fresh = queries.proposal(scene.world.census.pk)
    assert gone.pk not in {line.need_id for line in decided(fresh, Decision.SERVED)}


# --- Needs that go, places that are lost


def test_a_relay_that_withdraws_a_need_ends_its_award(scene: Scene, chloe: Client) -> None:
    wave = scene.shared_out(served=2, waiting=0)
    need = decided(wave, Decision.SERVED)[0].need

    chloe.post(f"/recensement/besoins/{need.pk}/retirer/")

    assert Award.objects.get(need=need).state == AwardState.WITHDRAWN


def test_a_family_that_objects_ends_its_award(scene: Scene, chloe: Client) -> None:
    wave = scene.shared_out(served=2, waiting=0)
    need = decided(wave, Decision.SERVED)[0].need

    chloe.post(f"/familles/{need.person_id}/opposition/")

    assert Award.objects.get(need=need).state == AwardState.WITHDRAWN


def test_a_relay_says_that_a_need_stands_after_its_place_was_lost(
    scene: Scene, chloe: Client, settings: object
) -> None:
    wave = scene.shared_out(served=1, waiting=0)
    need = decided(wave, Decision.SERVED)[0].need
    operations.lapse(by=ROBOT, at=JUNE)
    settings.TRAITDUNION_NOW = JUNE
    asked, lost = why(chloe, need), text(chloe.get(f"{PAGE}places-perdues/"))

    chloe.post(f"{PAGE}besoins/{need.pk}/confirmer/")

    assert "Ce besoin tient toujours" in asked and str(need.pk) in lost
    assert not queries.rests(need.pk)
    assert "Ce besoin tient toujours" not in why(chloe, need)


def test_a_need_served_in_the_place_of_another_reads_so(scene: Scene, chloe: Client) -> None:
    wave = scene.shared_out(served=1, waiting=1)
    waiting = decided(wave, Decision.WAITING)[0].need
    operations.lapse(by=ROBOT, at=JUNE)

    page = why(chloe, waiting)

    assert "à la place d’une attribution" in page
    assert "Des crédits nouveaux" not in page and "En attente au rang" not in page


# --- What can be done


def test_a_need_that_waits_reads_what_is_missing_and_what_it_can_do(
    scene: Scene, chloe: Client
) -> None:
    wave = scene.shared_out(served=2, waiting=3)
    second = decided(wave, Decision.WAITING)[1]

    page = why(chloe, second.need)

    for said in (
        "370 € de plus dans «",
        "peut changer",
        "réexamen",
        "urgente",
        "acheter ou prêter",
    ):
        assert said in page, said
    assert "la place dans la file est gardée" not in page


def test_a_need_to_check_reads_whom_to_ask(scene: Scene, chloe: Client, alice: Client) -> None:
    scene.changed(census={"ceiling_per_hundred_pupils": 1.0})
    scene.children(3)
    scene.fund(3)
    scene.close()
    (line,) = decided(scene.propose(), Decision.CHECK)

    relay, decider = why(chloe, line.need), why(alice, line.need)

    assert "Demandez le contrôle à : Préfecture" in relay
    ceiling = f"/recensement/quartiers/{scene.world.north.pk}/plafond/"
    assert ceiling in decider and ceiling not in relay


# --- The reserve


def test_the_reserve_is_shown_and_released_by_the_plans_administration(
    scene: Scene, alice: Client, lea: Client
) -> None:
    scene.plan = programmes.plan(scene.world.programme)
    scene.children(4)
    scene.fund(2)
    scene.close()
    wave = scene.confirm(scene.propose())
    page = f"{PAGE}vagues/{wave.pk}/"
    release = f"{page}reserve/"
    seen = text(alice.get(page))

    assert "1 quartier qui n’a pas encore répondu" in seen and release not in seen
    assert alice.get(release).status_code == 403
    assert release in text(lea.get(page))
    lea.post(release, {"reason": "Le quartier a répondu par téléphone"})
    assert "Le quartier a répondu par téléphone" in text(alice.get(page))


# --- What is published


def exception(scene: Scene, count: int) -> tuple[Wave, Award]:
    scene.children(count)
    scene.fund(count - 1)
    scene.close()
    wave = scene.confirm(scene.propose())
    scene.fund(1)
    return wave, scene.serve_out_of_turn(decided(wave, Decision.WAITING)[0].need, wave)


def test_an_exception_is_published_with_its_neighbourhood(scene: Scene) -> None:
    _wave, award = exception(scene, 5)

    page = text(Client().get(f"{PAGE}publiees/"))

    assert f"{str(award.need_id)[:8].upper()}, Quartier 1 (QP094001) — {REASON}" in page


def test_where_few_children_need_something_an_exception_names_no_neighbourhood(
    scene: Scene,
) -> None:
    exception(scene, 4)

    page = text(Client().get(f"{PAGE}publiees/"))

    assert "Val-de-Marne, quartier non publié : moins de 5 besoins" in page
    assert "QP094001" not in page


def test_rows_that_could_point_at_a_child_are_for_those_who_control(
    scene: Scene, alice: Client, chloe: Client
) -> None:
    wave = scene.shared_out(served=2, waiting=2)

    assert Client().get(f"{PAGE}publiees/{wave.pk}/besoins.csv").status_code == 404
    assert chloe.get(f"{PAGE}vagues/{wave.pk}/besoins.csv").status_code == 403
    answer = alice.get(f"{PAGE}vagues/{wave.pk}/besoins.csv")
    assert answer.status_code == 200 and answer.content.count(b"QP094001") == 4
    assert "Les lignes ne sont pas publiées" in text(Client().get(f"{PAGE}publiees/"))


def test_anybody_takes_the_rows_and_the_rule_when_no_cell_is_small(scene: Scene) -> None:
    wave = scene.shared_out(served=4, waiting=2)
    address = f"{PAGE}publiees/{wave.pk}/"

    assert address in text(Client().get(f"{PAGE}publiees/"))
    assert Client().get(f"{address}besoins.csv").content.count(b"QP094001") == 6
    assert wave.seed in Client().get(f"{address}regle.toml").content.decode()


def test_a_proposal_is_not_published(scene: Scene) -> None:
    scene.children(6)
    scene.fund(6)
    scene.close()
    wave = scene.propose()

    for name in ("besoins.csv", "regle.toml"):
        assert Client().get(f"{PAGE}publiees/{wave.pk}/{name}").status_code == 404
