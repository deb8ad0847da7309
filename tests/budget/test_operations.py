"""An envelope gives what it holds, to the cent, and tells every movement for ever."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.budget.conftest import AT, EUROS
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import Refusal
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Commitment, Envelope, Movement
from traitdunion.journal.models import Event

WHO = {"by": ROBOT, "at": AT}


def commit(envelope: Envelope, cents: int) -> Commitment:
    return operations.commit(
        envelope=envelope, amount_cents=cents, label="Commande", reference="BC-1", **WHO
    )


def test_a_purchase_binds_its_amount_and_leaves_the_rest(envelope: Envelope) -> None:
    commit(envelope, 400 * EUROS)

    envelope.refresh_from_db()
    assert (envelope.committed_cents, envelope.available_cents) == (40_000, 60_000)
    assert [row.kind for row in queries.movements(envelope)] == ["COMMIT", "ALLOT"]
    assert Event.objects.filter(verb="budget.commit").count() == 1


def test_the_last_cent_can_be_bound_and_not_one_more(envelope: Envelope) -> None:
    commit(envelope, 1_000 * EUROS)

    with pytest.raises(operations.EnvelopeTooSmall) as refusal:
        commit(envelope, 1)

    assert refusal.value.available_cents == 0
    assert Commitment.objects.count() == 1


def test_a_refused_purchase_says_what_is_left_and_leaves_no_trace(envelope: Envelope) -> None:
    commit(envelope, 999 * EUROS)
    before = Movement.objects.count()

    with pytest.raises(operations.EnvelopeTooSmall, match="Il reste 1") as refusal:
        commit(envelope, 2 * EUROS)

    assert refusal.value.available_cents == 1 * EUROS
    assert Movement.objects.count() == before


@pytest.mark.parametrize("cents", [0, -1, 10**15 + 1, 10**30])
def test_an_impossible_amount_is_refused_in_a_sentence(envelope: Envelope, cents: int) -> None:
    with pytest.raises(operations.BadAmount):
        commit(envelope, cents)


def test_what_is_certified_can_be_neither_certified_again_nor_given_back(
    envelope: Envelope,
) -> None:
    order = commit(envelope, 100)
    operations.certify(commitment=order, amount_cents=80, document="BC-1", **WHO)

    with pytest.raises(operations.BadAmount):
        operations.certify(commitment=order, amount_cents=21, document="BC-1", **WHO)
    with pytest.raises(operations.BadAmount):
        operations.release(commitment=order, amount_cents=21, document="BC-1", **WHO)
    operations.release(commitment=order, amount_cents=20, document="BC-1", **WHO)

    envelope.refresh_from_db()
    assert (envelope.committed_cents, envelope.certified_cents) == (80, 80)


@pytest.mark.parametrize(
    "change",
    [
        {"committed_cents": 100_001},
        {"committed_cents": -1},
        {"certified_cents": 1},
        {"authorized_cents": -1},
    ],
)
def test_the_database_itself_refuses_an_overspent_envelope(
    envelope: Envelope, change: dict[str, int]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Envelope.objects.filter(pk=envelope.pk).update(**change)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE budget_movement SET amount_cents = 1",
        "DELETE FROM budget_movement",
        "INSERT OR REPLACE INTO budget_movement SELECT * FROM budget_movement",
        "TRUNCATE budget_movement",
    ],
)
def test_no_hand_rewrites_an_entry_even_in_sql(envelope: Envelope, sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert [row.amount_cents for row in queries.movements(envelope)] == [100_000]


def test_a_counter_that_was_tampered_with_is_found(envelope: Envelope) -> None:
    commit(envelope, 100)
    assert not list(queries.check())

    Envelope.objects.filter(pk=envelope.pk).update(committed_cents=99)

    assert [row[1] for row in queries.check()] == [str(envelope.pk)]


ACT = st.tuples(
    st.sampled_from(["allot", "commit", "release", "certify"]),
    st.integers(-5, 150_000),
    st.integers(0, 5),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACT, max_size=12))
def test_whatever_is_asked_the_counters_are_the_sum_of_the_entries(
    envelope: Envelope, acts: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        for verb, cents, which in acts:
            _act(envelope, verb, cents, which)
        envelope.refresh_from_db()

        assert 0 <= envelope.certified_cents <= envelope.committed_cents
        assert envelope.committed_cents <= envelope.authorized_cents
        assert not list(queries.check())
        transaction.set_rollback(True)


def _act(envelope: Envelope, verb: str, cents: int, which: int) -> None:
    known = list(queries.commitments(envelope))
    try:
        if verb == "allot":
            operations.allot(envelope=envelope, amount_cents=cents, document="DM", **WHO)
        elif verb == "commit":
            commit(envelope, cents)
        elif known:
            act = getattr(operations, verb)
            one = known[which % len(known)]
            act(commitment=one, amount_cents=cents, document="BC-1", **WHO)
    except Refusal:
        pass
