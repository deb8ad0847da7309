"""The plan and its rule, readable by anybody, without an account."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.programme import operations, schema

pytestmark = pytest.mark.django_db

PLAN = Path(schema.__file__).parent / "plans" / "2020-04-continuite-educative.toml"


@pytest.fixture
def _plan() -> None:
    operations.load(toml=PLAN.read_text(encoding="utf-8"), by=ROBOT, at=now())


def shown(client: Client, name: str) -> str:
    return client.get(reverse(name)).content.decode().replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.usefixtures("_plan")
def test_anybody_reads_who_may_receive_what_at_which_price(client: Client) -> None:
    page = shown(client, "programme:show")

    assert "15 000 000,00 €" in page
    assert "185,00 €" in page and "Un écran partagé" in page
    assert "De 15 000 à 30 000 le 31/07/2020" in page


@pytest.mark.usefixtures("_plan")
def test_laws_that_came_later_are_shown_as_such(client: Client, settings: SimpleNamespace) -> None:
    settings.TRAITDUNION_NOW = datetime(2020, 5, 12, 9, tzinfo=UTC)

    page = shown(client, "programme:show")

    assert page.count("pas encore") == 3
    assert page.count("en vigueur") == 7


@pytest.mark.usefixtures("_plan")
def test_the_rule_tells_how_to_redo_the_draw_and_whom_to_ask(client: Client) -> None:
    page = shown(client, "programme:rule")

    assert "SHA-256" in page and "L. 311-3-1" in page
    assert "publiée à la clôture" in page


def test_without_a_programme_the_page_says_what_to_do(client: Client) -> None:
    answer = client.get(reverse("programme:show"))

    assert answer.status_code == 404
    assert "traitdunion init" in answer.content.decode()
