"""Loading reference files: what is added, changed, left, refused, and said."""

import gzip
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely

from traitdunion.base.actors import ROBOT
from traitdunion.base.identifiers import uai_letter
from traitdunion.base.sheets import Sheet, Unreadable, open_sheet
from traitdunion.journal import queries as journal
from traitdunion.territories import operations, queries
from traitdunion.territories.models import (
    Academy,
    CiteEducative,
    Commune,
    Department,
    Neighbourhood,
    NeighbourhoodCommune,
    Region,
    School,
)

pytestmark = pytest.mark.django_db
AT = datetime(2020, 5, 12, 8, tzinfo=UTC)
UAI, OTHER_UAI = "0940071S", "0350044H"


def sheet(text: str, name: str = "fichier.csv") -> Sheet:
    return open_sheet(io.BytesIO(text.encode()), name=name)


@pytest.fixture
def val_de_marne() -> Department:
    region = Region.objects.create(code="11", name="Île-de-France")
    department = Department.objects.create(code="94", name="Val-de-Marne", region=region)
    for code, name in (("94054", "Orly"), ("94022", "Choisy-le-Roi")):
        Commune.objects.create(code=code, name=name, department=department, former_codes="94999")
    Commune.objects.filter(code="94022").update(former_codes="")
    return department


def feature(
    code: str = "QN09401M",
    communes: str = "94054",
    name: str = "Les Navigateurs",
    shape: object = None,
) -> dict:
    outline = shape if shape is not None else shapely.box(2.3, 48.7, 2.4, 48.8)
    return {
        "type": "Feature",
        "properties": {"code_qp": code, "lib_qp": name, "insee_com": communes},
        "geometry": shapely.geometry.mapping(outline),
    }


def load(folder: Path, *features: object) -> operations.LoadReport:
    path = folder / "quartiers.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return operations.load_neighbourhoods(path=path, name=path.name, by=ROBOT, at=AT)


def test_the_reference_holds_corsica_overseas_and_the_arrondissements() -> None:
    report = operations.load_reference(by=ROBOT, at=AT)

    assert report.added == Commune.objects.count() > 34_000
    assert Commune.objects.get(code="2A004").department_id == "2A"
    assert Commune.objects.get(code="13201").parent_id == "13055"
    assert Commune.objects.get(code="98735").department_id == "987"
    assert queries.time_zone_of("974") == "Indian/Reunion"
    assert queries.current_codes()["93059"] == "93066"


def test_loading_the_reference_again_changes_nothing() -> None:
    operations.load_reference(by=ROBOT, at=AT)
    Commune.objects.filter(code="94054").update(name="Orli")

    report = operations.load_reference(by=ROBOT, at=AT)

    assert (report.added, report.changed) == (0, 1)
    assert Commune.objects.get(code="94054").name == "Orly"


def test_communes_are_added_changed_and_refused_with_their_line(val_de_marne: Department) -> None:
    report = operations.load_communes(
        sheet=sheet(
            "TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT\n"
            "COM,94054,11,94,Orly,\nCOM,94022,11,94,Choisy,\nCOM,94001,11,94,Ablon,\n"
            "COM,9400,11,94,Trop court,\nCOM,99001,11,99,Ailleurs,\nCOM,94001,11,94,Encore,\n"
            "COMD,94998,,,Déléguée,94054\n"
        ),
        by=ROBOT,
        at=AT,
    )

    assert (report.added, report.changed, report.unchanged) == (1, 1, 2)
    assert [line for line, _ in report.rejected] == [5, 6, 7]
    assert Commune.objects.get(code="94054").former_codes == "94999"


def test_a_department_that_the_file_does_not_name_is_the_one_everybody_knows() -> None:
    text = "COM,DEP,LIBELLE\n97411,974,Saint-Denis\n99999,99,Ailleurs\n"

    report = operations.load_communes(sheet=sheet(text), by=ROBOT, at=AT)

    assert (report.added, len(report.rejected)) == (1, 1)
    assert Department.objects.get().name == "La Réunion"
    assert queries.time_zone_of("974") == "Indian/Reunion"


def test_a_department_named_by_the_file_is_created_with_its_time_zone() -> None:
    text = (
        "code,name,department,department_name,region,region_name,time_zone\n"
        "00001,Trame-la-Ville,00,Val-de-Trame,00,Entre-Deux-Rives,Indian/Reunion\n"
    )

    operations.load_communes(sheet=sheet(text), by=ROBOT, at=AT)

    assert queries.time_zone_of("00") == "Indian/Reunion"
    assert Region.objects.get().name == "Entre-Deux-Rives"


