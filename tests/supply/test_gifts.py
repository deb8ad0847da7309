"""What is given comes with its value, costs nothing, and is counted apart to the cent."""

import pytest
from django.db.models import Sum

from tests.supply.conftest import AT, LATER, Market
from traitdunion.base.actors import ROBOT
from traitdunion.base.identifiers import BadIdentifier
from traitdunion.budget import operations as budget
from traitdunion.budget import queries as money
from traitdunion.budget.models import Commitment, Entry, Envelope, Movement, PaymentRequest
from traitdunion.budget.states import Account, Document
from traitdunion.equipment.models import Device
from traitdunion.equipment.operations import SerialKnown
from traitdunion.partners import queries as partners
from traitdunion.partners.models import Organisation
from traitdunion.partners.queries import Seat
from traitdunion.partners.states import Kind
from traitdunion.programme import queries as programme
from traitdunion.programme.models import Source
from traitdunion.steering import tracing
from traitdunion.steering.states import Leaf, Thing
from traitdunion.supply import operations, queries
from traitdunion.supply.models import PurchaseOrder

VALUE = 21_050


def give(market: Market, *serials: str, **changes: object) -> PurchaseOrder:
    line = operations.GivenLine("tablet", "Tablette d’occasion", VALUE, serials)
    facts = {
        "number": "DON-2020-1",
        "donor": operations.donor_named(
            text="Fondation du Large", near=market.buyer, by=ROBOT, at=AT
        ),
        "owner": market.buyer,
        "holder": market.school,
        "lines": [line],
        "running": programme.current(),
        "by": market.alice,
        "at": LATER,
    }
    return operations.record_gift(**{**facts, **changes})


def envelope_of_gifts() -> Envelope:
    return Envelope.objects.get(regime="IN_KIND")


def test_what_is_given_is_at_the_school_with_the_gift_as_its_origin(market: Market) -> None:
    give(market, "don00001", "DON00002")

    found = Device.objects.order_by("serial")
    assert [one.serial for one in found] == ["DON00001", "DON00002"]
    assert {one.origin for one in found} == {"DON-2020-1"}
    assert {one.holder_organisation for one in found} == {market.school}
    assert {one.owner for one in found} == {market.buyer}


def test_its_value_is_committed_certified_and_settled_and_no_cash_moves(market: Market) -> None:
    give(market, "DON00001", "DON00002")

    kept = envelope_of_gifts()
    counted = (kept.authorized_cents, kept.committed_cents, kept.certified_cents, kept.paid_cents)
    assert counted == (2 * VALUE,) * 4
    assert kept.available_cents == kept.excess_cents == 0
    papers = Movement.objects.filter(envelope=kept).values_list("document_kind", flat=True)
    assert list(papers.order_by("id")) == [Document.GIFT] * 4
    entries = Entry.objects.filter(envelope=kept)
    assert not entries.filter(account=Account.TREASURY).exists()
    assert entries.filter(account=Account.DONATED).aggregate(n=Sum("amount_cents"))["n"] == (
        -2 * VALUE
    )
    assert not PaymentRequest.objects.exists()
    assert not [*money.check(), *queries.check()]


def test_the_credits_of_the_buyer_are_not_touched(market: Market) -> None:
    give(market, "DON00001")

    market.envelope.refresh_from_db()
    assert market.envelope.available_cents == 100_000
    everything = Envelope.objects.order_by("pk")
    assert money.totals(money.credits_among(everything)).authorized_cents == 100_000
    assert money.given_in_kind(everything) == VALUE


def test_the_serial_leads_to_the_gift_and_to_its_value(market: Market) -> None:
    give(market, "DON00001", "DON00002")

    found = tracing.trace("DON00001")

    assert [step.thing for step in found.euros] == [Thing.GIFT, Thing.COMMITMENT, Thing.ENVELOPE]
    assert found.subject.amount_cents == found.euros[0].amount_cents == VALUE
    assert "Fondation du Large" in found.euros[0].note
    assert tracing.trace("DON-2020-1").subject.thing == Thing.GIFT


def test_a_device_that_was_bought_is_no_gift(market: Market) -> None:
    """Negative control."""
    order = market.order()
    market.load(order, "TAB00001")
    market.receive(order, "TAB00001")

    assert tracing.trace("TAB00001").euros[0].thing == Thing.ORDER


