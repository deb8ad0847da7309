"""Without a pointer: where the keyboard goes, and what is said when a part of the page changes."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser import PHONE, Visit
from tests.web import world as worlds
from traitdunion.jobs.models import Work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BACKEND = "django.contrib.auth.backends.ModelBackend"
FOCUSED = """(() => { const e = document.activeElement;
  return e.matches("a, button") ? e.textContent.trim() : e.id; })()"""


def _signed_in(user: object) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _focused(page: Page) -> str:
    return page.evaluate(FOCUSED)


def test_the_first_key_offers_to_go_straight_to_the_content(
    open_browser: Callable[..., Visit],
) -> None:
    page = (visit := open_browser()).page
    visit.go("/contact/")

    page.keyboard.press("Tab")
    offered = _focused(page)
    page.keyboard.press("Enter")

    assert offered == "Contenu"
    assert _focused(page) == "content"


def test_the_log_in_is_filled_in_the_order_it_is_read(
    open_browser: Callable[..., Visit],
) -> None:
    page = (visit := open_browser()).page
    visit.go("/connexion/")
    page.locator("#id_username").focus()

    page.keyboard.type("claire@college.example")
    page.keyboard.press("Tab")
    second = _focused(page)
    page.keyboard.type("un mot de passe")
    page.keyboard.press("Enter")

    assert second == "id_password"
    expect(page.get_by_role("alert")).to_contain_text("incorrect")


def test_an_error_leads_to_its_field(open_browser: Callable[..., Visit]) -> None:
    page = (visit := open_browser()).page
    visit.go("/mot-de-passe/")
    page.get_by_role("button", name="Recevoir le lien").click()

    page.locator("#problems a").first.focus()
    page.keyboard.press("Enter")

    assert _focused(page) == "id_email"


def test_the_keyboard_is_never_trapped_and_goes_to_the_foot_of_the_page(
    open_browser: Callable[..., Visit],
) -> None:
    world = worlds.build()
    visit = open_browser(session=_signed_in(world.people["chloe"]))
    visit.go("/recensement/besoins/")
    page = visit.page

    seen = []
    while "Contact" not in seen and len(seen) < 300:
        page.keyboard.press("Tab")
        seen.append(_focused(page))

    assert seen[-1] == "Contact"
    assert seen.index("Accueil") < seen.index("Plan du site")


def test_on_a_phone_the_menu_opens_and_closes_with_the_keyboard(
    open_browser: Callable[..., Visit],
) -> None:
    world = worlds.build()
    visit = open_browser(session=_signed_in(world.people["chloe"]), size=PHONE)
    visit.go("/")
    page = visit.page
    button = page.locator("#menu-button")

    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Recensement", exact=True)).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Recensement", exact=True)).to_be_hidden()
    assert _focused(page) == "Menu"


def test_what_changes_by_itself_is_said_and_takes_the_focus_from_nobody(
    open_browser: Callable[..., Visit],
) -> None:
    world = worlds.build()
    visit = open_browser(session=_signed_in(world.people["chloe"]))
    visit.go(f"/travaux/{world.a.work.pk}/")
    page = visit.page
    elsewhere = page.get_by_role("link", name="Mes travaux").last
    elsewhere.focus()

    Work.objects.filter(pk=world.a.work.pk).update(state="RUNNING", message="La moitié est faite")

    expect(page.locator("#live")).not_to_be_empty(timeout=8_000)
    expect(page.locator("main")).to_contain_text("La moitié est faite")
    assert _focused(page) == "Mes travaux"
    assert visit.complaints == []


def test_every_action_of_the_log_in_works_without_javascript(
    open_browser: Callable[..., Visit],
) -> None:
    visit = open_browser(java_script_enabled=False)
    page = visit.page
    visit.go("/connexion/")

    page.locator("#id_username").fill("claire@college.example")
    page.locator("#id_password").fill("un mot de passe")
    page.get_by_role("button", name="Se connecter").click()

    expect(page.get_by_role("alert")).to_contain_text("incorrect")
