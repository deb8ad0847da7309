"""
Two territories side by side, made by the operations: whatever the first holds, the second holds
too, so that every address can be asked for one's own object and for somebody else's.
"""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import shapely

from tests.web import decided, grants, mentoring, mentoring_world, money
from tests.web.decided import Decided
from tests.web.grants import Grants
from tests.web.mentoring_world import Mentoring
from tests.web.money import Money
from traitdunion.allocation import operations as allocation
from traitdunion.allocation.models import Award, Review, Wave
from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import open_sheet
from traitdunion.budget import operations as budget
from traitdunion.budget.models import Envelope
from traitdunion.census import operations as census
from traitdunion.census.models import Census, Duplicate, Need
from traitdunion.equipment import operations as equipment
from traitdunion.equipment.models import Device
from traitdunion.jobs import operations as jobs
from traitdunion.jobs.models import Work
from traitdunion.lending import operations as lending
from traitdunion.lending.models import Agreement, Incident, Loan, Transfer
from traitdunion.partners import operations as partners
from traitdunion.partners.models import ApiToken, Membership, Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.people import operations as people
from traitdunion.people.models import ListFile
from traitdunion.programme import operations as programmes
from traitdunion.programme import queries as plans
from traitdunion.programme.models import Programme, Source, Strand
from traitdunion.programme.schema import Plan
from traitdunion.project.settings import PACKAGE
from traitdunion.supply import operations as supply
from traitdunion.supply.models import OrderLine, PurchaseOrder
from traitdunion.territories.models import (
    Academy,
    CiteEducative,
    CiteEducativeNeighbourhood,
    Commune,
    Department,
    Neighbourhood,
    School,
)

PLAN_FILE = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
APRIL, MAY, LATER = (datetime(2020, *day, 9, tzinfo=UTC) for day in ((4, 27), (5, 7), (5, 14)))
HEADER = "Nom;Prénom;Date de naissance;Classe;Longitude;Latitude;Téléphone;Équipement"
# The first two of each list look like one child; the last has no address.
CHILDREN = {
    "94": (
        "DIALLO;Aïcha;04/05/2009;5e B;{lon};48.8050;0612345601;aucun",
        "DIALO;Aïcha;04/05/2009;5e B;{lon};48.8051;0612345601;aucun",
        "TRAORE;Issa;09/07/2010;6e A;{lon};48.8060;0612345602;aucun",
        "BEL;Zoé;22/01/2009;5e A;{lon};48.8070;0612345603;aucun",
        "ROUSSEAU;Mathis;13/11/2006;3e A;{lon};48.8075;0612345604;aucun",
        "KAYA;Deniz;02/03/2008;4e C;;;0612345605;aucun",
    ),
    "75": (
        "NGUYEN;Linh;17/02/2007;3e B;{lon};48.8050;0712345601;aucun",
        "NGUYENN;Linh;17/02/2007;3e B;{lon};48.8051;0712345601;aucun",
        "BENALI;Sofiane;30/08/2011;6e D;{lon};48.8060;0712345602;aucun",
        "CHEVALIER;Lucie;11/06/2008;4e A;{lon};48.8070;0712345603;aucun",
        "OUEDRAOGO;Fanta;25/12/2009;5e C;{lon};48.8075;0712345604;aucun",
        "ZIANI;Kenza;05/10/2010;6e D;;;0712345605;aucun",
    ),
}


@dataclass
class Side:
    """One territory: its organisations, and one of each thing that an address may name."""

    department: Department
    neighbourhood: Neighbourhood
    cite: CiteEducative
    prefecture: Organisation
    school: Organisation
    envelope: Envelope
    kept: ListFile | None = None
    need: Need | None = None
    doubtful: Need | None = None
    duplicate: Duplicate | None = None
    order: PurchaseOrder | None = None
    line: OrderLine | None = None
    device: Device | None = None
    waiting: Agreement | None = None
    lent: Agreement | None = None
    loan: Loan | None = None
    incident: Incident | None = None
    transfer: Transfer | None = None
    review: Review | None = None
    membership: Membership | None = None
    token: ApiToken | None = None
    award: Award | None = None
    work: Work | None = None
    money: Money | None = None
    agreement: Any = None
    mentor: Any = None
    end: Any = None
    count: Any = None
    grants: Grants | None = None
    decided: Decided | None = None
    mentoring: Mentoring | None = None


