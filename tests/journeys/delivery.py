"""
An order of 500 tablets for 22 schools of an academy: 480 children served, 20 spares, two purses.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.journeys.pages import child, on, post, send_list, sit, told
from traitdunion.allocation import operations as allocation
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.budget.models import Envelope
from traitdunion.census import operations as census
from traitdunion.partners import operations as partners
from traitdunion.partners import queries as organisations
from traitdunion.partners.models import Organisation
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import operations as programmes
from traitdunion.programme import queries as plans
from traitdunion.programme.models import Source, Strand
from traitdunion.programme.schema import Plan
from traitdunion.project.settings import PACKAGE
from traitdunion.territories.models import (
    Academy,
    CiteEducative,
    CiteEducativeNeighbourhood,
    Commune,
    Department,
    Neighbourhood,
    School,
)

PLAN = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
NUMBER = "BC-2020-1"
TABLET, BEFORE_TAX = 18_500, 15_417
SCHOOLS, CHILDREN, SPARES = 22, 480, 20
KEYS = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass
class Delivery:
    """Who orders, who supplies, who receives."""

    plan: Plan
    rectorate: Organisation
    supplier: Organisation
    schools: list[Organisation]
    relays: list[Client]
    elise: Client
    # The cités éducatives' own credits, then the plan's.
    purses: list[Envelope]


def served(settings: Any) -> Delivery:
    """480 children hold an award; no tablet is ordered yet."""
    settings.TRAITDUNION_NOW = on(4, 27)
    programme = programmes.load(toml=PLAN.read_text(), by=ROBOT, at=on(4, 20))
    plan = plans.plan(programme)
    department, academy, commune = _ground()
    place = {"department": department, "academy": academy}
    rectorate = organisation(Kind.RECTORATE, "Rectorat", academy=academy)
    schools = [_school(n, commune=commune, **place) for n in range(SCHOOLS)]
    relays = [sit(f"relais{n}", one) for n, one in enumerate(schools)]
    running = census.open_census(programme=programme, plan=plan, by=ROBOT, at=on(4, 21))
    for number, relay in enumerate(relays):
        send_list(relay, [child(k, 2.005 + 0.02 * (k % 2)) for k in _children(number)])
    settings.TRAITDUNION_NOW = on(5, 7)
    delivery = Delivery(
        plan,
        rectorate,
        organisation(Kind.SUPPLIER, "Tablettes SA"),
        schools,
        relays,
        sit("elise", rectorate),
        [_purse(rectorate, "cites-educatives-2020", 250), _purse(rectorate, "plan", 300)],
    )
    census.close(census=running, by=ROBOT, at=on(5, 7))
    census.publish_seed(census=running, by=ROBOT, at=on(5, 7))
    wave = allocation.propose(census=running, plan=plan, by=ROBOT, at=on(5, 7))
    allocation.confirm(wave=wave, plan=plan, by=ROBOT, at=on(5, 7))
    return delivery


def organisation(kind: Kind, name: str, uai: str = "", **facts: object) -> Organisation:
    numbers = {"UAI": uai} if uai else {}
    return partners.create_organisation(
        kind=kind, name=name, identifiers=numbers, by=ROBOT, at=on(4, 20), **facts
    )


def _ground() -> tuple[Department, Academy, Commune]:
    """Two neighbourhoods; a cité éducative covers the first."""
    department = Department.objects.create(code="94", name="Val-de-Marne")
    academy = Academy.objects.create(code="24", name="Créteil")
    commune = Commune.objects.create(code="94001", name="Ville", department=department)
    cite = CiteEducative.objects.create(code="cite-1", name="Cité 1", department=department)
    for number, lon in enumerate((2.00, 2.02)):
        quarter = Neighbourhood.objects.create(
            code=f"QP09400{number}",
            name=f"Quartier {number}",
            generation="2015",
            valid_from_date=date(2015, 1, 1),
            department=department,
            outline=shapely.to_wkb(shapely.box(lon, 48.80, lon + 0.01, 48.81)),
            layer="essai",
            pupils=2_000,
        )
        if number == 0:
            CiteEducativeNeighbourhood.objects.create(cite_educative=cite, neighbourhood=quarter)
    return department, academy, commune


def _school(number: int, **place: object) -> Organisation:
    uai = f"{940_100 + number:07d}{KEYS[(940_100 + number) % 23]}"
    building = School.objects.create(uai=uai, name=f"Collège {number:02d}", **place)
    return organisation(
        Kind.SCHOOL,
        building.name,
        uai,
        school=building,
        contact_name=f"Intendance {number:02d}",
        opening_hours="8 h – 17 h",
        **place,
    )


def _children(school: int) -> range:
    """480 children among 22 schools: 22 in the first ones, then 21."""
    before = sum(22 if n < 18 else 21 for n in range(school))
    return range(before, before + (22 if school < 18 else 21))


def _purse(holder: Organisation, source: str, tablets: int) -> Envelope:
    return budget.open_envelope(
        strand=Strand.objects.get(code="equipment"),
        source=Source.objects.get(name=source),
        holder=holder,
        label=f"Rectorat, {source}",
        year=2020,
        amount_cents=tablets * TABLET,
        by=ROBOT,
        at=on(4, 27),
    )


def ordered(one: Delivery) -> str:
    """Order from the proposal of the page; what the confirmation page says."""
    asked: dict[str, Any] = {
        "number": NUMBER,
        "market_reference": "UGAP 2019-T",
        "supplier": str(one.supplier.pk),
        "envelopes": [str(purse.pk) for purse in one.purses],
        "promised_on": "2020-05-11",
        "tablet_label": "Tablette 10 pouces",
        "tablet_before_tax": "154,17",
        "tablet_price": "185",
    }
    for number, school in enumerate(one.schools):
        spares = int(number < SPARES)
        asked[f"quantity-{school.pk}-tablet"] = str(len(_children(number)) + spares)
        asked[f"spares-{school.pk}-tablet"] = str(spares)
    confirmation = told(one.elise.post("/commandes/nouvelle/", asked))
    post(one.elise, "/commandes/nouvelle/", {**asked, "step": "place"})
    return confirmation


def serials(number: int) -> list[str]:
    """What the supplier announces for one school."""
    count = len(_children(number)) + int(number < SPARES)
    return [f"TAB{number:02d}{k:04d}" for k in range(count)]


def announced(one: Delivery) -> None:
    """The supplier's file is checked, then loaded: nobody types 500 serial numbers."""
    codes = organisations.codes([school.pk for school in one.schools])
    rows = [f"{s};{codes[school.pk]}" for n, school in enumerate(one.schools) for s in serials(n)]
    content = "\n".join(("Numéro de série;UAI", *rows)).encode()
    page = f"/commandes/{NUMBER}/bordereau/"
    checked = one.elise.post(page, {"file": SimpleUploadedFile("b.csv", content), "check": "1"})
    assert "500 numéros nouveaux, 0 déjà connus, 0 ligne" in told(checked)
    post(one.elise, page, {"file": SimpleUploadedFile("b.csv", content)})


def ticked(one: Delivery, number: int, *, leaving: int = 0, found: str = "") -> str:
    """One school, one screen: the boxes are ticked, what is not in the list is typed."""
    porter = sit(f"accueil{number}", one.schools[number], Role.RECEIVER)
    page = porter.get(f"/commandes/{NUMBER}/reception/").content.decode()
    boxes = re.findall(r'name="serial"[^>]*value="([^"]+)"', page)
    assert sorted(boxes) == serials(number)
    asked = {
        "serial": boxes[leaving:],
        "scans": found,
        "kind": "tablet",
        "is_complete": "on",
    }
    return told(porter.post(f"/commandes/{NUMBER}/reception/", asked))
