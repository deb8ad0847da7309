"""Ordering, receiving and certifying, as the people who do it see it."""

import re
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from tests.web import world as worlds
from traitdunion.equipment.models import Device
from traitdunion.partners.models import Organisation
from traitdunion.supply.models import ManifestLine, PurchaseOrder

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
ORDER = "/commandes/BC-94-1/"


@pytest.fixture(autouse=True)
def _may_2020(settings: object) -> None:
    settings.TRAITDUNION_NOW = worlds.LATER


@pytest.fixture
def world() -> worlds.World:
    return worlds.build()


def _sit(world: worlds.World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name], backend=BACKEND)
    return client


def _text(response: object) -> str:
    return response.content.decode()


def _receive(world: worlds.World, serial: str, kind: str = "tablet") -> str:
    asked = {"scans": serial, "kind": kind}
    return _text(_sit(world, "olga").post(f"{ORDER}reception/", asked))


def test_a_number_typed_by_mistake_at_the_door_is_put_aside_and_said(world: worlds.World) -> None:
    page = _receive(world, "xx-999")

    assert "À contrôler" in page and "XX999" in page
    assert not Device.objects.filter(serial="XX999").exists()


def test_whoever_opens_the_boxes_says_what_an_unknown_number_is(world: worlds.World) -> None:
    page = _receive(world, "XX999", kind="")

    assert "dites si c’est une tablette ou une clé" in page
    assert not ManifestLine.objects.filter(serial="XX999").exists()


def test_the_buyer_finds_what_was_put_aside_and_accepts_it(world: worlds.World) -> None:
    _receive(world, "XX999")
    alice = _sit(world, "alice")
    home, order = _text(alice.get("/")), _text(alice.get(ORDER))

    alice.post(f"{ORDER}hors-liste/", {"serial": "XX999", "decision": "accept"})

    assert "Appareils hors liste" in home and "L’accepter" in order
    assert Device.objects.get(serial="XX999").kind == "tablet"


def test_the_buyer_refuses_what_it_did_not_order(world: worlds.World) -> None:
    _receive(world, "XX999")
    alice = _sit(world, "alice")

    alice.post(f"{ORDER}hors-liste/", {"serial": "XX999", "decision": "refuse"})

    assert "refusé, à rendre au fournisseur" in _text(alice.get(ORDER))
    assert not Device.objects.filter(serial="XX999").exists()


def test_only_the_buyer_settles_what_was_put_aside(world: worlds.World) -> None:
    _receive(world, "XX999")
    asked = {"serial": "XX999", "decision": "accept"}

    answers = [_sit(world, name).post(f"{ORDER}hors-liste/", asked) for name in ("olga", "paul")]

    assert [answer.status_code for answer in answers] == [403, 404]
    assert not Device.objects.filter(serial="XX999").exists()


def test_the_letter_to_the_supplier_tells_what_is_missing_and_what_is_held(
    world: worlds.World,
) -> None:
    _sit(world, "olga").post(f"{ORDER}reception/", {"is_complete": "on"})
    alice = _sit(world, "alice")
    page = _text(alice.get(ORDER))
    answer = alice.post(f"{ORDER}ecarts.pdf")
    said = PdfReader(BytesIO(answer.content)).pages[0].extract_text()

    assert "900,00\u202f€ sont retenus" in page.replace("\xa0", "\u202f")
    assert "TAB940004" in said and "Tablettes SA" in said and "BC-94-1" in said


def test_an_order_without_a_gap_has_no_letter(world: worlds.World) -> None:
    assert _sit(world, "alice").post(f"{ORDER}ecarts.pdf").status_code == 409


def test_each_line_to_certify_names_its_kind_and_its_place(world: worlds.World) -> None:
    page = _text(_sit(world, "alice").get(ORDER))

    assert "Certifier : tablette, Collège 94" in page or "Certifier : Tablette" in page
    assert page.count('<button class="fr-btn">Certifier tout ce qui est reçu') == 1


ORDERED = {
    "number": "BC-94-2",
    "market_reference": "M-2020-1",
    "promised_on": "2020-06-02",
    "tablet_label": "Tablette 10 pouces",
    "tablet_before_tax": "150",
    "tablet_price": "180",
}


def _asked(world: worlds.World, quantity: int = 3, **changes: object) -> dict[str, object]:
    return {
        **ORDERED,
        "supplier": str(world.supplier.pk),
        "envelopes": [str(world.a.envelope.pk)],
        f"quantity-{world.a.school.pk}-tablet": str(quantity),
        **changes,
    }


def test_the_order_form_proposes_the_prices_of_the_last_order(world: worlds.World) -> None:
    page = _text(_sit(world, "alice").get("/commandes/nouvelle/"))

    assert 'value="Tablette 10 pouces"' in page
    assert 'value="150,00"' in page and 'value="180,00"' in page
    assert "key_4g_price" not in page


def test_who_pays_what_is_shown_before_anything_is_bound(world: worlds.World) -> None:
    before = world.a.envelope.available_cents
    page = _text(_sit(world, "alice").post("/commandes/nouvelle/", _asked(world)))

    world.a.envelope.refresh_from_db()
    assert "Qui paie quoi" in page and "540,00\xa0€" in page.replace("\u202f", "\xa0")
    assert not PurchaseOrder.objects.filter(number="BC-94-2").exists()
    assert world.a.envelope.available_cents <= before


