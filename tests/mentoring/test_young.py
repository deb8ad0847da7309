"""Young people whom a school refers: read line by line, their family asked, ranked openly."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.mentoring.scene import AT, HEADER, LINES, Scene, organisation, refer, welcome
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import NotAllowed
from traitdunion.census import queries as census
from traitdunion.gateways.models import Message
from traitdunion.mentoring import operations, queries
from traitdunion.mentoring.models import Network, Referral, YoungPerson
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind
from traitdunion.people import operations as people
from traitdunion.people.models import Guardianship, Person
from traitdunion.people.states import Means


def test_chloe_pastes_a_list_and_each_is_there_once(scene: Scene) -> None:
    first, again = refer(scene, *LINES), refer(scene, *LINES)

    assert (first.added, first.corrected, first.aside) == (3, 0, [])
    assert (again.added, again.corrected) == (0, 3)
    assert YoungPerson.objects.count() == Referral.objects.count() == 3


def test_what_a_school_writes_is_read(scene: Scene) -> None:
    refer(scene, *LINES)

    zoe, aicha, issa = scene.young
    assert (aicha.level, aicha.subjects, aicha.slots) == ("5E", ["MATHS"], ["WED_PM"])
    assert (aicha.modes, aicha.signals, aicha.priority) == (["REMOTE"], ["ABSENCES"], 1)
    assert (issa.level, issa.subjects, issa.priority) == ("6E", ["FRENCH", "MATHS"], 2)
    assert issa.modes == ["REMOTE", "ON_SITE"]
    # The class in which one chooses one's way is a sign by itself.
    assert (zoe.level, zoe.signals, zoe.priority) == ("3E", ["ORIENTATION"], 1)


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("DIALLO;Aïcha;04/05/2009;Year 7;maths;;;;;", "niveau", "Year 7"),
        ("DIALLO;Aïcha;04/05/2009;;maths;;;;;", "niveau", "manque"),
        ("DIALLO;Aïcha;31/02/2009;5e;maths;;;;;", "date de naissance", "illisible"),
        ("DIALLO;Aïcha;04/05/1909;5e;maths;;;;;", "date de naissance", "élève"),
        ("DIALLO;Aïcha;04/05/2009;5e;maths;jeudi nuit;;;;", "créneaux", "jeudi nuit"),
        ("DIALLO;Aïcha;04/05/2009;5e;astrologie;;;;;", "matières", "astrologie"),
        ("DIALLO;Aïcha;04/05/2009;5e;maths;;par pigeon;;;", "mode", "par pigeon"),
        ("DIALLO;Aïcha;04/05/2009;5e;maths;;;paresseux;;", "signes de décrochage", "paresseux"),
        ("DIALLO;;04/05/2009;5e;maths;;;;;", "nom", "prénom"),
    ],
)
def test_a_line_that_cannot_be_used_is_kept_aside_and_the_others_stay(
    scene: Scene, line: str, column: str, said: str
) -> None:
    report = refer(scene, line, LINES[1])

    (aside,) = report.aside
    assert (aside.line, aside.column) == (2, column)
    assert said in aside.reason
    assert list(aside.cells) == line.split(";")
    assert report.added == 1


def test_a_child_of_the_census_is_the_same_person(scene: Scene) -> None:
    child = people.NewChild("AICHA", "Diallo", date(2009, 5, 4))
    (known,) = people.register_children(
        rows=[child], relay_id=scene.school.pk, notice_days=30, by=ROBOT, at=AT
    )

    refer(scene, LINES[0])

    assert YoungPerson.objects.get().person_id == known
    assert Person.objects.filter(kind="CHILD").count() == 1


def test_no_screen_in_the_census_is_a_sign_only_where_the_programme_says_why(
    scene: Scene, monkeypatch
) -> None:
    monkeypatch.setattr(census, "without_screen", set)
    rules = scene.plan.follow_up()
    silent = scene.plan.model_copy(
        update={"mentoring": rules.model_copy(update={"shares_screen_because": ""})}
    )

    refer(scene, LINES[0])
    assert YoungPerson.objects.get().signals == ["ABSENCES", "NO_SCREEN"]

    scene.plan = silent
    refer(scene, LINES[0])
    assert YoungPerson.objects.get().signals == ["ABSENCES"]


def test_nobody_waits_before_the_family_said_yes(scene: Scene) -> None:
    refer(scene, LINES[0])
    (referral,) = Referral.objects.all()
    operations.accept_referral(referral=referral, network=scene.network, by=scene.hugo, at=AT)

    assert YoungPerson.objects.get().state == "REFERRED"
    with pytest.raises(IntegrityError), transaction.atomic():
        YoungPerson.objects.update(state="WAITING")
    with pytest.raises(IntegrityError), transaction.atomic():
        YoungPerson.objects.update(state="FOLLOWED")


def test_awa_says_yes_by_the_link_and_aicha_waits(scene: Scene) -> None:
    refer(scene, LINES[0])
    young, tie = YoungPerson.objects.get(), Guardianship.objects.get()
    people.verify_contact(guardianship_id=tie.pk, by=scene.chloe, at=AT)

    asked = operations.ask_guardian(
        young=young, guardianship_id=tie.pk, means=Means.LINK, asked_by=scene.school.pk,
        link="https://exemple.fr/%s", plan=scene.plan, by=scene.chloe, at=AT,
    )  # fmt: skip
    operations.answer_by_secret(
        secret=asked.secret, is_given=True, plan=scene.plan, by=ROBOT, at=AT
    )

    young.refresh_from_db()
    assert young.informed_at is not None
    assert (young.state, young.authorised_at) == ("WAITING", AT)
    assert "diallo" not in str(list(Message.objects.values())).lower()


def test_where_the_programme_wants_two_one_yes_is_not_enough(scene: Scene) -> None:
    header = f"{HEADER};Responsable 2;Téléphone 2"
    refer(scene, f"{LINES[0]};Moussa;0612345678", header=header)
    rules = scene.plan.follow_up().model_copy(update={"guardians_required": 2})
    scene.plan = scene.plan.model_copy(update={"mentoring": rules})
    young = YoungPerson.objects.get()
    ties = list(Guardianship.objects.order_by("rank"))

    def says(tie) -> str:
        operations.note_authorisation(
            young=young, guardianship_id=tie.pk, is_given=True, means=Means.PHONE,
            plan=scene.plan, by=scene.chloe, at=AT,
        )  # fmt: skip
        young.refresh_from_db()
        return young.state

    assert says(ties[0]) == "REFERRED"
    assert says(ties[1]) == "WAITING"


def test_a_family_that_says_no_is_left_in_peace_and_may_change_its_mind(scene: Scene) -> None:
    refer(scene, LINES[0])
    young, tie = YoungPerson.objects.get(), Guardianship.objects.get()

    def says(is_given: bool, at=AT) -> str:
        operations.note_authorisation(
            young=young, guardianship_id=tie.pk, is_given=is_given, means=Means.PHONE,
            plan=scene.plan, by=scene.chloe, at=at,
        )  # fmt: skip
        young.refresh_from_db()
        return young.state

    assert says(True) == "WAITING"
    assert says(False, AT + timedelta(days=1)) == "REFUSED"
    assert young.authorised_at is None
    assert says(True, AT + timedelta(days=2)) == "WAITING"


def test_the_waiting_list_goes_by_priority_then_by_how_long_one_waited(scene: Scene) -> None:
    refer(scene, LINES[0])
    refer(scene, LINES[1], LINES[2], at=AT + timedelta(days=2))
    welcome(scene)

    waiting = queries.waiting([scene.network])

    assert [one.level for one in waiting] == ["6E", "5E", "3E"]


def test_a_referral_to_another_network_is_not_taken(scene: Scene) -> None:
    other = Network.objects.create(
        organisation=organisation(Kind.MENTORING_NETWORK, "Autre réseau")
    )
    refer(scene, LINES[0])
    (referral,) = Referral.objects.all()

    with pytest.raises(NotAllowed):
        operations.accept_referral(referral=referral, network=other, by=scene.hugo, at=AT)


def test_who_sees_whom(scene: Scene) -> None:
    refer(scene, *LINES)
    welcome(scene)

    def seen(user) -> int:
        return queries.young_seen_by(partners.seats(user)[0]).count()

    assert (seen(scene.hugo), seen(scene.chloe), seen(scene.ines)) == (3, 3, 0)
    assert queries.young_seen_by(None).count() == 0
