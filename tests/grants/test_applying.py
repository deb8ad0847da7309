"""Bakary asks for a grant; Jeanne goes on when he leaves; an impatient finger changes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.grants.scene import AT, IBAN, LATER, Scene
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused, NotFound
from traitdunion.base.identifiers import BadIdentifier, check_rna
from traitdunion.base.money import NotAnAmount
from traitdunion.gateways.models import Message as Outbox
from traitdunion.grants import operations, queries
from traitdunion.grants.models import Application, Signature
from traitdunion.journal.models import Event
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Identifier, Membership


def test_bakary_fills_in_and_submits_one_application(scene: Scene) -> None:
    application = scene.submitted()

    assert application.state == "SUBMITTED"
    assert application.other_aid_cents == 250_050
    assert application.authority == scene.prefecture
    assert application.silence_on == date(2020, 7, 14)
    assert Outbox.objects.get(recipient="pref@example.org").context["number"] == application.number


def test_two_fingers_start_one_draft(scene: Scene) -> None:
    assert scene.start() == scene.start()
    assert Application.objects.count() == 1


def test_the_database_refuses_a_second_draft(scene: Scene) -> None:
    draft = scene.start()
    copy = {f.attname: getattr(draft, f.attname) for f in draft._meta.concrete_fields}

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(**{**copy, "id": None, "number": "SAUTRE"} | {"id": draft.pk})
    del copy["id"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(**{**copy, "number": "SAUTRE"})


def test_the_same_application_sent_twice_is_one_and_says_so(scene: Scene) -> None:
    application = scene.fill(scene.start())
    stale = Application.objects.get(pk=application.pk)
    scene.submit(application)

    with pytest.raises(operations.AlreadySubmitted) as refused:
        scene.submit(stale)

    assert application.number in str(refused.value)
    assert Application.objects.count() == 1


def test_what_is_missing_is_named(scene: Scene) -> None:
    with pytest.raises(operations.Incomplete) as refused:
        scene.submit(scene.start())

    for word in ("titre", "montant", "IBAN", "quartiers"):
        assert word in str(refused.value)


def test_a_treasurer_leaves_and_the_next_one_finds_everything(scene: Scene) -> None:
    draft = scene.fill(scene.start())
    seat = Membership.objects.get(user=scene.bakary)
    partners.end_membership(membership=seat, by=scene.jeanne, at=AT)

    found = queries.application(draft.number, scene.seat(scene.jeanne))

    assert found.iban == IBAN
    assert operations.submit(application=found, plan=scene.plan, by=scene.jeanne, at=LATER)
    with pytest.raises(NotFound):
        queries.application(draft.number, scene.seat(scene.bakary))


def test_a_second_application_asks_again_nothing_that_is_known(scene: Scene) -> None:
    scene.submitted()

    second = scene.start()

    assert (second.iban, second.representative_name) == (IBAN, "Aminata Sow")


def test_a_pause_that_changed_nothing_tells_nothing(scene: Scene) -> None:
    draft = scene.fill(scene.start())
    told = Event.objects.filter(verb="grants.saved")
    before = told.count()

    scene.fill(draft)
    assert told.count() == before == 1
    scene.fill(draft, title="Autre titre")

    assert told.count() == 2


def test_a_draft_is_its_authors_affair(scene: Scene) -> None:
    draft = scene.start()

    assert not queries.seen_by(scene.seat(scene.alice)).exists()
    assert not queries.seen_by(scene.seat(scene.driss)).exists()
    scene.submit(scene.fill(draft))
    assert queries.seen_by(scene.seat(scene.alice)).get() == draft
    assert not queries.seen_by(scene.seat(scene.gaelle)).exists()


def test_once_submitted_an_answer_changes_only_when_a_correction_is_asked(scene: Scene) -> None:
    application = scene.submitted()
    with pytest.raises(MoveRefused):
        scene.fill(application, requested_cents=900_000)

    operations.ask_correction(
        application=application, text="Précisez le budget.", by=scene.alice, at=LATER
    )
    scene.fill(application, requested_cents=700_000)
    operations.answer_correction(application=application, text="", by=scene.bakary, at=LATER)

    application.refresh_from_db()
    assert application.requested_cents == 700_000
    assert not queries.may_change(application)


def test_a_correction_of_what_is_under_review_brings_it_back_there(scene: Scene) -> None:
    application = scene.under_review()

    operations.ask_correction(application=application, text="Et ?", by=scene.alice, at=LATER)
    assert application.state == "SUBMITTED"
    with pytest.raises(MoveRefused):
        operations.ask_correction(application=application, text="Et ?", by=scene.alice, at=LATER)
    operations.answer_correction(application=application, text="Voilà", by=scene.bakary, at=LATER)

    assert Application.objects.get().state == "UNDER_REVIEW"


def test_only_associations_are_eligible_and_it_is_said_at_once(scene: Scene) -> None:
    with pytest.raises(operations.Ineligible):
        scene.start(scene.town_hall)
    late = datetime(2031, 1, 1, tzinfo=UTC)
    with pytest.raises(operations.Ineligible):
        operations.check_eligible(
            organisation=scene.association, plan=scene.plan, by=ROBOT, at=late
        )


def test_asking_for_more_than_the_programme_gives_is_refused_with_the_amount(scene: Scene) -> None:
    with pytest.raises(operations.Ineligible, match=r"50.000,00"):
        scene.submitted(requested_cents=5_000_001)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("FR7630006000011234567890188", "clé"),
        ("FR76", "IBAN"),
        ("DE00", "IBAN"),
        ("BR1500000000000010932840814P2", "pays"),
    ],
)
def test_a_wrong_iban_is_refused_in_one_sentence(scene: Scene, typed: str, word: str) -> None:
    with pytest.raises(operations.BadIban, match=word):
        scene.fill(scene.start(), iban=typed)


def test_an_iban_of_a_neighbouring_country_with_a_right_key_is_accepted() -> None:
    assert operations.check_iban("de89 3704 0044 0532 0130 00") == "DE89370400440532013000"


@pytest.mark.parametrize("text", ["Mairie", "Mairie 12.345", "CAF 1,234"])
def test_other_aid_without_a_sure_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        operations.other_aid_cents(text)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("Mairie 2 000", 200_000), ("CAF : 1 234,56 €", 123_456), ("", 0), ("A 1\n\nB 2,5", 350)],
)
def test_other_aid_is_read_in_french(text: str, cents: int) -> None:
    assert operations.other_aid_cents(text) == cents


def test_an_association_of_corsica_has_a_number_with_a_letter(scene: Scene) -> None:
    assert check_rna("w2a 1000123") == "W2A1000123"
    with pytest.raises(BadIdentifier):
        check_rna("W12345")


def test_without_siret_it_can_be_asked_and_says_how_to_get_one(scene: Scene) -> None:
    Identifier.objects.filter(scheme="SIRET", organisation=scene.association).delete()

    application = scene.submitted()

    assert not queries.is_payable(scene.association)
    assert any("SIRET" in sentence for sentence in queries.missing(application))


def test_the_representative_signs_by_link_and_signs_again_what_changed(scene: Scene) -> None:
    application = scene.submitted()
    assert not queries.is_signed(application)
    scene.signed(application)
    assert queries.is_signed(application)

    operations.ask_correction(application=application, text="Et ?", by=scene.alice, at=LATER)
    scene.fill(application, requested_cents=700_000)

    assert not queries.is_signed(application)


def test_a_new_link_closes_the_former_one_and_each_expires(scene: Scene) -> None:
    application = scene.submitted()
    ask = {"application": application, "language": "fr", "by": scene.bakary, "at": AT}
    _first, old = operations.ask_signature(**ask)
    _second, new = operations.ask_signature(**ask)

    with pytest.raises(NotFound):
        queries.signature_of(old, AT)
    with pytest.raises(NotFound):
        queries.signature_of(new, AT + timedelta(days=31))
    assert Signature.objects.filter(revoked_at__isnull=True).count() == 1


def test_the_commitment_is_asked_for_only_once_the_law_is_in_force(scene: Scene) -> None:
    application = scene.submitted()
    _asked, token = operations.ask_signature(
        application=application, language="fr", by=scene.bakary, at=AT
    )
    signature = queries.signature_of(token, AT)
    signing = {"signature": signature, "name": "Aminata Sow", "by": ROBOT, "at": AT}

    assert not queries.needs_commitment(scene.plan, AT.date())
    assert queries.needs_commitment(scene.plan, date(2022, 1, 2))
    with pytest.raises(operations.NotSigned):
        operations.sign(**signing, commits_to_republic=False, needs_commitment=True)
    with pytest.raises(operations.NotSigned):
        operations.sign(
            **{**signing, "name": "Autre"}, commits_to_republic=True, needs_commitment=True
        )


def test_silence_means_refusal_only_where_a_rule_says_so(scene: Scene) -> None:
    plan = scene.plan
    rules = [rule for rule in plan.rules if rule.code != queries.SILENCE]
    free = plan.model_copy(update={"rules": rules})

    application = operations.submit(
        application=scene.fill(scene.start()), plan=free, by=scene.bakary, at=AT
    )

    assert application.silence_on is None


def test_the_last_day_of_a_short_month_is_kept(scene: Scene) -> None:
    application = scene.fill(scene.start())
    day = datetime(2020, 12, 31, 9, tzinfo=UTC)
    longer = scene.plan.programme.model_copy(update={"end_date": date(2021, 6, 30)})

    sent = operations.submit(
        application=application,
        plan=scene.plan.model_copy(update={"programme": longer}),
        by=scene.bakary,
        at=day,
    )

    assert sent.silence_on == date(2021, 2, 28)
