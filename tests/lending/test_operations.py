"""At the gate and after: who gets what, who signs when, what comes back, what breaks."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from tests.lending.scene import AT, Scene
from traitdunion.allocation import operations as allocation
from traitdunion.allocation.models import Award
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.equipment import operations as equipment
from traitdunion.equipment import queries as register
from traitdunion.equipment.models import Device
from traitdunion.lending import operations as lending
from traitdunion.lending import queries
from traitdunion.lending.models import Agreement, Loan

TOMORROW = AT + timedelta(days=1)


def state_of(device: Device) -> str:
    return Device.objects.get(pk=device.pk).state


def sound() -> list[tuple[str, str, str]]:
    """Everything that the two registers find wrong together: nothing, after any story."""
    return [*queries.check(), *register.check()]


def test_each_award_has_one_agreement_however_often_it_is_prepared(scene: Scene) -> None:
    scene.prepare()

    again = lending.prepare(relay=scene.school, rules=scene.plan.lending, by=ROBOT, at=AT)

    assert not again
    assert Agreement.objects.count() == len(scene.awards)


def test_a_tablet_signed_for_is_with_the_child_and_the_award_is_handed_over(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()

    scene.lend(amina, tablet)

    tablet.refresh_from_db()
    assert (tablet.state, tablet.holder_person_id) == ("LENT", amina.person_id)
    assert Award.objects.get(pk=amina.award_id).state == "HANDED_OVER"
    assert not sound()


def test_where_two_must_sign_the_agreement_waits_for_the_second(scene: Scene) -> None:
    amina, *_rest = scene.prepare()
    Agreement.objects.filter(pk=amina.pk).update(signatures_required=2)
    amina.refresh_from_db()

    scene.lend(amina, *scene.stock())
    [waiting] = queries.signatures_missing(scene.school.pk)
    after_one = (waiting.signatures_given, waiting.signed_on)
    lending.record_signature(agreement=waiting, signed_on=AT.date(), by=ROBOT, at=TOMORROW)

    amina.refresh_from_db()
    assert after_one == (1, None)
    assert (amina.state, amina.signatures_given, amina.signed_on) == ("SIGNED", 2, AT.date())
    assert queries.signatures_missing(scene.school.pk) == []


def test_no_agreement_is_signed_with_fewer_signatures_than_it_needs(scene: Scene) -> None:
    amina, *_rest = scene.prepare()
    scene.lend(amina, *scene.stock())

    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.filter(pk=amina.pk).update(signatures_required=2)


def test_papers_give_the_number_of_the_plan_where_the_relay_has_none(scene: Scene) -> None:
    amina, *_rest = scene.prepare()
    programme = scene.plan.programme.model_copy(update={"help_phone": "0800 00 00 00"})
    plan = scene.plan.model_copy(update={"programme": programme})

    def printed(phone: str) -> str:
        type(scene.school).objects.filter(pk=scene.school.pk).update(phone=phone)
        one = Agreement.objects.select_related("relay", "award__need").get(pk=amina.pk)
        pdf = lending.print_agreements(
            agreements=[one], plan=plan, public_url="https://x.invalid", by=ROBOT, at=AT
        )
        return "".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())

    assert "0800000000" in printed("")
    assert "0800000000" not in printed("01 02 03 04 05")


def test_a_signature_that_is_to_come_waits_on_the_list_until_it_is_there(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet, signature="later")
    missing = queries.signatures_missing(scene.school.pk)

    lending.record_signature(agreement=missing[0], signed_on=AT.date(), by=ROBOT, at=TOMORROW)

    assert [one.number for one in missing] == [amina.number]
    assert not queries.signatures_missing(scene.school.pk)
    assert Agreement.objects.get(pk=amina.pk).state == "SIGNED"


def test_the_same_tablet_is_not_handed_to_two_children(scene: Scene) -> None:
    (tablet,), (amina, issa, _) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)

    with pytest.raises(Refusal, match="prêté"):
        scene.lend(issa, tablet)

    assert Agreement.objects.get(pk=issa.pk).state == "PREPARED"
    assert Loan.objects.count() == 1


def test_an_agreement_is_not_handed_over_twice(scene: Scene) -> None:
    (first, second), (amina, *_) = scene.stock(2), scene.prepare()
    scene.lend(amina, first)

    with pytest.raises(MoveRefused, match="déjà remise"):
        scene.lend(Agreement.objects.get(pk=amina.pk), second)

    assert state_of(second) == "IN_STOCK"


def test_a_tablet_of_another_cupboard_is_refused_and_nothing_is_half_done(scene: Scene) -> None:
    (far,) = scene.stock(holder=scene.other_school)
    amina, *_ = scene.prepare()

    with pytest.raises(lending.NotInStock, match="autre lieu"):
        scene.lend(amina, far)

    assert Agreement.objects.get(pk=amina.pk).state == "PREPARED"
    assert state_of(far) == "IN_STOCK"


def test_a_4g_key_is_not_a_tablet(scene: Scene) -> None:
    (key,), (amina, *_) = scene.stock(kind="key_4g"), scene.prepare()

    with pytest.raises(lending.KindMismatch, match="une tablette"):
        scene.lend(amina, key)


def test_one_child_does_not_leave_with_two_tablets(scene: Scene) -> None:
    tablets, (amina, *_) = scene.stock(2), scene.prepare()

    with pytest.raises(lending.KindMismatch, match="Un seul"):
        scene.lend(amina, *tablets)


def test_an_absent_family_keeps_its_award_and_is_seen_again_on_a_date(scene: Scene) -> None:
    amina, *_ = scene.prepare()

    lending.record_absence(agreement=amina, seen_again_on=date(2020, 5, 20), by=ROBOT, at=AT)

    waiting = {one.number: one for one in queries.to_hand_over(scene.school.pk)}
    assert waiting[amina.number].seen_again_on == date(2020, 5, 20)
    assert Award.objects.get(pk=amina.award_id).state == "AWARDED"


def test_a_family_that_says_no_frees_the_award(scene: Scene) -> None:
    amina, *_ = scene.prepare()

    lending.record_refusal(agreement=amina, by=ROBOT, at=AT)

    assert Award.objects.get(pk=amina.award_id).state == "DECLINED"
    assert amina.number not in {one.number for one in queries.to_hand_over(scene.school.pk)}


def test_an_award_that_lapsed_leaves_the_list_of_the_day(scene: Scene) -> None:
    scene.prepare()

    allocation.lapse(by=ROBOT, at=AT + timedelta(days=60))

    assert not queries.to_hand_over(scene.school.pk)
    lending.prepare(relay=scene.school, rules=scene.plan.lending, by=ROBOT, at=TOMORROW)
    assert set(Agreement.objects.values_list("state", flat=True)) == {"ENDED"}


def test_what_comes_back_is_in_stock_and_its_agreement_ends(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)

    lending.give_back(
        serial=tablet.serial, relay=scene.school, condition="GOOD", by=ROBOT, at=TOMORROW
    )

    assert state_of(tablet) == "IN_STOCK"
    assert Agreement.objects.get(pk=amina.pk).state == "ENDED"
    assert not sound()


def test_what_comes_back_broken_goes_to_repair_with_its_incident(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)

    lending.give_back(
        serial=tablet.serial, relay=scene.school, condition="BROKEN", by=ROBOT, at=TOMORROW
    )

    assert state_of(tablet) == "IN_REPAIR"
    assert not sound()


def test_another_school_cannot_take_back_what_it_did_not_lend(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)

    with pytest.raises(queries.NoSuchLoan):
        lending.give_back(
            serial=tablet.serial, relay=scene.other_school, condition="GOOD", by=ROBOT, at=AT
        )

    assert state_of(tablet) == "LENT"


def test_a_theft_is_not_declared_without_its_complaint(scene: Scene) -> None:
    (tablet,) = scene.stock()

    with pytest.raises(Refusal, match="plainte"):
        lending.declare_incident(
            serial=tablet.serial, relay=scene.school, kind="STOLEN", complaint_number=" ",
            by=ROBOT, at=AT,
        )  # fmt: skip


def test_a_lost_tablet_ends_its_loan_and_is_found_again_in_stock(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)
    incident = lending.declare_incident(
        serial=tablet.serial, relay=scene.school, kind="LOST", complaint_number="", by=ROBOT, at=AT
    )
    lost = state_of(tablet)

    lending.close_incident(incident=type(incident).objects.get(), by=ROBOT, at=TOMORROW)

    assert (lost, state_of(tablet)) == ("LOST", "IN_STOCK")
    assert not sound()


def test_a_dead_tablet_is_swapped_under_the_same_agreement(scene: Scene) -> None:
    (dead, good), (amina, *_) = scene.stock(2), scene.prepare()
    scene.lend(amina, dead)

    loan = lending.replace(
        serial=dead.serial, by_serial=good.serial, relay=scene.school, by=ROBOT, at=TOMORROW
    )

    assert (loan.agreement_id, loan.due_on) == (amina.pk, amina.due_back_on)
    assert (state_of(dead), state_of(good)) == ("IN_REPAIR", "LENT")
    assert not sound()


def test_a_loan_is_extended_but_never_shortened(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)
    loan = queries.loan_at(tablet.pk, scene.school.pk)

    lending.extend(loan=loan, due_on=date(2021, 7, 2), by=ROBOT, at=AT)

    with pytest.raises(MoveRefused, match="après"):
        lending.extend(loan=Loan.objects.get(pk=loan.pk), due_on=date(2020, 6, 1), by=ROBOT, at=AT)
    assert Loan.objects.get(pk=loan.pk).due_on == date(2021, 7, 2)


def test_what_was_not_ticked_stays_on_its_way(scene: Scene) -> None:
    came, late = scene.stock(2, holder=scene.prefecture)
    sent = lending.transfer(
        serials=[came.serial, late.serial], sender=scene.prefecture, receiver=scene.school,
        by=ROBOT, at=AT,
    )  # fmt: skip

    lending.receive_transfer(transfer=sent, serials=[came.serial], by=ROBOT, at=TOMORROW)

    assert (state_of(came), state_of(late)) == ("IN_STOCK", "IN_TRANSIT")
    assert [one.number for one in queries.transfers_to_receive(scene.school.pk)] == [sent.number]


def test_a_collective_loan_has_no_child_and_holds_several_tablets(scene: Scene) -> None:
    tablets = scene.stock(3)
    one = lending.prepare_collective(
        relay=scene.school, organisation=scene.other_school, kind="tablet",
        due_back_on=date(2020, 12, 18), template="collectif", by=ROBOT, at=AT,
    )  # fmt: skip

    scene.lend(one, *tablets)

    assert one.person_id is None
    assert {device.holder_organisation for device in Device.objects.all()} == {scene.other_school}
    assert not sound()


def test_the_register_alone_cannot_hide_a_loan(scene: Scene) -> None:
    """Negative control: a device moved behind lending's back is found."""
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)
    tablet.refresh_from_db()

    equipment.move(
        device=tablet, to=equipment.Place(organisation_id=scene.school.pk), state="IN_STOCK",
        as_move="RETURNED", document="", by=ROBOT, at=AT,
    )  # fmt: skip

    assert [table for table, _id, _reason in queries.check()] == ["lending_loan"]
