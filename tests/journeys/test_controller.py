"""
Karim controls: he draws 40 devices and 40 needs with his own seed from the files, follows each by
its number, and finds the totals again without anybody's help.
"""

import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Transaction
from django.test import Client

from tests.journeys import delivery
from tests.journeys.delivery import NUMBER, SCHOOLS, TABLET, Delivery
from tests.journeys.pages import amount, on, post, sit, table, told
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.budget.models import Commitment, PaymentRequest
from traitdunion.journal import operations as journal
from traitdunion.lending import operations as lending
from traitdunion.lending.models import Agreement
from traitdunion.partners.states import Kind, Role
from traitdunion.steering import queries as steering

pytestmark = pytest.mark.django_db
SEED = "graine du contrôleur"
LENDING, LENT = 6, 6 * 22
BOARD = "/tableau-de-bord/"


@pytest.fixture
def stage(settings: object) -> Delivery:
    """Everything came and is paid; six schools of 22 have handed their tablets over."""
    one = delivery.served(settings)
    delivery.ordered(one)
    delivery.announced(one)
    settings.TRAITDUNION_NOW = on(5, 11)
    for number in range(SCHOOLS):
        delivery.ticked(one, number)
    settings.TRAITDUNION_NOW = on(5, 12)
    post(one.elise, f"/commandes/{NUMBER}/certifier/", {})
    _paid(one)
    for number in range(LENDING):
        _handed_over(one, number)
    settings.TRAITDUNION_NOW = on(6, 2)
    return one


