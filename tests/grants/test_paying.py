"""The money leaves by who pays it, comes back as noted, and never goes to an unchecked account."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from tests.grants.bureau import AT, EUROS, IBAN, OTHER_IBAN, URL, Bureau
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.base.sheets import open_sheet
from traitdunion.budget import operations as budget
from traitdunion.budget import queries as money
from traitdunion.gateways import operations as gateways
from traitdunion.gateways.sepa import Account
from traitdunion.grants.models import Decision, GrantPayment, Letter
from traitdunion.grants.operations import deciding, letters, paying
from traitdunion.grants.operations.paying import CannotPay, NewAccount, SecondPersonNeeded
from traitdunion.grants.queries import paying as queries
from traitdunion.grants.states import GrantPaymentState, PaymentKind
from traitdunion.partners.states import Kind

pytestmark = pytest.mark.django_db
IN_2022 = datetime(2022, 3, 1, 9, tzinfo=UTC)
NEW = NewAccount(OTHER_IBAN, "Aux devoirs")
WHY = "La banque a fermé notre agence."


@pytest.fixture
def bureau(db: None) -> Bureau:
    return Bureau()


def ask(bureau: Bureau, one: Decision, **changes: Any) -> GrantPayment:
    return paying.ask_payment(
        **{"decision": one, "plan": bureau.plan, "by": bureau.alice, "at": AT, **changes}
    )


def send(bureau: Bureau, *payments: GrantPayment, account: Account | None = None) -> Any:
    return paying.send(
        payments=payments, payer=bureau.authority, account=account, by=bureau.alice, at=AT
    )


def reconciled(bureau: Bureau, one: GrantPayment) -> None:
    """The accountant's extract says that it was paid."""
    commitment = one.decision.commitment
    if not commitment.ej_number:
        budget.number(commitment=commitment, ej_number="2102368447", by=bureau.alice, at=AT)
    text = f"EJ;DP;Montant;Date\n2102368447;DP-1;{one.amount_cents // 100},00;02/06/2020\n"
    with open_sheet(io.BytesIO(text.encode()), name="extrait.csv") as sheet:
        extract = budget.compare_extract(
            holder=bureau.authority, sheet=sheet, year=2020, by=bureau.alice, at=AT
        )
    budget.confirm_extract(extract=extract, plan=bureau.plan, by=bureau.alice, at=AT)


def test_the_state_pays_by_its_accountant_and_the_platform_only_hears_of_it(
    bureau: Bureau,
) -> None:
    one = ask(bureau, bureau.grant(bureau.application(bureau.association("Aux devoirs"))))

    file = send(bureau, one)
    reconciled(bureau, one)
    settled = (paying.settle(by=ROBOT, at=AT), paying.settle(by=ROBOT, at=AT))
    gateways.send_waiting(by=ROBOT, at=AT)

    (line,) = csv.DictReader(io.StringIO(bytes(file.content).decode("utf-8-sig")), delimiter=";")
    assert (line["Montant"], line["IBAN"], line["SIRET"]) == ("8000,00", IBAN, "38047555800058")
    one.refresh_from_db()
    assert (file.channel, settled, one.state) == ("CHORUS", (1, 0), GrantPaymentState.PAID)
    assert "est versée" in mail.outbox[-1].subject
    assert list(money.check()) == []


