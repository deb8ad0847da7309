"""Small associations of a département, the préfecture that decides, the town hall it consults."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import shapely

from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.budget.models import Envelope
from traitdunion.grants import operations, queries
from traitdunion.grants.models import Application
from traitdunion.partners import operations as partners
from traitdunion.partners import queries as partner_queries
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.queries import Seat
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import operations as programme
from traitdunion.programme import queries as plans
from traitdunion.programme.models import Programme, Strand
from traitdunion.programme.schema import Plan
from traitdunion.project.settings import PACKAGE
from traitdunion.territories.models import Department, Neighbourhood

AT = datetime(2020, 5, 14, 8, 0, tzinfo=UTC)
LATER = datetime(2020, 5, 20, 8, 0, tzinfo=UTC)
PLAN_FILE = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"
SIRET, OTHER_SIRET, RNA = "73282932000074", "35600000000048", "W941234567"


@dataclass
class Scene:
    """Bakary keeps the accounts of « Coup de pouce », Alice reviews, Gaelle is the town hall."""

    programme: Programme
    plan: Plan
    strand: Strand
    prefecture: Organisation
    association: Organisation
    other: Organisation
    town_hall: Organisation
    quarter: Neighbourhood
    lonely_quarter: Neighbourhood
    bakary: User
    jeanne: User
    alice: User
    gaelle: User
    driss: User

    def seat(self, user: User) -> Seat | None:
        found = partner_queries.seats(user)
        return found[0] if found else None

    def start(self, organisation: Organisation | None = None, by: User | None = None) -> Any:
        return operations.start(
            organisation=organisation or self.association,
            strand=self.strand,
            plan=self.plan,
            by=by or self.bakary,
            at=AT,
        )

    def fill(self, application: Application, by: User | None = None, **changes: Any) -> Any:
        answers = {
            "purpose": "ACTION",
            "title": "Aide aux devoirs à distance",
            "summary": "Deux bénévoles appellent vingt familles chaque jour.",
            "requested_cents": 800_000,
            "other_aid": "Mairie 2 000\nCAF : 500,50 €",
            "iban": IBAN,
            "account_holder": "Coup de pouce",
            "representative_name": "Aminata Sow",
            "representative_email": "presidente@example.org",
            "contact_phone": "06 12 34 56 78",
            **changes,
        }
        return operations.save(
            application=application,
            answers=answers,
            neighbourhoods=[self.quarter],
            by=by or self.bakary,
            at=AT,
        )

    def submit(self, application: Application) -> Any:
        return operations.submit(application=application, plan=self.plan, by=self.bakary, at=AT)

    def submitted(self, organisation: Organisation | None = None, **changes: Any) -> Any:
        return self.submit(self.fill(self.start(organisation), **changes))

    def under_review(self, organisation: Organisation | None = None, **changes: Any) -> Any:
        application = self.submitted(organisation, **changes)
        return operations.begin_review(application=application, by=self.alice, at=LATER)

    def signed(self, application: Application) -> Any:
        _asked, token = operations.ask_signature(
            application=application, language="fr", by=self.bakary, at=AT
        )
        return operations.sign(
            signature=queries.signature_of(token, AT),
            name="aminata sow",
            commits_to_republic=False,
            needs_commitment=False,
            by=ROBOT,
            at=LATER,
        )

    def envelope(self, cents: int = 5_000_000) -> Envelope:
        """What the préfecture may grant this year."""
        return budget.open_envelope(
            strand=self.strand,
            source=None,
            holder=self.prefecture,
            label="Associations",
            year=2020,
            amount_cents=cents,
            by=ROBOT,
            at=AT,
        )


def _organisation(kind: Kind, name: str, numbers: dict[str, str], **facts: Any) -> Organisation:
    return partners.create_organisation(
        kind=kind, name=name, identifiers=numbers, by=ROBOT, at=AT, **facts
    )


def new_user(name: str, organisation: Organisation | None, role: str = Role.MANAGER) -> User:
    """Somebody who acts for an organisation, or for none."""
    user = User.objects.create(email=f"{name.lower()}@example.org", full_name=name)
    if organisation:
        partners.seat(user=user, organisation=organisation, role=role, by=ROBOT, at=AT)
    return user


def _quarter(department: Department, code: str, name: str, lon: float) -> Neighbourhood:
    return Neighbourhood.objects.create(
        code=code,
        name=name,
        generation="2015",
        valid_from_date=date(2015, 1, 1),
        department=department,
        outline=shapely.to_wkb(shapely.box(lon, 48.7, lon + 0.01, 48.71)),
        layer="essai",
    )


def build() -> Scene:
    """The spring of 2020 in one département."""
    department = Department.objects.create(code="94", name="Val-de-Marne")
    place = {"department": department}
    contact = {
        "contact_name": "Mme Durand",
        "phone": "01 49 56 60 00",
        "email": "pref@example.org",
    }
    prefecture = _organisation(
        Kind.PREFECTURE,
        "Préfecture du Val-de-Marne",
        {},
        **place,
        **contact,
    )
    association = _organisation(
        Kind.ASSOCIATION,
        "Coup de pouce",
        {"SIRET": SIRET, "RNA": RNA},
        address="8 rue des Lilas, 94000 Créteil",
        **place,
    )
    other = _organisation(
        Kind.ASSOCIATION,
        "Entraide des Tilleuls",
        {"SIRET": OTHER_SIRET},
        address="3 place du Marché, 94000 Créteil",
        **place,
    )
    town_hall = _organisation(
        Kind.LOCAL_AUTHORITY, "Mairie de Créteil", {}, email="mairie@example.org", **place
    )
    loaded = programme.load(toml=PLAN_FILE.read_text(), by=ROBOT, at=AT)
    return Scene(
        programme=loaded,
        plan=plans.plan(loaded),
        strand=plans.strand(loaded, queries.STRAND),
        prefecture=prefecture,
        association=association,
        other=other,
        town_hall=town_hall,
        quarter=_quarter(department, "QP094001", "Les Tilleuls", 2.3),
        lonely_quarter=_quarter(department, "QP094002", "Le Port", 2.4),
        bakary=new_user("Bakary", association, Role.TREASURER),
        jeanne=new_user("Jeanne", association, Role.MANAGER),
        alice=new_user("Alice", prefecture),
        gaelle=new_user("Gaelle", town_hall),
        driss=new_user("Driss", None),
    )
