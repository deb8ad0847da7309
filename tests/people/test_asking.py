"""An adult answers once, from where the school reached her, and nobody sends the question away."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from traitdunion.base.actors import ROBOT, Recalled
from traitdunion.gateways.models import Message
from traitdunion.journal.models import Event
from traitdunion.people import operations, queries
from traitdunion.people.models import Authorisation, AuthorisationRequest, Guardianship, Note
from traitdunion.people.states import Activity, Means

pytestmark = pytest.mark.django_db

AT = datetime(2020, 5, 4, 9, tzinfo=UTC)
CHLOE, BAKARY = Recalled("user", uuid4()), Recalled("user", uuid4())
RELAY = uuid4()


@pytest.fixture
def tie() -> Guardianship:
    """Awa, mother of Issa, whom Chloé's school reached by telephone."""
    mother = operations.NewGuardian("Traoré", "06 12 34 56 78", "awa@example.org")
    child = operations.NewChild("Issa", "Traoré", date(2010, 7, 9), guardians=(mother,))
    (person,) = operations.register_children(
        rows=[child], relay_id=RELAY, notice_days=30, by=ROBOT, at=AT
    )
    tie = Guardianship.objects.get(child=person)
    return operations.verify_contact(guardianship_id=tie.pk, by=CHLOE, at=AT)


def ask(tie: Guardianship, means: str = Means.LINK, at: datetime = AT) -> operations.Asked:
    return operations.ask_authorisation(
        guardianship_id=tie.pk,
        activity=Activity.MENTORING,
        means=means,
        asked_by=RELAY,
        days=21,
        link="https://exemple.fr/familles/reponse/%s/",
        by=CHLOE,
        at=at,
    )


def say(secret: str, is_given: bool = True, at: datetime = AT) -> operations.Answered:
    return operations.answer(secret=secret, is_given=is_given, by=ROBOT, at=at)


def test_awa_answers_by_the_link_sent_to_her(tie) -> None:
    asked = ask(tie)

    sent = Message.objects.get(template="authorisation")
    said = say(asked.secret)

    assert sent.recipient == "awa@example.org"
    assert sent.context["link"].endswith(f"{asked.secret}/")
    assert said.is_given
    kept = Authorisation.objects.get(child=tie.child_id)
    assert (kept.activity, kept.means, kept.guardianship_id) == ("MENTORING", "LINK", tie.pk)
    assert queries.yes_and_no(tie.child_id, "MENTORING") == (1, 0)


def test_a_link_answers_once(tie) -> None:
    asked = ask(tie)
    say(asked.secret, is_given=False)

    with pytest.raises(queries.RequestRefused):
        say(asked.secret, is_given=True)

    assert queries.yes_and_no(tie.child_id, "MENTORING") == (0, 1)


def test_a_link_ends_after_its_days(tie) -> None:
    asked = ask(tie)

    with pytest.raises(queries.RequestRefused):
        say(asked.secret, at=AT + timedelta(days=21))

    assert say(asked.secret, at=AT + timedelta(days=20)).is_given


def test_a_code_on_paper_is_typed_as_one_reads_it(tie) -> None:
    asked = ask(tie, Means.PAPER)

    assert len(asked.secret) == 14
    assert say(asked.secret.lower().replace("-", " ")).is_given


def test_the_digest_alone_is_kept(tie) -> None:
    asked = ask(tie, Means.PAPER)

    assert asked.secret not in str(AuthorisationRequest.objects.values().get())
    assert asked.secret not in str(list(Event.objects.values()))


def test_nothing_is_asked_where_nobody_verified_that_she_is_reached(tie) -> None:
    operations.correct_contact(
        guardianship_id=tie.pk, phone="", email="issa@example.org", by=CHLOE, at=AT
    )

    with pytest.raises(operations.NotVerified):
        ask(tie)

    assert not Message.objects.exists()


def test_a_link_asked_before_her_address_changed_opens_nothing(tie) -> None:
    asked = ask(tie)
    operations.correct_contact(
        guardianship_id=tie.pk, phone="", email="issa@example.org", by=CHLOE, at=AT
    )

    with pytest.raises(queries.RequestRefused):
        say(asked.secret)


def test_a_contact_changed_behind_the_operation_opens_nothing_either(tie) -> None:
    """Were a row changed by another way, the link would still be bound to what was verified."""
    asked = ask(tie)
    Guardianship.objects.filter(pk=tie.pk).update(email="issa@example.org")

    with pytest.raises(queries.RequestRefused):
        say(asked.secret)


def test_whoever_took_the_paper_on_the_way_is_found_out(tie) -> None:
    asked = ask(tie, Means.PAPER)

    say(asked.secret)

    told = Message.objects.get(template="authorisation_given")
    assert told.recipient == "awa@example.org"


def test_asking_again_ends_the_question_before(tie) -> None:
    first, second = ask(tie), ask(tie, Means.PAPER)

    with pytest.raises(queries.RequestRefused):
        say(first.secret)

    assert say(second.secret).is_given


def test_the_database_keeps_one_open_question_an_adult(tie) -> None:
    asked = ask(tie)
    again = AuthorisationRequest.objects.values().get(pk=asked.request.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorisationRequest.objects.create(**{**again, "id": uuid4(), "secret_digest": "x"})


def test_a_note_is_read_in_its_organisation_alone_and_the_reading_is_told(tie) -> None:
    own, other = uuid4(), uuid4()
    operations.write_note(
        person_id=tie.child_id, organisation_id=own, text="Aime les maths.", by=CHLOE, at=AT
    )

    def read(organisation_id, written_by=None):
        return operations.open_notes(
            person_ids=[tie.child_id], organisation_id=organisation_id, written_by=written_by,
            by=BAKARY, at=AT,
        )  # fmt: skip

    assert [one.text for one in read(own)] == ["Aime les maths."]
    assert read(other) == []
    assert read(own, BAKARY.actor_id) == []
    assert Event.objects.filter(verb="people.notes_read").count() == 1


def test_an_erased_child_leaves_neither_note_nor_question(tie) -> None:
    ask(tie)
    operations.write_note(person_id=tie.child_id, organisation_id=RELAY, text="x", by=CHLOE, at=AT)

    operations.forget(person_ids=[tie.child_id], reason="request", by=ROBOT, at=AT)

    assert not Note.objects.exists()
    assert not AuthorisationRequest.objects.exists()
