"""
The people and organisations of the demonstration; each is made by the operations of `partners`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from traitdunion.base.actors import ROBOT
from traitdunion.base.identifiers import folded
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Kind, Role
from traitdunion.territories import queries as territories

PASSWORD = "demonstration-2020"  # noqa: S105 - opens invented people, in a demonstration only
DOMAIN = "demonstration.invalid"


@dataclass(frozen=True, slots=True)
class Persona:
    """
    Somebody to enter as: whose organisation, in which role; nobody's for who must see nothing.
    """

    name: str
    organisation: str
    role: str

    @property
    def login(self) -> str:
        return f"{folded(self.name).split()[0]}@{DOMAIN}"


PERSONAS = (
    Persona("Alice Moreau", "prefecture", Role.MANAGER),
    Persona("Élise Fontaine", "rectorate", Role.MANAGER),
    Persona("Farid Benali", "cite", Role.MANAGER),
    Persona("Chloé Lambert", "school", Role.MANAGER),
    Persona("Bakary Diallo", "association", Role.MANAGER),
    Persona("Gaëlle Riou", "town_hall", Role.MANAGER),
    Persona("Hugo Perrin", "network", Role.MANAGER),
    Persona("Inès Cardoso", "network", Role.MENTOR),
    Persona("Jeanne Roussel", "second_association", Role.TREASURER),
    Persona("Karim Haddad", "controller", Role.READER),
    Persona("Léa Marchand", "ministry", Role.ADMINISTRATOR),
    Persona("Yanis Leroy", "second_school", Role.MANAGER),
    Persona("Samir Petit", "prefecture", Role.MEMBER),
    Persona("Driss Amrani", "", ""),
)


@dataclass
class Cast:
    """Who plays: organisations by their part, people by their first name."""

    organisations: dict[str, Any] = field(default_factory=dict)
    schools: list[Any] = field(default_factory=list)
    associations: list[Any] = field(default_factory=list)
    users: dict[str, Any] = field(default_factory=dict)
    # What a program of theirs sends as `Authorization: Bearer …`, by first name.
    tokens: dict[str, str] = field(default_factory=dict)

    def user(self, first_name: str) -> Any:
        return self.users[first_name]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the demonstration plays: a département, its academy, a town, its schools."""

    department: str
    academy: str | None
    town: str
    schools: Sequence[str]
    associations: Sequence[str]


def assemble(ground: Ground, at: datetime) -> Cast:
    """Create every organisation, then everybody."""
    cast = Cast()
    cast.schools = [_school(uai, number, at) for number, uai in enumerate(ground.schools)]
    cast.associations = [
        _make(Kind.ASSOCIATION, name, ground, at, numbers={"RNA": f"W0000000{n:02d}"})
        for n, name in enumerate(ground.associations)
    ]
    cast.organisations = _institutions(ground, at) | {
        "school": cast.schools[0],
        "second_school": cast.schools[1],
        "association": cast.associations[0],
        "second_association": cast.associations[1],
    }
    _people(cast, at)
    return cast


def _institutions(ground: Ground, at: datetime) -> dict[str, Any]:
    place = territories.department(ground.department)
    name = place.name if place else ground.department
    academy = territories.academy(ground.academy) if ground.academy else None
    taught = f"académie de {academy.name}" if academy else name
    town = territories.commune(ground.town)
    hall = f"Mairie — {town.name}" if town else "Mairie"
    cite = next((c for c in territories.cites() if c.department_id == ground.department), None)
    made = {
        "ministry": _make(Kind.MINISTRY, "Pilotage national du plan", ground, at),
        "prefecture": _make(Kind.PREFECTURE, f"Préfecture — {name}", ground, at),
        "rectorate": _make(Kind.RECTORATE, f"Rectorat — {taught}", ground, at),
        "town_hall": _make(Kind.LOCAL_AUTHORITY, hall, ground, at, commune=town),
        "supplier": _make(Kind.SUPPLIER, "Fournitures du Large", ground, at),
        "network": _make(Kind.MENTORING_NETWORK, "Réseau Un jeune, un mentor", ground, at),
        "controller": _make(Kind.CONTROLLER, "Chambre régionale des comptes", ground, at),
    }
    title = f"Cité éducative — {cite.name}" if cite else "Cité éducative"
    made["cite"] = _make(Kind.CITE_EDUCATIVE, title, ground, at, cite_educative=cite)
    return made


def _make(
    kind: str,
    name: str,
    ground: Ground,
    at: datetime,
    numbers: Mapping[str, str] | None = None,
    **facts: Any,
) -> Any:
    return partners.create_organisation(
        kind=kind,
        name=name,
        identifiers=numbers or {},
        department=territories.department(ground.department),
        academy=territories.academy(ground.academy) if kind == Kind.RECTORATE else None,
        contact_name="Camille Accueil",
        phone="01 00 00 00 00",
        by=ROBOT,
        at=at,
        **facts,
    )


def _school(uai: str, number: int, at: datetime) -> Any:
    place = territories.school(uai)
    return partners.create_organisation(
        kind=Kind.SCHOOL,
        name=place.name,
        identifiers={"UAI": uai},
        school=place,
        commune=place.commune,
        department=place.department,
        academy=place.academy,
        contact_name="Vie scolaire",
        phone=f"01 00 00 {number // 100:02d} {number % 100:02d}",
        opening_hours="8 h – 17 h",
        by=ROBOT,
        at=at,
    )


def _people(cast: Cast, at: datetime) -> None:
    password_hash = make_password(PASSWORD)
    for persona in PERSONAS:
        user = partners.create_demonstration_user(
            email=persona.login,
            full_name=persona.name,
            password_hash=password_hash,
            by=ROBOT,
            at=at,
        )
        cast.users[persona.name.split()[0]] = user
        if persona.organisation:
            membership = partners.seat(
                user=user,
                organisation=cast.organisations[persona.organisation],
                role=persona.role,
                by=ROBOT,
                at=at,
            )
            _token, cast.tokens[persona.name.split()[0]] = partners.make_token(
                membership=membership,
                label="Démonstration",
                expires_at=at + timedelta(days=365),
                by=ROBOT,
                at=at,
            )
