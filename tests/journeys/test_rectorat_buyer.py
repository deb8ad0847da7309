"""
Élise buys 500 tablets for 22 schools: what came is certified, what did not is written to the
supplier, and nothing is paid beyond.
"""

import pytest

from tests.journeys import delivery
from tests.journeys.delivery import BEFORE_TAX, NUMBER, SCHOOLS, TABLET, Delivery
from tests.journeys.pages import amount, on, pdf, post, table, told
from traitdunion.budget.models import Commitment
from traitdunion.steering import queries as steering

pytestmark = pytest.mark.django_db
ORDER = f"/commandes/{NUMBER}/"
ORDERED, CAME = 500 * TABLET, 497 * TABLET


@pytest.fixture
def stage(settings: object) -> Delivery:
    return delivery.served(settings)


def test_three_tablets_are_missing_and_497_are_paid(stage: Delivery, settings: object) -> None:
    what_she_orders(stage)
    delivery.announced(stage)
    settings.TRAITDUNION_NOW = on(5, 11)
    boxes_come(stage)
    settings.TRAITDUNION_NOW = on(5, 12)
    she_certifies(stage)
    she_writes(stage)
    the_invoice_is_held(stage)
    the_totals_agree(stage)

    assert list(steering.every_wrong()) == []


def what_she_orders(stage: Delivery) -> None:
    """Nothing is bound before she has seen what each purse pays."""
    confirmation = delivery.ordered(stage)
    assert amount(ORDERED) in confirmation and amount(500 * BEFORE_TAX) in confirmation
    for purse in stage.purses:
        assert purse.label in confirmation

    page = told(stage.elise.get(ORDER))
    for said in ("UGAP 2019-T", "500 commandés", "dont 20 de rechange", "8 h – 17 h"):
        assert said in page, said
    for cents in (500 * BEFORE_TAX, ORDERED - 500 * BEFORE_TAX, ORDERED):
        assert amount(cents) in page
    paying = page[page.index("Qui paie quoi") :]
    assert all(purse.label in paying for purse in stage.purses)


def boxes_come(stage: Delivery) -> None:
    """Two boxes are short, one serial was swapped for another, one nobody announced."""
    for number in range(SCHOOLS):
        short = int(number in {0, 1, 2})
        found = {2: "SWAPPED1", 3: "UNKNOWN1"}.get(number, "")
        said = delivery.ticked(stage, number, leaving=short, found=found)
        count = len(delivery.serials(number)) - short
        assert f"{count} appareils sont entrés dans votre stock" in said
        assert ("Manquants" in said) == bool(short)
        assert ("gardez-les à part" in said) == bool(found)


def she_certifies(stage: Delivery) -> None:
    assert "22 lignes certifiées" in post(stage.elise, f"{ORDER}certifier/", {})

    page = told(stage.elise.get(ORDER))
    assert "497 reçus, 497 certifiés" in page
    assert f"{amount(CAME)} sont certifiés sur {amount(ORDERED)}" in page
    assert f"{amount(ORDERED - CAME)} sont retenus" in page


def she_writes(stage: Delivery) -> None:
    """The letter names the three that did not come, and says what may be paid."""
    said = " ".join(pdf(stage.elise.post(f"{ORDER}ecarts.pdf")))
    for serial in ("TAB000000", "TAB010000", "TAB020000", "SWAPPED1", "UNKNOWN1"):
        assert serial in said, serial
    assert "497" in said and amount(CAME) in said and "UGAP 2019-T" in said
    assert "TAB030000" not in said


def the_invoice_is_held(stage: Delivery) -> None:
    """An invoice for 500 is refused beyond the 497, then paid up to them."""
    refused = 0
    for one in Commitment.objects.filter(reference=NUMBER).order_by("pk"):
        page = f"/enveloppes/engagements/{one.pk}/demander/"
        asked = {"counted_from": "2020-05-12", "invoice": "F-500"}
        whole = {**asked, "amount": str(one.amount_cents // 100)}
        if one.certified_cents < one.amount_cents:
            said = told(stage.elise.post(page, whole))
            assert f"il reste {amount(one.certified_cents)} de service fait" in said
            refused += 1
        done = post(stage.elise, page, {**asked, "amount": str(one.certified_cents // 100)})
        assert "dû au plus tard le 11/06/2020" in done
    assert refused


def the_totals_agree(stage: Delivery) -> None:
    """The order, the commitments, the envelopes: the same cents, VAT included."""
    (order,) = table(stage.elise, "/commandes/?format=csv")
    lines = table(stage.elise, "/enveloppes/engagements/?format=csv")
    held = table(stage.elise, "/enveloppes/?format=csv")
    assert cents(order["Montant TTC"]) == ORDERED
    assert len(lines) == len(held) == 2
    assert sum(cents(line["Engagé"]) for line in lines) == ORDERED
    assert sum(cents(line["Service fait"]) for line in lines) == CAME
    assert sum(cents(line["Demandé"]) for line in lines) == CAME
    assert sum(cents(one["Engagé"]) for one in held) == ORDERED


def cents(text: str) -> int:
    return round(float(text) * 100)