def test_a_town_hall_pays_by_a_file_for_its_bank_and_notes_it(db: None) -> None:
    bureau = Bureau(kind=Kind.LOCAL_AUTHORITY)
    one = ask(bureau, bureau.grant(bureau.application(bureau.association("L’Étoile"))))

    with pytest.raises(CannotPay, match="IBAN du compte qui paie"):
        send(bureau, one)
    file = send(bureau, one, account=Account("Ville de Créteil", IBAN))
    paying.note_paid(payment=one, paid_on=date(2020, 5, 22), by=bureau.alice, at=AT)

    root = ET.fromstring(bytes(file.content))
    names = {"n": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"}
    assert root.findtext(".//n:InstdAmt", namespaces=names) == "8000.00"
    assert root.findtext(".//n:MsgId", namespaces=names) == file.number
    one.refresh_from_db()
    bureau.envelope.refresh_from_db()
    assert one.state == GrantPaymentState.PAID
    assert bureau.envelope.paid_cents == 8_000 * EUROS and list(money.check()) == []


def test_an_advance_then_the_balance_and_never_a_cent_more(bureau: Bureau) -> None:
    one = bureau.grant(bureau.application(bureau.association()), advance_cents=300_000)

    advance, balance = ask(bureau, one), ask(bureau, one)

    assert (advance.kind, advance.amount_cents) == (PaymentKind.ADVANCE, 300_000)
    assert (balance.kind, balance.amount_cents) == (PaymentKind.BALANCE, 500_000)
    with pytest.raises(CannotPay, match="Rien ne reste à demander"):
        ask(bureau, one)
    assert list(money.check()) == []


def test_the_sixty_days_bind_from_2021_and_nobody_before(bureau: Bureau) -> None:
    early = bureau.grant(bureau.application(bureau.association("A")))
    late = bureau.grant(bureau.application(bureau.association("B")), at=IN_2022)

    assert ask(bureau, early).due_on is None
    assert ask(bureau, late, at=IN_2022).due_on == IN_2022.date() + timedelta(days=60)
    seen = queries.progress(late, bureau.plan, IN_2022)
    assert seen.due_on == date(2022, 4, 30) and "soixante jours" in seen.rule
    assert queries.progress(early, bureau.plan, AT).due_on is None


def test_without_siret_it_is_decided_not_paid_and_the_page_says_how_to_get_one(
    bureau: Bureau,
) -> None:
    one = bureau.grant(bureau.application(bureau.association(siret=False)))

    with pytest.raises(CannotPay, match="gratuitement sur lecompteasso"):
        ask(bureau, one)


def test_an_agreement_waits_for_the_paper_that_the_association_signed(bureau: Bureau) -> None:
    one = bureau.grant(bureau.application(bureau.association(), 30_000), 30_000)

    with pytest.raises(CannotPay, match="convention signée"):
        ask(bureau, one)
    letters.draw_waiting(plan=bureau.plan, public_url=URL, by=ROBOT, at=AT)
    Letter.objects.update(signed_at=AT)
    assert ask(bureau, one).amount_cents == 30_000 * EUROS


def test_a_bank_refusal_is_told_and_corrected_by_two_people(bureau: Bureau) -> None:
    one = ask(bureau, bureau.grant(bureau.application(bureau.association())))
    send(bureau, one)
    reconciled(bureau, one)
    paying.settle(by=ROBOT, at=AT)
    one = GrantPayment.objects.get(pk=one.pk)

    paying.note_returned(payment=one, reason="Compte clos, dit la banque.", by=bureau.alice, at=AT)
    change = paying.ask_bank_change(
        application=one.decision.application, account=NEW, reason=WHY, by=bureau.alice, at=AT
    )
    with pytest.raises(SecondPersonNeeded, match="une autre personne"):
        paying.release_bank_change(change=change, by=bureau.alice, at=AT)
    paying.release_bank_change(change=change, by=bureau.adam, at=AT)

    one.refresh_from_db()
    assert (one.state, one.iban) == (GrantPaymentState.PREPARED, OTHER_IBAN)
    again = send(bureau, one)
    assert OTHER_IBAN in bytes(again.content).decode("utf-8-sig")
    assert list(money.check()) == []


def test_nothing_leaves_to_an_account_that_one_person_changed_alone(bureau: Bureau) -> None:
    one = ask(bureau, bureau.grant(bureau.application(bureau.association())))
    change = paying.ask_bank_change(
        application=one.decision.application, account=NEW, reason=WHY, by=bureau.marie, at=AT
    )

    with pytest.raises(CannotPay, match="une seconde personne"):
        send(bureau, one)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(change).objects.filter(pk=change.pk).update(released_by_id=bureau.marie.pk)
    paying.refuse_bank_change(change=change, by=bureau.alice, at=AT)

    assert IBAN in bytes(send(bureau, one).content).decode("utf-8-sig")


def test_a_payment_leaves_once(bureau: Bureau) -> None:
    one = ask(bureau, bureau.grant(bureau.application(bureau.association())))
    send(bureau, one)

    with pytest.raises(MoveRefused, match="vient de partir"):
        send(bureau, one)


def test_a_request_taken_back_frees_the_grant_to_be_reopened(bureau: Bureau) -> None:
    one = bureau.grant(bureau.application(bureau.association()), advance_cents=300_000)
    asked = [ask(bureau, one), ask(bureau, one)]
    facts: dict[str, Any] = {"by": bureau.alice, "at": AT}

    with pytest.raises(deciding.CannotDecide, match="Un versement est demandé"):
        deciding.reopen(decision=one, reason="Action abandonnée.", is_warned=True, **facts)
    for payment in asked:
        paying.cancel(payment=payment, **facts)
    deciding.reopen(decision=one, reason="Action abandonnée.", is_warned=True, **facts)

    assert list(money.check()) == []


def test_the_authority_is_reminded_once_when_the_legal_day_comes(bureau: Bureau) -> None:
    bureau.authority.email = "bureau@example.org"
    bureau.authority.save(update_fields=["email"])
    one = bureau.grant(bureau.application(bureau.association()), at=IN_2022)
    ask(bureau, one, at=IN_2022)
    days = [paying.remind(by=ROBOT, at=IN_2022 + timedelta(days=n)) for n in (30, 51, 52)]

    gateways.send_waiting(by=ROBOT, at=IN_2022)

    assert days == [0, 1, 0]
    assert "à payer avant le 30/04/2022" in mail.outbox[0].subject