def _paid(one: Delivery) -> None:
    for rank, commitment in enumerate(Commitment.objects.order_by("pk"), 1):
        page = f"/enveloppes/engagements/{commitment.pk}/"
        post(one.elise, f"{page}ej/", {"ej_number": f"210236844{rank}"})
        asked = {
            "amount": str(commitment.amount_cents // 100),
            "counted_from": "2020-05-12",
            "invoice": f"F-{rank}",
            "dp_number": f"410000000{rank}",
        }
        post(one.elise, f"{page}demander/", asked)
        request = PaymentRequest.objects.get(commitment=commitment)
        post(one.elise, f"/enveloppes/paiements/{request.pk}/paye/", {"paid_on": "2020-05-12"})


def _handed_over(one: Delivery, number: int) -> None:
    relay = one.schools[number]
    lending.prepare(relay=relay, rules=one.plan.lending, by=ROBOT, at=on(5, 12))
    waiting = Agreement.objects.filter(relay=relay).order_by("number")
    # Of 23 tablets the last is the spare, which belongs to no child.
    for agreement, serial in zip(waiting, delivery.serials(number), strict=False):
        lending.hand_over(
            agreement=agreement,
            serials=[serial],
            signature="paper",
            signed_on=on(5, 12).date(),
            by=ROBOT,
            at=on(5, 12),
        )


@pytest.fixture
def karim(stage: Delivery) -> Client:
    return sit("karim", delivery.organisation(Kind.CONTROLLER, "Contrôle"), Role.READER)


def test_the_controller_finds_the_lines_and_the_totals_without_anybody(
    karim: Client, tmp_path: Path
) -> None:
    devices_to_their_hands(karim)
    needs_to_their_awards(karim)
    totals_of_the_files(karim, tmp_path)
    what_ends_at_no_child(karim)
    the_journal_is_whole(karim)


def devices_to_their_hands(karim: Client) -> None:
    """Forty devices, from the market to the hand."""
    devices = table(karim, "/materiel/?format=csv")
    sample = drawn(row["Numéro de série"] for row in devices)
    places = Counter(followed(karim, serial) for serial in sample)

    assert len(devices) == 500 and len(sample) == 40
    assert sample == drawn(row["Numéro de série"] for row in table(karim, "/materiel/?format=csv"))
    assert places["child"] and places["stock"] and places.total() == 40


def drawn(numbers: Iterable[str]) -> list[str]:
    """The same forty, whoever draws: sorted first, then the controller's seed."""
    return random.Random(SEED).sample(sorted(numbers), 40)


def followed(karim: Client, serial: str) -> str:
    """Its order, market, EJ, payment, receipt; then a child's code, or a stock."""
    said = told(karim.get(f"{BOARD}trace/{serial}/"))
    for words in (NUMBER, "marché UGAP 2019-T", "EJ 210236844", "410000000", amount(TABLET)):
        assert words in said, (serial, words)
    euros, hands = said.split("D’où vient l’argent")[1].split("Où cela est allé")
    assert "Rectorat" in euros and "Collège" in hands and "11/05/2020" in hands
    if "convention de prêt" not in hands:
        assert "un enfant" not in hands
        return "stock"
    assert "un enfant, E-" in hands and "12/05/2020" in hands and "Quartier" in hands
    return "child"


def needs_to_their_awards(karim: Client) -> None:
    """Forty needs, under their child's code."""
    needs = table(karim, f"{BOARD}besoins/?format=csv")
    for code in drawn(row["Enfant"] for row in needs):
        said = told(karim.get(f"{BOARD}trace/{code}/"))
        assert code in said and "attribution" in said and "Quartier" in said


def totals_of_the_files(karim: Client, tmp_path: Path) -> None:
    """Summed from the files, and read in the ledger by somebody else's program."""
    page = told(karim.get(BOARD))
    places = table(karim, f"{BOARD}?format=csv")
    loans = table(karim, f"{BOARD}pretes/?format=csv")
    lines = table(karim, f"{BOARD}commandes/?format=csv")
    held = table(karim, "/enveloppes/?format=csv")
    paid = table(karim, "/enveloppes/engagements/?format=csv")

    needs = summed(places, "Besoins")
    assert needs == len(table(karim, f"{BOARD}besoins/?format=csv")) == 480
    assert summed(places, "Prêtés") == len(loans) == LENT
    assert summed(lines, "Appareils") == 500
    committed = round(100 * summed(paid, "Engagé"))
    assert committed == round(100 * summed(held, "Engagé")) == 500 * TABLET == of_ledger(tmp_path)
    for said in (
        f"{needs:.0f} besoins recensés en quartier prioritaire",
        f"{LENT} appareils prêtés",
        "500 appareils commandés",
        f"{amount(committed)} engagés",
        f"{amount(round(100 * summed(paid, 'Service fait')))} service fait",
    ):
        assert said in page, said


def summed(rows: list[dict[str, str]], column: str) -> float:
    return sum(float(row[column]) for row in rows)


def of_ledger(folder: Path) -> int:
    """What is committed, by an independent reader of the ledger's file."""
    path = folder / "grand-livre.beancount"
    budget.export_ledger(path=path, by=ROBOT, at=on(6, 2))
    entries, errors, _options = loader.load_file(str(path))
    assert errors == []
    legs = [leg for one in entries if isinstance(one, Transaction) for leg in one.postings]
    held = [leg for leg in legs if leg.account.split(":")[1::2] == ["AE", "Committed"]]
    return int(sum(leg.units.number * 100 for leg in held))


def what_ends_at_no_child(karim: Client) -> None:
    """Counted apart: no child is invented."""
    said = told(karim.get(f"{BOARD}trace/{NUMBER}/"))

    children, elsewhere = amount(LENT * TABLET), amount((500 - LENT) * TABLET)
    assert f"Chez des enfants : {children}" in said
    assert f"Ailleurs, compté à part : {elsewhere}" in said


def the_journal_is_whole(karim: Client) -> None:
    journal.seal(by=ROBOT, at=on(6, 2))
    events = Counter(row["Ce qui est arrivé"] for row in table(karim, "/journal/?format=csv"))
    seals = table(karim, "/journal/sceaux/?format=csv")

    assert events["supply.ordered"] == 1 and events["supply.received"] == SCHOOLS
    assert events["supply.certified"] == SCHOOLS
    assert sum(int(row["Événements"]) for row in seals) >= sum(events.values())
    assert list(steering.every_wrong()) == [] and steering.unsealed() == 0
