"""Two networks, a préfecture that funds them, and files as their tools write them."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from tests.budget.conftest import open_envelope
from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import open_sheet
from traitdunion.mentoring import operations
from traitdunion.mentoring.models import NetworkAgreement, NetworkFile, YoungPerson
from traitdunion.mentoring.states import Definition, FileKind
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import queries as programme
from traitdunion.territories.models import Department

AT = datetime(2020, 6, 15, 9, tzinfo=UTC)
APRIL, JULY = date(2020, 4, 20), date(2020, 7, 31)
PAIRS = (
    "ID binôme;ID jeune;Nom;Prénom;Date de naissance;Niveau;Département;ID mentor;Début;Fin;Mode;"
    "Contrôle;Contrôle le;Contrôle valable jusqu’au;Commentaire"
)
SESSIONS = "ID séance;ID binôme;Date;Heure;Durée;Mode;Compte rendu"
CHECK = "Extrait de casier judiciaire (bulletin 3);01/04/2020;30/09/2020"


def pair(
    name: str = "B1", young: str = "J1", child: str = "DIALLO;Aïcha;04/05/2009", **k: str
) -> str:
    said = {
        "level": "5e", "dept": "94", "mentor": "M1", "start": "27/04/2020", "end": "",
        "mode": "à distance", "check": CHECK, "text": "sa mère est malade", **k,
    }  # fmt: skip
    return (
        f"{name};{young};{child};{said['level']};{said['dept']};{said['mentor']};{said['start']};"
        f"{said['end']};{said['mode']};{said['check']};{said['text']}"
    )


def session(name: str = "S1", pair: str = "B1", day: str = "04/05/2020", **k: str) -> str:
    said = {"hour": "17:30", "minutes": "60", "mode": "à distance", "text": "triste", **k}
    return f"{name};{pair};{day};{said['hour']};{said['minutes']};{said['mode']};{said['text']}"


class Ground:
    """Alice funds, Hugo coordinates the first network; the second is Nadia’s."""

    def __init__(self, money_cents: int = 10_000_000) -> None:
        self.envelope = open_envelope(money_cents)
        self.prefecture = self.envelope.holder
        self.plan = programme.plan(programme.current())
        self.department, _made = Department.objects.get_or_create(
            code="94", defaults={"name": "Val-de-Marne"}
        )
        self.first, self.second = self.network("Un jeune, un mentor"), self.network("Tandem")
        self.alice, self.hugo = self.user("alice"), self.user("hugo")
        partners.seat(
            user=self.alice, organisation=self.prefecture, role=Role.MANAGER, by=ROBOT, at=AT
        )

    def network(self, name: str, **facts: object) -> object:
        made = self.organisation(Kind.MENTORING_NETWORK, name)
        return operations.declare_network(organisation=made, by=ROBOT, at=AT, **facts)

    def organisation(self, kind: str, name: str) -> Organisation:
        return partners.create_organisation(
            kind=kind, name=name, identifiers={}, department=self.department, by=ROBOT, at=AT
        )

    def user(self, name: str) -> User:
        return User.objects.create(email=f"{name}@example.org", full_name=name.title())

    def pairs(self, *rows: str, network: object = None, at: datetime = AT) -> NetworkFile:
        return self.load(FileKind.PAIRS, PAIRS, rows, network, at)

    def sessions(self, *rows: str, network: object = None, at: datetime = AT) -> NetworkFile:
        return self.load(FileKind.SESSIONS, SESSIONS, rows, network, at)

    def load(
        self, kind: str, header: str, rows: tuple[str, ...], network: object, at: datetime
    ) -> NetworkFile:
        text = "\n".join((header, *rows)) + "\n"
        with open_sheet(BytesIO(text.encode()), name="export.csv") as sheet:
            return operations.load_file(
                network=network or self.first,
                kind=kind,
                sheet=sheet,
                plan=self.plan,
                by=self.hugo,
                at=at,
            )

    def agreement(self, places: int = 10, **changes: object) -> NetworkAgreement:
        terms = {
            "network": self.first,
            "funder": self.prefecture,
            "envelope": self.envelope,
            "places": places,
            "price_cents": 40_000,
            "advance_cents": 100_000,
            "counted_by": Definition.WIDE,
            "starts_on": APRIL,
            "ends_on": JULY,
            "shares": [operations.Share(self.first, self.department, places)],
            **changes,
        }
        return operations.prepare_agreement(**terms, by=self.alice, at=AT)

    def signed(self, places: int = 10, **changes: object) -> NetworkAgreement:
        made = self.agreement(places, **changes)
        operations.sign_agreement(agreement=made, plan=self.plan, by=ROBOT, at=AT)
        return made

    def young(self, name: str = "J1") -> YoungPerson:
        return YoungPerson.objects.get(network=self.first, external_id=name)


def day(on: date) -> str:
    return on.strftime("%d/%m/%Y")


def weekly(pair_name: str, first: date, count: int) -> list[str]:
    """A session a week."""
    days = [first + timedelta(days=7 * k) for k in range(count)]
    return [session(f"{pair_name}-{k}", pair_name, day(on)) for k, on in enumerate(days)]
