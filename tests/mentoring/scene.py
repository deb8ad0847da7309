"""
Hugo coordinates a network, Inès mentors there; Chloé's school refers Aïcha, Issa and Zoé, whose
mothers said yes. Yanis's school and its network are next door.
"""

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import open_sheet
from traitdunion.mentoring import operations
from traitdunion.mentoring.models import Mentor, Network, Pair, Referral, YoungPerson
from traitdunion.mentoring.reading import Profile
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.people.states import Means
from traitdunion.programme import operations as programmes
from traitdunion.programme import queries as plans
from traitdunion.programme.schema import Plan
from traitdunion.project.settings import PACKAGE
from traitdunion.territories.models import Department

PLAN_FILE = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
AT = datetime(2020, 5, 11, 9, tzinfo=UTC)
DAY = timedelta(days=1)
CHECK = "Attestation d'honorabilité"
HEADER = "Nom;Prénom;Date de naissance;Classe;Matières;Créneaux;Mode;Signes;Responsable;Courriel"
LINES = (
    "DIALLO;Aïcha;04/05/2009;5e B;maths;mercredi après-midi;distance;absences;Awa;awa@example.org",
    "TRAORE;Issa;09/07/2010;6ème;français|maths;mardi soir;;sans contact;Fanta;fanta@example.org",
    "BEL;Zoé;22/01/2006;3e A;orientation;mercredi après-midi;à distance;;Lise;lise@example.org",
)


@dataclass
class Scene:
    """Everybody, and what they have."""

    plan: Plan
    school: Organisation
    organisation: Organisation
    network: Network
    hugo: User
    ines: User
    chloe: User
    mentors: list[Mentor] = field(default_factory=list)

    @property
    def young(self) -> list[YoungPerson]:
        return list(YoungPerson.objects.order_by("referred_at", "level", "pk"))


def organisation(kind: str, name: str, **facts) -> Organisation:
    return partners.create_organisation(
        kind=kind, name=name, identifiers={}, by=ROBOT, at=AT, **facts
    )


def somebody(name: str, place: Organisation, role: str) -> User:
    user = User.objects.create(email=f"{name.lower()}@example.org", full_name=name)
    partners.seat(user=user, organisation=place, role=role, by=ROBOT, at=AT)
    return user


def build() -> Scene:
    plan = plans.plan(programmes.load(toml=PLAN_FILE.read_text(), by=ROBOT, at=AT))
    department = Department.objects.create(code="94", name="Val-de-Marne")
    school = organisation(Kind.SCHOOL, "Collège", department=department)
    mentors = organisation(Kind.MENTORING_NETWORK, "Mentors", department=department)
    return Scene(
        plan=plan,
        school=school,
        organisation=mentors,
        network=Network.objects.create(organisation=mentors),
        hugo=somebody("Hugo", mentors, Role.MANAGER),
        ines=somebody("Inès", mentors, Role.MENTOR),
        chloe=somebody("Chloé", school, Role.MANAGER),
    )


def refer(scene: Scene, *lines: str, header: str = HEADER, at: datetime = AT):
    text = "\n".join((header, *lines)) + "\n"
    return operations.refer_list(
        sheet=open_sheet(io.BytesIO(text.encode()), name="liste.csv"),
        sender=scene.school,
        network=scene.network,
        plan=scene.plan,
        by=scene.chloe,
        at=at,
    )


def welcome(scene: Scene, at: datetime = AT) -> list[YoungPerson]:
    """The network takes everybody on, and every mother says yes."""
    for referral in Referral.objects.filter(state="SENT").order_by("pk"):
        operations.accept_referral(referral=referral, network=scene.network, by=scene.hugo, at=at)
    for one in YoungPerson.objects.filter(authorised_at__isnull=True).order_by("pk"):
        operations.note_authorisation(
            young=one, guardianship_id=None, is_given=True, means=Means.PHONE, plan=scene.plan,
            by=scene.chloe, at=at,
        )  # fmt: skip
    return scene.young


def mentor(
    scene: Scene,
    name: str = "Inès",
    *,
    user: User | None = None,
    capacity: int = 2,
    verified_on: date | None = None,
    at: datetime = AT,
    network: Network | None = None,
    **profile,
) -> Mentor:
    """A mentor who was interviewed, formed, and checked on that day."""
    new = operations.NewMentor(
        name=name, capacity=capacity, profile=Profile(**profile), user_id=user.pk if user else None
    )
    one = operations.apply(network=network or scene.network, new=new, by=scene.hugo, at=at)
    operations.interview(mentor=one, on=at.date(), is_kept=True, by=scene.hugo, at=at)
    operations.train(mentor=one, on=at.date(), by=scene.hugo, at=at)
    operations.record_check(
        mentor=one, kind=CHECK, verified_on=verified_on or at.date(), is_clear=True,
        plan=scene.plan, by=scene.hugo, at=at,
    )  # fmt: skip
    return one


def pair(scene: Scene, young: YoungPerson, by: Mentor, at: datetime = AT) -> Pair:
    return operations.make_pair(
        young=young, mentor=by, mode="REMOTE", plan=scene.plan, by=scene.hugo, at=at
    )


def log(scene: Scene, *pairs: Pair, started_at: datetime, at: datetime | None = None, **facts):
    told = {"minutes": 60, "mode": "REMOTE", **facts}
    return operations.log_sessions(
        pairs=pairs, started_at=started_at, plan=scene.plan, by=scene.ines,
        at=at or started_at + timedelta(hours=2), **told,
    )  # fmt: skip
