"""Alice decides and asks for the money in four clicks; Bakary answers for it on his phone."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.web.world import LATER, World, build
from traitdunion.grants.models import Application, Decision, GrantPayment, Letter, UseReport
from traitdunion.grants.states import GrantPaymentState, ReportState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _may_2020(settings: object) -> None:
    settings.TRAITDUNION_NOW = LATER


@pytest.fixture
def world(db: None) -> World:
    return build()


def seated(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u202f", " ").replace("\xa0", " ").split())


def to_decide(world: World) -> Application:
    """Another application of Bakary's association, under review."""
    one = world.a.decided.application
    return Application.objects.create(
        number="D94BBBBB", strand=one.strand, organisation=one.organisation,
        authority=one.authority, state="UNDER_REVIEW", purpose="ACTION", title="Automne",
        starts_on=one.starts_on, ends_on=one.ends_on, requested_cents=300_000, iban=one.iban,
        account_holder=one.account_holder, created_at=one.created_at, saved_at=one.created_at,
        submitted_at=one.created_at,
    )  # fmt: skip


def envelope_of(text: str) -> str:
    return re.search(r'<option value="([0-9a-f-]{36})"', text)[1]


def test_from_the_application_to_the_payment_request_in_four_clicks(world: World) -> None:
    one, alice, clicks = to_decide(world), seated(world, "alice"), 0
    world.a.decided.change.__class__.objects.filter(pk=world.a.decided.change.pk).update(
        ended_at=one.created_at
    )
    opened = alice.get(f"/subventions/{one.number}/")
    link = re.search(r'href="(/decisions/demande/[^"]+)"', opened.content.decode())[1]

    form, clicks = alice.get(link), clicks + 1
    data = {"outcome": "ACCEPTED", "amount": "2 500", "envelope": envelope_of(page(form))}
    decided, clicks = alice.post(link, data, follow=True), clicks + 1
    action = re.search(r'action="(/decisions/[^"]+/verser/)"', decided.content.decode())[1]
    asked, clicks = alice.post(action, follow=True), clicks + 1

    assert clicks <= 4 and "Le versement est demandé" in page(asked)
    payment = GrantPayment.objects.get(decision__application=one)
    assert (payment.amount_cents, payment.state) == (250_000, GrantPaymentState.PREPARED)


def test_the_letter_is_read_before_and_a_mistake_loses_nothing(world: World) -> None:
    one, alice = to_decide(world), seated(world, "alice")
    link = f"/decisions/demande/{one.number}/"
    data = {
        "outcome": "ACCEPTED", "amount": "2500", "envelope": envelope_of(page(alice.get(link))),
    }  # fmt: skip

    pdf = alice.post(f"{link}apercu.pdf", data)
    refused = alice.post(link, {**data, "amount": "12.345"})
    beyond = alice.post(link, {**data, "amount": "9000"})

    assert pdf.content.startswith(b"%PDF") and not Decision.objects.filter(application=one)
    assert "écrivez-le en euros" in page(refused) and "entre zéro et ce qui est" in page(beyond)


def test_a_batch_says_what_it_would_do_then_does_it(world: World) -> None:
    one, alice = to_decide(world), seated(world, "alice")
    link = "/decisions/a-decider/?q=automne"
    data = {
        "application": str(one.pk), f"amount-{one.pk}": "1 000,50",
        "envelope": envelope_of(page(alice.get(link))),
    }  # fmt: skip

    checked = alice.post(link, {**data, "check": "oui"})
    odd = alice.post(link, {**data, f"amount-{one.pk}": "mille", "check": "oui"})
    done = alice.post(link, {**data, "confirm": "oui"}, follow=True)

    assert "1 subvention serait accordée, 1 000,50 €" in page(checked)
    assert f"{one.number} : « mille » n’est pas un montant" in page(odd)
    assert "1 subvention accordée, 1 000,50 €" in page(done)
    assert Letter.objects.filter(decision__application=one).count() == 1


def test_whoever_holds_the_paper_reads_whether_it_is_true(world: World) -> None:
    letter, nobody = world.a.decided.letter, Client()

    true = nobody.get(f"/verification/{letter.number.lower()}")
    false = nobody.get("/verification/L2222222")

    assert "vient bien d’ici" in page(true) and "4 000,00 €" in page(true)
    assert false.status_code == 404 and "Aucune lettre ne porte ce numéro" in page(false)


def test_bakary_sees_where_his_money_is_and_answers_for_it(world: World) -> None:
    bakary, one = seated(world, "bakary"), world.a.decided
    report = f"/decisions/comptes-rendus/{one.report.pk}/"

    seen = bakary.get(f"/decisions/{one.decision.pk}/")
    empty = bakary.post(report, {"text": "", "submit": "oui"})
    odd = bakary.post(report, {"EXPENSE-0-label": "Achats", "EXPENSE-0-real": "douze"})
    filled = {
        "text": "Quarante enfants sont partis une semaine.", "submit": "oui",
        "EXPENSE-0-label": "60 – Achats", "EXPENSE-0-planned": "4000", "EXPENSE-0-real": "3500",
        "INCOME-0-label": "Subvention", "INCOME-0-planned": "4000", "INCOME-0-real": "4000",
    }  # fmt: skip
    done = bakary.post(report, filled, follow=True)

    assert "Transmise à qui paie" in page(seen) and "Aucune loi ne fixait" in page(seen)
    assert "une seconde personne" in page(seen)
    assert empty.status_code == 400 and "quelques phrases" in page(empty)
    assert "Achats : « douze » n’est pas un montant" in page(odd) and 'value="douze"' in page(odd)
    assert "Votre compte rendu est remis" in page(done) and "Non dépensé : 500,00 €" in page(done)
    assert UseReport.objects.get(pk=one.report.pk).state == ReportState.SUBMITTED


def test_alice_releases_the_account_that_bakary_changed(world: World) -> None:
    alice, change = seated(world, "alice"), world.a.decided.change

    told = page(alice.get("/decisions/versements/"))
    done = alice.post(f"/decisions/comptes/{change.pk}/lever/", follow=True)

    assert change.iban in told and "jamais à celui du message" in told
    assert "Le nouveau compte sert" in page(done)
    assert Application.objects.get(pk=change.application_id).iban == change.iban


def test_a_program_reads_the_grants_that_the_law_opens(world: World) -> None:
    answer = Client().get("/decisions/donnees/2020/etendu.csv?toutes=oui")

    assert answer.content.decode().startswith("idSubvention,nomAttribuant")
    assert world.a.decided.decision.number in answer.content.decode()
