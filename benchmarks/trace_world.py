"""A world with so many events, in the shape that operations give it, and traces drawn from it."""

import time
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import uuid4

import shapely
from django.core.management import call_command
from django.db import connection, transaction

from traitdunion.allocation.models import Award, Wave
from traitdunion.base import bulk
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.census import operations as census
from traitdunion.census.models import Need
from traitdunion.equipment.models import Custody, Device
from traitdunion.journal.models import Event
from traitdunion.lending.models import Agreement, Loan
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation
from traitdunion.partners.states import Kind
from traitdunion.people.models import Person
from traitdunion.people.queries import kept_code
from traitdunion.programme import operations as programmes
from traitdunion.programme import queries as plans
from traitdunion.programme.models import Source, Strand
from traitdunion.project.settings import PACKAGE
from traitdunion.steering import tracing
from traitdunion.supply.models import Funding, ManifestLine, OrderLine, PurchaseOrder
from traitdunion.territories.models import Department, Neighbourhood

AT = datetime(2020, 5, 4, 9, tzinfo=UTC)
PLAN = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
EVENTS_A_CHILD, CHILDREN_AN_ORDER, CHILDREN_A_QUARTER = 4, 250, 250
PRICE = 18_500


class World:
    """What every order stands on, and the numbers to draw from."""

    def __init__(self) -> None:
        programme = programmes.load(toml=PLAN.read_text(), by=ROBOT, at=AT)
        plan = plans.plan(programme)
        opened = census.open_census(programme=programme, plan=plan, by=ROBOT, at=AT)
        self.census = opened
        self.wave = Wave.objects.create(
            census=opened, number=1, seed="s", input_digest="d", rules={}, proposed_at=AT
        )
        self.source = Source.objects.get(name="plan")
        self.strand = Strand.objects.get(code="equipment")
        self.department = Department.objects.create(code="94", name="Val-de-Marne")
        self.outline = shapely.to_wkb(shapely.box(2.4, 48.8, 2.41, 48.81))
        self.holder = self.organisation(Kind.PREFECTURE, "Préfecture")
        self.supplier = self.organisation(Kind.SUPPLIER, "Fournisseur")
        self.root = budget.open_envelope(
            strand=self.strand, source=self.source, holder=self.holder, label="Plan", year=2020,
            amount_cents=10**14, by=ROBOT, at=AT,
        )  # fmt: skip
        self.numbers: dict[str, list[str]] = {
            kind: []
            for kind in ("device", "agreement", "child", "code", "order", "commitment",
                         "envelope", "neighbourhood", "organisation")
        }  # fmt: skip

    def organisation(self, kind: str, name: str) -> Organisation:
        return partners.create_organisation(
            kind=kind, name=name, identifiers={}, department=self.department, by=ROBOT, at=AT
        )


def add_order(world: World, number: int) -> None:
    """One relay, its quarter, its envelope, its order, and 250 children with a tablet each."""
    relay = world.organisation(Kind.SCHOOL, f"Collège {number}")
    quarter = Neighbourhood.objects.create(
        code=f"QP{number:06d}", name=f"Quartier {number}", generation="2015", layer="essai",
        valid_from_date=date(2015, 1, 1), department=world.department, outline=world.outline,
    )  # fmt: skip
    cost = CHILDREN_AN_ORDER * PRICE
    envelope = budget.open_under(
        parent=world.root, holder=world.holder, label=f"Part {number}", ae_cents=cost,
        cp_cents=cost, document="D", by=ROBOT, at=AT,
    )  # fmt: skip
    commitment = budget.commit(
        envelope=envelope, amount_cents=cost, label="Commande", reference=f"BC-{number}",
        beneficiary=world.supplier, by=ROBOT, at=AT,
    )  # fmt: skip
    order = PurchaseOrder.objects.create(
        number=f"BC-{number}", buyer=world.holder, supplier=world.supplier, placed_at=AT,
        market_reference="M", promised_on=date(2020, 5, 11),
    )  # fmt: skip
    line = OrderLine.objects.create(
        order=order, delivery_point=relay, kind="tablet", label="Tablette",
        quantity=CHILDREN_AN_ORDER, price_excluding_tax_cents=15_000, price_cents=PRICE,
        received=CHILDREN_AN_ORDER,
    )  # fmt: skip
    paid = Funding.objects.create(
        line=line, commitment=commitment, position=0, quantity=CHILDREN_AN_ORDER,
        received=CHILDREN_AN_ORDER,
    )  # fmt: skip
    add_children(world, number, relay, quarter, order, line, paid)
    world.numbers["order"].append(order.number)
    world.numbers["commitment"].append(str(commitment.pk))
    world.numbers["envelope"].append(str(envelope.pk))
    world.numbers["neighbourhood"].append(quarter.code)
    world.numbers["organisation"].append(str(relay.pk))


