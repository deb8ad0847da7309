"""What is ordered binds the money; what comes is ticked by one person, certified by another."""

import pytest

from tests.supply.conftest import AT, BEFORE_TAX, LATER, PRICE, Market
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.budget.operations import BadAmount, EnvelopeTooSmall
from traitdunion.equipment import queries as register
from traitdunion.equipment.models import Device
from traitdunion.supply import operations, queries
from traitdunion.supply.models import ManifestLine, OrderLine, PurchaseOrder

IMEI, SIM = "490154203237518", "8933150319051234561"


def test_an_order_binds_its_cost_with_tax_to_the_cent(market: Market) -> None:
    order = market.order()

    market.envelope.refresh_from_db()
    totals = queries.totals(order)
    assert market.envelope.committed_cents == totals.cost_cents == 4 * PRICE
    assert totals.tax_cents == 4 * (PRICE - BEFORE_TAX)
    assert totals.spares == 1


def test_an_order_beyond_the_envelope_is_not_placed_at_all(market: Market) -> None:
    with pytest.raises(EnvelopeTooSmall) as refusal:
        market.order(quantity=6)

    assert refusal.value.available_cents == 100_000
    assert not PurchaseOrder.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": 0},
        {"spares": 5},
        {"price_cents": BEFORE_TAX - 1},
        {"number": "2020/14"},
        {"number": "nouvelle"},
        {"number": ".."},
    ],
)
def test_an_impossible_order_is_refused_in_a_sentence(market: Market, changes: dict) -> None:
    with pytest.raises(operations.ordering.BadOrder):
        market.order(**changes)


def test_a_quantity_typed_with_a_finger_stuck_is_refused(market: Market) -> None:
    with pytest.raises(BadAmount):
        market.order(quantity=10**20)


def test_the_same_number_is_not_ordered_twice(market: Market) -> None:
    market.order(quantity=1, spares=0)

    with pytest.raises(operations.ordering.BadOrder, match="existe déjà"):
        market.order(quantity=1, spares=0)


def test_a_cancelled_order_gives_the_money_back(market: Market) -> None:
    order = market.order()

    operations.cancel(order=order, by=market.alice, at=LATER)

    market.envelope.refresh_from_db()
    assert market.envelope.available_cents == 100_000


def test_an_order_received_in_part_cannot_be_cancelled(market: Market) -> None:
    order = market.order()
    market.load(order, "TAB00001")
    market.receive(order, "TAB00001")

    with pytest.raises(MoveRefused):
        operations.cancel(order=order, by=market.alice, at=LATER)


def test_a_wrong_row_of_a_manifest_is_rejected_alone(market: Market) -> None:
    order = market.order()

    report = market.load(
        order,
        f"TAB00001;{IMEI};{SIM}",
        "TAB00002;490154203237519",
        "TAB00001",
        f"TAB00003;{IMEI}",
        f"TAB00004;;{SIM}",
        "?",
        "TAB00005",
    )

    assert report.added == 2
    assert [line for line, _why in report.rejected] == [3, 4, 5, 6, 7]
    assert "déjà porté par un autre appareil" in dict(report.rejected)[5]


def test_a_manifest_checked_writes_nothing_and_loaded_twice_adds_nothing(market: Market) -> None:
    order = market.order()

    checked = market.load(order, "TAB00001", dry_run=True)
    assert (checked.added, ManifestLine.objects.count()) == (1, 0)

    market.load(order, "TAB00001")
    again = market.load(order, "TAB00001")
    assert (again.added, again.known, ManifestLine.objects.count()) == (0, 1, 1)


def test_what_is_ticked_enters_the_register_with_its_origin(market: Market) -> None:
    order = market.order()
    market.load(order, f"TAB00001;{IMEI};{SIM}", "TAB00002")

    report = market.receive(order, "TAB00001")

    tablet = Device.objects.get()
    assert (report.entered, tablet.origin, tablet.imei) == (1, "BC-1", IMEI)
    assert (tablet.owner, tablet.holder_organisation) == (market.buyer, market.school)
    assert [sim.iccid for sim in register.sims_of(tablet)] == [SIM]


def test_missing_strange_and_unreadable_are_listed_and_the_rest_enters(market: Market) -> None:
    order = market.order()
    market.load(order, "TAB00001", "TAB00002", "TAB00003")

    report = market.receive(order, "TAB00001", found=("NEW00001", "new-00001", "é"), whole=True)

    assert report.entered == 1
    assert report.missing == ("TAB00002", "TAB00003")
    assert report.set_aside == ("NEW00001",)
    assert len(report.unusable) == 1
    states = [line.state for line in queries.discrepancies(order)]
    assert sorted(states) == ["MISSING", "MISSING", "SET_ASIDE"]


def test_a_number_that_nobody_announced_is_no_device_and_is_not_certified(market: Market) -> None:
    order = market.order()

    market.receive(order, found=("XX999",))

    assert not Device.objects.exists()
    assert OrderLine.objects.get().received == 0
    with pytest.raises(MoveRefused, match="Rien de nouveau"):
        operations.certify(line=OrderLine.objects.get(), by=market.alice, at=LATER)
    order.refresh_from_db()
    assert order.state == "PLACED"


