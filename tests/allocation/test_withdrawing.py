"""A need that leaves the census leaves its award too, and the money is free for another child."""

import pytest

from tests.allocation.conftest import MAY, TABLET, Scene, decided
from traitdunion.allocation import operations, purses, queries
from traitdunion.allocation.models import Award
from traitdunion.allocation.states import AwardState, Decision
from traitdunion.base.actors import ROBOT
from traitdunion.census import operations as census
from traitdunion.census.models import Duplicate, Need
from traitdunion.census.states import NeedState
from traitdunion.journal.models import Event

pytestmark = pytest.mark.django_db


def free(scene: Scene) -> int:
    found = purses.purses(scene.world.programme, 0)
    return sum(one.free_cents for one in found)


def test_a_need_withdrawn_gives_its_award_and_its_money_back(scene: Scene) -> None:
    wave = scene.shared_out(served=2, waiting=1)
    need = decided(wave, Decision.SERVED)[0].need
    assert free(scene) == 0

    operations.withdraw_need(need=need, reason="relay", by=ROBOT, at=MAY)

    award = Award.objects.get(need=need)
    assert (award.state, award.ended_at) == (AwardState.WITHDRAWN, MAY)
    assert free(scene) == TABLET
    assert Event.objects.filter(verb="allocation.withdrawn", subject_id=str(award.pk)).exists()


def test_a_family_that_objects_holds_no_award_any_more(scene: Scene) -> None:
    wave = scene.shared_out(served=2, waiting=1)
    need = decided(wave, Decision.SERVED)[0].need

    count = operations.withdraw_person(person_id=need.person_id, by=ROBOT, at=MAY)

    assert count == 1
    assert Award.objects.get(need=need).state == AwardState.WITHDRAWN


def test_the_need_that_goes_as_a_double_gives_its_award_back(scene: Scene) -> None:
    wave = scene.shared_out(served=2, waiting=1)
    one, other = (line.need for line in decided(wave, Decision.SERVED))
    flag = Duplicate.objects.create(need=one, other=other, score=0.9)

    operations.settle_duplicate(duplicate=flag, verdict="SAME", by=ROBOT, at=MAY)

    states = {a.need_id: a.state for a in Award.objects.order_by("pk")}
    assert states == {one.pk: AwardState.WITHDRAWN, other.pk: AwardState.AWARDED}


def test_two_children_who_are_not_one_keep_both_awards(scene: Scene) -> None:
    wave = scene.shared_out(served=2, waiting=1)
    one, other = (line.need for line in decided(wave, Decision.SERVED))
    flag = Duplicate.objects.create(need=one, other=other, score=0.9)

    operations.settle_duplicate(duplicate=flag, verdict="DIFFERENT", by=ROBOT, at=MAY)

    assert set(Award.objects.values_list("state", flat=True)) == {AwardState.AWARDED}


def test_what_a_child_has_in_hands_stays_handed_over(scene: Scene) -> None:
    wave = scene.shared_out(served=1, waiting=0)
    award = Award.objects.get(wave=wave)
    operations.mark_handed_over(award=award, by=ROBOT, at=MAY)

    operations.withdraw_need(need=award.need, reason="relay", by=ROBOT, at=MAY)

    award.refresh_from_db()
    assert award.state == AwardState.HANDED_OVER
    assert Need.objects.get(pk=award.need_id).state == NeedState.WITHDRAWN


def test_the_check_names_an_award_whose_need_is_gone(scene: Scene) -> None:
    wave = scene.shared_out(served=2, waiting=1)
    need = decided(wave, Decision.SERVED)[0].need
    assert not list(queries.check())

    census.withdraw(need=need, reason="relay", by=ROBOT, at=MAY)

    award = Award.objects.get(need=need)
    assert list(queries.check()) == [("allocation_award", str(award.pk), "its need is withdrawn")]
