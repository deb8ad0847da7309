"""Committed, certified, asked for, paid: each within the one before, and the law counts days."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests.budget.conftest import EUROS, WHO, commit, plan
from traitdunion.base.errors import MoveRefused
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Commitment, Envelope, PaymentRequest

MAY_11 = date(2020, 5, 11)


def ask(order: Commitment, cents: int, **changes: object) -> PaymentRequest:
    facts = {"counted_from": MAY_11, "plan": plan(), **WHO}
    return operations.request_payment(commitment=order, amount_cents=cents, **{**facts, **changes})


@pytest.fixture
def order(envelope: Envelope) -> Commitment:
    made = commit(envelope, 500 * EUROS)
    operations.certify(commitment=made, amount_cents=300 * EUROS, document="R-1", **WHO)
    made.refresh_from_db()
    return made


def test_what_is_certified_is_asked_for_once_then_paid(order: Commitment) -> None:
    request = ask(order, 300 * EUROS, dp_number="DP1")
    with pytest.raises(operations.BadAmount, match="il reste 0,00"):
        ask(order, 1)

    operations.record_payment(request=request, paid_on=date(2020, 5, 20), **WHO)

    order.refresh_from_db()
    kept = Envelope.objects.get(pk=order.envelope_id)
    assert (order.paid_cents, kept.paid_cents, kept.cp_available_cents) == (
        30_000, 30_000, 70_000,
    )  # fmt: skip
    assert not list(queries.check())
    with pytest.raises(MoveRefused):
        operations.record_payment(request=request, paid_on=date(2020, 5, 20), **WHO)


def test_nothing_is_paid_before_the_service_but_a_granted_advance(envelope: Envelope) -> None:
    network = commit(envelope, 400 * EUROS, spending="other", reference="Convention 7")
    with pytest.raises(operations.BadAmount):
        ask(network, 1)

    operations.grant_advance(commitment=network, amount_cents=100 * EUROS, document="D", **WHO)
    request = ask(network, 100 * EUROS)
    operations.record_payment(request=request, paid_on=MAY_11, **WHO)
    operations.certify(commitment=network, amount_cents=150 * EUROS, document="B", **WHO)

    network.refresh_from_db()
    # The advance covers the first 100 € of service: 150 € more may be asked for, not 250 €.
    assert network.payable_cents == 150 * EUROS
    with pytest.raises(operations.BadAmount, match="ne dépasse pas l’engagement"):
        operations.grant_advance(commitment=network, amount_cents=301 * EUROS, document="D", **WHO)
    assert not list(queries.check())


def test_the_law_gives_thirty_days_for_an_order_and_none_for_a_grant_of_2020(
    order: Commitment, envelope: Envelope
) -> None:
    grant = commit(envelope, 100, spending="grants")
    operations.certify(commitment=grant, amount_cents=100, document="D", **WHO)

    bought, given = ask(order, 100), ask(grant, 100)
    later = ask(order, 100, counted_from=date(2021, 9, 1))

    assert (bought.rule, bought.due_on) == ("order-paid-30-days", date(2020, 6, 10))
    assert (given.rule, given.due_on) == ("", None)
    assert later.due_on == date(2021, 10, 1)
    assert plan().payment_rule("grants", date(2021, 9, 1)).days == 60


def test_payment_credits_that_are_short_hold_the_payment_back(tree: object) -> None:
    made = commit(tree.child, 500 * EUROS)
    operations.certify(commitment=made, amount_cents=500 * EUROS, document="R", **WHO)
    request = ask(made, 500 * EUROS)

    with pytest.raises(operations.PaymentCreditsTooSmall):
        operations.record_payment(request=request, paid_on=MAY_11, **WHO)

    request.refresh_from_db()
    assert request.state == "REQUESTED"


def test_a_payment_the_bank_sent_back_is_open_again(order: Commitment) -> None:
    request = ask(order, 300 * EUROS)
    operations.record_payment(request=request, paid_on=MAY_11, **WHO)

    operations.send_back(request=request, reason="RIB refusé par la banque", **WHO)

    order.refresh_from_db()
    assert (order.paid_cents, request.state) == (0, "REQUESTED")
    operations.record_payment(request=request, paid_on=MAY_11, **WHO)
    assert not list(queries.check())


def test_a_payment_made_elsewhere_and_sent_back_is_not_asked_for_here(envelope: Envelope) -> None:
    made = commit(envelope, 500 * EUROS)
    paid = operations.record_unasked_payment(
        commitment=made, amount_cents=100, paid_on=MAY_11, dp_number="DP5", plan=plan(), **WHO
    )

    operations.send_back(request=paid, reason="RIB refusé par la banque", **WHO)

    made.refresh_from_db()
    assert (made.requested_cents, made.paid_cents, paid.state) == (0, 0, "CANCELLED")
    assert not list(queries.check())


def test_a_request_taken_back_frees_what_it_asked_for(order: Commitment) -> None:
    operations.cancel_payment(request=ask(order, 300 * EUROS), **WHO)

    assert ask(order, 300 * EUROS).amount_cents == 30_000
    assert not list(queries.check())


def test_a_payment_that_was_made_is_not_taken_back_as_if_it_were_not(order: Commitment) -> None:
    paid = ask(order, 100)
    operations.record_payment(request=paid, paid_on=MAY_11, **WHO)

    with pytest.raises(MoveRefused):
        operations.cancel_payment(request=paid, **WHO)


def test_a_certification_under_a_payment_cannot_be_taken_back(order: Commitment) -> None:
    operations.record_payment(request=ask(order, 200 * EUROS), paid_on=MAY_11, **WHO)
    wrong = {"document": "R-1", "reason": "Deux cartons comptés deux fois", **WHO}

    with pytest.raises(operations.BadAmount):
        operations.uncertify(commitment=order, amount_cents=101 * EUROS, **wrong)
    operations.uncertify(commitment=order, amount_cents=100 * EUROS, **wrong)

    order.refresh_from_db()
    assert (order.certified_cents, order.paid_cents) == (20_000, 20_000)
    assert not list(queries.check())


@pytest.mark.parametrize(
    "change",
    [
        {"paid_cents": 30_001},
        {"certified_cents": 50_001},
        {"requested_cents": 30_001},
        {"amount_cents": 29_999},
    ],
)
def test_the_database_itself_holds_every_rule_of_a_commitment(
    order: Commitment, change: dict[str, int]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.filter(pk=order.pk).update(**change)


def test_numbers_of_chorus_belong_to_one_commitment_and_one_payment(order: Commitment) -> None:
    operations.number(commitment=order, ej_number="2102 368 447", **WHO)
    other = commit(order.envelope, 100)

    assert queries.commitment_numbered("2102368447") == order
    with pytest.raises(operations.BadNumber, match="déjà celui"):
        operations.number(commitment=other, ej_number="2102368447", **WHO)
    with pytest.raises(operations.BadNumber, match="dix chiffres"):
        operations.number(commitment=other, ej_number="EJ-12", **WHO)
    ask(order, 100, dp_number="DP9")
    with pytest.raises(operations.BadNumber):
        ask(order, 100, dp_number="DP9")
