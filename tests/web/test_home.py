"""The first page: where to come in, then what there is to do today."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.web import world as worlds
from traitdunion.project.settings import PACKAGE

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
TEMPLATES = PACKAGE / "web" / "templates"
# What each one finds first in the menu after the home page.
MENUS = {
    "alice": "Tableau de bord",
    "bakary": "Recensement",
    "chloe": "Recensement",
    "elise": "Tableau de bord",
    "farid": "Tableau de bord",
    "gaelle": "Tableau de bord",
    "hugo": "Mentorat",
    "ines": "Mes séances",
    "jeanne": "Subventions",
    "karim": "Tableau de bord",
    "lea": "Tableau de bord",
    "rachid": "Commandes",
    "yanis": "Recensement",
}


@pytest.fixture
def world() -> worlds.World:
    return worlds.build()


def _home(client: Client, world: worlds.World, name: str) -> str:
    client.force_login(world.people[name], backend=BACKEND)
    return client.get("/").content.decode()


def _menu(page: str) -> list[str]:
    return re.findall(r'class="fr-nav__link"[^>]*>([^<]+)</a>', page)


@pytest.mark.parametrize(("name", "second"), MENUS.items())
def test_the_menu_holds_what_this_seat_may_open(
    client: Client, world: worlds.World, name: str, second: str
) -> None:
    menu = _menu(_home(client, world, name))

    assert menu[:2] == ["Accueil", second]
    addresses = re.findall(
        r'class="fr-nav__link" href="([^"]+)"', client.get("/").content.decode()
    )
    assert {client.get(address).status_code for address in addresses} == {200}


def test_somebody_without_a_seat_reads_whom_to_ask_and_finds_no_door(
    client: Client, world: worlds.World
) -> None:
    page = _home(client, world, "driss")

    assert "Demandez une invitation" in page
    assert _menu(page) in ([], ["Accueil"])


def test_a_school_head_finds_what_presses_first(client: Client, world: worlds.World) -> None:
    page = _home(client, world, "chloe")
    urgencies = re.findall(r'data-urgency="(\w+)"', page)

    assert "Doublons probables à trancher" in page
    assert urgencies == sorted(urgencies, key=["now", "soon", "later"].index) and urgencies


def test_every_task_leads_to_a_page_that_opens(client: Client, world: worlds.World) -> None:
    for name in MENUS:
        page = _home(client, world, name)
        tasks = re.findall(r'fr-link--lg" href="([^"]+)"', page)

        assert {client.get(task).status_code for task in tasks} <= {200}, name


def test_no_home_page_names_a_child(client: Client, world: worlds.World) -> None:
    for name in world.people:
        page = _home(client, world, name)

        assert not re.search("DIALLO|Aïcha|NGUYEN|Linh", page, re.IGNORECASE), name


def test_one_may_act_for_another_of_one_s_organisations(
    client: Client, world: worlds.World
) -> None:
    client.force_login(world.people["chloe"], backend=BACKEND)
    worlds.partners.seat(
        user=world.people["chloe"],
        organisation=world.a.prefecture,
        role="MEMBER",
        by=worlds.ROBOT,
        at=worlds.LATER,
    )

    client.post("/role/", {"seat": str(world.a.prefecture.pk)})

    assert "Tableau de bord" in _menu(client.get("/").content.decode())


def test_the_seat_of_somebody_else_cannot_be_taken(client: Client, world: worlds.World) -> None:
    client.force_login(world.people["chloe"], backend=BACKEND)

    client.post("/role/", {"seat": str(world.b.prefecture.pk)})

    assert "Tableau de bord" not in _menu(client.get("/").content.decode())


def test_a_right_that_ends_ends_at_once(client: Client, world: worlds.World) -> None:
    client.force_login(world.people["olga"], backend=BACKEND)
    before = client.get("/prets/").status_code

    worlds.partners.end_membership(membership=world.a.membership, by=worlds.ROBOT, at=worlds.LATER)

    assert (before, client.get("/prets/").status_code) == (200, 403)


def test_a_demonstration_says_so_on_every_page(
    client: Client, world: worlds.World, settings: Any
) -> None:
    plain = client.get("/contact/").content.decode()
    settings.DEMONSTRATION = True
    shown = client.get("/contact/").content.decode()

    assert "Démonstration." in shown and "Démonstration." not in plain


def test_where_only_the_other_contours_are_loaded_every_page_says_so(
    client: Client, world: worlds.World
) -> None:
    worlds.Neighbourhood.objects.update(generation="2024")

    page = _home(client, world, "lea")

    assert "Contours de 2024." in page and "quartiers de 2015" in page


def test_the_marks_of_the_state_are_off_until_a_service_of_the_state_turns_them_on(
    client: Client, settings: Any
) -> None:
    plain = client.get("/").content.decode()
    settings.STATE_MARKS = True
    marked = client.get("/").content.decode()

    assert "fr-header__logo" not in plain and "fr-header__logo" in marked


@pytest.mark.once
def test_every_template_is_used() -> None:
    sources = [*PACKAGE.rglob("*.py"), *TEMPLATES.rglob("*.html")]
    said = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    names = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")]

    unused = [name for name in names if f'"{name}"' not in said and f"'{name}'" not in said]
    assert not unused


@pytest.mark.once
def test_no_page_holds_what_its_own_policy_refuses() -> None:
    def holds(path: Path) -> bool:
        text = path.read_text(encoding="utf-8")
        return bool(re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on", text))

    assert [path.name for path in TEMPLATES.rglob("*.html") if holds(path)] == []


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("karim", {"/enveloppes/", "/materiel/", "/attributions/publiees/", "/tableau-de-bord/"}),
        ("farid", {"/enveloppes/", "/recensement/", "/tableau-de-bord/"}),
        ("gaelle", {"/enveloppes/", "/recensement/"}),
    ],
)
def test_whoever_has_nothing_to_do_finds_what_to_read(
    client: Client, world: worlds.World, name: str, pages: set[str]
) -> None:
    shown = _home(client, world, name).partition("À consulter")[2]
    links = set(re.findall(r'<li><a href="([^"]+)"', shown))

    assert pages <= links
    assert {client.get(link).status_code for link in links} == {200}


def test_a_school_head_follows_what_broke(client: Client, world: worlds.World) -> None:
    assert "Pannes, pertes et vols à suivre" in _home(client, world, "chloe")


def test_a_prefecture_sees_doubtful_needs_and_awards_on_their_way(
    client: Client, world: worlds.World
) -> None:
    page = _home(client, world, "alice")

    assert "Besoins encore à vérifier par les relais" in page
    assert "Attributions confirmées qui attendent leur remise" in page
    assert "presque épuisées" not in page


def test_a_prefecture_is_told_when_less_than_a_tenth_of_its_envelope_is_left(
    client: Client, world: worlds.World
) -> None:
    envelope = world.a.envelope
    envelope.refresh_from_db()
    worlds.budget.commit(
        envelope=envelope,
        amount_cents=envelope.available_cents * 95 // 100,
        label="Achat",
        reference="X-1",
        by=worlds.ROBOT,
        at=worlds.LATER,
    )

    assert "presque épuisées" in _home(client, world, "alice")