def test_what_the_buyer_accepts_enters_the_register_and_can_be_certified(market: Market) -> None:
    order = market.order()
    market.receive(order, found=("NEW00001",))

    operations.accept(order=order, serial="NEW00001", by=market.alice, at=LATER)

    tablet, line = Device.objects.get(), OrderLine.objects.get()
    assert (tablet.kind, tablet.holder_organisation) == ("tablet", market.school)
    assert operations.certify(line=line, by=market.alice, at=LATER).quantity == 1
    assert not list(queries.check())


def test_what_the_buyer_refuses_stays_out_of_the_register_for_good(market: Market) -> None:
    order = market.order()
    market.receive(order, found=("NEW00001",))
    operations.refuse(order=order, serial="NEW00001", by=market.alice, at=LATER)

    with pytest.raises(MoveRefused, match="a tranché"):
        operations.accept(order=order, serial="NEW00001", by=market.alice, at=LATER)

    assert not Device.objects.exists()
    assert not list(queries.to_settle(None))


def test_a_device_of_a_kind_that_was_not_ordered_is_not_put_aside(market: Market) -> None:
    order = market.order()

    report = market.receive(order, found=("NEW00001",), whole=True, kind="key_4g")

    assert report.set_aside == ()
    assert "ce que c’est" in report.unusable[0]


def test_a_number_that_was_never_put_aside_is_not_accepted(market: Market) -> None:
    order = market.order()

    with pytest.raises(operations.NothingAside):
        operations.accept(order=order, serial="NEW00001", by=market.alice, at=LATER)


def test_a_box_of_another_school_is_put_aside_and_told(market: Market) -> None:
    line = {"spares": 0, "quantity": 1}
    order, theirs = market.order(**line), market.order("BC-2", delivery_point=market.other, **line)
    market.load(order, "TAB00001")
    market.load(theirs, "TAB00002")
    operations.receive(
        order=theirs, delivery_point=market.other, ticked=["TAB00002"], unannounced={},
        is_complete=True, by=ROBOT, at=AT,
    )  # fmt: skip

    report = market.receive(order, "TAB00001", found=("TAB00002",))

    assert report.entered == 1
    assert "TAB00002" in report.unusable[0]


def test_a_tablet_said_missing_can_come_the_next_day(market: Market) -> None:
    order = market.order()
    market.load(order, "TAB00001", "TAB00002")
    market.receive(order, "TAB00001", whole=True)

    market.receive(order, "TAB00002")

    assert not queries.discrepancies(order)
    assert OrderLine.objects.get().received == 2


def test_more_than_was_ordered_is_put_aside_and_never_accepted(market: Market) -> None:
    order = market.order(quantity=1, spares=0)
    market.load(order, "TAB00001")

    report = market.receive(order, "TAB00001", found=("NEW00001",))

    assert (report.entered, report.set_aside) == (1, ("NEW00001",))
    with pytest.raises(MoveRefused, match="plus que la quantité commandée"):
        operations.accept(order=order, serial="NEW00001", by=market.alice, at=LATER)
    assert [one.serial for one in queries.discrepancies(order)] == ["NEW00001"]


def test_a_manifest_longer_than_the_order_does_not_stop_the_receipt(market: Market) -> None:
    order = market.order(quantity=1, spares=0)
    market.load(order, "TAB00001", "TAB00002")

    report = market.receive(order, "TAB00001", "TAB00002")

    assert report.entered == 1
    assert "TAB00002" in report.unusable[0]


def test_whoever_ticked_does_not_certify(market: Market) -> None:
    order = market.order()
    market.load(order, "TAB00001")
    market.receive(order, "TAB00001")

    with pytest.raises(operations.SamePerson):
        operations.certify(line=OrderLine.objects.get(), by=market.olga, at=LATER)


def test_the_buyer_certifies_what_came_once_and_by_quantity(market: Market) -> None:
    order = market.order()
    market.load(order, "TAB00001", "TAB00002", "TAB00003")
    market.receive(order, "TAB00001", "TAB00002")
    line = OrderLine.objects.get()

    certificate = operations.certify(line=line, by=market.alice, at=LATER)

    market.envelope.refresh_from_db()
    assert (certificate.quantity, certificate.amount_cents) == (2, 2 * PRICE)
    assert market.envelope.certified_cents == 2 * PRICE
    assert not list(queries.check())
    with pytest.raises(MoveRefused, match="Rien de nouveau"):
        operations.certify(line=line, by=market.alice, at=LATER)


def test_a_delivery_is_late_from_the_day_after_its_promise(market: Market) -> None:
    order = market.order()
    (delivery,) = queries.deliveries_to(market.school.pk)

    assert not delivery.is_late(order.promised_on)
    assert delivery.is_late(LATER.date())