def test_what_was_given_is_not_counted_among_what_was_ordered(market: Market) -> None:
    market.order()
    seat = Seat(None, market.buyer, "MANAGER", partners.perimeter(market.buyer, "MANAGER"))
    before = queries.ordered_total(seat)

    give(market, "DON00001", "DON00002")

    assert before > 0
    assert queries.ordered_total(seat) == before


def test_the_ends_of_the_envelope_of_gifts_sum_to_its_value(market: Market) -> None:
    give(market, "DON00001", "DON00002")

    found = tracing.trace(str(envelope_of_gifts().pk))

    assert [(end.leaf, end.count, end.amount_cents) for end in found.ends] == [
        (Leaf.STOCK, 2, 2 * VALUE)
    ]
    assert found.total_cents == 2 * VALUE


def test_two_gifts_of_a_year_are_in_one_envelope(market: Market) -> None:
    give(market, "DON00001")
    give(market, "DON00002", number="DON-2020-2")

    assert envelope_of_gifts().authorized_cents == 2 * VALUE
    assert not list(money.check())


def test_a_school_or_town_hall_receives_like_a_prefecture(market: Market) -> None:
    give(market, "DON00001", owner=market.other, holder=market.other)

    assert envelope_of_gifts().holder == market.other
    assert not list(money.check())


@pytest.mark.parametrize(
    ("serials", "refusal"),
    [
        ((), operations.BadGift),
        (("DON00001", "don00001"), operations.BadGift),
        (("DON00001", "!"), BadIdentifier),
    ],
)
def test_a_gift_that_cannot_be_leaves_nothing(
    market: Market, serials: tuple[str, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        give(market, *serials)

    assert not PurchaseOrder.objects.exists()
    assert not Envelope.objects.filter(regime="IN_KIND").exists()


def test_a_device_already_known_is_not_given_again(market: Market) -> None:
    give(market, "DON00001")

    with pytest.raises(SerialKnown):
        give(market, "DON00001", number="DON-2020-2")

    assert envelope_of_gifts().authorized_cents == VALUE


def test_a_gift_worth_nothing_is_refused(market: Market) -> None:
    line = operations.GivenLine("tablet", "Tablette", 0, ("DON00001",))

    with pytest.raises(operations.BadGift, match="supérieur à zéro"):
        give(market, lines=[line])


def test_no_credits_are_added_to_what_was_given(market: Market) -> None:
    give(market, "DON00001")

    with pytest.raises(budget.BadAmount):
        budget.allot(
            envelope=envelope_of_gifts(), amount_cents=1, document="Décision", by=ROBOT, at=AT
        )


def test_nothing_is_asked_of_the_accountant_for_a_gift(market: Market) -> None:
    give(market, "DON00001")

    with pytest.raises(budget.BadAmount):
        budget.request_payment(
            commitment=Commitment.objects.get(), amount_cents=VALUE, counted_from=LATER.date(),
            plan=market.plan, by=ROBOT, at=LATER,
        )  # fmt: skip


def test_only_a_gift_is_settled_without_a_payment(market: Market) -> None:
    commitment = queries.commitments_of(market.order())[0]

    with pytest.raises(budget.BadAmount, match="don reçu en entier"):
        budget.settle_gift(commitment=commitment, document="BC-1", by=ROBOT, at=LATER)


def test_the_year_of_gifts_closes_with_nothing_owed(market: Market) -> None:
    give(market, "DON00001")

    assert budget.close_year(envelope=envelope_of_gifts(), by=ROBOT, at=LATER) is None


def test_a_known_organisation_is_not_made_twice(market: Market) -> None:
    named = operations.donor_named(text="  collège a ", near=market.buyer, by=ROBOT, at=AT)
    first, again = (
        operations.donor_named(text="Fondation du Large", near=market.buyer, by=ROBOT, at=AT)
        for _time in range(2)
    )

    assert named == market.school
    assert first == again and first.kind == Kind.DONOR
    assert Organisation.objects.filter(kind=Kind.DONOR).count() == 1


def test_the_purse_of_gifts_that_the_programme_declares_is_theirs(market: Market) -> None:
    running = programme.current()
    purse = Source.objects.create(
        programme=running, name="dons", title="Dons", position=9, amount_cents=0,
        pays_for="all", kind="in_kind",
    )  # fmt: skip

    give(market, "DON00001")

    assert envelope_of_gifts().source == purse
