"""Credits go down a tree: what a child has, its parent gave and no longer has."""

from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from tests.budget.conftest import EUROS, WHO, Tree, commit, open_envelope, organisation
from traitdunion.base.errors import Refusal
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Envelope
from traitdunion.partners.states import Kind


def test_what_is_delegated_leaves_the_parent_and_is_counted_once(tree: Tree) -> None:
    rows = Envelope.objects.filter(pk__in=[tree.root.pk, tree.child.pk])

    totals = queries.totals(rows)

    assert (tree.root.available_cents, tree.root.cp_available_cents) == (40_000, 60_000)
    assert (tree.child.available_cents, tree.child.cp_available_cents) == (60_000, 40_000)
    assert (totals.authorized_cents, totals.cp_granted_cents) == (100_000, 100_000)
    assert (totals.available_cents, totals.cp_available_cents) == (100_000, 100_000)
    assert tree.child.cost_center == "0147-ACAD"
    assert not list(queries.check())


def test_more_than_the_parent_has_is_not_delegated_and_opens_nothing(tree: Tree) -> None:
    with pytest.raises(operations.EnvelopeTooSmall) as refusal:
        operations.open_under(
            parent=tree.root,
            holder=organisation(Kind.PREFECTURE, "Préfecture 93"),
            label="Trop",
            ae_cents=400 * EUROS + 1,
            cp_cents=0,
            document="Délégation 2",
            **WHO,
        )

    assert refusal.value.available_cents == 400 * EUROS
    assert Envelope.objects.count() == 2


def test_payment_credits_are_another_ledger_than_commitment_authority(tree: Tree) -> None:
    with pytest.raises(operations.PaymentCreditsTooSmall, match="crédits de paiement"):
        operations.delegate(
            child=tree.child, ae_cents=0, cp_cents=601 * EUROS, document="D", **WHO
        )


def test_what_the_child_used_cannot_be_taken_back(tree: Tree) -> None:
    commit(tree.child, 500 * EUROS)

    with pytest.raises(operations.EnvelopeTooSmall):
        operations.withdraw(
            child=tree.child, ae_cents=101 * EUROS, cp_cents=0, document="Retrait", **WHO
        )
    operations.withdraw(
        child=tree.child, ae_cents=100 * EUROS, cp_cents=0, document="Retrait", **WHO
    )

    tree.fresh()
    assert (tree.child.available_cents, tree.root.available_cents) == (0, 500 * EUROS)
    assert not list(queries.check())


@pytest.mark.parametrize("first", [0, 2**128 - 1])
def test_taking_back_too_much_is_refused_whichever_envelope_is_asked_first(
    tree: Tree, first: int
) -> None:
    child = Envelope.objects.create(
        pk=UUID(int=first), parent=tree.root, strand=tree.root.strand, holder=tree.child.holder,
        label="Vide", year=2020, opened_at=WHO["at"],
    )  # fmt: skip

    with pytest.raises(Refusal):
        operations.withdraw(child=child, ae_cents=70_000, cp_cents=0, document="R", **WHO)


@pytest.mark.parametrize(("ae", "cp"), [(-1, 0), (0, -1), (0, 0)])
def test_a_delegation_of_nothing_or_less_is_refused(tree: Tree, ae: int, cp: int) -> None:
    with pytest.raises(operations.BadAmount):
        operations.delegate(child=tree.child, ae_cents=ae, cp_cents=cp, document="D", **WHO)


def test_a_root_has_nobody_to_give_back_to(tree: Tree) -> None:
    with pytest.raises(operations.NotItsParent):
        operations.withdraw(child=tree.root, ae_cents=1, cp_cents=0, document="D", **WHO)


def test_a_delegation_is_undone_by_its_mirror_once_and_both_stay(tree: Tree) -> None:
    given = queries.movements(tree.child).get(kind="DELEGATE")
    reason = "Délégation faite au mauvais rectorat"

    operations.reverse(movement=given, reason=reason, **WHO)

    tree.fresh()
    assert (tree.child.available_cents, tree.root.available_cents) == (0, 100_000)
    with pytest.raises(operations.CannotReverse, match="déjà annulé"):
        operations.reverse(movement=given, reason=reason, **WHO)
    with pytest.raises(operations.CannotReverse):
        undone = queries.movements(tree.child).get(kind="REVERSE")
        operations.reverse(movement=undone, reason=reason, **WHO)
    assert not list(queries.check())


def test_a_town_hall_has_money_received_and_spent_not_ae_and_cp(db: None) -> None:
    own = open_envelope(300 * EUROS, Kind.LOCAL_AUTHORITY, label="Don de la commune")

    order = commit(own, 200 * EUROS)
    operations.certify(commitment=order, amount_cents=200 * EUROS, document="R", **WHO)

    own.refresh_from_db()
    assert own.regime == "OUTSIDE"
    assert (own.available_cents, own.cp_available_cents) == (100 * EUROS, 300 * EUROS)
    legs = {leg.ledger for one in queries.movements(own) for leg in queries.entries(one)}
    assert legs == {"OWN", "DUE"}
    with pytest.raises(operations.EnvelopeTooSmall):
        commit(own, 101 * EUROS)


@pytest.mark.parametrize(
    "change",
    [
        {"committed_cents": 60_001},
        {"delegated_cents": -1},
        {"certified_cents": 1},
        {"paid_cents": 1},
        {"cp_delegated_cents": 40_001},
        {"ae_excess_cents": -1},
        {"lapsed_cents": 60_001},
        {"carried_cents": 60_001},
    ],
)
def test_the_database_itself_holds_every_rule_of_a_node(
    tree: Tree, change: dict[str, int]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Envelope.objects.filter(pk=tree.child.pk).update(**change)


def test_a_child_that_has_more_than_its_parent_gave_is_found(tree: Tree) -> None:
    Envelope.objects.filter(pk=tree.root.pk).update(delegated_cents=0)

    wrong = list(queries.check())

    assert ("budget_envelope", str(tree.root.pk), "delegated is not what is under it") in wrong
