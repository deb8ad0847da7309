"""A network keeps its tool: its rows come again and again, and nothing is counted twice."""

from datetime import UTC, date, datetime

import pytest

from tests.mentoring.ground import AT, JULY, PAIRS, Ground, day, pair, session, weekly
from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import Unreadable
from traitdunion.journal.models import Event
from traitdunion.mentoring import checking, operations, queries
from traitdunion.mentoring.models import (
    HonourabilityCheck,
    KeptAside,
    Mentor,
    Pair,
    Session,
    YoungPerson,
)
from traitdunion.mentoring.states import FileKind, YoungState

pytestmark = pytest.mark.django_db
CHECK_KIND = "Extrait de casier judiciaire (bulletin 3)"


@pytest.fixture
def ground(db: None) -> Ground:
    return Ground()


def reasons() -> list[str]:
    rows = KeptAside.objects.filter(settled_at__isnull=True).order_by("line", "pk")
    return [row.reason for row in rows]


def test_the_same_file_twice_gives_the_same_pairs_and_sessions(ground: Ground) -> None:
    ground.pairs(pair(), pair("B2", "J2", "TRAORE;Issa;09/07/2010", mentor="M2"))
    ground.sessions(session(), session("S2", "B2"))

    again = ground.pairs(pair(), pair("B2", "J2", "TRAORE;Issa;09/07/2010", mentor="M2"))
    told = ground.sessions(session(), session("S2", "B2"))

    assert (again.new, again.corrected, again.same, again.aside) == (0, 0, 2, 0)
    assert (told.new, told.corrected, told.same, told.aside) == (0, 0, 2, 0)
    assert (Pair.objects.count(), Session.objects.count(), YoungPerson.objects.count()) == (
        2,
        2,
        2,
    )
    assert list(checking.check()) == []


def test_what_the_tool_corrected_is_corrected_here(ground: Ground) -> None:
    ground.pairs(pair())
    ground.sessions(session())

    pairs = ground.pairs(pair(level="4e", end="30/05/2020"))
    told = ground.sessions(session(day="05/05/2020", minutes="1h30"))

    assert (pairs.corrected, told.corrected) == (1, 1)
    assert ground.young().state == YoungState.ENDED
    assert ground.young().ended_on == date(2020, 5, 30)
    kept = Session.objects.get()
    assert (kept.minutes, kept.day) == (90, date(2020, 5, 5))
    assert Pair.objects.get().last_session_on == date(2020, 5, 5)
    assert list(checking.check()) == []


def test_free_text_never_comes_in_and_the_columns_left_out_are_named(ground: Ground) -> None:
    file = ground.pairs(pair(text="sa mère est Zzcanari"))
    told = ground.sessions(session(text="il pleure, dit Zzcanari", mode="Zzcanari a dit"))

    assert file.ignored == ["Commentaire"]
    assert told.ignored == ["Compte rendu"]
    assert reasons() == ["mode : « … » : écrivez à distance, ou sur place"]
    everything = [*KeptAside.objects.values_list(), *Event.objects.values_list("facts")]
    assert "canari" not in str(everything)


def test_rows_to_mend_say_why_and_are_settled_when_they_come_back_whole(ground: Ground) -> None:
    file = ground.pairs(
        pair("B1", level="Grande section"),
        pair("B2", child="TRAORE;Issa;31/02/2010"),
        pair("B3", start="01/05/2021"),
        pair("B4", end="01/04/2020"),
        pair("B5", mentor=""),
        pair("B6", child=";;01/01/2010"),
        pair("B7", dept="999"),
        pair("B7"),
        pair(""),
    )

    assert (file.rows, file.new, file.aside) == (9, 0, 9)
    assert reasons() == [
        "niveau : « … » n’est pas un niveau connu : écrivez de CP à CM2, 6e à 3e, 2de à Tle, CAP",
        "date de naissance : date illisible : écrivez jour/mois/année",
        "début : cette date n’est pas encore venue",
        "fin : la fin est avant le début",
        "identifiant mentor : il manque l’identifiant, par lequel la ligne est retrouvée",
        "nom : il manque le nom ou le prénom",
        "département : ce code n’existe pas",
        "identifiant binôme : cet identifiant est déjà en ligne 8",
        "identifiant binôme : il manque l’identifiant, par lequel la ligne est retrouvée",
    ]
    assert not YoungPerson.objects.exists()

    ground.pairs(pair("B1"), pair("B2", "J2", "TRAORE;Issa;01/02/2010", mentor="M2"))

    waiting = KeptAside.objects.filter(settled_at__isnull=True).order_by("line")
    assert [row.external_id for row in waiting] == ["B3", "B4", "B5", "B6", "B7", "B7"]


