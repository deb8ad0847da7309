"""A program's token on « Mon organisation »: shown once, in its maker's seat, revoked by any."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.lending.scene import Scene, build
from traitdunion.partners.models import ApiToken, User
from traitdunion.partners.states import Role

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def scene() -> Scene:
    return build()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def made(client: Client) -> str:
    """The secret as the page shows it."""
    answer = client.post(reverse("partners:new_token"), {"label": "Tableur", "days": "90"})
    return re.search(r'value="(tdu_[^"]+)"', answer.content.decode())[1]


def opens(secret: str) -> int:
    headers = {"authorization": f"Bearer {secret}"}
    return Client(headers=headers).get("/api/v1/devices").status_code


def test_a_token_is_shown_once_and_opens_its_makers_door(scene: Scene) -> None:
    chloe = browser(scene.user("Chloé", scene.school))

    secret = made(chloe)

    page = chloe.get(reverse("partners:organisation")).content.decode()
    assert opens(secret) == 200
    assert "Tableur" in page and secret not in page
    assert ApiToken.objects.get().membership.user.full_name == "Chloé"


def test_a_colleague_who_may_invite_revokes_it_at_once(scene: Scene) -> None:
    secret = made(browser(scene.user("Chloé", scene.school)))
    other = browser(scene.user("Odile", scene.school))

    other.post(reverse("partners:revoke_token", args=[ApiToken.objects.get().pk]))

    assert opens(secret) == 401
    assert "révoqué" in other.get(reverse("partners:organisation")).content.decode()


def test_whoever_may_not_invite_sees_no_token(scene: Scene) -> None:
    made(browser(scene.user("Chloé", scene.school)))
    member = browser(scene.user("Olga", scene.school, Role.RECEIVER))

    assert "Tableur" not in member.get(reverse("partners:organisation")).content.decode()
    assert member.get(reverse("partners:new_token")).status_code == 403


def test_the_page_of_another_organisation_shows_none_of_its_tokens(scene: Scene) -> None:
    made(browser(scene.user("Chloé", scene.school)))
    alice = browser(scene.user("Alice", scene.prefecture))

    page = alice.get(reverse("partners:other", args=[scene.school.pk])).content.decode()

    assert "Tableur" not in page