@dataclass
class World:
    """Everything, and everybody by first name."""

    programme: Programme
    plan: Plan
    census: Census
    a: Side
    b: Side
    people: dict[str, User]
    supplier: Organisation
    other_supplier: Organisation
    wave: Wave | None = None
    token: str = ""


def build() -> World:
    """A day of May 2020, in two départements."""
    programme = programmes.load(toml=PLAN_FILE.read_text(), by=ROBOT, at=APRIL)
    plan = plans.plan(programme)
    sides = _side("94", "24", 2.40, "0940071S"), _side("75", "01", 2.30, "0750001U")
    opened = census.open_census(programme=programme, plan=plan, by=ROBOT, at=APRIL)
    suppliers = [_organisation(Kind.SUPPLIER, name) for name in ("Tablettes SA", "Écrans SARL")]
    world = World(programme, plan, opened, *sides, _cast(*sides, suppliers[0]), *suppliers)
    for side in sides:
        _record_needs(world, side)
    _share_out(world)
    for side in sides:
        _equip(world, side)
        _lend(world, side)
        _spend(world, side)
    mentoring.follow(world, Organisation.objects.get(kind=Kind.MENTORING_NETWORK))
    _ask_for_grants(world)
    for side in sides:
        _mentor(world, side)
    return world


# --- Places and organisations


def _organisation(kind: Kind, name: str, code: str = "", **facts: Any) -> Organisation:
    numbers = {"UAI": code} if code else {}
    return partners.create_organisation(
        kind=kind, name=name, identifiers=numbers, by=ROBOT, at=APRIL, **facts
    )


def _side(code: str, academy_code: str, lon: float, uai: str) -> Side:
    department = Department.objects.create(code=code, name=f"Département {code}")
    academy = Academy.objects.create(code=academy_code, name=f"Académie {academy_code}")
    commune = Commune.objects.create(
        code=f"{code}001", name=f"Ville {code}", department=department
    )
    quarter = Neighbourhood.objects.create(
        code=f"QP0{code}001",
        name=f"Les Tilleuls {code}",
        generation="2015",
        valid_from_date=date(2015, 1, 1),
        department=department,
        outline=shapely.to_wkb(shapely.box(lon, 48.80, lon + 0.01, 48.81)),
        layer="essai",
        pupils=200,
    )
    cite = CiteEducative.objects.create(
        code=f"cite-{code}", name=f"Cité éducative {code}", department=department
    )
    CiteEducativeNeighbourhood.objects.create(cite_educative=cite, neighbourhood=quarter)
    place = {"department": department, "commune": commune, "academy": academy}
    building = School.objects.create(
        uai=uai, name=f"Collège {code}", neighbourhood=quarter, **place
    )
    prefecture = _organisation(Kind.PREFECTURE, f"Préfecture {code}", department=department)
    school = _organisation(
        Kind.SCHOOL, f"Collège {code}", uai, school=building, contact_name="Mme Martin", **place
    )
    return Side(department, quarter, cite, prefecture, school, _envelope(prefecture))


def _envelope(holder: Organisation) -> Envelope:
    return budget.open_envelope(
        strand=Strand.objects.get(code="equipment"),
        source=Source.objects.get(name="plan"),
        holder=holder,
        label=f"Équipement, {holder.name}",
        year=2020,
        amount_cents=5_000_000,
        by=ROBOT,
        at=APRIL,
    )


