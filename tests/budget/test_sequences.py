"""Whatever offices ask for, in whatever order: the rules hold after every step."""

import os
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.budget.conftest import open_envelope, organisation, plan
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import Refusal
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Commitment, Envelope, Movement, PaymentRequest
from traitdunion.partners.states import Kind

# A longer trial: TRAITDUNION_TRIALS=100.
TRIALS = int(os.environ.get("TRAITDUNION_TRIALS", "1"))
CENTS = st.integers(1, 90_000)
PICK = st.integers(0, 10_000)
ORIGIN = st.sampled_from(["HERE", "HERE", "HERE", "ELSEWHERE", "OPENING"])


class Money(RuleBasedStateMachine):
    """A ministry, two offices under it, a town hall; every operation on any of them."""

    def __init__(self) -> None:
        super().__init__()
        self.year = 2020
        self.block = transaction.atomic()
        self.block.__enter__()
        self.root = open_envelope(100_000, Kind.MINISTRY, label="Plan")
        open_envelope(30_000, Kind.LOCAL_AUTHORITY, label="Commune")
        for name, share in (("A", 40_000), ("B", 20_000)):
            operations.open_under(
                parent=self.root, holder=organisation(Kind.PREFECTURE, name), label=name,
                ae_cents=share, cp_cents=share, document="D", **self.who,
            )  # fmt: skip

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @property
    def who(self) -> dict[str, Any]:
        return {"by": ROBOT, "at": datetime(self.year, 6, 1, tzinfo=UTC)}

    def pick(self, model: Any, place: int) -> Any:
        rows = list(model.objects.order_by("pk"))
        return rows[place % len(rows)] if rows else None

    def attempt(self, operation: Any, **arguments: Any) -> None:
        if None in arguments.values():
            return
        try:
            with transaction.atomic():
                operation(**arguments, **self.who)
        except Refusal:
            pass

    @rule(where=PICK, cents=CENTS)
    def allot(self, where: int, cents: int) -> None:
        one = self.pick(Envelope, where)
        if one.parent_id is None:
            self.attempt(operations.allot, envelope=one, amount_cents=cents, document="A")

    @rule(where=PICK, ae=st.integers(0, 50_000), cp=st.integers(0, 50_000), back=st.booleans())
    def delegate(self, where: int, ae: int, cp: int, back: bool) -> None:
        act = operations.withdraw if back else operations.delegate
        child = self.pick(Envelope, where)
        self.attempt(act, child=child, ae_cents=ae, cp_cents=cp, document="D")

    @rule(where=PICK, cents=CENTS, origin=ORIGIN)
    def commit(self, where: int, cents: int, origin: str) -> None:
        self.attempt(
            operations.commit, envelope=self.pick(Envelope, where), amount_cents=cents,
            label="C", reference="C", origin=origin,
        )  # fmt: skip

    @rule(which=PICK, cents=CENTS)
    def release(self, which: int, cents: int) -> None:
        one = self.pick(Commitment, which)
        self.attempt(operations.release, commitment=one, amount_cents=cents, document="R")

    @rule(which=PICK, cents=CENTS, origin=ORIGIN)
    def certify(self, which: int, cents: int, origin: str) -> None:
        self.attempt(
            operations.certify, commitment=self.pick(Commitment, which), amount_cents=cents,
            document="S", origin=origin,
        )  # fmt: skip

    @rule(which=PICK, cents=CENTS)
    def uncertify(self, which: int, cents: int) -> None:
        one, why = self.pick(Commitment, which), "Compté deux fois"
        self.attempt(
            operations.uncertify, commitment=one, amount_cents=cents, document="S", reason=why
        )

    @rule(which=PICK, cents=CENTS)
    def advance(self, which: int, cents: int) -> None:
        one = self.pick(Commitment, which)
        self.attempt(operations.grant_advance, commitment=one, amount_cents=cents, document="V")

    @rule(which=PICK, cents=CENTS)
    def request(self, which: int, cents: int) -> None:
        self.attempt(
            operations.request_payment, commitment=self.pick(Commitment, which),
            amount_cents=cents, counted_from=date(self.year, 5, 1), plan=plan(),
        )  # fmt: skip

    @rule(which=PICK, origin=ORIGIN)
    def pay(self, which: int, origin: str) -> None:
        one, day = self.pick(PaymentRequest, which), date(self.year, 5, 2)
        self.attempt(operations.record_payment, request=one, paid_on=day, origin=origin)

    @rule(which=PICK, cents=CENTS)
    def pay_unasked(self, which: int, cents: int) -> None:
        self.attempt(
            operations.record_unasked_payment, commitment=self.pick(Commitment, which),
            amount_cents=cents, paid_on=date(self.year, 5, 2), dp_number="", plan=plan(),
        )  # fmt: skip

    @rule(which=PICK, back=st.booleans())
    def undo_payment(self, which: int, back: bool) -> None:
        one = self.pick(PaymentRequest, which)
        if back:
            self.attempt(operations.send_back, request=one, reason="RIB refusé par la banque")
        else:
            self.attempt(operations.cancel_payment, request=one)

    @rule(which=PICK)
    def reverse(self, which: int) -> None:
        one = self.pick(Movement, which)
        self.attempt(operations.reverse, movement=one, reason="Erreur de saisie")

    @rule(where=PICK)
    def close(self, where: int) -> None:
        self.attempt(operations.close_year, envelope=self.pick(Envelope, where))

    @rule(where=PICK, ae=st.integers(0, 50_000), cp=st.integers(0, 50_000))
    def carry(self, where: int, ae: int, cp: int) -> None:
        one = self.pick(Envelope, where)
        self.attempt(
            operations.carry_over, envelope=one, ae_cents=ae, cp_cents=cp, document="Report"
        )

    @rule(where=PICK)
    def lapse(self, where: int) -> None:
        self.attempt(operations.lapse, envelope=self.pick(Envelope, where), document="Fin")

    @rule()
    def new_year(self) -> None:
        self.year = min(self.year + 1, 2022)

    @invariant()
    def everything_holds(self) -> None:
        assert list(queries.check()) == []
        for one in Envelope.objects.order_by("pk"):
            assert one.available_cents >= -one.ae_excess_cents
            assert one.cp_available_cents >= -one.cp_excess_cents


@pytest.mark.django_db
def test_the_rules_hold_after_every_step_of_any_sequence() -> None:
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=12 * TRIALS,
            stateful_step_count=20,
            deadline=None,
            derandomize=TRIALS == 1,
            # A failing sequence is printed as it is: making it shorter takes minutes.
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_the_same_sequences_with_a_rule_removed_are_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: a counter that forgets what was delegated does not go unseen."""
    rules = operations.ledger.ENVELOPE
    forgetful = {key: signs for key, signs in rules.counting.items() if key[1] != "DELEGATED"}
    monkeypatch.setattr(
        operations.ledger, "ENVELOPE", type(rules)(forgetful, rules.rooms, rules.excesses)
    )

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Money,
            settings=settings(
                max_examples=3, stateful_step_count=5, deadline=None, phases=[Phase.generate]
            ),
        )
