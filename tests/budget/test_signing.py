"""One signature, two or three where the programme says so; never one's own, never twice."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.budget.conftest import AT, EUROS, open_envelope, plan, somebody
from tests.conftest import SEED
from tests.processes import together
from traitdunion.base.errors import MoveRefused
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Commitment, Envelope, Signature, SignatureRequest
from traitdunion.partners.models import User
from traitdunion.partners.states import Kind, Role

TWO, THREE = 139_000 * EUROS, 1_000_000 * EUROS


class Office:
    """A préfecture with 3 M€: Alice and Adam run it, Marie works there."""

    def __init__(self) -> None:
        self.envelope = open_envelope(3_000_000 * EUROS)
        self.holder = self.envelope.holder
        self.alice, self.adam, self.anne, self.amel = (
            somebody(name, self.holder) for name in ("alice", "adam", "anne", "amel")
        )
        self.marie = somebody("marie", self.holder, Role.MEMBER)

    def engage(self, cents: int, by: User) -> Any:
        return operations.engage(
            envelope=self.envelope, amount_cents=cents, label="Forfaits 4G", reference="M-1",
            plan=plan(), by=by, at=AT,
        )  # fmt: skip

    def let_sign(self, user: User, cents: int, first: date, last: date) -> None:
        operations.give_signing(
            holder=self.holder, user=user, up_to_cents=cents, from_date=first, until_date=last,
            document="Arrêté 2020-12", by=self.alice, at=AT,
        )  # fmt: skip


@pytest.fixture
def office(db: None) -> Office:
    return Office()


def test_who_runs_the_office_signs_by_deciding(office: Office) -> None:
    done = office.engage(TWO - 1, office.alice)

    assert done.commitment.amount_cents == TWO - 1 and done.request is None


@pytest.mark.parametrize(("cents", "needed"), [(TWO, 2), (THREE - 1, 2), (THREE, 3)])
def test_large_amounts_wait_for_two_or_three_others(
    office: Office, cents: int, needed: int
) -> None:
    request = office.engage(cents, office.alice).request
    others = [office.adam, office.anne, office.amel][:needed]

    for signer in others:
        assert not Commitment.objects.exists()
        operations.sign(request=request, by=signer, at=AT)

    office.envelope.refresh_from_db()
    assert request.state == "SIGNED" and office.envelope.committed_cents == cents


def test_nobody_signs_their_own_request_nor_twice(office: Office) -> None:
    request = office.engage(TWO, office.alice).request
    with pytest.raises(operations.MayNotSign, match="sa propre demande"):
        operations.sign(request=request, by=office.alice, at=AT)
    operations.sign(request=request, by=office.adam, at=AT)

    with pytest.raises(operations.MayNotSign, match="déjà signé"):
        operations.sign(request=request, by=office.adam, at=AT)

    request.refresh_from_db()
    assert request.signed == 1 and not Commitment.objects.exists()


def test_the_database_itself_refuses_ones_own_signature(office: Office) -> None:
    request = office.engage(TWO, office.alice).request
    own = {"request": request, "asked_by_id": office.alice.pk, "signed_at": AT}

    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(signed_by_id=office.alice.pk, **own)


def test_a_member_asks_and_a_delegation_of_signature_lets_them_decide(office: Office) -> None:
    assert office.engage(100, office.marie).request.needed == 1

    office.let_sign(office.marie, 500 * EUROS, date(2020, 4, 1), date(2020, 4, 30))

    assert office.engage(500 * EUROS, office.marie).commitment
    assert office.engage(500 * EUROS + 1, office.marie).request


def test_a_delegation_of_signature_works_between_its_dates_until_it_is_ended(
    office: Office,
) -> None:
    office.let_sign(office.marie, 500 * EUROS, date(2020, 4, 28), date(2020, 4, 30))

    def power(day: date) -> object:
        return queries.signing_power(office.holder.pk, office.marie.pk, 100, day)

    assert [bool(power(date(2020, 4, day))) for day in (27, 28, 30)] == [False, True, True]
    assert power(date(2020, 5, 1)) is None
    given = queries.delegations_of_signature(office.holder.pk)[0]
    operations.end_signing(delegation=given, by=office.alice, at=AT)
    assert power(date(2020, 4, 29)) is None
    with pytest.raises(MoveRefused):
        operations.end_signing(delegation=given, by=office.alice, at=AT)


def test_somebody_of_another_office_may_not_sign(office: Office) -> None:
    request = office.engage(TWO, office.alice).request
    driss = User.objects.create(email="driss@example.org", full_name="Driss")

    with pytest.raises(operations.MayNotSign, match="délégation de signature"):
        operations.sign(request=request, by=driss, at=AT)


def test_nobody_is_asked_to_sign_what_the_envelope_cannot_hold(office: Office) -> None:
    with pytest.raises(operations.EnvelopeTooSmall):
        office.engage(3_000_001 * EUROS, office.alice)

    assert not SignatureRequest.objects.exists()


def test_the_last_signature_is_refused_when_the_credits_are_gone(office: Office) -> None:
    request = office.engage(THREE - 1, office.alice).request
    operations.sign(request=request, by=office.adam, at=AT)
    operations.commit(
        envelope=office.envelope, amount_cents=2_500_000 * EUROS, label="A", reference="B",
        by=office.alice, at=AT,
    )  # fmt: skip

    with pytest.raises(operations.EnvelopeTooSmall):
        operations.sign(request=request, by=office.anne, at=AT)

    request = queries.requests_of(office.holder.pk)[0]
    assert (request.state, request.signed) == ("WAITING", 1)


def test_a_refusal_says_why_and_ends_the_request(office: Office) -> None:
    request = office.engage(TWO, office.alice).request
    with pytest.raises(operations.BadAmount):
        operations.refuse(request=request, reason="non", by=office.adam, at=AT)

    operations.refuse(request=request, reason="Marché non renouvelé", by=office.adam, at=AT)

    with pytest.raises(MoveRefused):
        operations.sign(request=request, by=office.anne, at=AT)


def test_only_who_asked_takes_the_request_back(office: Office) -> None:
    request = office.engage(TWO, office.alice).request
    with pytest.raises(operations.MayNotSign):
        operations.withdraw_request(request=request, by=office.adam, at=AT)

    operations.withdraw_request(request=request, by=office.alice, at=AT)

    assert request.state == "WITHDRAWN" and not queries.requests_of(office.holder.pk)


SIGN = """
from traitdunion.budget import operations
from traitdunion.budget.models import SignatureRequest
from traitdunion.partners.models import User
from traitdunion.base.errors import Refusal
request = SignatureRequest.objects.get(pk=GIVEN["request"])
signer = User.objects.get(pk=GIVEN["signers"][GIVEN["k"]])
try:
    operations.sign(request=request, by=signer, at=AT)
    print(json.dumps("signed"))
