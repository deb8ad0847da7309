"""What was decided elsewhere is recorded whatever is left; what is decided here then waits."""

import io
from datetime import date

import pytest

from tests.budget.conftest import EUROS, WHO, commit, plan
from traitdunion.base.sheets import Unreadable, open_sheet
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Commitment, Envelope, Extract

EJ = "2102368447"
HEADER = "N° EJ;N° DP;Montant;Date de paiement;Exercice;Centre financier"


def compare(envelope: Envelope, *rows: str, header: str = HEADER) -> Extract:
    text = "\n".join((header, *rows)) + "\n"
    with open_sheet(io.BytesIO(text.encode()), name="chorus.csv") as sheet:
        return operations.compare_extract(holder=envelope.holder, sheet=sheet, year=2020, **WHO)


def states(extract: Extract) -> list[str]:
    return [line.state for line in queries.extract_lines(extract)]


@pytest.fixture
def order(envelope: Envelope) -> Commitment:
    made = commit(envelope, 500 * EUROS)
    operations.certify(commitment=made, amount_cents=300 * EUROS, document="R", **WHO)
    operations.number(commitment=made, ej_number=EJ, **WHO)
    made.refresh_from_db()
    return made


def test_an_order_signed_before_is_taken_over_beyond_the_envelope(envelope: Envelope) -> None:
    operations.take_over(
        envelope=envelope,
        amount_cents=1_200 * EUROS,
        certified_cents=1_100 * EUROS,
        paid_cents=1_050 * EUROS,
        signed_on=date(2020, 3, 20),
        label="Achat de mars",
        reference="BC-MARS",
        plan=plan(),
        **WHO,
    )

    envelope.refresh_from_db()
    assert (envelope.ae_excess_cents, envelope.cp_excess_cents) == (200 * EUROS, 50 * EUROS)
    assert queries.begun_before(Envelope.objects.filter(pk=envelope.pk)) == 1_200 * EUROS
    with pytest.raises(operations.ToRegularise, match="à régulariser"):
        commit(envelope, 1)
    assert not list(queries.check())


def test_credits_that_come_put_right_and_decisions_go_on(envelope: Envelope) -> None:
    commit(envelope, 1_200 * EUROS, origin="ELSEWHERE")

    operations.allot(envelope=envelope, amount_cents=300 * EUROS, document="Abondement", **WHO)

    assert (envelope.ae_excess_cents, envelope.available_cents) == (0, 100 * EUROS)
    commit(envelope, 100 * EUROS)
    assert not list(queries.check())


def test_a_part_given_back_puts_right_too(envelope: Envelope) -> None:
    fact = commit(envelope, 1_200 * EUROS, origin="ELSEWHERE")

    operations.release(commitment=fact, amount_cents=250 * EUROS, document="Avenant", **WHO)

    envelope.refresh_from_db()
    assert (envelope.ae_excess_cents, envelope.available_cents) == (0, 50 * EUROS)


@pytest.mark.parametrize("amounts", [(100, 101, 0), (100, 50, 51), (100, -1, 0)])
def test_amounts_that_contradict_one_another_are_refused(
    envelope: Envelope, amounts: tuple[int, int, int]
) -> None:
    signed, certified, paid = amounts
    with pytest.raises(operations.BadAmount):
        operations.take_over(
            envelope=envelope, amount_cents=signed, certified_cents=certified, paid_cents=paid,
            signed_on=date(2020, 3, 20), label="A", reference="B", plan=plan(), **WHO,
        )  # fmt: skip


def test_each_line_of_an_extract_says_what_it_is_and_nothing_is_posted(
    order: Commitment,
) -> None:
    request = operations.request_payment(
        commitment=order, amount_cents=100 * EUROS, counted_from=date(2020, 5, 11),
        plan=plan(), dp_number="DP1", **WHO,
    )  # fmt: skip
    operations.record_payment(request=request, paid_on=date(2020, 5, 20), **WHO)

    extract = compare(
        order.envelope,
        f"{EJ};DP1;100,00;20/05/2020;2020;0147-ACAD",
        f"{EJ};DP1;100,00;20/05/2020;2020;0147-ACAD",
        f"{EJ};DP2;1 234,56;21/05/2020;2020;0147-ACAD",
        f"{EJ};DP3;50,00;21/05/2021;2021;0147-ACAD",
        "2199999999;DP4;50,00;21/05/2020;2020;0147-ACAD",
        f"{EJ};DP5;12.345;21/05/2020;2020;0147-ACAD",
        f"{EJ};DP6;1e9;21/05/2020;2020;0147-ACAD",
        f"{EJ};DP7;−5;21/05/2020;2020;0147-ACAD",
        f"{EJ};DP8;;21/05/2020;2020;0147-ACAD",
        f"{EJ};DP9;5,00;31/02/2020;2020;0147-ACAD",
        "EJ12;DP9;5,00;21/05/2020;2020;0147-ACAD",
    )

    assert states(extract) == [
        "MATCHED", "REPEATED", "NEW", "WRONG_YEAR", "UNKNOWN", *["UNREADABLE"] * 6,
    ]  # fmt: skip
    said = [line.said for line in queries.extract_lines(extract) if line.state == "UNREADABLE"]
    assert all(said) and "n’est pas un montant" in said[0] and "n’est pas une date" in said[4]
    order.refresh_from_db()
    assert order.paid_cents == 100 * EUROS


