"""
From a school's list to a tablet in a child's hands, in the browser, by the people who do it: Chloé
sends
her list, Léa closes the census, Alice shares out, Élise orders, Chloé ticks the boxes and hands
over.
"""

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.census import operations as census
from traitdunion.cli.demonstration import fiction, ground
from traitdunion.cli.demonstration.cast import DOMAIN, Cast, assemble
from traitdunion.journal import queries as journal
from traitdunion.lending import queries as lending
from traitdunion.programme import operations as programme
from traitdunion.programme import queries as programmes
from traitdunion.project.settings import PACKAGE
from traitdunion.steering import queries as steering
from traitdunion.supply import queries as supply

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PARIS = ZoneInfo("Europe/Paris")
PLAN = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
SCALE = fiction.Scale(towns=1, neighbourhoods=3, schools=2, associations=2, children=14)


def on(month: int, day: int) -> datetime:
    return datetime(2020, month, day, 10, tzinfo=PARIS)


@pytest.fixture
def stage(settings: object, tmp_path: Path) -> tuple[Cast, Path]:
    """A small town on the 21st of April: everybody is there, nothing has been asked yet."""
    settings.DEMONSTRATION = True
    settings.TRAITDUNION_NOW = on(4, 21)
    current = programme.load(toml=PLAN.read_text(), by=ROBOT, at=on(4, 20))
    scenery = ground.invented(seed=7, scale=SCALE, at=on(4, 20))
    cast = assemble(scenery.ground, on(4, 20))
    plan = programmes.plan(current)
    census.open_census(programme=current, plan=plan, by=cast.user("Léa"), at=on(4, 21))
    for source, euros in zip(programmes.sources(current), (600, 1_500), strict=True):
        budget.open_envelope(
            strand=programmes.strand(current, "equipment"),
            source=source,
            holder=cast.organisations["rectorate"],
            label=f"Rectorat — {source.title}",
            year=2020,
            amount_cents=euros * 100,
            by=cast.user("Léa"),
            at=on(4, 21),
        )
    _college, rows = next(iter(fiction.draw_lists(scenery.story)))
    path = tmp_path / "liste.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(fiction.LIST_HEADER)
        writer.writerows(rows)
    return cast, path


def enter(page: Page, origin: str, first_name: str) -> None:
    page.goto(origin)
    if page.get_by_role("button", name="Se déconnecter").count():
        page.get_by_role("button", name="Se déconnecter").click()
    page.locator(f'button[value="{first_name}@{DOMAIN}"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("À faire aujourd’hui")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def test_a_list_becomes_a_tablet_in_a_childs_hands(
    stage: tuple[Cast, Path], settings: object, open_browser: Callable
) -> None:
    cast, path = stage
    visit = open_browser()
    page, origin = visit.page, visit.origin

    send_the_list(page, origin, path)
    settings.TRAITDUNION_NOW = on(5, 6)
    close_and_share_out(page, origin)
    order_number = order(page, origin)
    manifest(page, origin, order_number, path.parent)
    settings.TRAITDUNION_NOW = on(5, 11)
    tick_the_boxes(page, origin, order_number)
    certify(page, origin, order_number)
    serial = hand_over(page, origin, cast)
    where_it_went(page, origin, serial)

    assert visit.complaints == []
    assert list(steering.every_wrong()) == []
    assert journal.count("people.file_read") > 0, "the names seen at the gate left a trace"


def send_the_list(page: Page, origin: str, path: Path) -> None:
    enter(page, origin, "chloe")
    page.goto(f"{origin}/recensement/importer/")
    page.locator('input[type="file"]').set_input_files(path)
    press(page, "Voir avant d’enregistrer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Voir avant d’enregistrer")
    press(page, "Enregistrer cette liste")
    page.goto(f"{origin}/recensement/besoins/?etat=OPEN")
    expect(page.locator("tbody tr").first).to_be_visible()


