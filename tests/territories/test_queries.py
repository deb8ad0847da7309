"""Where points are, what a perimeter holds, which contours answer."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

import numpy as np
import pytest
import shapely

from traitdunion.territories import arrays, queries
from traitdunion.territories.models import (
    Academy,
    CiteEducative,
    CiteEducativeNeighbourhood,
    Commune,
    Department,
    Neighbourhood,
    NeighbourhoodCommune,
    School,
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Perimeter:
    everything: bool = False
    departments: frozenset[str] = frozenset()
    academies: frozenset[str] = frozenset()
    communes: frozenset[str] = frozenset()
    neighbourhoods: frozenset[UUID] = field(default_factory=frozenset)


def quarter(code: str, west: float, department: str = "94") -> Neighbourhood:
    home, _ = Department.objects.get_or_create(code=department, defaults={"name": department})
    return Neighbourhood.objects.create(
        code=code,
        name=code,
        generation="2015" if code.startswith("QP") else "2024",
        valid_from_date=date(2015, 1, 1),
        department=home,
        outline=shapely.to_wkb(shapely.box(west, 48, west + 1, 49)),
        layer="essai 1",
    )


def test_a_point_gets_its_answer_its_neighbourhood_and_the_proof_to_keep() -> None:
    first = quarter("QP094001", 2)

    places = arrays.locate(
        lon=[2.5, 8.0, np.nan, 2.00001], lat=[48.5] * 4, generation="2015", tolerance_m=20
    )

    assert [p.answer for p in places] == ["in", "out", "unknown", "review"]
    assert [p.neighbourhood_id for p in places] == [first.pk, None, None, first.pk]
    assert [p.layer for p in places] == ["essai 1", "essai 1", "", "essai 1"]
    assert places[2].distance_m is None and places[3].distance_m == pytest.approx(0.74, abs=0.01)


def test_nobody_is_outside_while_no_contour_is_loaded() -> None:
    quarter("QN09401M", 2)

    places = arrays.locate(lon=[2.5, 9.0], lat=[48.5, 48.5], generation="2015", tolerance_m=0)

    assert [p.answer for p in places] == ["unknown", "unknown"]


def test_contours_that_change_are_seen_at_once() -> None:
    row = quarter("QP094001", 2)
    arrays.locate(lon=[8.5], lat=[48.5], generation="2015", tolerance_m=0)
    outline = shapely.to_wkb(shapely.box(8, 48, 9, 49))

    Neighbourhood.objects.filter(pk=row.pk).update(outline=outline, layer="essai 2")
    after = arrays.locate(lon=[8.5], lat=[48.5], generation="2015", tolerance_m=0)

    assert (after[0].answer, after[0].layer) == ("in", "essai 2")


def test_the_other_generation_answers_only_where_the_wanted_one_is_not_loaded() -> None:
    assert queries.layer_state("2015").used == "2015"
    quarter("QN09401M", 2)

    only_new = queries.layer_state("2015")
    quarter("QP094001", 2)
    both = queries.layer_state("2015")

    assert (only_new.used, only_new.differs) == ("2024", True)
    assert (both.used, both.differs) == ("2015", False)


def test_a_perimeter_holds_its_departments_communes_academies_and_quarters_only() -> None:
    orly, creteil, nice = (
        quarter("QP094001", 2),
        quarter("QP094002", 3),
        quarter("QP006001", 4, "06"),
    )
    town = Commune.objects.create(code="94054", name="Orly", department=orly.department)
    NeighbourhoodCommune.objects.create(neighbourhood=orly, commune=town)
    academy = Academy.objects.create(code="23", name="Nice")
    School.objects.create(uai="0060001A", name="x", department=nice.department, academy=academy)
    everywhere = queries.neighbourhoods("2015")

    def codes(perimeter: Perimeter) -> list[str]:
        return sorted(q.code for q in queries.within(everywhere, perimeter=perimeter))

    assert codes(Perimeter()) == []
    assert codes(Perimeter(everything=True)) == ["QP006001", "QP094001", "QP094002"]
    assert codes(Perimeter(departments=frozenset({"94"}))) == ["QP094001", "QP094002"]
    assert codes(Perimeter(communes=frozenset({"94054"}))) == ["QP094001"]
    assert codes(Perimeter(academies=frozenset({"23"}))) == ["QP006001"]
    assert codes(Perimeter(neighbourhoods=frozenset({creteil.pk, uuid4()}))) == ["QP094002"]


def test_a_neighbourhood_says_the_first_cite_educative_that_covers_it() -> None:
    orly = quarter("QP094001", 2)
    for code in ("94-b", "94-a"):
        cite = CiteEducative.objects.create(code=code, name=code, department=orly.department)
        CiteEducativeNeighbourhood.objects.create(cite_educative=cite, neighbourhood=orly)

    assert queries.cite_of_neighbourhoods() == {orly.pk: "94-a"}
    assert [c.code for c in queries.cites_covering(orly.pk)] == ["94-a", "94-b"]


def test_a_commune_is_found_by_its_name_whatever_the_accents() -> None:
    department = Department.objects.create(code="42", name="Loire")
    Commune.objects.create(code="42218", name="Saint-Étienne", department=department)

    assert queries.commune_named("SAINT ETIENNE", "42").code == "42218"
    assert queries.commune_named("Saint-Étienne", "43") is None


def test_schools_are_found_by_name_or_number() -> None:
    School.objects.create(uai="0940071S", name="Collège Liberté")
    School.objects.create(uai="0350044H", name="Chateaubriand")

    assert [s.uai for s in queries.search_schools("libert")] == ["0940071S"]
    assert [s.uai for s in queries.search_schools(" 0350044h ")] == ["0350044H"]
    assert queries.search_schools("zzz") == []


def test_an_unknown_department_reads_the_clock_of_paris() -> None:
    Department.objects.create(code="974", name="La Réunion", time_zone="Indian/Reunion")

    assert queries.time_zone_of("974") == "Indian/Reunion"
    assert queries.time_zone_of(None) == "Europe/Paris"


def test_an_outline_is_drawn_as_wide_as_it_is_on_the_ground() -> None:
    row = quarter("QP094001", 2)

    drawn = arrays.drawing(row.pk)

    assert (drawn.width, drawn.height) == (213, 320)
    assert drawn.path.startswith("M") and drawn.path.endswith("Z")
    assert drawn.hectares == pytest.approx(820_700, rel=0.005)
