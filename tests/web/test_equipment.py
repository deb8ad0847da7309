"""From the page of a device to what one may do with it."""

import pytest
from django.test import Client

from tests.web import world as worlds

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def world() -> worlds.World:
    return worlds.build()


def _page(world: worlds.World, name: str, address: str) -> str:
    client = Client()
    client.force_login(world.people[name], backend=BACKEND)
    return client.get(address).content.decode()


def test_a_lent_device_is_taken_back_from_its_page_without_typing_its_number(
    world: worlds.World,
) -> None:
    serial = world.a.loan.device.serial
    page = _page(world, "chloe", f"/materiel/{serial}/")
    form = _page(world, "chloe", f"/prets/retour/?serial={serial}")

    assert f'href="/prets/retour/?serial={serial}"' in page
    assert f'href="/prets/incidents/declarer/?serial={serial}"' in page
    assert "/prets/transferts/nouveau/" not in page
    assert f'value="{serial}"' in form


def test_a_device_in_stock_is_sent_elsewhere_from_its_page(world: worlds.World) -> None:
    serial = world.a.device.serial
    page = _page(world, "chloe", f"/materiel/{serial}/")
    form = _page(world, "chloe", f"/prets/transferts/nouveau/?serial={serial}")

    assert f'href="/prets/transferts/nouveau/?serial={serial}"' in page
    assert f">\n{serial}</textarea>" in form


def test_whoever_watches_finds_nothing_to_do_on_a_device(world: worlds.World) -> None:
    for name in ("karim", "alice"):
        assert "?serial=" not in _page(world, name, f"/materiel/{world.a.loan.device.serial}/")


def test_whoever_controls_follows_a_device_and_an_agreement_to_the_euro(
    world: worlds.World,
) -> None:
    serial, number = world.a.loan.device.serial, world.a.lent.number
    for address, key in (
        (f"/materiel/{serial}/", serial),
        (f"/prets/conventions/{number}/", number),
    ):
        link = f"/tableau-de-bord/trace/{key}/"
        assert link in _page(world, "karim", address)
        assert link not in _page(world, "chloe", address)
        assert serial in _page(world, "karim", link)


def test_an_agreement_leads_to_its_device_and_to_what_follows(world: worlds.World) -> None:
    page = _page(world, "chloe", f"/prets/conventions/{world.a.lent.number}/")
    serial = world.a.loan.device.serial

    assert f'href="/materiel/{serial}/"' in page
    assert f"/prets/retour/?serial={serial}" in page


def test_the_other_side_of_a_transfer_is_chosen_by_its_name(world: worlds.World) -> None:
    page = _page(world, "chloe", "/prets/transferts/nouveau/")

    assert 'list="code-suggestions"' in page
    assert '<option value="Préfecture 94"></option>' in page
    assert "Collège 75" not in page


def test_a_name_a_suggestion_and_a_number_are_all_understood(world: worlds.World) -> None:
    client = Client()
    client.force_login(world.people["alice"], backend=BACKEND)
    serial = {"serials": "NONE0001"}
    said = {
        code: client.post("/prets/transferts/nouveau/", {**serial, "code": code}).content.decode()
        for code in ("college 94", "Collège 94 (0940071S)", "0940071S", "Collège inconnu")
    }

    assert [code for code, page in said.items() if "Aucune organisation" in page] == [
        "Collège inconnu"
    ]
    assert "Organisation qui reçoit : Aucune organisation" in said["Collège inconnu"]
