"""A neighbourhood that asks for more than its ceiling is checked, never dropped."""

import pytest

from tests.allocation.conftest import MAY, Scene, decided
from traitdunion.allocation.states import Decision
from traitdunion.base.actors import ROBOT
from traitdunion.census import operations as census
from traitdunion.census import queries
from traitdunion.census.models import Ceiling

pytestmark = pytest.mark.django_db
WHY = "Deux immeubles relogés en avril"


def decide(scene: Scene, needs: int, reason: str = WHY) -> None:
    census.decide_ceiling(
        census=scene.world.census,
        neighbourhood_id=scene.world.north.pk,
        needs=needs,
        reason=reason,
        by=ROBOT,
        at=MAY,
    )


def test_needs_above_the_ceiling_of_the_plan_are_to_be_checked(scene: Scene) -> None:
    scene.changed(census={"ceiling_per_hundred_pupils": 1.5})
    scene.children(5)
    scene.fund(5)
    scene.close()

    wave = scene.propose()

    # 200 pupils, 1.5 for a hundred: three.
    assert len(decided(wave, Decision.SERVED)) == 3
    assert [line.key for line in decided(wave, Decision.CHECK)] == ["1/1", "4/3"]


def test_a_ceiling_decided_for_a_neighbourhood_replaces_the_plans(scene: Scene) -> None:
    scene.changed(census={"ceiling_per_hundred_pupils": 1.5})
    scene.children(5)
    scene.fund(5)
    scene.close()

    decide(scene, 4)
    decide(scene, 5)

    assert len(decided(scene.propose(), Decision.SERVED)) == 5
    assert Ceiling.objects.get().needs == 5


def test_without_a_ceiling_nothing_is_to_be_checked(scene: Scene) -> None:
    scene.children(5)
    scene.fund(5)
    scene.close()

    assert decided(scene.propose(), Decision.CHECK) == []


def test_a_ceiling_without_a_reason_is_refused(scene: Scene) -> None:
    with pytest.raises(census.NoReason):
        decide(scene, 4, reason=" ")


def test_a_neighbourhood_whose_pupils_are_unknown_has_no_ceiling_of_the_plan(
    scene: Scene,
) -> None:
    scene.changed(census={"ceiling_per_hundred_pupils": 1.5})
    type(scene.world.north).objects.filter(pk=scene.world.north.pk).update(pupils=None)

    found = queries.ceilings(scene.world.census, scene.plan, "2015")

    assert found == {scene.world.south.pk: 3}