def test_a_neighbourhood_is_kept_as_published_with_its_generation_and_communes(
    val_de_marne: Department, tmp_path: Path
) -> None:
    report = load(tmp_path, feature(communes="94999,94022"), feature("QP094001"))

    row = Neighbourhood.objects.get(code="QN09401M")
    assert (report.added, report.rejected, report.notices) == (2, [], [])
    assert (row.generation, row.valid_from_date) == ("2024", date(2024, 1, 1))
    assert shapely.from_wkb(bytes(row.outline)).area == pytest.approx(0.01)
    assert queries.communes_of([row.pk])[row.pk] == ["Choisy-le-Roi", "Orly"]
    assert Neighbourhood.objects.get(code="QP094001").valid_until_date == date(2023, 12, 31)


def test_loading_neighbourhoods_again_changes_only_what_moved(
    val_de_marne: Department, tmp_path: Path
) -> None:
    load(tmp_path, feature(), feature("QN09402M"))
    first = Neighbourhood.objects.get(code="QN09401M").pk

    report = load(
        tmp_path, feature(communes="94022", name="Les Navigateurs Est"), feature("QN09402M")
    )

    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    assert Neighbourhood.objects.get(code="QN09401M").pk == first
    links = NeighbourhoodCommune.objects.filter(neighbourhood=first)
    assert [link.commune_id for link in links] == ["94022"]


def test_a_feature_that_cannot_be_used_is_refused_and_the_others_loaded(
    val_de_marne: Department, tmp_path: Path
) -> None:
    report = load(
        tmp_path,
        feature(),
        feature(),
        feature("QX09403M"),
        feature("QN09904M"),
        {**feature("QN09405M"), "geometry": None},
        {"type": "Feature", "properties": {}, "geometry": None},
        feature("QN09407M", shape=shapely.box(6e5, 6e6, 7e5, 7e6)),
        feature("QN09408M", shape=shapely.Point(2, 48)),
        7,
    )

    assert report.added == 1
    assert sorted(line for line, _ in report.rejected) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert all(reason for _, reason in report.rejected)


def test_crossed_outlines_unknown_and_doubtful_communes_are_said(
    val_de_marne: Department, tmp_path: Path
) -> None:
    bow_tie = shapely.from_wkt("POLYGON ((2 48, 3 49, 3 48, 2 49, 2 48))")

    report = load(
        tmp_path,
        feature(shape=bow_tie, communes="94777"),
        feature("QN09402M", name="Choisy le Roi"),
    )

    assert len(report.notices) == 3
    assert "94777" in report.notices[0]
    assert "94022" in report.notices[1]


@pytest.mark.parametrize(
    "content",
    [b"", b"a;b\n", b"[1]", b"\x1f\x8bnot gzip", b'{"features": []}', b'{"features": {"a": 1}}'],
)
def test_a_file_of_no_neighbourhoods_is_refused_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "faux.geojson"
    path.write_bytes(content)

    with pytest.raises(Unreadable, match="faux"):
        operations.load_neighbourhoods(path=path, name=path.name, by=ROBOT, at=AT)


def test_a_packed_file_is_read(val_de_marne: Department, tmp_path: Path) -> None:
    path = tmp_path / "quartiers.geojson.gz"
    path.write_bytes(gzip.compress(json.dumps({"features": [feature()]}).encode()))

    report = operations.load_neighbourhoods(path=path, name=path.name, by=ROBOT, at=AT)

    assert report.added == 1


CITES = "nom,communes,quartiers,departement,dotation_annuelle_eur,source\n"


def cites(*rows: str) -> operations.LoadReport:
    return operations.load_cites_educatives(
        sheet=sheet(CITES + "\n".join(rows) + "\n"), by=ROBOT, at=AT
    )


@pytest.fixture
def quarters(val_de_marne: Department, tmp_path: Path) -> dict[str, Neighbourhood]:
    load(
        tmp_path,
        feature("QN09401M", "94054", "Quartier Est"),
        feature("QN09402M", "94054", "Les Navigateurs - Centre-ville"),
        feature("QN09403M", "94022", "Centre Ville"),
    )
    return {row.code: row for row in Neighbourhood.objects.order_by("code")}