def test_sessions_that_cannot_be_are_kept_aside_and_the_others_counted(ground: Ground) -> None:
    ground.pairs(pair(start="27/04/2020", end="30/05/2020"))

    told = ground.sessions(
        session("S1", day="04/05/2020"),
        session("S2", day="20/04/2020"),
        session("S3", day="01/06/2020"),
        session("S4", day="01/07/2020"),
        session("S5", minutes="0"),
        session("S6", hour="25h"),
        session("S7", pair="B9"),
        session("S8", day="04/05/2020"),
    )

    assert (told.new, told.aside) == (1, 7)
    assert reasons() == [
        "date : la séance est d’avant le début du binôme",
        "date : la séance est d’après la fin du binôme",
        "date : cette date n’est pas encore venue",
        "durée : une séance dure de 1 à 600 minutes",
        "heure : heure illisible : écrivez 17:30",
        "identifiant binôme : aucun binôme de ce nom ; envoyez d’abord les binômes",
        "une autre séance de ce binôme commence au même moment",
    ]


def test_a_pair_made_since_the_rule_needs_a_check_and_an_older_one_is_tolerated(
    ground: Ground,
) -> None:
    file = ground.pairs(
        pair("B1", check=";;"),
        pair("B2", "J2", "TRAORE;Issa;09/07/2010", mentor="M2", check=";;", start="02/03/2020"),
        pair("B3", "J3", "BEL;Zoé;22/01/2009", mentor="M3", check=";;", start="02/03/2020",
             mode="sur place"),
        pair("B4", "J4", "KAYA;Deniz;02/03/2008", mentor="M4",
             check="Extrait de casier judiciaire (bulletin 3);01/09/2019;01/03/2020"),
    )  # fmt: skip

    assert (file.new, file.aside) == (1, 3)
    assert reasons() == [
        "pas de contrôle d’honorabilité en cours au début : exigé depuis le 20/04/2020",
        "sans contrôle, un binôme d’avant le 20/04/2020 ne continue qu’à distance",
        "pas de contrôle d’honorabilité en cours au début : exigé depuis le 20/04/2020",
    ]
    tolerated = Pair.objects.get()
    assert tolerated.tolerated_until == date(2020, 6, 30)
    assert (tolerated.mode, tolerated.is_supervised) == ("REMOTE", True)


def test_the_time_without_a_check_ends_and_the_tool_cannot_reopen_the_pair(
    ground: Ground,
) -> None:
    row = pair(check=";;", start="02/03/2020")
    ground.pairs(row)
    later = datetime(2020, 7, 2, 9, tzinfo=UTC)
    assert operations.end_tolerance(by=ROBOT, at=AT) == 0

    ended = operations.end_tolerance(by=ROBOT, at=later)
    again = ground.pairs(row, at=later)

    assert (ended, again.aside) == (1, 1)
    assert reasons() == [
        "sans contrôle, ce binôme s’arrête le 30/06/2020 : donnez-lui un contrôle, ou une fin"
    ]
    assert Pair.objects.get().end_reason == "CHECK"
    assert ground.young().state == YoungState.WAITING
    assert list(checking.check()) == []

    ground.pairs(pair(start="02/03/2020", check=f"{CHECK_KIND};01/02/2020;31/12/2020"), at=later)

    assert Pair.objects.get().ended_on is None


