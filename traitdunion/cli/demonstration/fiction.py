"""
A département that does not exist, drawn from a seed and written in the formats of the official
files.

It lies in the Atlantic, so that no real address falls in it; its codes begin with 00; its names
are invented. The
demonstration then loads these files exactly as it loads the real ones.
"""

import csv
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

DEPARTMENT = "00"
DEPARTMENT_NAME = "Val-de-Trame (fictif)"
REGION = "00"
REGION_NAME = "Entre-Deux-Rives (fictive)"
ACADEMY = "00"
ACADEMY_NAME = "Trame (fictive)"
WEST, SOUTH = -4.60, 46.60
METRES_A_DEGREE = 111_320
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"

TOWNS = (
    "Trame-la-Ville", "Pont-aux-Fils", "Les Navettes", "Ourdy", "Saint-Lisse", "Chaîne-sur-Trame",
    "Métière", "La Bobine", "Filandre", "Cardeuil", "Rouet-le-Haut", "Tisserolles",
)  # fmt: skip
QUARTERS = (
    "Les Lisses", "Les Rouets", "Grand Ourdissoir", "La Navette", "Les Canuts", "Croix-Fileuse",
    "Belle Trame", "Les Écheveaux", "Cité du Lin", "Le Fuseau", "Les Teinturiers", "Haut-Métier",
    "La Quenouille", "Les Dévidoirs", "Pré-Carder", "Bas-Lacets", "Les Passementiers", "La Ramie",
)  # fmt: skip
SCHOOLS = (
    "Ada-Lovelace", "Simone-Veil", "Aimé-Césaire", "Sophie-Germain", "Jean-Rostand", "Missak",
    "Olympe-de-Gouges", "Léopold-Senghor", "Katherine-Johnson", "Louis-Braille", "Jules-Vallès",
    "Germaine-Tillion", "Évariste-Galois", "Marie-Curie", "Toussaint-Louverture", "Colette",
)  # fmt: skip
ASSOCIATIONS = (
    "Le Fil des devoirs", "Coup de pouce Trame", "La Maille", "Passerelles numériques",
    "Les Voisins du Fuseau", "Tissons ensemble", "L’Atelier du mercredi", "Point d’accroche",
)  # fmt: skip
FIRST_NAMES = (
    "Amadou", "Anaïs", "Aya", "Bastien", "Camille", "Chloé-Marie", "Dalia", "Élias", "Enzo",
    "Fatou",
    "Gabriel", "Hana", "Ibrahim", "Inaya", "Jade", "Kenza", "Léo", "Lina", "Malik", "Manon", "Mei",
    "Nadir", "Noé", "Ousmane", "Paloma", "Rayan", "Sarah", "Sofia", "Tiago", "Ummu", "Yacine",
    "Zoé",
)  # fmt: skip
STARTS = (
    "Bel",
    "Cor",
    "Dar",
    "Fal",
    "Gar",
    "Kan",
    "Lor",
    "Mar",
    "Nor",
    "Or",
    "Per",
    "Sal",
    "Tar",
    "Val",
)
ENDS = (
    "aban",
    "adier",
    "amé",
    "ande",
    "arou",
    "elin",
    "émont",
    "idar",
    "ikou",
    "olet",
    "ouna",
    "urel",
)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is invented."""

    towns: int
    neighbourhoods: int
    schools: int
    associations: int
    children: int


SCALES = {
    "small": Scale(towns=6, neighbourhoods=14, schools=12, associations=5, children=420),
    "department": Scale(towns=12, neighbourhoods=47, schools=60, associations=8, children=4_000),
    "national": Scale(towns=12, neighbourhoods=180, schools=300, associations=8, children=30_000),
}


@dataclass(frozen=True, slots=True)
class Town:
    code: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Quarter:
    code: str
    name: str
    town: Town
    ring: list[tuple[float, float]]
    lon: float
    lat: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class College:
    uai: str
    name: str
    town: Town
    quarter: Quarter
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Fiction:
    """An invented territory; `write` gives it as files."""

    scale: Scale
    random: Random = field(repr=False)
    towns: list[Town]
    quarters: list[Quarter]
    colleges: list[College]

    def write(self, folder: Path) -> None:
        """Write the four reference files in the official formats."""
        write_communes(folder / "communes.csv", self.towns)
        write_outlines(folder / "quartiers.geojson", self.quarters)
        write_colleges(folder / "colleges.csv", self.colleges)
        write_cites(folder / "cites-educatives.csv", self.quarters)


def invent(*, seed: int, scale: Scale) -> Fiction:
    """Draw a territory; the same seed and scale give the same one."""
    random = Random(seed)  # noqa: S311 - a story, not a secret
    towns = [
        Town(
            f"000{n + 1:02d}",
            TOWNS[n % len(TOWNS)],
            WEST + 0.11 * (n % 4),
            SOUTH + 0.09 * (n // 4),
        )
        for n in range(scale.towns)
    ]
    quarters = [
        draw_quarter(n, towns[n % len(towns)], random) for n in range(scale.neighbourhoods)
    ]
    colleges = [draw_college(n, quarters[n % len(quarters)], random) for n in range(scale.schools)]
    return Fiction(scale, random, towns, quarters, colleges)


def shifted(lon: float, lat: float, east_m: float, north_m: float) -> tuple[float, float]:
    """The point so many metres away; good enough over a few kilometres."""
    east = east_m / (METRES_A_DEGREE * math.cos(math.radians(lat)))
    return round(lon + east, 6), round(lat + north_m / METRES_A_DEGREE, 6)


def draw_quarter(number: int, town: Town, random: Random) -> Quarter:
    """A star-shaped outline, whose centre is therefore inside; neighbours never touch."""
    turn, place = number // 12, number % 12
    away = 900 + 1_100 * turn
    angle = 2 * math.pi * place / 12 + 0.4 * turn
    lon, lat = shifted(town.lon, town.lat, away * math.cos(angle), away * math.sin(angle))
    radius = random.uniform(180, 320)
    ring = []
    for corner in range(14):
        reach = radius * random.uniform(0.7, 1.25)
        direction = 2 * math.pi * corner / 14
        ring.append(shifted(lon, lat, reach * math.cos(direction), reach * math.sin(direction)))
    name = QUARTERS[number % len(QUARTERS)]
    if number >= len(QUARTERS):
        name = f"{name} {number // len(QUARTERS) + 1}"
    return Quarter(f"QP000{number + 1:03d}", name, town, [*ring, ring[0]], lon, lat, radius)


def draw_college(number: int, quarter: Quarter, random: Random) -> College:
    lon, lat = shifted(
        quarter.lon, quarter.lat, random.uniform(-500, 500), random.uniform(-500, 500)
    )
    digits = f"000{number + 1:04d}"
    name = f"Collège {SCHOOLS[number % len(SCHOOLS)]}"
    if number >= len(SCHOOLS):
        name = f"{name} {number // len(SCHOOLS) + 1}"
    return College(digits + LETTERS[int(digits) % 23], name, quarter.town, quarter, lon, lat)


def write_rows(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[object]], *, bom: bool
) -> None:
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";" if bom else ",")
        writer.writerow(header)
        writer.writerows(rows)


def write_outlines(path: Path, quarters: Sequence[Quarter]) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"code_qp": q.code, "lib_qp": q.name, "insee_com": q.town.code},
            "geometry": {"type": "Polygon", "coordinates": [q.ring]},
        }
        for q in quarters
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


def write_colleges(path: Path, colleges: Sequence[College]) -> None:
    """
    The columns of the ministry's file that a loader reads, the département on three characters.
    """
    header = (
        "numero_uai", "appellation_officielle", "secteur_public_prive_libe", "adresse_uai",
        "code_postal_uai", "libelle_commune", "EPSG", "latitude", "longitude", "nature_uai_libe",
        "etat_etablissement_libe", "code_departement", "code_region", "code_academie",
        "code_commune", "libelle_departement", "libelle_region", "libelle_academie",
    )  # fmt: skip
    rows = [
        (
            c.uai, c.name, "Public", "1 rue de l’École", "00000", c.town.name, "EPSG:4326", c.lat,
            c.lon,
            "COLLEGE", "OUVERT", "000", REGION, ACADEMY, c.town.code, DEPARTMENT_NAME, REGION_NAME,
            ACADEMY_NAME,
        )
        for c in colleges
    ]  # fmt: skip
    write_rows(path, header, rows, bom=True)


def write_cites(path: Path, quarters: Sequence[Quarter]) -> None:
    """One label for each town, as long as fewer than a third of the neighbourhoods carry one."""
    by_town: dict[str, list[Quarter]] = {}
    for quarter in quarters:
        by_town.setdefault(quarter.town.name, []).append(quarter)
    rows = [
        (town, town, "|".join(q.name for q in theirs), DEPARTMENT, 425_000, "fiction")
        for town, theirs in list(by_town.items())[: max(1, len(by_town) // 3)]
    ]
    header = ("nom", "communes", "quartiers", "departement", "dotation_annuelle_eur", "source")
    write_rows(path, header, rows, bom=False)


def write_communes(path: Path, towns: Sequence[Town]) -> None:
    header = (
        "code",
        "name",
        "department",
        "department_name",
        "region",
        "region_name",
        "time_zone",
    )
    rows = [
        (t.code, t.name, DEPARTMENT, DEPARTMENT_NAME, REGION, REGION_NAME, "Europe/Paris")
        for t in towns
    ]
    write_rows(path, header, rows, bom=False)


@dataclass(frozen=True, slots=True)
class Family:
    """A household: where it lives, who answers for the children, how many they are."""

    last_name: str
    address: str
    town: Town
    place: tuple[float, float] | None
    phone: str
    children: int


def draw_family(random: Random, quarters: Sequence[Quarter]) -> Family:
    """
    Most live well inside a neighbourhood; a few near its limit, outside, or nowhere that can be
    placed.
    """
    quarter = random.choice(quarters)
    draw = random.random()
    reach = 0.5 if draw < 0.80 else 0.98 if draw < 0.88 else 2.6
    angle = random.uniform(0, 2 * math.pi)
    away = quarter.radius_m * reach * (random.uniform(0.1, 1) if draw < 0.80 else 1)
    place = shifted(quarter.lon, quarter.lat, away * math.cos(angle), away * math.sin(angle))
    return Family(
        last_name=random.choice(STARTS) + random.choice(ENDS),
        address=f"{random.randint(1, 98)} allée du {quarter.name.split()[-1]}",
        town=quarter.town,
        place=None if draw > 0.96 else place,
        phone="06 00" + "".join(f" {random.randint(0, 99):02d}" for _ in range(3)),
        children=random.choices((1, 2, 3, 4), (55, 28, 12, 5))[0],
    )


LIST_HEADER = (
    "Nom", "Prénom", "Date de naissance", "Classe", "Adresse", "Commune", "Longitude", "Latitude",
    "Responsable", "Téléphone", "Équipement", "Connexion", "Besoin", "Foyer", "Signalement",
)  # fmt: skip
SCREENS = ("aucun", "téléphone seul", "partagé")
LINES = ("aucune", "insuffisante", "correcte")


def draw_lists(fiction: Fiction) -> Iterator[tuple[College, list[list[str]]]]:
    """
    For each school the list its head pastes: columns in words, brothers and sisters, one doubled
    line.
    """
    random, left = fiction.random, fiction.scale.children
    lists: dict[str, list[list[str]]] = {college.uai: [] for college in fiction.colleges}
    nearby: dict[str, list[College]] = {}
    for college in fiction.colleges:
        nearby.setdefault(college.town.code, []).append(college)
    number = 0
    while left > 0:
        family = draw_family(random, fiction.quarters)
        number += 1
        for _ in range(min(family.children, left)):
            left -= 1
            school = random.choice(nearby.get(family.town.code) or fiction.colleges)
            lists[school.uai].append(child_row(random, family, f"F{number:05d}"))
    for college in fiction.colleges:
        rows = lists[college.uai]
        if len(rows) > 8:
            rows.append(list(rows[3]))
        yield college, rows


def child_row(random: Random, family: Family, household: str) -> list[str]:
    born = date(2004, 9, 1) + timedelta(days=random.randint(0, 365 * 5))
    level = min(6, max(3, 6 - (date(2009, 1, 1) - born).days // 365))
    screen = random.choices(SCREENS, (38, 40, 22))[0]
    lon, lat = (f"{family.place[0]}", f"{family.place[1]}") if family.place else ("", "")
    return [
        family.last_name.upper(),
        random.choice(FIRST_NAMES),
        born.strftime("%d/%m/%Y"),
        f"{level}e {random.choice('ABC')}",
        family.address,
        family.town.name,
        lon,
        lat,
        f"Mme {family.last_name}",
        family.phone,
        screen,
        random.choices(LINES, (30, 40, 30))[0],
        random.choices(("tablette", "clé 4G", "tablette et clé 4G"), (55, 10, 35))[0],
        household,
        "oui" if random.random() < 0.12 else "",
    ]
