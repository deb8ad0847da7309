"""A relay's list becomes needs."""

from datetime import timedelta

import pytest

from tests.census.conftest import AT, World, listed
from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import Unreadable
from traitdunion.census import operations, queries
from traitdunion.census.models import Duplicate, Import, Need
from traitdunion.census.operations import Defaults
from traitdunion.census.states import Doubt, NeedState
from traitdunion.journal.models import Event
from traitdunion.people import operations as people
from traitdunion.people.models import Person

AICHA = "DIALLO;Aïcha;04/05/2009;5e B;2.405;48.805;0612345678;aucun;aucune"


def only_need() -> Need:
    return Need.objects.get()


def test_a_child_of_a_neighbourhood_has_a_need_there(world: World, one_child: str) -> None:
    report = world.take(one_child)

    need = only_need()
    assert (report.rows, report.added, report.rejected) == (1, 1, [])
    assert (need.state, need.neighbourhood, need.kind, need.degree) == (
        NeedState.OPEN,
        world.north,
        "both",
        0,
    )


@pytest.mark.parametrize(
    ("lon", "state", "doubt"),
    [
        ("2.3", NeedState.OUT, Doubt.NONE),
        ("2.41005", NeedState.DOUBTFUL, Doubt.LIMIT),
        ("", NeedState.DOUBTFUL, Doubt.ADDRESS),
    ],
    ids=["outside", "on the edge", "without a point"],
)
def test_where_the_child_lives_decides(world: World, lon: str, state: str, doubt: str) -> None:
    world.take(listed(AICHA.replace("2.405", lon)))

    need = only_need()
    assert (need.state, need.doubt) == (state, doubt)


@pytest.mark.parametrize(
    ("screen", "line", "kind", "degree"),
    [
        ("aucun", "aucune", "both", 0),
        ("aucun", "correcte", "tablet", 0),
        ("téléphone seul", "correcte", "tablet", 1),
        ("partagé", "insuffisante", "both", 1),
        ("partagé", "correcte", "tablet", 2),
        ("oui", "aucune", "key_4g", 1),
    ],
)
def test_words_of_the_household_become_a_degree(
    world: World, screen: str, line: str, kind: str, degree: int
) -> None:
    world.take(listed(AICHA.replace("aucun;aucune", f"{screen};{line}")))

    need = only_need()
    assert (need.kind, need.degree) == (kind, degree)


def test_a_household_that_lacks_nothing_is_told_and_not_recorded(world: World) -> None:
    report = world.take(listed(AICHA.replace("aucun;aucune", "oui;fibre")))

    assert not Need.objects.exists()
    assert "aucun besoin" in report.rejected[0].reason


def test_the_same_list_twice_adds_nothing(world: World, one_child: str) -> None:
    world.take(one_child)

    again = world.take(one_child, at=AT + timedelta(days=1))

    assert (again.added, again.known) == (0, 1)
    assert (Need.objects.count(), Person.objects.filter(kind="CHILD").count()) == (1, 1)
    assert Import.objects.count() == 1
    assert "déjà importé" in again.notices[-1]


def test_another_list_with_the_same_children_adds_only_the_others(world: World) -> None:
    world.take(listed(AICHA))

    report = world.take(listed(AICHA, "MARTIN;Léo;01/02/2008;4e A;2.455;48.805;;aucun;aucune"))

    assert (report.added, report.known) == (1, 1)


def test_a_list_that_says_otherwise_corrects_the_need(world: World) -> None:
    world.take(listed(AICHA))

    report = world.take(listed(AICHA.replace("aucun;aucune", "partagé;correcte")))

    need = only_need()
    assert (report.corrected, need.kind, need.degree) == (1, "tablet", 2)
    assert Event.objects.filter(verb="census.need_corrected").count() == 1


def test_a_withdrawn_need_does_not_come_back_with_the_list(world: World) -> None:
    world.take(listed(AICHA))
    operations.withdraw(need=only_need(), reason="moved", by=ROBOT, at=AT)

    report = world.take(listed(AICHA))

    assert (report.added, only_need().state) == (0, NeedState.WITHDRAWN)


def test_a_family_that_objected_is_never_listed_again(world: World) -> None:
    world.take(listed(AICHA))
    operations.withdraw_person(person_id=only_need().person_id, by=ROBOT, at=AT)

    report = world.take(listed(AICHA))

    assert report.added == 0
    assert not Need.objects.exclude(state=NeedState.WITHDRAWN).exists()


def test_a_line_repeated_in_the_list_is_told_with_the_line_it_repeats(world: World) -> None:
    report = world.take(listed(AICHA, AICHA))

    assert (report.added, report.known, report.repeated) == (1, 1, [(3, 2)])