def _cast(a: Side, b: Side, supplier: Organisation) -> dict[str, User]:
    """Everybody; Driss sits nowhere and must see nothing."""
    place = {"department": a.department, "academy": a.school.academy}
    town = {"commune": a.school.commune, "department": a.department}
    rectorate = _organisation(Kind.RECTORATE, "Rectorat", academy=a.school.academy)
    cite = _organisation(Kind.CITE_EDUCATIVE, "Cité 94", cite_educative=a.cite)
    seats = {
        "alice": (a.prefecture, Role.MANAGER),
        "bakary": (_organisation(Kind.ASSOCIATION, "Coup de pouce", **place), Role.MANAGER),
        "chloe": (a.school, Role.MANAGER),
        "elise": (rectorate, Role.MANAGER),
        "farid": (cite, Role.MANAGER),
        "gaelle": (_organisation(Kind.LOCAL_AUTHORITY, "Mairie", **town), Role.MANAGER),
        "jeanne": (_organisation(Kind.ASSOCIATION, "Entraide", **place), Role.TREASURER),
        "karim": (_organisation(Kind.CONTROLLER, "Contrôle"), Role.READER),
        "lea": (_organisation(Kind.MINISTRY, "Ministère"), Role.ADMINISTRATOR),
        "olga": (a.school, Role.RECEIVER),
        "paul": (b.prefecture, Role.MANAGER),
        "rachid": (supplier, Role.MANAGER),
        "yanis": (b.school, Role.MANAGER),
    }
    network = _organisation(Kind.MENTORING_NETWORK, "Mentors")
    seats |= {"hugo": (network, Role.MANAGER), "ines": (network, Role.MENTOR)}
    cast = {"driss": User.objects.create(email="driss@example.org", full_name="Driss")}
    for name, (organisation, role) in seats.items():
        cast[name] = User.objects.create(email=f"{name}@example.org", full_name=name.title())
        seat = partners.seat(
            user=cast[name], organisation=organisation, role=role, by=ROBOT, at=APRIL
        )
        if name in {"olga", "yanis"}:
            (a if name == "olga" else b).membership = seat
        if name in {"chloe", "yanis"}:
            (a if name == "chloe" else b).token = _token(seat)
    return cast


def _token(seat: Membership) -> ApiToken:
    token, _secret = partners.make_token(
        membership=seat,
        label="Tableur",
        expires_at=APRIL + timedelta(days=90),
        by=ROBOT,
        at=APRIL,
    )
    return token


# --- Needs, and who gets what


def _record_needs(world: World, side: Side) -> None:
    lon = shapely.from_wkb(bytes(side.neighbourhood.outline)).centroid.x
    rows = [line.format(lon=lon) for line in CHILDREN[side.department.code]]
    text = "\n".join((HEADER, *rows)) + "\n"
    ground = {"relay": side.school, "plan": world.plan, "generation": "2015", "by": ROBOT}
    census.import_rows(
        census=world.census,
        sheet=open_sheet(io.BytesIO(text.encode()), name="liste.csv"),
        at=APRIL,
        defaults=census.Defaults(kind="tablet", degree=0),
        **ground,
    )
    side.kept = people.keep_list(
        organisation_id=side.school.pk,
        name="liste.csv",
        content=text.encode(),
        choices={"kind": "tablet", "degree": 0},
        by=ROBOT,
        at=APRIL,
    )
    needs = Need.objects.filter(relay=side.school)
    side.need = needs.filter(state="OPEN").order_by("recorded_at", "pk").first()
    side.doubtful = needs.filter(doubt="ADDRESS").first()
    side.duplicate = Duplicate.objects.filter(need__relay=side.school).first()


def _share_out(world: World) -> None:
    census.close(census=world.census, by=ROBOT, at=MAY)
    census.publish_seed(census=world.census, by=ROBOT, at=MAY)
    world.wave = allocation.propose(census=world.census, plan=world.plan, by=ROBOT, at=MAY)
    allocation.confirm(wave=world.wave, plan=world.plan, by=ROBOT, at=MAY)
    for side in (world.a, world.b):
        side.award = Award.objects.filter(relay=side.school).order_by("pk").first()
        side.review = allocation.ask_review(
            need=side.doubtful,
            asked_by=side.school,
            question="L’adresse est celle du foyer.",
            plan=world.plan,
            by=ROBOT,
            at=MAY,
        )


# --- Money that was spent


def _spend(world: World, side: Side) -> None:
    asker = world.people["alice" if side is world.a else "paul"]
    side.money = money.spend(envelope=side.envelope, asker=asker, plan=world.plan, at=LATER)


