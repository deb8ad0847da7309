"""A proposal is confirmed as long as what it serves is still so; otherwise it is done again."""

from uuid import uuid4

import pytest

from tests.allocation.conftest import MAY, TABLET, Scene, decided
from traitdunion.allocation import operations, queries
from traitdunion.allocation.models import Award, Line, Wave
from traitdunion.allocation.operations import OutOfTurnRefused, ProposalOutOfDate
from traitdunion.allocation.states import Decision, WaveState
from traitdunion.base.actors import ROBOT
from traitdunion.budget.models import Envelope
from traitdunion.census import operations as census
from traitdunion.census.models import Need

pytestmark = pytest.mark.django_db


def proposed(scene: Scene, *, served: int = 3, waiting: int = 2) -> Wave:
    scene.children(served + waiting)
    scene.fund(served)
    scene.close()
    return scene.propose()


def refused(scene: Scene, wave: Wave, match: str) -> None:
    with pytest.raises(ProposalOutOfDate, match=match):
        operations.confirm(wave=wave, plan=scene.plan, by=ROBOT, at=MAY)


def test_a_need_withdrawn_since_the_proposal_gets_no_award(scene: Scene) -> None:
    wave = proposed(scene)
    gone = decided(wave, Decision.SERVED)[0].need

    census.withdraw(need=gone, reason="relay", by=ROBOT, at=MAY)

    refused(scene, wave, "1 besoin")
    assert not Award.objects.exists()


def test_a_refused_confirmation_leaves_the_proposal_as_it_was(scene: Scene) -> None:
    wave = proposed(scene)
    census.withdraw(need=decided(wave, Decision.SERVED)[0].need, reason="relay", by=ROBOT, at=MAY)

    refused(scene, wave, "refaites")

    assert queries.wave(wave.pk).state == WaveState.PROPOSED


def test_a_proposal_done_again_serves_the_next_one_and_can_be_confirmed(scene: Scene) -> None:
    wave = proposed(scene)
    gone, next_one = decided(wave, Decision.SERVED)[0].need, decided(wave, Decision.WAITING)[0]
    census.withdraw(need=gone, reason="relay", by=ROBOT, at=MAY)

    operations.cancel(wave=wave, by=ROBOT, at=MAY)
    again = scene.confirm(scene.propose())

    served = {line.need_id for line in decided(again, Decision.SERVED)}
    assert next_one.need_id in served and gone.pk not in served


@pytest.mark.parametrize(("column", "value"), [("kind", "both"), ("degree", 2), ("priority", 1)])
def test_a_need_that_is_no_longer_what_was_ranked_is_seen(
    scene: Scene, column: str, value: object
) -> None:
    wave = proposed(scene)
    served = decided(wave, Decision.SERVED)[0].need

    Need.objects.filter(pk=served.pk).update(**{column: value})

    refused(scene, wave, "1 besoin")


def test_a_purse_that_shrank_since_is_never_over_promised(scene: Scene) -> None:
    wave = proposed(scene)

    Envelope.objects.update(authorized_cents=3 * TABLET - 1)

    refused(scene, wave, "ne contient plus")


def test_a_need_settled_since_waits_for_the_next_wave_and_stops_nothing(scene: Scene) -> None:
    """What a proposal does not serve may change: the money is promised to those it serves."""
    wave = proposed(scene)
    waiting = decided(wave, Decision.WAITING)[0].need
    census.withdraw(need=waiting, reason="relay", by=ROBOT, at=MAY)

    assert operations.confirm(wave=wave, plan=scene.plan, by=ROBOT, at=MAY) == 3


def test_nobody_is_served_out_of_turn_while_a_proposal_counts_on_the_same_money(
    scene: Scene,
) -> None:
    wave = scene.shared_out(served=2, waiting=1)
    scene.fund(1)
    second = scene.propose()
    waiting = decided(wave, Decision.WAITING)[0].need

    with pytest.raises(OutOfTurnRefused, match="proposition attend"):
        scene.serve_out_of_turn(waiting, wave)

    operations.cancel(wave=second, by=ROBOT, at=MAY)
    assert scene.serve_out_of_turn(waiting, wave).is_out_of_turn


def test_an_award_given_meanwhile_is_a_refusal_and_not_a_crash(scene: Scene) -> None:
    """Negative control of the lock: the award is put there as no operation would."""
    first = scene.shared_out(served=2, waiting=1)
    scene.fund(1)
    second = scene.propose()
    award = Award.objects.filter(wave=first).first()
    waiting = decided(second, Decision.SERVED)[0].need
    award.pk, award.need, award.person = uuid4(), waiting, waiting.person
    award.save(force_insert=True)

    refused(scene, second, "1 besoin")


def test_only_open_needs_are_served_out_of_turn(scene: Scene) -> None:
    wave = scene.shared_out(served=2, waiting=1)
    scene.fund(1)
    waiting = decided(wave, Decision.WAITING)[0].need
    census.withdraw(need=waiting, reason="relay", by=ROBOT, at=MAY)

    with pytest.raises(OutOfTurnRefused, match="besoin retenu"):
        scene.serve_out_of_turn(waiting, wave)

    assert Line.objects.filter(need=waiting).exists()
