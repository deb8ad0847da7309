"""A year closes: what is owed goes on, the rest is carried over by a decision, or falls."""

from datetime import date

import pytest

from tests.budget.conftest import EUROS, NEXT_YEAR, WHO, Tree, commit, plan
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Commitment, Envelope

LATER = {"by": ROBOT, "at": NEXT_YEAR}


def close(tree: Tree) -> tuple[Envelope, Envelope | None]:
    """The rectorat's year, then the ministry's; returns the rectorat's next envelope."""
    after = operations.close_year(envelope=tree.child, **LATER)
    operations.close_year(envelope=tree.root, **LATER)
    return tree.fresh().child, after


@pytest.fixture
def owed(tree: Tree) -> Commitment:
    """500 € signed, 300 € certified, 100 € paid."""
    made = commit(tree.child, 500 * EUROS)
    operations.certify(commitment=made, amount_cents=300 * EUROS, document="R", **WHO)
    request = operations.request_payment(
        commitment=made, amount_cents=100 * EUROS, counted_from=date(2020, 5, 11),
        plan=plan(), **WHO,
    )  # fmt: skip
    operations.record_payment(request=request, paid_on=date(2020, 5, 20), **WHO)
    made.refresh_from_db()
    return made


def test_what_is_owed_goes_on_next_year_up_to_the_root(tree: Tree, owed: Commitment) -> None:
    before, after = close(tree)

    after.refresh_from_db()
    owed.refresh_from_db()
    assert owed.envelope_id == after.pk and after.year == 2021
    assert (before.committed_cents, before.carried_cents) == (100 * EUROS, 400 * EUROS)
    assert (after.committed_cents, after.certified_cents) == (400 * EUROS, 200 * EUROS)
    assert after.parent.follows_id == tree.root.pk
    assert after.parent.delegated_cents == after.authorized_cents == 400 * EUROS
    assert not list(queries.check())


def test_nothing_more_is_decided_on_a_closed_year(tree: Tree) -> None:
    before, after = close(tree)

    assert after is None
    with pytest.raises(operations.EnvelopeClosed, match="année suivante"):
        commit(before, 1)
    with pytest.raises(MoveRefused):
        operations.close_year(envelope=before, **LATER)


def test_an_envelope_closes_after_those_under_it(tree: Tree) -> None:
    with pytest.raises(operations.ChildrenOpen):
        operations.close_year(envelope=tree.root, **LATER)


def test_credits_to_regularise_hold_the_closing_back(tree: Tree) -> None:
    commit(tree.child, 700 * EUROS, origin="ELSEWHERE")
    tree.fresh()

    with pytest.raises(operations.ToRegularise):
        operations.close_year(envelope=tree.child, **LATER)


def test_what_is_left_is_carried_over_by_decision_and_no_more(tree: Tree) -> None:
    before, _after = close(tree)
    with pytest.raises(operations.EnvelopeTooSmall):
        operations.carry_over(
            envelope=before, ae_cents=600 * EUROS + 1, cp_cents=0, document="Report", **LATER
        )

    operations.carry_over(
        envelope=before, ae_cents=250 * EUROS, cp_cents=400 * EUROS, document="Report", **LATER
    )
    operations.lapse(envelope=before, document="Fin d’exercice", **LATER)

    after = Envelope.objects.get(follows=before)
    assert (after.available_cents, after.cp_available_cents) == (250 * EUROS, 400 * EUROS)
    assert (before.available_cents, before.lapsed_cents) == (0, 350 * EUROS)
    commit(after, 250 * EUROS)
    assert not list(queries.check())


def test_credits_of_an_open_year_are_not_carried_over(tree: Tree) -> None:
    with pytest.raises(operations.YearStillOpen):
        operations.carry_over(
            envelope=tree.child, ae_cents=1, cp_cents=0, document="Report", **WHO
        )


def test_authority_given_back_is_usable_again_in_its_year_only(tree: Tree) -> None:
    early, late = commit(tree.child, 100 * EUROS), commit(tree.child, 100 * EUROS)

    operations.release(commitment=early, amount_cents=100 * EUROS, document="A", **WHO)
    operations.release(commitment=late, amount_cents=100 * EUROS, document="A", **LATER)

    tree.fresh()
    assert tree.child.available_cents == 500 * EUROS
    assert tree.child.lapsed_cents == 100 * EUROS
    assert not list(queries.check())


def test_authority_given_back_after_its_commitment_went_on_falls_too(
    tree: Tree, owed: Commitment
) -> None:
    _before, after = close(tree)
    owed.refresh_from_db()

    operations.release(commitment=owed, amount_cents=200 * EUROS, document="Avenant", **LATER)

    after.refresh_from_db()
    assert (after.available_cents, after.lapsed_cents) == (0, 200 * EUROS)
    assert not list(queries.check())


def test_what_goes_on_is_paid_by_next_years_credits(tree: Tree, owed: Commitment) -> None:
    before, after = close(tree)
    owed.refresh_from_db()
    request = operations.request_payment(
        commitment=owed, amount_cents=200 * EUROS, counted_from=date(2021, 1, 10),
        plan=plan(), **LATER,
    )  # fmt: skip
    with pytest.raises(operations.PaymentCreditsTooSmall):
        operations.record_payment(request=request, paid_on=date(2021, 1, 20), **LATER)

    operations.carry_over(
        envelope=before, ae_cents=0, cp_cents=300 * EUROS, document="Report", **LATER
    )
    operations.record_payment(request=request, paid_on=date(2021, 1, 20), **LATER)

    after.refresh_from_db()
    assert (after.paid_cents, after.cp_available_cents) == (200 * EUROS, 100 * EUROS)
    assert not list(queries.check())


def test_a_payment_of_a_closed_year_sent_back_is_owed_in_this_one(
    tree: Tree, owed: Commitment
) -> None:
    paid = queries.payments(owed)[0]
    before, after = close(tree)

    operations.send_back(request=paid, reason="RIB refusé par la banque", **LATER)

    before.refresh_from_db()
    after.refresh_from_db()
    owed.refresh_from_db()
    assert (before.paid_cents, before.committed_cents, owed.paid_cents) == (0, 0, 0)
    assert (after.committed_cents, after.certified_cents) == (500 * EUROS, 300 * EUROS)
    assert not list(queries.check())
