"""Where things are, and what is known of places."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from django.db.models import Count, Q, QuerySet

from traitdunion.base.identifiers import folded
from traitdunion.base.sorting import by_name
from traitdunion.territories.models import (
    Academy,
    CiteEducative,
    CiteEducativeNeighbourhood,
    Commune,
    Department,
    Neighbourhood,
    NeighbourhoodCommune,
    Region,
    School,
)


@dataclass(frozen=True, slots=True)
class LayerState:
    """Which contours a programme wants and which are loaded."""

    wanted: str
    loaded: tuple[str, ...]

    @property
    def used(self) -> str:
        """
        The generation that answers: the one wanted when it is loaded, else the only one there.
        """
        return self.wanted if self.wanted in self.loaded or not self.loaded else self.loaded[-1]

    @property
    def differs(self) -> bool:
        return bool(self.loaded) and self.wanted not in self.loaded


def layer_state(wanted: str) -> LayerState:
    """Whether the contours of that generation are here."""
    rows = Neighbourhood.objects.order_by("generation").values_list("generation", flat=True)
    return LayerState(wanted, tuple(rows.distinct()))


def neighbourhoods(generation: str) -> QuerySet[Neighbourhood]:
    rows = Neighbourhood.objects.filter(generation=generation).defer("outline")
    return rows.select_related("department").order_by(
        by_name("department__name"), by_name("name"), "code"
    )


def neighbourhood(code: str) -> Neighbourhood | None:
    rows = Neighbourhood.objects.filter(code=code).defer("outline")
    return rows.select_related("department").first()


def neighbourhoods_among(pks: Collection[UUID]) -> list[Neighbourhood]:
    """Those neighbourhoods, of any generation, by name."""
    rows = Neighbourhood.objects.filter(pk__in=pks).defer("outline")
    return list(rows.select_related("department").order_by(by_name("name"), "code"))


def centres(pks: Collection[UUID]) -> dict[UUID, tuple[float, float]]:
    """A point inside each neighbourhood: longitude and latitude, for a map."""
    rows = Neighbourhood.objects.filter(pk__in=pks).values_list("pk", "outline")
    inside = ((pk, shapely.from_wkb(bytes(wkb)).representative_point()) for pk, wkb in rows)
    return {pk: (point.x, point.y) for pk, point in inside}


def neighbourhoods_of_cite(cite_educative_id: UUID) -> frozenset[UUID]:
    links = CiteEducativeNeighbourhood.objects.filter(cite_educative=cite_educative_id)
    return frozenset(links.values_list("neighbourhood_id", flat=True))


def cite_of_neighbourhoods() -> dict[UUID, str]:
    """The code of the cité éducative that covers each neighbourhood, the first one by code."""
    links = CiteEducativeNeighbourhood.objects.order_by("-cite_educative__code", "pk")
    return dict(links.values_list("neighbourhood_id", "cite_educative__code"))


def cites_covering(neighbourhood_id: UUID) -> list[CiteEducative]:
    links = CiteEducativeNeighbourhood.objects.filter(neighbourhood=neighbourhood_id)
    rows = CiteEducative.objects.filter(pk__in=links.values("cite_educative"))
    return list(rows.order_by(by_name("name"), "code"))


def communes_of(neighbourhood_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Names of the communes in which each neighbourhood lies."""
    links = NeighbourhoodCommune.objects.filter(neighbourhood__in=neighbourhood_ids)
    names: dict[UUID, list[str]] = {}
    rows = links.order_by(by_name("commune__name"), "pk")
    for pk, name in rows.values_list("neighbourhood_id", "commune__name"):
        names.setdefault(pk, []).append(name)
    return names


def within(area: "QuerySet[Neighbourhood]", *, perimeter: object) -> QuerySet[Neighbourhood]:
    """
    The neighbourhoods of a perimeter.

    Args:
        perimeter: has ``everything``, ``departments``, ``academies``, ``communes``,
            ``neighbourhoods`` (see `partners.queries.Perimeter`, which lies above).
    """
    if perimeter.everything:
        return area
    condition = Q(department__in=perimeter.departments) | Q(pk__in=perimeter.neighbourhoods)
    if perimeter.communes:
        links = NeighbourhoodCommune.objects.filter(commune__in=perimeter.communes)
        condition |= Q(pk__in=links.values("neighbourhood"))
    if perimeter.academies:
        taught = School.objects.filter(academy__in=perimeter.academies)
        condition |= Q(department__in=taught.values("department").distinct())
    return area.filter(condition)


