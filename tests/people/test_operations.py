"""Files of children: found again, read with a trace, judged, told, erased."""

from datetime import UTC, date, datetime, timedelta

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import NotFound
from traitdunion.journal import queries as journal
from traitdunion.partners import operations as partners
from traitdunion.partners import queries as seats
from traitdunion.partners.states import Kind, Role
from traitdunion.people import operations as people
from traitdunion.people import queries
from traitdunion.people.models import Address, Guardianship
from traitdunion.people.operations import NewChild, NewGuardian
from traitdunion.people.states import Activity, Answer, Means, Method

pytestmark = pytest.mark.django_db

AT = datetime(2020, 5, 1, 9, tzinfo=UTC)
MOTHER = NewGuardian("Mme Traoré", phone="06 12 34 56 78", language="bambara")
AMINA = NewChild(
    "Amina", "Traoré", date(2008, 3, 1), guardians=(MOTHER,), address="8 rue des Lilas"
)
ISSA = NewChild("Issa", "Traoré", date(2010, 7, 9), guardians=(MOTHER,))


@pytest.fixture
def school():
    return partners.create_organisation(
        kind=Kind.SCHOOL, name="Collège", identifiers={}, by=ROBOT, at=AT
    )


@pytest.fixture
def other_school():
    return partners.create_organisation(
        kind=Kind.SCHOOL, name="Autre collège", identifiers={}, by=ROBOT, at=AT
    )


def register(relay, *children: NewChild) -> list:
    return people.register_children(
        rows=children, relay_id=relay.pk, notice_days=30, by=ROBOT, at=AT
    )


def seat_in(relay) -> seats.Seat:
    user = partners.create_demonstration_user(
        email=f"{relay.pk}@essai.invalid", full_name="Chloé", password_hash="!", by=ROBOT, at=AT
    )
    partners.seat(user=user, organisation=relay, role=Role.MANAGER, by=ROBOT, at=AT)
    return seats.seats(user)[0]


def test_the_same_child_is_found_again_whatever_the_accents_and_capitals(school) -> None:
    shouted = NewChild("AMINA", "TRAORE", date(2008, 3, 1))

    first, again = register(school, AMINA), register(school, shouted)

    assert first == again


def test_two_schools_that_give_the_same_telephone_speak_of_one_household(
    school, other_school
) -> None:
    [amina], [issa] = register(school, AMINA), register(other_school, ISSA)

    homes = queries.households([amina, issa])

    assert homes[amina] is not None
    assert homes[amina] == homes[issa]


def test_reading_a_file_leaves_a_trace_with_its_purpose(school) -> None:
    [amina] = register(school, AMINA)

    child = people.open_file(person_id=amina, purpose="file_page", by=ROBOT, at=AT)

    assert child.full_name == "Amina Traoré"
    assert child.guardians[0].language == "bambara"
    assert journal.count("people.file_read") == 1


def test_only_the_relay_that_listed_a_child_knows_it(school, other_school) -> None:
    [amina] = register(school, AMINA)

    assert queries.children_known_to(seat_in(school)).filter(pk=amina).exists()
    assert not queries.children_known_to(seat_in(other_school)).filter(pk=amina).exists()
    assert not queries.children_known_to(None).exists()


def test_a_code_tells_nothing_and_stays_the_same(school) -> None:
    amina, issa = register(school, AMINA, ISSA)

    assert queries.pseudonym(amina) == queries.pseudonym(amina) != queries.pseudonym(issa)
    assert queries.pseudonym(amina).startswith("E-")
    assert str(amina)[:4].upper() not in queries.pseudonym(amina)


def test_an_address_without_a_point_is_unknown_and_never_out(school) -> None:
    [amina] = register(school, AMINA)

    answers = people.decide_eligibility(
        person_ids=[amina], generation="2015", tolerance_m=20, by=ROBOT, at=AT
    )

    assert answers[amina].answer == Answer.UNKNOWN
    assert answers[amina].method == Method.NO_POINT


def test_a_family_must_be_told_within_the_programmes_delay(school) -> None:
    register(school, AMINA)

    due = queries.due_notices(school.pk)

    assert [notice.due_on for notice in due] == [(AT + timedelta(days=30)).date()]
    people.open_notices(relay_id=school.pk, by=ROBOT, at=AT)
    assert people.hand_out_notices(relay_id=school.pk, on=AT.date(), by=ROBOT, at=AT) == 1
    assert queries.due_notices(school.pk) == []


def test_a_notice_that_was_never_printed_is_not_noted_as_handed_out(school) -> None:
    register(school, AMINA)

    assert people.hand_out_notices(relay_id=school.pk, on=AT.date(), by=ROBOT, at=AT) == 0


def test_what_a_parent_said_of_a_loan_is_kept_even_when_it_is_no(school) -> None:
    [amina] = register(school, AMINA)

    said = people.record_authorisation(
        person_id=amina,
        activity=Activity.LOAN,
        is_given=False,
        means=Means.PHONE,
        by=ROBOT,
        at=AT,
    )

    assert not said.is_given


