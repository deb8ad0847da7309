"""
Alice, the préfet's delegate, has 47 neighbourhoods and three cités éducatives: who has answered,
what is left of 100,000 €, who is served, and one page for the préfet.
"""

import io
from dataclasses import dataclass
from datetime import date

import pytest
import shapely
from django.test import Client

from tests.journeys.pages import amount, child, on, pdf, post, send_list, sit, table, told
from traitdunion.allocation.models import Wave
from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import open_sheet
from traitdunion.budget.models import Envelope
from traitdunion.census import operations as census
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import operations as programmes
from traitdunion.programme import queries as plans
from traitdunion.programme.models import Programme, Source, Strand
from traitdunion.project.settings import PACKAGE
from traitdunion.steering import queries as steering
from traitdunion.territories.models import (
    CiteEducative,
    CiteEducativeNeighbourhood,
    Department,
    Neighbourhood,
)

pytestmark = pytest.mark.django_db
PLAN = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
TABLET = 18_500
REASON = "Placement en urgence hors du foyer"
PHONE = "01 00 00 00 03"
# Of 47 neighbourhoods asked: 29 send lists, 2 say that they need nothing, 16 say nothing.
LISTED, WITHOUT, CHILDREN = 29, 2, 15


@dataclass
class Stage:
    """The département, its money not opened yet."""

    programme: Programme
    places: list[Neighbourhood]
    prefecture: Organisation
    schools: list[Organisation]
    alice: Client
    lea: Client
    relays: list[Client]


@pytest.fixture
def stage(settings: object) -> Stage:
    settings.TRAITDUNION_NOW = on(4, 21)
    programme = programmes.load(toml=PLAN.read_text(), by=ROBOT, at=on(4, 20))
    department = Department.objects.create(code="94", name="Val-de-Marne")
    places = [_place(number, department) for number in range(47)]
    for number in range(3):
        cite = CiteEducative.objects.create(
            code=f"cite-{number}", name=f"Cité éducative {number}", department=department
        )
        for place in places[number * 3 : number * 3 + 3]:
            CiteEducativeNeighbourhood.objects.create(cite_educative=cite, neighbourhood=place)
    prefecture = _organisation(Kind.PREFECTURE, "Préfecture", department=department)
    schools = [
        _organisation(
            Kind.SCHOOL, f"Collège {n}", department=department, phone=f"01 00 00 00 0{n}"
        )
        for n in (1, 2, 3)
    ]
    return Stage(
        programme,
        places,
        prefecture,
        schools,
        sit("alice", prefecture),
        sit("lea", _organisation(Kind.MINISTRY, "Ministère"), Role.ADMINISTRATOR),
        [sit(f"relais{n}", one) for n, one in enumerate(schools)],
    )


def _place(number: int, department: Department) -> Neighbourhood:
    lon = _lon(number)
    return Neighbourhood.objects.create(
        code=f"QP094{number:03d}",
        name=f"Quartier {number:02d}",
        generation="2015",
        valid_from_date=date(2015, 1, 1),
        department=department,
        outline=shapely.to_wkb(shapely.box(lon, 48.80, lon + 0.01, 48.81)),
        layer="essai",
        pupils=200,
    )


def _lon(number: int) -> float:
    return 2 + number * 0.02


def _organisation(kind: Kind, name: str, **facts: object) -> Organisation:
    return partners.create_organisation(
        kind=kind, name=name, identifiers={}, by=ROBOT, at=on(4, 20), **facts
    )


def test_the_delegate_serves_who_answered_and_keeps_a_share_for_who_did_not(
    stage: Stage, settings: object
) -> None:
    delegated_and_begun(stage)
    last_week(stage, settings)
    settings.TRAITDUNION_NOW = on(5, 4)
    asked_on_monday(stage)
    settings.TRAITDUNION_NOW = on(5, 7)
    lists_on_thursday(stage)
    who_did_not_answer(stage)
    wave = proposed(stage)
    what_is_shared(stage, wave)
    leaves_with(stage, wave)
    post(stage.alice, f"/attributions/vagues/{wave.pk}/confirmer/", {})
    out_of_turn(stage, wave)

    assert list(steering.every_wrong()) == []


def delegated_and_begun(stage: Stage) -> None:
    """100,000 € come down from the ministry; 23,000 € of them were ordered in Chorus before."""
    ministry = Organisation.objects.get(name="Ministère")
    opened = {
        "holder": str(ministry.pk),
        "label": "Plan",
        "strand": str(Strand.objects.get(code="equipment").pk),
        "source": str(Source.objects.get(name="plan").pk),
        "year": "2020",
        "amount": "100 000",
    }
    post(stage.lea, "/enveloppes/nouvelle/", opened)
    given = {
        "holder": str(stage.prefecture.pk),
        "label": "Plan, Val-de-Marne",
        "ae": "100 000,00",
        "cp": "100 000,00",
        "document": "Délégation 2020-12",
    }
    above = Envelope.objects.get(label="Plan")
    post(stage.lea, f"/enveloppes/{above.pk}/deleguer/", given)
    begun = {
        "label": "Tablettes commandées en mars",
        "reference": "BC-MARS",
        "amount": "23 000",
        "spending": "orders",
        "signed_on": "2020-03-27",
        "ej_number": "2102368447",
    }
    mine = Envelope.objects.get(label="Plan, Val-de-Marne")
    post(stage.alice, f"/enveloppes/{mine.pk}/reprendre/", begun)

    page = told(stage.alice.get(f"/enveloppes/{mine.pk}/"))
    assert "2102368447" in page and amount(7_700_000) in page