def test_a_session_after_the_check_ended_is_kept_and_shown(ground: Ground) -> None:
    kind = "Extrait de casier judiciaire (bulletin 3)"
    ground.pairs(pair(check=f"{kind};01/11/2019;10/05/2020"))

    ground.sessions(session("S1", day="10/05/2020"), session("S2", day="11/05/2020"))

    rows = Session.objects.order_by("day").values_list("external_id", "is_unchecked")
    assert list(rows) == [("S1", False), ("S2", True)]
    assert Mentor.objects.get().check_until == date(2020, 5, 10)


def test_an_unfavourable_check_is_kept_and_the_mentor_is_checked_no_more(ground: Ground) -> None:
    ground.pairs(pair())
    header = PAIRS.replace(";Commentaire", ";Contrôle favorable")

    file = ground.load(
        FileKind.PAIRS, header,
        (pair(check=f"{CHECK_KIND};08/06/2020;08/12/2020", text="non"),), None, AT,
    )  # fmt: skip

    assert (file.aside, reasons()) == (
        1, ["contrôle défavorable : ce binôme ne peut pas être repris"]
    )  # fmt: skip
    assert Mentor.objects.get().check_until is None
    assert HonourabilityCheck.objects.filter(is_clear=False).count() == 1


def test_one_open_pair_a_young_person_and_the_next_one_once_it_has_ended(ground: Ground) -> None:
    ground.pairs(pair("B1", start="27/04/2020"))

    refused = ground.pairs(pair("B2", mentor="M2", start="11/05/2020"))
    file = ground.pairs(pair("B2", mentor="M2", start="11/05/2020"), pair("B1", end="10/05/2020"))

    assert refused.aside == 1
    assert (file.new, file.corrected, file.aside) == (1, 1, 0)
    assert dict(Mentor.objects.values_list("external_id", "taken")) == {"M1": 0, "M2": 1}
    assert not queries.to_mend(None).exists()
    assert list(checking.check()) == []


def test_a_tool_that_keeps_days_alone_has_its_sessions_found_again(ground: Ground) -> None:
    ground.pairs(pair())
    rows = [session("", hour=""), session("", day="11/05/2020", hour="")]

    first, again = ground.sessions(*rows), ground.sessions(*rows)

    assert (first.new, again.new, again.same) == (2, 0, 2)
    assert Session.objects.count() == 2


def test_a_file_without_a_needed_column_says_which_and_records_nothing(ground: Ground) -> None:
    with pytest.raises(Unreadable, match="il manque la colonne « début »"):
        ground.load(FileKind.PAIRS, "ID binôme;ID jeune;Nom;Prénom;ID mentor",
                    ("B1;J1;A;B;M1",), None, AT)  # fmt: skip

    assert not YoungPerson.objects.exists()


def test_a_network_does_not_find_the_rows_of_another(ground: Ground) -> None:
    ground.pairs(pair())

    told = ground.sessions(session(), network=ground.second)

    assert (told.new, told.aside) == (0, 1)
    assert not Session.objects.exists()


def test_a_corrected_name_may_show_that_another_network_has_the_same_child(
    ground: Ground,
) -> None:
    ground.pairs(pair())
    ground.pairs(pair(child="KAYA;Denis;02/03/2008"), network=ground.second)
    for network in (ground.first, ground.second):
        ground.sessions(*weekly("B1", date(2020, 4, 27), 3), network=network)
    assert queries.followed(JULY).wide == 2

    ground.pairs(pair(child="DIALLO;Aïcha;04/05/2009"), network=ground.second)

    assert queries.followed(JULY).wide == 1
    assert day(date(2020, 4, 27)) == "27/04/2020"
    assert list(checking.check()) == []