def departments() -> list[Department]:
    return list(Department.objects.order_by(by_name("name"), "code"))


def department(code: str) -> Department | None:
    return Department.objects.filter(code=code).first()


def has_communes() -> bool:
    return Commune.objects.exists()


def commune_named(name: str, department: str) -> Commune | None:
    """The commune of that name in that département, accents and case apart."""
    wanted = folded(name)
    rows = Commune.objects.filter(department=department).order_by("parent", "code")
    return next((c for c in rows if folded(c.name) == wanted), None)


def current_codes() -> dict[str, str]:
    """The code of today for each code of a commune, those that mergers ended included."""
    rows = list(Commune.objects.values_list("code", "former_codes"))
    former = {old: code for code, codes in rows for old in codes.split("|") if old}
    return former | {code: code for code, _codes in rows}


def commune(code: str) -> Commune | None:
    return Commune.objects.filter(code=code).first()


def regions() -> list[Region]:
    return list(Region.objects.order_by(by_name("name"), "code"))


def departments_of_region(region: str) -> frozenset[str]:
    return frozenset(Department.objects.filter(region=region).values_list("code", flat=True))


def departments_of_academies(codes: Collection[str]) -> frozenset[str]:
    """Those where these academies have a school."""
    rows = School.objects.filter(academy__in=codes, department__isnull=False)
    return frozenset(rows.order_by("department").values_list("department", flat=True).distinct())


def departments_of_neighbourhoods(ids: Collection[UUID]) -> frozenset[str]:
    rows = Neighbourhood.objects.filter(pk__in=ids).order_by("department")
    return frozenset(rows.values_list("department", flat=True).distinct())


def school(uai: str) -> School | None:
    return School.objects.filter(uai=uai).select_related("commune", "academy").first()


def schools() -> QuerySet[School]:
    rows = School.objects.select_related("commune", "department", "neighbourhood")
    return rows.defer("neighbourhood__outline").order_by(by_name("name"), "uai")


def schools_in(neighbourhood_id: UUID) -> list[School]:
    """The schools that stand in a neighbourhood."""
    return list(schools().filter(neighbourhood=neighbourhood_id))


def named(rows: QuerySet[Any], text: str, number: str) -> QuerySet[Any]:
    """Those whose name holds the text, or whose number (``code``, ``uai``) begins with it."""
    text = text.strip()
    return rows.filter(Q(name__icontains=text) | Q(**{f"{number}__istartswith": text}))


def search_schools(text: str, limit: int = 50) -> list[School]:
    """Schools by a part of their name or their whole number."""
    rows = schools().filter(Q(name__icontains=text.strip()) | Q(uai=text.strip().upper()))
    return list(rows[:limit])


def cites() -> list[CiteEducative]:
    return list(
        CiteEducative.objects.select_related("department").order_by(by_name("name"), "code")
    )


def cite(code: str) -> CiteEducative | None:
    return CiteEducative.objects.filter(code=code).first()


def covered_counts(generation: str) -> dict[UUID, int]:
    """How many neighbourhoods of a generation each cité éducative covers."""
    links = CiteEducativeNeighbourhood.objects.filter(neighbourhood__generation=generation)
    rows = links.values_list("cite_educative").annotate(total=Count("pk")).order_by()
    return dict(rows)


def counts() -> dict[str, int]:
    return {
        "communes": Commune.objects.count(),
        "neighbourhoods": Neighbourhood.objects.count(),
        "schools": School.objects.count(),
        "cites_educatives": CiteEducative.objects.count(),
    }


def time_zone_of(department: str | None) -> str:
    """The time zone in which that département reads its clocks."""
    found = Department.objects.filter(code=department or "").first()
    return found.time_zone if found else "Europe/Paris"


def academy(code: str | None) -> Academy | None:
    return Academy.objects.filter(code=code or "").first()
