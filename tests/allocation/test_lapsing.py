"""A place that nobody took passes to the next in the queue, in the same transaction."""

from datetime import timedelta

import pytest

from tests.allocation.conftest import JUNE, MAY, TABLET, Scene, decided
from traitdunion.allocation import operations, purses, queries
from traitdunion.allocation.models import Award
from traitdunion.allocation.states import AwardState, Decision
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.census import operations as census

pytestmark = pytest.mark.django_db


def handed_over_but(wave, *kept: int) -> list[Award]:
    """Every award of the wave reaches its child but those of these places in the queue."""
    awards = [Award.objects.get(need=line.need) for line in decided(wave, Decision.SERVED)]
    for place, award in enumerate(awards):
        if place not in kept:
            operations.mark_handed_over(award=award, by=ROBOT, at=MAY)
    return [awards[place] for place in kept]


def test_a_place_not_taken_passes_to_the_first_that_waits(scene: Scene) -> None:
    wave = scene.shared_out(served=3, waiting=2)
    (late,) = handed_over_but(wave, 0)

    assert operations.lapse(by=ROBOT, at=JUNE) == 1

    late.refresh_from_db()
    passed = Award.objects.get(replaces=late)
    assert late.state == AwardState.LAPSED
    assert passed.need_id == decided(wave, Decision.WAITING)[0].need_id
    assert (passed.state, passed.source_id) == (AwardState.AWARDED, late.source_id)
    assert passed.lapses_on == (JUNE + timedelta(days=scene.plan.awards.lapse_days)).date()
    assert not list(queries.check())


def test_as_many_places_pass_as_lapse_and_no_cent_more(scene: Scene) -> None:
    wave = scene.shared_out(served=3, waiting=2)
    handed_over_but(wave, 0, 1, 2)

    operations.lapse(by=ROBOT, at=JUNE)

    passed = Award.objects.filter(replaces__isnull=False)
    assert passed.count() == 2
    assert purses.purses(scene.world.programme, 0)[-1].free_cents == TABLET


def test_the_need_that_let_its_place_lapse_does_not_take_it_back(scene: Scene) -> None:
    wave = scene.shared_out(served=2, waiting=0)
    (late,) = handed_over_but(wave, 0)

    operations.lapse(by=ROBOT, at=JUNE)

    assert not Award.objects.filter(replaces=late).exists()
    ranked = queries.lines_of(scene.propose(JUNE)).values_list("need", flat=True)
    assert late.need_id not in ranked


def test_it_comes_back_in_the_queue_once_its_relay_says_that_it_stands(scene: Scene) -> None:
    wave = scene.shared_out(served=2, waiting=0)
    (late,) = handed_over_but(wave, 0)
    operations.lapse(by=ROBOT, at=JUNE)

    operations.reconfirm(need=late.need, by=ROBOT, at=JUNE)

    served = decided(scene.confirm(scene.propose(JUNE), JUNE), Decision.SERVED)
    assert [line.need_id for line in served] == [late.need_id]
    with pytest.raises(MoveRefused):
        operations.reconfirm(need=late.need, by=ROBOT, at=JUNE)


def test_a_place_passes_over_a_need_that_was_withdrawn(scene: Scene) -> None:
    wave = scene.shared_out(served=1, waiting=2)
    (late,) = handed_over_but(wave, 0)
    first, second = (line.need for line in decided(wave, Decision.WAITING))
    census.withdraw(need=first, reason="relay", by=ROBOT, at=MAY)

    operations.lapse(by=ROBOT, at=JUNE)

    assert Award.objects.get(replaces=late).need_id == second.pk


def test_a_cites_money_goes_to_its_own_first_even_behind_another(scene: Scene) -> None:
    scene.with_cite()
    scene.children(2, lon=2.405)
    scene.children(2, lon=2.455)
    scene.fund(1, source="cites-educatives-2020")
    scene.close()
    wave = scene.confirm(scene.propose())
    (late,) = handed_over_but(wave, 0)
    own = [
        line
        for line in decided(wave, Decision.WAITING)
        if line.need.neighbourhood_id == scene.world.north.pk
    ]

    operations.lapse(by=ROBOT, at=JUNE)

    assert Award.objects.get(replaces=late).need_id == own[0].need_id


def test_a_cites_money_helps_the_others_when_none_of_its_own_waits(scene: Scene) -> None:
    scene.with_cite()
    scene.children(1, lon=2.405)
    (other,) = scene.children(1, lon=2.455)
    scene.fund(1, source="cites-educatives-2020")
    scene.close()
    wave = scene.confirm(scene.propose())
    (late,) = handed_over_but(wave, 0)
    assert late.need.neighbourhood_id == scene.world.north.pk

    operations.lapse(by=ROBOT, at=JUNE)

    assert Award.objects.get(replaces=late).need_id == other.pk


def test_a_place_stays_within_its_degree(scene: Scene) -> None:
    scene.children(1, degree=0)
    scene.children(1, degree=1)
    scene.fund(1)
    scene.close()
    wave = scene.confirm(scene.propose())
    (late,) = handed_over_but(wave, 0)

    operations.lapse(by=ROBOT, at=JUNE)

    assert not Award.objects.filter(replaces=late).exists()


def test_a_family_that_said_no_is_ranked_again_only_if_its_relay_says_so(scene: Scene) -> None:
    wave = scene.shared_out(served=1, waiting=0)
    award = Award.objects.get(wave=wave)

    operations.decline(award=award, by=ROBOT, at=MAY)

    assert queries.rests(award.need_id)
    assert not queries.lines_of(scene.propose()).exists()


def test_a_relay_reads_which_places_it_lost(scene: Scene) -> None:
    wave = scene.shared_out(served=2, waiting=1)
    (late,) = handed_over_but(wave, 1)
    operations.lapse(by=ROBOT, at=JUNE)

    assert [one.pk for one in queries.resting_of(late.relay_id)] == [late.pk]
    operations.withdraw_need(need=late.need, reason="relay", by=ROBOT, at=JUNE)
    assert queries.resting_of(late.relay_id) == []