except Refusal as refusal:
    print(json.dumps(type(refusal).__name__))
"""


@pytest.mark.django_db(transaction=True)
def test_of_four_last_signatures_at_once_one_completes_the_request() -> None:
    office = Office()
    request = office.engage(TWO, office.alice).request
    more = [somebody(f"signer{k}", office.holder).pk for k in range(4)]
    operations.sign(request=request, by=office.adam, at=datetime(2020, 4, 28, tzinfo=UTC))

    said = together(SIGN, processes=4, request=request.pk, signers=more, seed=SEED)

    assert sorted(said) == ["MoveRefused"] * 3 + ["signed"]
    assert Envelope.objects.get(pk=office.envelope.pk).committed_cents == TWO
    assert not list(queries.check())


def test_a_delegation_of_credits_waits_for_signatures_too(office: Office) -> None:
    root = open_envelope(2_000_000 * EUROS, Kind.MINISTRY, label="Plan")
    lea, leo, lila = (somebody(name, root.holder) for name in ("lea", "leo", "lila"))
    child = Envelope.objects.create(
        parent=root, strand=root.strand, holder=office.holder, label="P", year=2020, opened_at=AT
    )
    given = {"child": child, "ae_cents": TWO, "cp_cents": TWO, "document": "Délégation 1"}

    request = operations.decide_delegation(**given, plan=plan(), by=lea, at=AT)
    for signer in (leo, lila):
        operations.sign(request=request, by=signer, at=AT)

    child.refresh_from_db()
    assert (child.available_cents, child.cp_available_cents) == (TWO, TWO)
    small = {**given, "ae_cents": 100, "cp_cents": 0}
    assert operations.decide_delegation(**small, plan=plan(), by=lea, at=AT) is None
    assert not list(queries.check())
