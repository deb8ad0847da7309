"""A school on the eve of its hand-over: three children awarded, tablets in the cupboard."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

import shapely

from traitdunion.allocation.models import Award, Wave
from traitdunion.base.actors import ROBOT
from traitdunion.census.models import Census, Need
from traitdunion.equipment import operations as equipment
from traitdunion.equipment.models import Device
from traitdunion.lending import operations as lending
from traitdunion.lending.models import Agreement
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.people import operations as people
from traitdunion.people.operations import NewChild, NewGuardian
from traitdunion.programme import operations as programme
from traitdunion.programme import queries as plans
from traitdunion.programme.models import Programme, Source
from traitdunion.programme.schema import Plan
from traitdunion.project.settings import PACKAGE
from traitdunion.territories.models import Department, Neighbourhood

AT = datetime(2020, 5, 14, 8, 0, tzinfo=UTC)
PLAN_FILE = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
MOTHER = NewGuardian("Fatou Traoré", phone="06 12 34 56 78")
CHILDREN = (
    NewChild("Amina", "Traoré", date(2008, 3, 1), guardians=(MOTHER,), address="8 rue des Lilas"),
    NewChild("Issa", "Traoré", date(2010, 7, 9), guardians=(MOTHER,), address="8 rue des Lilas"),
    NewChild("Zoé", "Bel", date(2009, 1, 2), guardians=(NewGuardian("Paul Bel"),)),
)
CLASSES = ("5e B", "CM2", "6e A")


@dataclass
class Scene:
    """What a test of lending stands on; everything is made by the operations where they exist."""

    programme: Programme
    plan: Plan
    prefecture: Organisation
    school: Organisation
    other_school: Organisation
    awards: list[Award]
    serials: count = field(default_factory=lambda: count(1))

    def stock(
        self, n: int = 1, *, kind: str = "tablet", holder: Organisation | None = None
    ) -> list[Device]:
        """Devices of the préfecture in a cupboard; the school's own, unless said."""
        rows = [
            equipment.NewDevice(kind, f"{kind[:3].upper()}0{next(self.serials):04d}", "Appareil")
            for _ in range(n)
        ]
        holder = holder or self.school
        return equipment.register_devices(
            rows=rows, owner=self.prefecture, holder=holder, origin="test", by=ROBOT, at=AT
        )

    def prepare(self) -> list[Agreement]:
        """The school's agreements, in the order of its awards."""
        lending.prepare(relay=self.school, rules=self.plan.lending, by=ROBOT, at=AT)
        return [Agreement.objects.get(award=award) for award in self.awards]

    def lend(self, agreement: Agreement, *devices: Device, signature: str = "paper") -> None:
        lending.hand_over(
            agreement=agreement,
            serials=[device.serial for device in devices],
            signature=signature,
            signed_on=AT.date(),
            by=ROBOT,
            at=AT,
        )

    def user(self, name: str, organisation: Organisation | None, role: str = "") -> User:
        """Somebody who acts for an organisation, or for none."""
        user = User.objects.create(email=f"{name.lower()}@example.org", full_name=name)
        if organisation:
            role = role or Role.MANAGER
            partners.seat(user=user, organisation=organisation, role=role, by=ROBOT, at=AT)
        return user


def school(department: Department, name: str, uai: str) -> Organisation:
    return partners.create_organisation(
        kind=Kind.SCHOOL,
        name=name,
        identifiers={"UAI": uai},
        department=department,
        contact_name="Mme Martin",
        phone="01 23 45 67 89",
        by=ROBOT,
        at=AT,
    )


def build() -> Scene:
    """The eve of the hand-over."""
    department = Department.objects.create(code="94", name="Val-de-Marne")
    prefecture = partners.create_organisation(
        kind=Kind.PREFECTURE,
        name="Préfecture du Val-de-Marne",
        identifiers={},
        department=department,
        by=ROBOT,
        at=AT,
    )
    loaded = programme.load(toml=PLAN_FILE.read_text(), by=ROBOT, at=AT)
    relay = school(department, "Collège Rosa-Parks", "0940071S")
    return Scene(
        programme=loaded,
        plan=plans.plan(loaded),
        prefecture=prefecture,
        school=relay,
        other_school=school(department, "Collège Jaurès", "0940072T"),
        awards=_awards(loaded, relay, department),
    )


def _awards(loaded: Programme, relay: Organisation, department: Department) -> list[Award]:
    persons = people.register_children(
        rows=CHILDREN, relay_id=relay.pk, notice_days=30, by=ROBOT, at=AT
    )
    quarter = Neighbourhood.objects.create(
        code="QP094001",
        name="Les Tilleuls",
        generation="2015",
        valid_from_date=date(2015, 1, 1),
        department=department,
        outline=shapely.to_wkb(shapely.box(2.3, 48.7, 2.4, 48.8)),
        layer="test",
    )
    day = date(2020, 5, 4)
    census = Census.objects.create(
        programme=loaded, number=1, opens_on=day, corrections_until_date=day, closes_on=day
    )
    wave = Wave.objects.create(
        census=census, number=1, seed="s", input_digest="0" * 64, rules={}, proposed_at=AT
    )
    source = Source.objects.order_by("position")[0]
    return [
        _award(wave, source, quarter, relay, person, label)
        for person, label in zip(persons, CLASSES, strict=True)
    ]


def _award(wave, source, quarter, relay, person, label) -> Award:
    need = Need.objects.create(
        census=wave.census,
        relay=relay,
        person_id=person,
        neighbourhood=quarter,
        kind="tablet",
        degree=0,
        school_class=label,
        recorded_at=AT,
    )
    return Award.objects.create(
        wave=wave,
        need=need,
        person_id=person,
        relay=relay,
        neighbourhood=quarter,
        source=source,
        kind="tablet",
        degree=0,
        cost_cents=18_500,
        awarded_at=AT,
        lapses_on=date(2020, 6, 4),
    )