def last_week(stage: Stage, settings: object) -> None:
    """A first wave served three children of one neighbourhood."""
    plan = plans.plan(stage.programme)
    census.open_census(
        programme=stage.programme,
        plan=plan,
        corrections_until=date(2020, 4, 27),
        closes_on=date(2020, 4, 28),
        by=ROBOT,
        at=on(4, 21),
    )
    send_list(stage.relays[0], [child(9_000 + n, _lon(0) + 0.005) for n in range(3)])
    settings.TRAITDUNION_NOW = on(4, 28)
    wave = proposed(stage)
    post(stage.alice, f"/attributions/vagues/{wave.pk}/confirmer/", {})


def asked_on_monday(stage: Stage) -> None:
    dates = {"corrections_until": "2020-05-06", "closes_on": "2020-05-07"}
    post(stage.lea, "/recensement/ouvrir/", dates)
    everywhere = [str(one.pk) for one in stage.places]
    asked = {"neighbourhood": everywhere, "contact": str(stage.schools[2].pk)}

    page = post(stage.alice, "/recensement/sollicitations/", asked)

    assert "47 quartiers notés comme sollicités" in page


def lists_on_thursday(stage: Stage) -> None:
    """The relays send what they have; the delegate notes who needs nothing."""
    rows = [
        [child(100 * place + n, _lon(place) + 0.005) for n in range(CHILDREN)]
        for place in range(LISTED)
    ]
    for number, relay in enumerate(stage.relays):
        send_list(relay, [row for some in rows[number::3] for row in some])
    nothing = [str(one.pk) for one in stage.places[LISTED : LISTED + WITHOUT]]
    post(stage.alice, "/recensement/sans-besoin/", {"neighbourhood": nothing})


def who_did_not_answer(stage: Stage) -> None:
    """The silent first, with the number to call, on the page and in the file."""
    page = told(stage.alice.get("/recensement/"))
    assert "31 / 47" in page

    rows = table(stage.alice, "/recensement/?format=csv")
    states = [row["Réponse"] for row in rows]
    assert len(rows) == 47 and len(set(states[:16])) == 1
    assert states[0] not in states[16:]
    assert {(row["Qui appeler"], row["Téléphone"]) for row in rows[:16]} == {("Collège 3", PHONE)}


def proposed(stage: Stage) -> Wave:
    post(stage.lea, "/recensement/cloture/clore/", {})
    post(stage.lea, "/recensement/cloture/graine/", {})
    post(stage.alice, "/attributions/proposer/", {})
    return Wave.objects.get(state="PROPOSED")


def what_is_shared(stage: Stage, wave: Wave) -> None:
    """100,000 € less 23,000 €, less last week's awards, less what is kept twice for 16 places."""
    page = told(stage.alice.get(f"/attributions/vagues/{wave.pk}/"))
    # Of the 5 % that the first wave kept for 46 places, 16 shares are left, a cent rounded up.
    kept = -(-7_700_000 * 5 // 100 * 16 // 46)
    free = 10_000_000 - 2_300_000 - 3 * TABLET - kept
    reserve = free * 5 // 100
    told_amounts = (10_000_000, 2_300_000, 3 * TABLET, kept, reserve, free - reserve)

    assert " ".join(amount(cents) for cents in told_amounts) in page
    assert page.index("16 quartiers n’ont pas répondu") < page.index("Filtrer")
    silent = page[page.index("16 quartiers n’ont pas répondu") : page.index("La file")]
    assert silent.count(PHONE) == 16 and "Quartier 46" in silent
    served = (free - reserve) // TABLET
    rows = table(stage.alice, f"/attributions/vagues/{wave.pk}/?format=csv&decision=served")
    assert len(rows) == served


def leaves_with(stage: Stage, wave: Wave) -> None:
    """A workbook where every line says why, and a note of one page."""
    address = f"/attributions/vagues/{wave.pk}/"
    rows = table(stage.alice, f"{address}?format=csv")
    assert len(rows) == LISTED * CHILDREN
    assert all(row["Pourquoi"] and row["Code du quartier"] for row in rows)
    assert sum(float(row["Coût TTC en euros"]) for row in rows) == len(rows) * TABLET / 100

    workbook = io.BytesIO(stage.alice.get(f"{address}?format=xlsx").content)
    with open_sheet(workbook, name="vague.xlsx") as sheet:
        assert len(list(sheet.rows())) == len(rows)

    (page,) = pdf(stage.alice.get(f"{address}note/"))
    assert "16 quartiers n’ont pas répondu" in page


def out_of_turn(stage: Stage, wave: Wave) -> None:
    """A family found a tablet elsewhere; the price goes to a child who cannot wait."""
    address = f"/attributions/vagues/{wave.pk}/"
    served = table(stage.alice, f"{address}?format=csv&decision=served")[0]["Besoin"]
    waiting = table(stage.alice, f"{address}?format=csv&decision=waiting")[-1]["Besoin"]
    asked = f"/attributions/besoins/{waiting}/hors-tour/"
    assert "ne contient plus ce prix" in told(stage.alice.post(asked, {"reason": REASON}))
    owner = next(
        one
        for one in stage.relays
        if one.get(f"/recensement/besoins/{served}/").status_code == 200
    )
    post(owner, f"/recensement/besoins/{served}/retirer/", {})

    assert "publiée" in post(stage.alice, asked, {"reason": REASON})

    public = told(Client().get("/attributions/publiees/"))
    said = public[public.index("Servis hors tour") :]
    assert waiting[:8].upper() in said and REASON in said and "QP094" in said