def test_two_spellings_of_a_child_are_flagged_and_both_kept(world: World) -> None:
    report = world.take(listed(AICHA, AICHA.replace("DIALLO;Aïcha", "Dialo;Aicha")))

    flag = Duplicate.objects.get()
    assert (report.added, report.duplicates) == (2, 1)
    assert flag.reasons == ["close_name", "same_birth_date", "same_household"]
    assert sorted(Need.objects.values_list("state", flat=True)) == ["DOUBTFUL", "OPEN"]


def test_the_same_child_in_two_schools_waits_for_a_person(world: World) -> None:
    world.take(listed(AICHA))

    report = world.take(listed(AICHA), relay=world.other_school, at=AT + timedelta(hours=1))

    need = Need.objects.get(relay=world.other_school)
    assert (report.added, need.state, need.doubt) == (1, NeedState.DOUBTFUL, Doubt.DUPLICATE)
    assert Need.objects.get(relay=world.school).state == NeedState.OPEN


def test_brothers_and_sisters_are_not_doubles(world: World) -> None:
    report = world.take(listed(AICHA, AICHA.replace("Aïcha", "Mariam")))

    assert (report.added, report.duplicates) == (2, 0)
    assert Person.objects.filter(kind="CHILD").values("household").distinct().count() == 1


def test_a_pair_settled_as_two_children_stays_settled(world: World) -> None:
    both = listed(AICHA, AICHA.replace("Aïcha", "Aicha ").replace("DIALLO", "Dialo"))
    world.take(both)
    flag = Duplicate.objects.get()
    operations.settle_duplicate(duplicate=flag, verdict="DIFFERENT", by=ROBOT, at=AT)

    world.take(both)

    assert Duplicate.objects.get().verdict == "DIFFERENT"
    assert set(Need.objects.values_list("state", flat=True)) == {NeedState.OPEN}


def test_a_rehearsal_counts_and_writes_nothing(world: World) -> None:
    world.take(listed(AICHA))
    before = Event.objects.count()

    report = world.take(listed(AICHA, AICHA.replace("Aïcha", "Mariam")), dry_run=True)

    assert (report.added, report.known) == (1, 1)
    assert (Need.objects.count(), Event.objects.count()) == (1, before)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (";Aïcha;04/05/2009;5e B;;;;aucun;aucune", "last_name", "nom"),
        ("D1ALLO;Aïcha;04/05/2009;5e B;;;;aucun;aucune", "last_name", "chiffre"),
        ("=cmd|' /C calc'!A0;Aïcha;04/05/2009;5e B;;;;aucun;", "last_name", "="),
        ("DIALLO;Aïcha;31/02/2009;5e B;;;;aucun;aucune", "birth_date", "date illisible"),
        ("DIALLO;Aïcha;04/05/1959;5e B;;;;aucun;aucune", "birth_date", "élève"),
        ("DIALLO;Aïcha;04/05/2009;5e B;abc;48.8;;aucun;aucune", "lon", "coordonnée"),
        ("DIALLO;Aïcha;04/05/2009;5e B;2.4;148.8;;aucun;aucune", "lat", "Terre"),
        ("DIALLO;Aïcha;04/05/2009;5e B;;;;bof;aucune", "screen", "bof"),
        ("DIALLO;Aïcha;04/05/2009;5e B;;;;;", "screen", "dites"),
        ("DIALLO;Aïcha;04/05/2009;5e B;;;;aucun;aucune;trop", "", "cellules"),
    ],
)
def test_a_row_that_cannot_be_used_says_its_line_its_column_and_why(
    world: World, row: str, column: str, words: str
) -> None:
    report = world.take(listed("MARTIN;Léo;01/02/2008;4e A;2.455;48.805;;aucun;aucune", row))

    refused = report.rejected[0]
    assert (report.added, refused.line, refused.column) == (1, 3, column)
    assert words in refused.reason


@pytest.mark.parametrize(
    "header",
    [
        "Nom de famille;Prénom 1;Né(e) le;Division;Adresse resp légal1;Écran;Connexion",
        "NOM ELEVE;PRENOM ELEVE;DATE NAISSANCE;CLASSE;ADRESSE;EQUIPEMENT;INTERNET",
        "nom d'usage;prénoms;naissance;libellé classe;adresse 1;materiel au foyer;acces internet",
    ],
    ids=["SIECLE", "ONDE", "Pronote"],
)
def test_exports_are_read_whatever_their_titles(world: World, header: str) -> None:
    report = world.take(f"{header}\nDIALLO;Aïcha;04/05/2009;5e B;1 rue du Lin;aucun;aucune\n")

    child = Person.objects.get(kind="CHILD")
    assert report.added == 1
    assert (child.first_name, child.last_name, str(child.birth_date)) == (
        "Aïcha",
        "DIALLO",
        "2009-05-04",
    )


