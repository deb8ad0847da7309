"""From the euro to the child and back, to the cent; no child is invented where a chain ends."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.web.world import World, build
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.budget import queries as budgets
from traitdunion.budget.models import Envelope
from traitdunion.partners import queries as partners
from traitdunion.people.queries import pseudonym
from traitdunion.steering import tracing
from traitdunion.steering.states import Leaf, Thing

LATER = datetime(2021, 1, 20, 9, tzinfo=UTC)
QUERIES = 30


@pytest.fixture
def world(db: None) -> World:
    return build()


def things(steps: list[tracing.Step]) -> list[str]:
    return [step.thing for step in steps]


def test_a_tablet_leads_up_to_its_euros_and_down_to_its_child_by_code(world: World) -> None:
    loan = world.a.loan

    found = tracing.trace(loan.device.serial)

    assert things(found.euros) == [Thing.ORDER, Thing.COMMITMENT, Thing.ENVELOPE]
    assert found.euros[0].amount_cents == 18_000
    code = pseudonym(loan.agreement.person_id)
    assert any(code in step.label for step in found.hands if step.thing == Thing.HAND)
    assert things(found.hands)[-3:] == [Thing.AGREEMENT, Thing.AWARD, Thing.NEIGHBOURHOOD]


def test_the_ends_of_an_envelope_sum_to_what_it_committed(world: World) -> None:
    budget.commit(
        envelope=world.a.envelope, amount_cents=12_345, label="Fonctionnement",
        reference="S-1", spending="grants", by=ROBOT, at=LATER,
    )  # fmt: skip

    found = tracing.trace(str(world.a.envelope.pk))

    under = Envelope.objects.filter(parent=world.a.envelope)
    world.a.envelope.refresh_from_db()
    below = sum(one.committed_cents for one in under.order_by("pk"))
    assert found.total_cents == world.a.envelope.committed_cents + below > 5 * 18_000 + 12_345
    assert sum(end.amount_cents for end in found.ends) == found.total_cents
    leaves = {end.leaf: end for end in found.ends}
    assert leaves[Leaf.GRANT].amount_cents == 12_345 and not leaves[Leaf.GRANT].has_child
    assert leaves[Leaf.TO_COME].count == 1
    assert found.with_children_cents == leaves[Leaf.CHILD].amount_cents > 0


def test_what_went_from_one_year_to_the_next_is_still_counted_once(world: World) -> None:
    for request in budgets.requests_of(world.a.prefecture.pk):
        budget.close_request(request=request, by=ROBOT, at=LATER)
    for under in Envelope.objects.filter(parent=world.a.envelope).order_by("pk"):
        budget.close_year(envelope=under, by=ROBOT, at=LATER)

    after = budget.close_year(envelope=world.a.envelope, by=ROBOT, at=LATER)

    for envelope in (world.a.envelope, after):
        found = tracing.trace(str(envelope.pk))
        assert sum(end.amount_cents for end in found.ends) == found.total_cents
    assert Leaf.FORWARD in {end.leaf for end in found.ends}


def test_a_commitment_says_where_its_euros_are(world: World) -> None:
    order = tracing.trace(world.a.order.number)

    found = tracing.trace(order.items[0].key)

    assert found.total_cents == 5 * 18_000 == sum(end.amount_cents for end in found.ends)
    assert things(found.items) == [Thing.DEVICE] * 4
    assert things(found.hands) == [Thing.ORDER, Thing.ORGANISATION]


def test_a_grant_ends_at_an_association_and_invents_no_child(world: World) -> None:
    bakary = partners.seats(world.people["bakary"])[0].organisation
    grant = budget.commit(
        envelope=world.a.envelope, amount_cents=800_000, label="Subvention", reference="S-2",
        spending="grants", beneficiary=bakary, by=ROBOT, at=LATER,
    )  # fmt: skip

    found = tracing.trace(str(grant.pk))
    given = tracing.trace(str(bakary.pk))

    assert [(end.leaf, end.has_child) for end in found.ends] == [(Leaf.ORGANISATION, False)]
    assert found.with_children_cents == 0
    assert str(grant.pk) in [step.key for step in given.euros]
    assert not given.hands


def test_every_kind_of_number_leads_somewhere(world: World) -> None:
    loan, one = world.a.loan, world.a
    budget.number(commitment=budget_commitment(one), ej_number="2102368447", by=ROBOT, at=LATER)
    numbers = (
        loan.device.serial, loan.device.serial.lower(), loan.agreement.number, one.order.number,
        "2102368447", one.neighbourhood.code, "0940071S", str(one.envelope.pk),
        str(loan.agreement.person_id), str(loan.agreement.award_id),
        pseudonym(loan.agreement.person_id), str(one.school.pk),
    )  # fmt: skip

    for number in numbers:
        assert tracing.trace(number).subject.label, number


def budget_commitment(side):
    order = tracing.trace(side.order.number)
    return tracing.money.commitment_by_id(order.items[0].key)


def test_a_neighbourhood_shows_what_its_children_hold_and_from_which_euros(world: World) -> None:
    found = tracing.trace(world.a.neighbourhood.code)

    assert found.total_cents == sum(step.amount_cents for step in found.items)
    assert all(end.leaf == Leaf.CHILD for end in found.ends)


@pytest.mark.parametrize("number", ["", "  ", "inconnu", "%", "2199999999", str(uuid4())])
def test_a_number_that_nothing_has_is_told_in_a_sentence(world: World, number: str) -> None:
    with pytest.raises(tracing.NothingTraced, match="Rien ne porte"):
        tracing.trace(number)


def test_a_foreign_thing_answers_like_none(world: World) -> None:
    paul = partners.seats(world.people["paul"])[0]
    theirs = world.a
    for number in (
        theirs.loan.device.serial, theirs.order.number, str(theirs.envelope.pk),
        theirs.loan.agreement.number, pseudonym(theirs.loan.agreement.person_id),
        theirs.neighbourhood.code, str(theirs.school.pk),
    ):  # fmt: skip
        with pytest.raises(tracing.NothingTraced):
            tracing.trace(number, seat=paul)
    assert tracing.trace(world.b.loan.device.serial, seat=paul)


def test_no_trace_holds_a_childs_name(world: World) -> None:
    person = world.a.loan.agreement.person
    for number in (
        world.a.loan.device.serial, world.a.loan.agreement.number, str(person.pk),
        world.a.neighbourhood.code,
    ):  # fmt: skip
        told = repr(tracing.trace(number))
        assert person.last_name not in told and person.first_name not in told


def test_a_page_of_any_trace_asks_few_questions_whatever_the_size(world: World) -> None:
    loan = world.a.loan
    numbers = (
        loan.device.serial, world.a.order.number, str(world.a.envelope.pk),
        loan.agreement.number, pseudonym(loan.agreement.person_id), world.a.neighbourhood.code,
        str(world.a.school.pk), str(budget_commitment(world.a).pk),
    )  # fmt: skip
    alice = partners.seats(world.people["alice"])[0]
    for number in numbers:
        for seat in (None, alice):
            with CaptureQueriesContext(connection) as asked:
                tracing.trace(number, seat=seat)
            assert len(asked) <= QUERIES, (number, len(asked))


def test_the_ends_sum_to_the_consumption_of_every_envelope(world: World) -> None:
    for envelope in Envelope.objects.order_by("pk"):
        found = tracing.trace(str(envelope.pk))
        assert sum(end.amount_cents for end in found.ends) == found.total_cents