def add_children(
    world: World, number: int, relay: Any, quarter: Any, order: Any, line: Any, paid: Any
) -> None:
    made: dict[Any, list[Any]] = {}

    def keep(row: Any) -> Any:
        made.setdefault(type(row), []).append(row)
        return row

    for child in range(CHILDREN_AN_ORDER):
        serial = f"TAB{number:05d}{child:04d}"
        pk = uuid4()
        person = keep(
            Person(pk=pk, kind="CHILD", first_name="A", last_name="B", search_key=serial,
                   code=kept_code(pk), known_to=relay.pk, created_at=AT)
        )  # fmt: skip
        need = keep(
            Need(census=world.census, relay=relay, person=person, neighbourhood=quarter,
                 kind="tablet", degree=0, recorded_at=AT)
        )  # fmt: skip
        award = keep(
            Award(wave=world.wave, need=need, person=person, relay=relay, neighbourhood=quarter,
                  source=world.source, kind="tablet", degree=0, cost_cents=PRICE,
                  state="HANDED_OVER", awarded_at=AT, lapses_on=date(2020, 6, 1), ended_at=AT)
        )  # fmt: skip
        agreement = keep(
            Agreement(number=f"P{number:05d}{child:04d}", relay=relay, award=award,
                      person=person, kind="tablet", template="t", state="SIGNED",
                      signature="PAPER", signatures_given=1, prepared_at=AT,
                      signed_on=date(2020, 5, 12), due_back_on=date(2020, 12, 18))
        )  # fmt: skip
        device = keep(
            Device(kind="tablet", serial=serial, label="Tablette", owner=world.holder,
                   origin=order.number, state="LENT", holder_person=person, version=2,
                   registered_at=AT)
        )  # fmt: skip
        keep(Loan(agreement=agreement, device=device, started_at=AT, due_on=date(2020, 12, 18)))
        keep(
            ManifestLine(
                order=order,
                line=line,
                serial=serial,
                state="RECEIVED",
                funding=paid,
                device=device,
            )
        )
        for seq, to in ((1, {"to_organisation_id": relay.pk}), (2, {"to_person_id": pk})):
            keep(
                Custody(
                    device=device,
                    seq=seq,
                    move=("REGISTERED", "LENT")[seq - 1],
                    state="LENT",
                    at=AT,
                    by_kind="robot",
                    told_by=uuid4(),
                    **to,
                )
            )
        for verb, row in (
            ("people.child_registered", person),
            ("census.need_recorded", need),
            ("equipment.registered", device),
            ("lending.handed_over", agreement),
        ):
            keep(
                Event(
                    at=AT,
                    actor_kind="robot",
                    verb=verb,
                    facts={},
                    subject_kind=row._meta.label_lower,
                    subject_id=str(row.pk),
                )
            )
    for rows in made.values():
        bulk.create(rows)
    chosen = [0, CHILDREN_AN_ORDER // 2]
    for at in chosen:
        world.numbers["device"].append(made[Device][at].serial)
        world.numbers["agreement"].append(made[Agreement][at].number)
        world.numbers["child"].append(str(made[Person][at].pk))
        world.numbers["code"].append(made[Person][at].code)


def measure(*, events: int, rounds: int) -> dict[str, float]:
    """The 95th percentile of a trace in milliseconds, by kind of number."""
    call_command("migrate", verbosity=0)
    world = World()
    orders = max(1, events // (EVENTS_A_CHILD * CHILDREN_AN_ORDER))
    for number in range(orders):
        with transaction.atomic():
            add_order(world, number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    chance, found = Random(2020), {}
    for kind, numbers in world.numbers.items():
        tracing.trace(chance.choice(numbers))
        times = []
        for _round in range(rounds):
            number = chance.choice(numbers)
            clock = time.perf_counter()
            tracing.trace(number)
            times.append((time.perf_counter() - clock) * 1_000)
        found[kind] = sorted(times)[int(0.95 * (rounds - 1))]
    return found