def close_and_share_out(page: Page, origin: str) -> None:
    enter(page, origin, "lea")
    page.goto(f"{origin}/recensement/cloture/")
    press(page, "Clore le recensement")
    page.goto(f"{origin}/recensement/cloture/")
    press(page, "Publier la graine")
    enter(page, origin, "alice")
    page.goto(f"{origin}/attributions/")
    press(page, "Calculer une proposition")
    page.get_by_role("link", name="Voir le résultat").click()
    expect(page.get_by_text("Servi au rang 1")).to_be_visible()
    page.get_by_role("link", name="Confirmer la proposition").click()
    press(page, "Confirmer ces attributions")
    expect(page.get_by_text("confirmée").first).to_be_visible()


def order(page: Page, origin: str) -> str:
    enter(page, origin, "elise")
    page.goto(f"{origin}/commandes/nouvelle/")
    typed = {
        "number": "BC-1",
        "market_reference": "UGAP 2019",
        "promised_on": "2020-05-11",
        "tablet_label": "Tablette",
        "tablet_before_tax": "154,17",
        "tablet_price": "185",
        "key_4g_label": "Clé 4G",
        "key_4g_before_tax": "50",
        "key_4g_price": "60",
    }
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    press(page, "Calculer et voir qui paie")
    press(page, "Commander et engager les crédits")
    expect(page.get_by_role("heading", level=1)).to_have_text("Commande BC-1")
    return "BC-1"


def manifest(page: Page, origin: str, number: str, folder: Path) -> None:
    path = folder / "bordereau.csv"
    rows = ["Numéro de série;Type"]
    for line in supply.lines(supply.order_by_number(number)):
        kind = "Tablette" if line.kind == "tablet" else "Clé 4G"
        rows += [f"{line.kind[:2].upper()}{n:06d};{kind}" for n in range(line.quantity)]
    path.write_text("\n".join(rows))
    page.goto(f"{origin}/commandes/{number}/bordereau/")
    page.locator('input[type="file"]').set_input_files(path)
    page.get_by_role("button", name="Charger", exact=True).click()
    expect(page.get_by_text("Le bordereau est chargé.")).to_be_visible()


def tick_the_boxes(page: Page, origin: str, number: str) -> None:
    enter(page, origin, "chloe")
    page.goto(f"{origin}/commandes/{number}/reception/")
    boxes = page.locator("input[name=serial]")
    for index in range(boxes.count()):
        page.locator(f"label[for=serial-{index + 1}]").click()
    press(page, "Enregistrer la réception")
    expect(page.get_by_role("heading", level=1)).to_have_text("Réception enregistrée")


def certify(page: Page, origin: str, number: str) -> None:
    enter(page, origin, "elise")
    page.goto(f"{origin}/commandes/{number}/")
    press(page, "Certifier tout ce qui est reçu")
    expect(page.get_by_role("heading", name="Certificats de service fait")).to_be_visible()


def hand_over(page: Page, origin: str, cast: Cast) -> str:
    """Chloé scans the paper, then the tablet: Enter after each, as a hand scanner does."""
    enter(page, origin, "chloe")
    page.goto(f"{origin}/prets/")
    press(page, "Préparer les conventions")
    waiting = lending.to_hand_over(cast.schools[0].pk)
    agreement = next(one for one in waiting if one.kind == "tablet")
    page.goto(f"{origin}/prets/")
    page.locator("input[name=number]").fill(agreement.number)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Convention {agreement.number}")
    expect(page.locator("input[data-scan]").first).to_be_focused()
    page.keyboard.type("TA000000")
    page.locator(f"#suite-{agreement.number}").select_option("signe")
    press(page, "Enregistrer la visite")
    page.goto(f"{origin}/prets/conventions/{agreement.number}/")
    expect(page.get_by_text("TA000000").first).to_be_visible()
    return "TA000000"


def where_it_went(page: Page, origin: str, serial: str) -> None:
    enter(page, origin, "karim")
    page.goto(f"{origin}/tableau-de-bord/recherche/?q={serial.lower()}")
    page.get_by_role("link", name=serial).first.click()
    expect(page.get_by_text("remis", exact=False).first).to_be_visible()
    expect(page.get_by_text("E-", exact=False).first).to_be_visible()