def test_what_was_shown_is_what_is_bound(world: worlds.World) -> None:
    world.a.envelope.refresh_from_db()
    before = world.a.envelope.available_cents
    asked = _asked(world, step="place")

    answer = _sit(world, "alice").post("/commandes/nouvelle/", asked)

    world.a.envelope.refresh_from_db()
    assert answer.url == "/commandes/BC-94-2/"
    assert before - world.a.envelope.available_cents == 3 * 18_000


def test_whoever_corrects_an_order_finds_again_what_was_typed(world: worlds.World) -> None:
    asked = _asked(world, quantity=7, step="edit")
    page = _text(_sit(world, "alice").post("/commandes/nouvelle/", asked))

    assert 'value="7"' in page and "À corriger" not in page
    assert not PurchaseOrder.objects.filter(number="BC-94-2").exists()


def test_an_order_is_not_promised_in_the_past(world: worlds.World) -> None:
    asked = _asked(world, promised_on="2020-05-13", step="place")
    page = _text(_sit(world, "alice").post("/commandes/nouvelle/", asked))

    assert "Livraison promise le : ce jour est passé" in page
    assert not PurchaseOrder.objects.filter(number="BC-94-2").exists()


def test_an_order_that_the_envelope_cannot_pay_is_told_before_it_is_confirmed(
    world: worlds.World,
) -> None:
    page = _text(_sit(world, "alice").post("/commandes/nouvelle/", _asked(world, quantity=999)))

    assert "ne suffit pas" in page and "Qui paie quoi" not in page


def test_an_order_of_nothing_is_refused_in_a_sentence(world: worlds.World) -> None:
    page = _text(_sit(world, "alice").post("/commandes/nouvelle/", _asked(world, quantity=0)))

    assert "au moins une ligne" in page


def test_credits_of_another_strand_pay_no_tablet_unless_somebody_says_so(
    world: worlds.World,
) -> None:
    other = worlds.Strand.objects.exclude(code="equipment").order_by("code").first()
    grants = worlds.budget.open_envelope(
        strand=other,
        source=worlds.Source.objects.get(name="plan"),
        holder=world.a.prefecture,
        label="Associations",
        year=2020,
        amount_cents=1_000_000,
        by=worlds.ROBOT,
        at=worlds.APRIL,
    )
    page = _text(_sit(world, "alice").get("/commandes/nouvelle/"))
    boxes = re.findall(r'<input[^>]*name="envelopes"[^>]*>', page)
    ticked = {box.split('value="')[1].split('"')[0] for box in boxes if "checked" in box}

    assert any(str(grants.pk) in box for box in boxes)
    assert str(world.a.envelope.pk) in ticked and str(grants.pk) not in ticked


GIFT = {
    "number": "DON-2020-1", "donor": "Fondation du Large", "kind": "tablet",
    "label": "Tablette d’occasion", "value": "210,50", "serials": "DON00001\nDON00002",
}  # fmt: skip


def test_a_gift_is_typed_once_and_its_page_says_that_nothing_is_to_pay(
    world: worlds.World,
) -> None:
    asked = {**GIFT, "place": "0940071S"}

    page = _sit(world, "alice").post("/commandes/don/", asked, follow=True)

    given = Device.objects.filter(origin="DON-2020-1")
    assert {one.holder_organisation for one in given} == {world.a.school}
    assert "421,00" in _text(page) and "rien n’est à payer" in _text(page)


def test_a_town_hall_records_a_gift_at_its_own_place(world: worlds.World) -> None:
    _sit(world, "gaelle").post("/commandes/don/", GIFT)

    found = Device.objects.filter(origin="DON-2020-1")
    assert {one.holder_organisation.name for one in found} == {"Mairie"}


def test_a_gift_for_a_place_out_of_reach_is_refused_and_keeps_what_was_typed(
    world: worlds.World,
) -> None:
    page = _sit(world, "alice").post("/commandes/don/", {**GIFT, "place": "0750001U"})

    assert "aucun lieu de votre territoire" in _text(page) and "DON00002" in _text(page)
    assert not Device.objects.filter(origin="DON-2020-1").exists()


def test_a_gift_refused_leaves_no_donor_behind(world: worlds.World) -> None:
    page = _sit(world, "alice").post("/commandes/don/", {**GIFT, "serials": "A1!"})

    assert "fr-alert" in _text(page)
    assert not Organisation.objects.filter(name="Fondation du Large").exists()


def test_gifts_are_beside_the_credits_and_in_none_of_their_sums(world: worlds.World) -> None:
    alice = _sit(world, "alice")
    before = alice.get("/tableau-de-bord/").context["board"]

    alice.post("/commandes/don/", GIFT)

    page = alice.get("/tableau-de-bord/")
    after = page.context["board"]
    assert (after.authorized_cents, after.committed_cents) == (
        before.authorized_cents,
        before.committed_cents,
    )
    assert after.in_kind_cents == 42_100 and "dons en nature" in _text(page)
    assert "dons en nature" in _text(alice.get("/enveloppes/"))
