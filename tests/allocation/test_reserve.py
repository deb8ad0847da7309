"""A share of the money waits for the neighbourhoods that have not answered yet."""

import pytest

from tests.allocation.conftest import MAY, TABLET, Scene, decided
from traitdunion.allocation import operations, purses, queries
from traitdunion.allocation.models import Wave
from traitdunion.allocation.states import Decision
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.census import operations as census

pytestmark = pytest.mark.django_db
HALF = {"reserve_percent": 50}
WHY = "Le quartier a répondu par téléphone"


def kept(scene: Scene) -> int:
    unanswered = purses.silent(scene.world.programme, scene.plan)
    return sum(one.kept_cents for one in purses.purses(scene.world.programme, unanswered))


def first_wave(scene: Scene) -> Wave:
    """Four children in the north; the south says nothing; money for four."""
    scene.changed(census=HALF)
    scene.children(4)
    scene.fund(4)
    scene.close()
    return scene.confirm(scene.propose())


def test_half_of_the_money_waits_for_the_silent_neighbourhood(scene: Scene) -> None:
    wave = first_wave(scene)

    assert (wave.unanswered, len(decided(wave, Decision.SERVED))) == (1, 2)
    told = {one["name"]: one["reserve_cents"] for one in wave.rules["sources"]}
    assert told == {"cites-educatives-2020": 0, "plan": 2 * TABLET}
    assert not list(queries.check())


def test_a_second_wave_does_not_spend_what_the_first_one_kept(scene: Scene) -> None:
    first_wave(scene)

    second = scene.propose()

    assert decided(second, Decision.SERVED) == []
    assert kept(scene) == 2 * TABLET


def test_nothing_kept_is_spent_out_of_turn(scene: Scene) -> None:
    wave = first_wave(scene)

    with pytest.raises(operations.OutOfTurnRefused, match="source"):
        scene.serve_out_of_turn(decided(wave, Decision.WAITING)[0].need, wave)


def test_the_share_is_free_when_the_neighbourhood_answers(scene: Scene) -> None:
    first_wave(scene)

    census.answer_no_need(
        census=scene.world.census, neighbourhood_id=scene.world.south.pk, by=ROBOT, at=MAY
    )

    assert kept(scene) == 0
    assert len(decided(scene.propose(), Decision.SERVED)) == 2


def test_it_is_free_by_decision_once_and_with_a_reason(scene: Scene) -> None:
    wave = first_wave(scene)
    with pytest.raises(MoveRefused, match="raison"):
        operations.release_reserve(wave=wave, reason=" ", by=ROBOT, at=MAY)

    operations.release_reserve(wave=wave, reason=WHY, by=ROBOT, at=MAY)

    assert kept(scene) == 0
    with pytest.raises(MoveRefused, match="réserve"):
        operations.release_reserve(wave=wave, reason=WHY, by=ROBOT, at=MAY)


def test_nothing_is_kept_when_everybody_has_answered(scene: Scene) -> None:
    scene.changed(census=HALF)
    scene.children(2, lon=2.405)
    scene.children(2, lon=2.455)
    scene.fund(4)
    scene.close()

    wave = scene.propose()

    assert (wave.unanswered, len(decided(wave, Decision.SERVED))) == (0, 4)