def test_what_differs_is_shown_with_what_is_known_here(order: Commitment) -> None:
    operations.request_payment(
        commitment=order, amount_cents=100 * EUROS, counted_from=date(2020, 5, 11),
        plan=plan(), dp_number="DP1", **WHO,
    )  # fmt: skip

    extract = compare(order.envelope, f"{EJ};DP1;99,99;20/05/2020;2020;")

    line = queries.extract_lines(extract).get()
    assert (line.state, line.known_cents) == ("DIFFERS", 100 * EUROS)


def test_confirming_records_new_payments_even_beyond_what_is_certified(order: Commitment) -> None:
    extract = compare(
        order.envelope,
        f"{EJ};DP2;320,00;21/05/2020;2020;",
        f"{EJ};DP3;10,00;22/05/2020;2020;",
    )

    assert operations.confirm_extract(extract=extract, plan=plan(), **WHO) == 2

    order.refresh_from_db()
    assert (order.paid_cents, order.payment_excess_cents) == (330 * EUROS, 30 * EUROS)
    with pytest.raises(operations.ToRegularise):
        commit(Envelope.objects.get(pk=order.envelope_id), 1)
    # The service that comes after puts it right.
    operations.certify(commitment=order, amount_cents=50 * EUROS, document="R-2", **WHO)
    order.refresh_from_db()
    assert order.payment_excess_cents == 0
    commit(Envelope.objects.get(pk=order.envelope_id), 1)
    assert not list(queries.check())


def test_a_payment_asked_for_here_is_recognised_without_its_number(order: Commitment) -> None:
    request = operations.request_payment(
        commitment=order, amount_cents=300 * EUROS, counted_from=date(2020, 5, 11),
        plan=plan(), **WHO,
    )  # fmt: skip
    extract = compare(order.envelope, f"{EJ};DP77;300,00;21/05/2020;2020;")

    operations.confirm_extract(extract=extract, plan=plan(), **WHO)

    request.refresh_from_db()
    assert (request.state, request.dp_number) == ("PAID", "DP77")
    assert len(queries.payments(order)) == 1
    assert not list(queries.check())


def test_an_unknown_order_is_attached_as_a_fact_then_recorded(order: Commitment) -> None:
    extract = compare(
        order.envelope,
        "2199999999;DP4;400,00;21/05/2020;2020;",
        "2199999999;DP5;300,00;21/06/2020;2020;",
    )
    line = queries.extract_line(queries.extract_lines(extract).first().pk, extract)

    found = operations.attach_line(
        line=line, envelope=order.envelope, label="Achat du rectorat", **WHO
    )
    operations.confirm_extract(extract=extract, plan=plan(), **WHO)

    found.refresh_from_db()
    envelope = Envelope.objects.get(pk=order.envelope_id)
    assert (found.amount_cents, found.paid_cents) == (700 * EUROS, 700 * EUROS)
    assert envelope.ae_excess_cents == 200 * EUROS
    assert not list(queries.check())


def test_the_same_extract_is_not_compared_twice(order: Commitment) -> None:
    first = compare(order.envelope, f"{EJ};DP2;20,00;21/05/2020;2020;")
    with pytest.raises(operations.ExtractKnown):
        compare(order.envelope, f"{EJ};DP2;20,00;21/05/2020;2020;")

    operations.abandon_extract(extract=first, **WHO)

    assert states(compare(order.envelope, f"{EJ};DP2;20,00;21/05/2020;2020;")) == ["NEW"]


def test_a_file_without_its_columns_says_which(order: Commitment) -> None:
    with pytest.raises(Unreadable, match="colonne absente : DP, date de paiement"):
        compare(order.envelope, "1;2", header="EJ;Montant")


def test_what_was_paid_here_and_is_absent_from_the_extract_is_listed(order: Commitment) -> None:
    request = operations.request_payment(
        commitment=order, amount_cents=100, counted_from=date(2020, 5, 11), plan=plan(),
        dp_number="DP1", **WHO,
    )  # fmt: skip
    operations.record_payment(request=request, paid_on=date(2020, 5, 20), **WHO)

    extract = compare(order.envelope, f"{EJ};DP2;20,00;21/05/2020;2020;")

    assert queries.absent_from(extract) == [request]
