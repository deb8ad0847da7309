"""A hand-over told in one go: by an award, to a child without one, to an organisation."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.lending.scene import AT, Scene
from traitdunion.allocation.queries import NoSuchAward
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.equipment.models import Device
from traitdunion.equipment.queries import NoSuchDevice
from traitdunion.journal.models import Event
from traitdunion.lending import operations
from traitdunion.lending.models import Agreement, Loan
from traitdunion.lending.operations import Borrower
from traitdunion.people.models import Person

pytestmark = pytest.mark.django_db
REASON = "Arrivé après la clôture du recensement."


def hand_over(scene: Scene, device: Device | str, relay: Any = None, **borrower: Any) -> Loan:
    return operations.hand_over_to(
        borrower=Borrower(**borrower),
        serial=getattr(device, "serial", device),
        relay=relay or scene.school,
        rules=scene.plan.lending,
        signature="paper",
        signed_on=AT.date(),
        by=ROBOT,
        at=AT,
    )


def child(scene: Scene, **changed: Any) -> Person:
    """Known to the school, and served by no wave."""
    return Person.objects.create(
        kind="CHILD", search_key="x", known_to=scene.school.pk, created_at=AT, **changed
    )


def test_an_award_is_handed_over_without_preparing_anything_before(scene: Scene) -> None:
    (tablet,), award = scene.stock(), scene.awards[0]

    loan = hand_over(scene, tablet, award_id=award.pk)

    award.refresh_from_db()
    assert (loan.agreement.award_id, loan.agreement.state) == (award.pk, "SIGNED")
    assert award.state == "HANDED_OVER"


def test_an_agreement_already_printed_is_the_one_that_is_signed(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()

    loan = hand_over(scene, tablet, award_id=amina.award_id)

    assert loan.agreement == amina
    assert Agreement.objects.filter(award=amina.award_id).count() == 1


def test_the_award_of_another_relay_is_like_none(scene: Scene) -> None:
    (tablet,) = scene.stock(holder=scene.other_school)

    with pytest.raises(NoSuchAward):
        hand_over(scene, tablet, relay=scene.other_school, award_id=scene.awards[0].pk)

    assert not Agreement.objects.exists()


def test_an_award_of_both_takes_two_hand_overs_and_not_three(scene: Scene) -> None:
    (tablet, spare), (key,), award = scene.stock(2), scene.stock(kind="key_4g"), scene.awards[0]
    award.kind = "both"
    award.save()

    first = hand_over(scene, tablet, award_id=award.pk)
    second = hand_over(scene, key, award_id=award.pk)

    assert first.agreement == second.agreement
    with pytest.raises(operations.KindMismatch):
        hand_over(scene, spare, award_id=award.pk)


def test_an_award_handed_over_is_not_handed_over_again(scene: Scene) -> None:
    (first, second), award = scene.stock(2), scene.awards[0]
    hand_over(scene, first, award_id=award.pk)

    with pytest.raises(MoveRefused):
        hand_over(scene, second, award_id=award.pk)
    with pytest.raises(operations.NotInStock):
        hand_over(scene, first, award_id=award.pk)


def test_an_award_given_back_is_over(scene: Scene) -> None:
    (tablet,), award = scene.stock(), scene.awards[0]
    hand_over(scene, tablet, award_id=award.pk)
    operations.give_back(
        serial=tablet.serial, relay=scene.school, condition="GOOD", by=ROBOT, at=AT
    )

    with pytest.raises(operations.NoLongerAwarded):
        hand_over(scene, tablet, award_id=award.pk)


def test_a_child_without_an_award_is_lent_to_with_the_reason_kept_out_of_the_journal(
    scene: Scene,
) -> None:
    (tablet,), pupil = scene.stock(), child(scene)

    loan = hand_over(scene, tablet, person_id=pupil.pk, reason=REASON)

    assert (loan.agreement.person_id, loan.agreement.reason) == (pupil.pk, REASON)
    assert REASON not in str(list(Event.objects.values("facts")))


def test_a_child_who_has_one_gets_no_second(scene: Scene) -> None:
    (first, second), pupil = scene.stock(2), child(scene)
    hand_over(scene, first, person_id=pupil.pk, reason=REASON)

    with pytest.raises(operations.HasOne):
        hand_over(scene, second, person_id=pupil.pk, reason=REASON)


def test_a_family_that_objected_is_left_alone(scene: Scene) -> None:
    (tablet,), pupil = scene.stock(), child(scene, objected_at=AT)

    with pytest.raises(operations.HasObjected):
        hand_over(scene, tablet, person_id=pupil.pk, reason=REASON)


def test_an_organisation_takes_one_and_who_took_it_is_kept(scene: Scene) -> None:
    (tablet,) = scene.stock()

    loan = hand_over(
        scene, tablet, organisation_id=scene.other_school.pk, received_by="M. Accueil"
    )

    assert loan.agreement.organisation == scene.other_school
    assert loan.agreement.received_by == "M. Accueil"


def test_an_unknown_number_is_refused_and_prepares_nothing(scene: Scene) -> None:
    with pytest.raises(NoSuchDevice):
        hand_over(scene, "INCONNU", organisation_id=scene.other_school.pk)

    assert not Agreement.objects.exists()


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"received_by": "Mme Traoré"}])
def test_the_database_itself_wants_a_reason_and_no_name_beside_a_child(
    scene: Scene, wrong: dict[str, str]
) -> None:
    facts = {
        "number": "P-1", "relay": scene.school, "person": child(scene), "kind": "tablet",
        "template": "x", "prepared_at": AT, "due_back_on": AT.date(), "reason": REASON,
    }  # fmt: skip

    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(**{**facts, **wrong})