def covered(code: str) -> set[str]:
    cite = CiteEducative.objects.get(code=code)
    ids = queries.neighbourhoods_of_cite(cite.pk)
    return set(Neighbourhood.objects.filter(pk__in=ids).values_list("code", flat=True))


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("", {"QN09401M", "QN09402M"}),
        ("commune entière", {"QN09401M", "QN09402M"}),
        ("Quartiers Est", {"QN09401M"}),
        ("Centre-ville", {"QN09402M"}),
        ("Est|Navigateurs", {"QN09401M", "QN09402M"}),
        ("Ouest", set()),
        ("Navi", set()),
        ("QN09403M", {"QN09403M"}),
    ],
)
def test_a_cite_educative_covers_what_it_names_in_its_communes(
    quarters: dict[str, Neighbourhood], named: str, expected: set[str]
) -> None:
    report = cites(f"Orly,Orly,{named},94,425000,presse")

    assert covered("94-orly") == expected
    assert bool(report.notices) == (not expected)
    assert CiteEducative.objects.get().yearly_amount_cents == 42_500_000


def test_an_arrondissement_is_not_taken_for_the_whole_town(
    quarters: dict[str, Neighbourhood],
) -> None:
    report = cites("Orly 19e,Orly,,94,,x")

    assert covered("94-orly-19e") == set()
    assert "Orly 19e" in report.notices[0]


def test_loading_cites_again_keeps_ties_made_by_hand_and_says_what_changed(
    quarters: dict[str, Neighbourhood],
) -> None:
    cites("Orly,Orly,Est,94,,x", "Choisy,Choisy-le-Roi,,94,350000,x")

    report = cites("Orly,Orly,Navigateurs,94,,x", "Choisy,Choisy-le-Roi,,94,360 000,x", "X,,,99,,")

    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    assert [line for line, _ in report.rejected] == [4]
    assert covered("94-orly") == {"QN09401M", "QN09402M"}


def test_an_administrator_says_what_a_cite_covers_and_it_is_journaled(
    quarters: dict[str, Neighbourhood],
) -> None:
    cites("Orly,Orly,Est,94,,x")
    cite = CiteEducative.objects.get()
    codes = ["QN09402M", "QN09403M"]

    changed = operations.cover(cite=cite, codes=codes, generation="2024", by=ROBOT, at=AT)
    again = operations.cover(cite=cite, codes=codes, generation="2024", by=ROBOT, at=AT)

    assert (changed, again) == (3, 0)
    assert covered("94-orly") == set(codes)
    assert journal.latest(1)[0].facts["removed"] == ["QN09401M"]
    assert journal.count("territories.cite_covered") == 1


def test_a_cite_cannot_cover_a_neighbourhood_of_elsewhere_and_nothing_is_changed(
    quarters: dict[str, Neighbourhood],
) -> None:
    cites("Orly,Orly,Est,94,,x")
    cite = CiteEducative.objects.get()

    with pytest.raises(operations.NotOurNeighbourhood, match="QN09301M"):
        operations.cover(
            cite=cite, codes=["QN09402M", "QN09301M"], generation="2024", by=ROBOT, at=AT
        )

    assert covered("94-orly") == {"QN09401M"}


DIRECTORY = (
    "numero_uai;appellation_officielle;nature_uai_libe;code_departement;code_commune;"
    "code_academie;libelle_academie;latitude;longitude;secteur_public_prive_libe\n"
)


def schools(text: str) -> operations.LoadReport:
    return operations.load_schools(sheet=sheet(text), by=ROBOT, at=AT)


def test_a_directory_gives_schools_their_place_and_the_academies(
    val_de_marne: Department,
) -> None:
    report = schools(
        f"{DIRECTORY}{UAI};Collège Liberté;COLLEGE;094;94999;24;Créteil;48.77;2.35;Public\n"
    )

    school = queries.school(UAI)
    assert report.added == 1
    assert (school.department_id, school.commune_id, school.is_public) == ("94", "94054", True)
    assert (school.academy.name, school.lon, school.lat) == ("Créteil", 2.35, 48.77)
    assert Academy.objects.get().code == "24"