def test_one_column_for_the_whole_name_is_enough(world: World) -> None:
    world.take("Élève;Écran;Connexion\nDIALLO SOW Aïcha Marie;aucun;aucune\n")

    child = Person.objects.get(kind="CHILD")
    assert (child.first_name, child.last_name) == ("Aïcha Marie", "DIALLO SOW")


@pytest.mark.parametrize("screen", ["aucun", "téléphone"])
def test_a_household_without_a_screen_is_put_down_for_a_tablet_and_the_relay_is_told(
    world: World, screen: str
) -> None:
    rehearsal = world.take(f"Nom;Prénom;Écran\nDIALLO;Aïcha;{screen}\n", dry_run=True)
    report = world.take(f"Nom;Prénom;Écran\nDIALLO;Aïcha;{screen}\n")

    assert (report.added, report.rejected, only_need().kind) == (1, [], "tablet")
    assert any("tablette" in notice for notice in rehearsal.notices)


def test_a_shared_screen_alone_does_not_say_what_is_lacking(world: World) -> None:
    report = world.take("Nom;Prénom;Écran\nDIALLO;Aïcha;partagé\n")

    assert [one.column for one in report.rejected] == ["need"]
    assert report.notices == []


def test_what_the_relay_says_for_all_is_not_assumed(world: World) -> None:
    said = Defaults(kind="both", degree=None)

    report = world.take("Nom;Prénom;Écran\nDIALLO;Aïcha;aucun\n", defaults=said)

    assert (only_need().kind, report.notices) == ("both", [])


def test_a_list_may_name_a_service_and_the_address_of_a_second_parent(world: World) -> None:
    header = (
        "Nom;Prénom;Équipement;Connexion;Adresse;Service responsable;Responsable légal 2;"
        "Adresse resp légal 2;Code postal resp légal 2;Commune resp légal 2"
    )
    row = "DIALLO;Aïcha;aucun;aucune;1 rue du Lin;ASE du 94;Mme Diallo;3 place Hoche;93200;Stains"

    report = world.take(f"{header}\n{row}\n")

    assert report.rejected == [] and len(report.columns) == 10
    child = Person.objects.get(kind="CHILD")
    file = people.open_file(person_id=child.pk, purpose="essai", by=ROBOT, at=AT)
    assert [(one.name, one.address) for one in file.guardians] == [
        ("ASE du 94", ""),
        ("Mme Diallo", "3 place Hoche 93200 Stains"),
    ]


def test_what_the_relay_says_once_counts_for_every_row(world: World, defaults: Defaults) -> None:
    report = world.take("Nom;Prénom\nDIALLO;Aïcha\n", defaults=defaults)

    need = only_need()
    assert (report.added, need.kind, need.degree) == (1, "tablet", 0)


def test_namesakes_without_a_birth_date_are_not_merged(world: World, defaults: Defaults) -> None:
    rows = "Nom;Prénom;Adresse\nDIALLO;Aïcha;1 rue du Lin\nDIALLO;Aïcha;8 rue du Lin\n"

    report = world.take(rows, defaults=defaults)

    assert (report.added, report.known, report.duplicates) == (2, 0, 1)


def test_a_list_without_names_is_refused_whole(world: World) -> None:
    with pytest.raises(Unreadable, match="Nom"):
        world.take("Classe;Adresse\n5e B;1 rue du Lin\n")


def test_nothing_enters_a_closed_census(world: World, one_child: str) -> None:
    later = AT + timedelta(days=30)
    operations.close(census=world.census, by=ROBOT, at=later)

    with pytest.raises(operations.CensusClosed):
        world.take(one_child, at=later)


def test_the_journal_names_nobody(world: World, one_child: str) -> None:
    world.take(one_child)

    told = " ".join(f"{e.verb} {e.subject_id} {e.facts}" for e in Event.objects.order_by("id"))
    assert "census.need_recorded" in told
    assert "DIALLO" not in told and "Aïcha" not in told


def test_a_neighbourhood_counts_the_needs_of_every_relay(world: World) -> None:
    world.take(listed(AICHA))
    world.take(listed(AICHA.replace("DIALLO", "MARTIN")), relay=world.other_school)

    counted = queries.needs_by_neighbourhood(world.census)

    assert counted[world.north.pk]["open"] == 2
    assert world.south.pk not in counted