def _ask_for_grants(world: World) -> None:
    """Bakary's association asks Alice's préfecture; elsewhere, one for which nobody acts."""
    own = Organisation.objects.get(name="Coup de pouce")
    foreign = _organisation(Kind.ASSOCIATION, "Voisins", department=world.b.department)
    sides = ((world.a, own, "W941000001", "alice"), (world.b, foreign, "W751000001", "paul"))
    for side, organisation, number, reviewer in sides:
        partners.add_identifier(
            organisation=organisation, scheme="RNA", value=number, by=ROBOT, at=LATER
        )
        side.grants = grants.ask(
            world=world,
            side=side,
            organisation=organisation,
            reviewer=world.people[reviewer],
            at=LATER,
        )
        side.decided = decided.settle(
            world=world,
            side=side,
            organisation=organisation,
            decider=world.people[reviewer],
            at=LATER,
        )


# --- Who is followed by whom


def _mentor(world: World, side: Side) -> None:
    """Hugo's network follows a pupil of Chloé's school; another one, a pupil of Yanis's."""
    own = side is world.a
    network = (
        Organisation.objects.get(name="Mentors")
        if own
        else _organisation(Kind.MENTORING_NETWORK, "Autres mentors")
    )
    side.mentoring = mentoring_world.follow(
        school=side.school,
        network=network,
        mentor=world.people["ines"] if own else None,
        plan=world.plan,
        at=LATER,
    )


# --- Devices, and who has them


def _equip(world: World, side: Side) -> None:
    line = supply.NewLine(side.school, "tablet", "Tablette 10 pouces", 5, 15_000, 18_000)
    side.order = supply.order(
        number=f"BC-{side.department.code}-1",
        buyer=side.prefecture,
        supplier=world.supplier if side is world.a else world.other_supplier,
        market_reference="M-2020-1",
        envelopes=[side.envelope],
        plan=world.plan,
        lines=[line],
        promised_on=date(2020, 5, 12),
        by=ROBOT,
        at=MAY,
    )
    serials = [f"TAB{side.department.code}{k:04d}" for k in range(5)]
    text = "Numéro de série\n" + "\n".join(serials) + "\n"
    sheet = open_sheet(io.BytesIO(text.encode()), name="bordereau.csv")
    supply.load_manifest(order=side.order, sheet=sheet, dry_run=False, by=ROBOT, at=MAY)
    supply.receive(
        order=side.order,
        delivery_point=side.school,
        ticked=serials[:4],
        unannounced={},
        is_complete=False,
        by=ROBOT,
        at=LATER,
    )
    side.line = OrderLine.objects.get(order=side.order)
    side.device = Device.objects.get(serial=serials[3])
    old = equipment.NewDevice("tablet", f"OLD{side.department.code}0001", "Ancienne tablette")
    equipment.register_devices(
        rows=[old], owner=side.prefecture, holder=side.prefecture, origin="stock", by=ROBOT, at=MAY
    )
    side.transfer = lending.transfer(
        serials=[old.serial], sender=side.prefecture, receiver=side.school, by=ROBOT, at=LATER
    )


def _lend(world: World, side: Side) -> None:
    lending.prepare(relay=side.school, rules=world.plan.lending, by=ROBOT, at=LATER)
    first, second, *_ = Agreement.objects.filter(relay=side.school).order_by("number")
    serials = [f"TAB{side.department.code}{k:04d}" for k in range(3)]
    (side.loan,) = lending.hand_over(
        agreement=first,
        serials=serials[:1],
        signature="later",
        signed_on=None,
        by=ROBOT,
        at=LATER,
    )
    side.lent, side.waiting = first, second
    side.incident = lending.declare_incident(
        serial=serials[2],
        relay=side.school,
        kind="BROKEN",
        complaint_number="",
        by=ROBOT,
        at=LATER,
    )
    actor = world.people["chloe" if side is world.a else "yanis"]
    side.work = jobs.open_work(
        kind="census.record_list", organisation_id=side.school.pk, total=1, by=actor, at=LATER
    )