def test_an_erased_child_has_no_name_left_and_cannot_be_opened(school) -> None:
    [amina] = register(school, AMINA)

    people.forget(person_ids=[amina], reason="request", by=ROBOT, at=AT)

    with pytest.raises(NotFound):
        people.open_file(person_id=amina, purpose="file_page", by=ROBOT, at=AT)
    assert register(school, AMINA) != [amina]


def test_retention_empties_what_is_older_and_leaves_the_rest(school) -> None:
    register(school, AMINA)
    later = AT + timedelta(days=400)
    [issa] = people.register_children(
        rows=[ISSA], relay_id=school.pk, notice_days=30, by=ROBOT, at=later
    )

    done = people.purge(created_before=later - timedelta(days=365), by=ROBOT, at=later)

    assert done == 1
    assert people.open_file(person_id=issa, purpose="x", by=ROBOT, at=later).first_name == "Issa"


def test_a_person_may_settle_what_the_machine_could_not(school) -> None:
    [amina] = register(school, AMINA)

    people.confirm_eligibility(
        person_id=amina, neighbourhood_id=None, layer="plan", by=ROBOT, at=AT
    )

    assert queries.eligibility_of([amina])[amina].answer == Answer.OUT
    assert queries.eligibility_of([amina])[amina].method == Method.PERSON


ASE = NewGuardian("Aide sociale à l’enfance du 94", phone="01 00 00 00 00", is_institution=True)


def test_a_service_that_answers_for_a_child_is_the_organisation_that_bears_its_name(
    school,
) -> None:
    service = partners.create_organisation(
        kind=Kind.LOCAL_AUTHORITY,
        name="Aide sociale à l’enfance du 94",
        identifiers={},
        address="1 rue du Département",
        by=ROBOT,
        at=AT,
    )
    [known] = register(school, NewChild("Noé", "Rey", date(2009, 1, 1), guardians=(ASE,)))

    tie = Guardianship.objects.get(child=known)
    [line] = people.open_file(person_id=known, purpose="x", by=ROBOT, at=AT).guardians

    assert (tie.institution_id, tie.guardian_id) == (service.pk, None)
    assert (line.name, line.address, line.is_institution) == (
        service.name,
        "1 rue du Département",
        True,
    )


def test_a_service_that_the_plan_does_not_know_keeps_its_name(school) -> None:
    [child] = register(school, NewChild("Noé", "Rey", date(2009, 1, 1), guardians=(ASE,)))

    [line] = people.open_file(person_id=child, purpose="x", by=ROBOT, at=AT).guardians

    assert line.name == ASE.name


def test_two_children_of_one_service_do_not_share_a_home(school) -> None:
    pair = (NewChild(name, "Rey", date(2009, 1, 1), guardians=(ASE,)) for name in ("Noé", "Ali"))
    homes = queries.households(register(school, *pair))

    assert set(homes.values()) == {None}


def test_parents_who_live_apart_have_an_address_each_and_only_the_childs_is_placed(
    school,
) -> None:
    father = NewGuardian("M. Traoré", address="3 place du Marché 93200 Saint-Denis")
    apart = NewChild(
        "Awa", "Traoré", date(2011, 1, 1), guardians=(MOTHER, father), address="8 rue des Lilas"
    )
    [awa] = register(school, apart)

    file = people.open_file(person_id=awa, purpose="x", by=ROBOT, at=AT)

    assert [one.address for one in file.guardians] == ["", father.address]
    assert file.addresses == ("8 rue des Lilas",)
    assert [one.person_id for one in queries.waiting_addresses(10)] == [awa]


def test_an_erased_child_leaves_no_address_of_a_parent(school) -> None:
    father = NewGuardian("M. Traoré", address="3 place du Marché")
    [awa] = register(school, NewChild("Awa", "Traoré", date(2011, 1, 1), guardians=(father,)))
    assert Address.objects.filter(text="3 place du Marché").exists()

    people.forget(person_ids=[awa], reason="request", by=ROBOT, at=AT)

    assert not Address.objects.exclude(text="").exists()


def test_who_authorises_is_somebody_who_answers_for_that_child(school) -> None:
    [amina] = register(school, AMINA)
    [issa] = register(school, ISSA)
    said = {"activity": Activity.MENTORING, "is_given": True, "means": Means.PAPER}
    [hers], [his] = queries.guardianships_of(amina), queries.guardianships_of(issa)

    people.record_authorisation(person_id=amina, guardianship_id=hers, **said, by=ROBOT, at=AT)

    with pytest.raises(NotFound):
        people.record_authorisation(person_id=amina, guardianship_id=his, **said, by=ROBOT, at=AT)
    assert [one.guardianship_id for one in queries.authorisations_of(amina)] == [hers]