def test_a_school_not_yet_baptised_is_named_by_its_kind_and_town(val_de_marne: Department) -> None:
    schools(
        f"numero_uai;appellation_officielle;denomination_principale;libelle_commune\n{UAI};;COLLEGE;Orly\n"
    )

    assert queries.school(UAI).name == "COLLEGE Orly"


def test_a_list_typed_by_hand_completes_a_directory_and_never_corrects_it(
    val_de_marne: Department,
) -> None:
    schools(f"{DIRECTORY}{UAI};Collège Liberté;COLLEGE;094;94054;24;Créteil;;;Public\n")

    report = schools(
        "Département,Commune,ETABLISSEMENT,Code UAI,coordinates\n"
        f'Val-de-Marne,Orly,Liberté,0940071s,"{{""coordinates"":[2.3,48.7]}}"\n'
        f"Val-de-Marne,Orly,Autre,{OTHER_UAI},\n"
    )

    school = queries.school(UAI)
    assert (report.added, report.changed) == (1, 1)
    assert (school.name, school.lon, school.lat) == ("Collège Liberté", 2.3, 48.7)
    assert queries.school(OTHER_UAI).department_id == "94"


@pytest.mark.parametrize(
    ("uai", "said", "found"),
    [("0940071S", "Val-de-Mrne", "94"), ("6200001G", "", "2A"), ("9740001X", "094", "94")],
)
def test_a_school_is_in_the_department_it_says_else_in_that_of_its_number(
    val_de_marne: Department, uai: str, said: str, found: str
) -> None:
    Department.objects.create(code="2A", name="Corse-du-Sud")
    number = uai[:7] + uai_letter(uai[:7])

    schools(f"Code UAI;ETABLISSEMENT;Département\n{number};École;{said}\n")

    assert queries.school(number).department_id == found


def test_priority_network_and_social_index_complete_known_schools(
    val_de_marne: Department,
) -> None:
    schools(f"{DIRECTORY}{UAI};Collège Liberté;COLLEGE;094;94054;24;Créteil;;;Public\n")

    schools(f"UAI;EP\n{UAI};REP+\n")
    report = schools(f"Rentrée scolaire;UAI;IPS\n2023;{UAI};78,1\n2023;{OTHER_UAI};100\n")

    school = queries.school(UAI)
    assert (school.priority_network, school.social_index) == ("REP+", 78.1)
    assert [line for line, _ in report.rejected] == [3]


@pytest.mark.parametrize("uai", ["", "94007S", "0940071T", "09400710S", "ABC"])
def test_a_school_whose_number_does_not_hold_is_refused(uai: str) -> None:
    report = schools(
        f"numero_uai;appellation_officielle\n{uai};École\n{UAI};École\n{UAI};Encore\n"
    )

    assert (report.added, [line for line, _ in report.rejected]) == (1, [2, 4])
    assert School.objects.count() == 1


def test_a_file_without_uai_says_which_column_is_missing() -> None:
    with pytest.raises(Unreadable, match="uai"):
        schools("nom;ville\na;b\n")


def test_loading_schools_again_changes_nothing_in_any_order(val_de_marne: Department) -> None:
    directory = f"{DIRECTORY}{UAI};Collège Liberté;COLLEGE;094;94054;24;Créteil;48.7;2.3;Public\n"
    typed = f"ETABLISSEMENT,Code UAI\nLiberté,{UAI}\n"
    for text in (directory, typed):
        schools(text)

    reports = [schools(text) for text in (directory, typed, directory)]

    assert all((r.added, r.changed, r.unchanged) == (0, 0, 1) for r in reports)


def test_schools_are_placed_in_the_neighbourhood_that_holds_them(
    quarters: dict[str, Neighbourhood],
) -> None:
    schools(
        f"{DIRECTORY}{UAI};In;C;94;94054;24;Créteil;48.75;2.35;\n{OTHER_UAI};Out;C;94;;;;40;2;\n"
    )

    placed = operations.place_schools(generation="2024", by=ROBOT, at=AT)

    assert placed == 1
    assert queries.school(UAI).neighbourhood_id == quarters["QN09401M"].pk
    assert queries.school(OTHER_UAI).neighbourhood_id is None


def test_each_loading_is_in_the_journal_with_its_counts(
    val_de_marne: Department, tmp_path: Path
) -> None:
    load(tmp_path, feature())

    event = journal.latest(1)[0]
    assert event.verb == "territories.neighbourhoods_loaded"
    assert event.facts == {"added": 1, "changed": 0}
