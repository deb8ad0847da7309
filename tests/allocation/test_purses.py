"""What a wave may promise: what was committed before is gone, an order counts once."""

from typing import Any

import pytest

from tests.allocation.conftest import MAY, TABLET, Scene, decided, scene, world
from traitdunion.allocation.states import Decision
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.budget.states import Origin, Spending

__all__ = ["scene", "world"]
pytestmark = pytest.mark.django_db


def served(scene: Scene, **facts: Any) -> int:
    """How many of four children are served of four tablets, one tablet's price being committed."""
    scene.children(4)
    purse = scene.fund(4)
    budget.commit(
        envelope=purse, amount_cents=TABLET, label="Tablettes", reference="BC-1",
        by=ROBOT, at=MAY, **facts,
    )  # fmt: skip
    scene.close()
    return len(decided(scene.propose(), Decision.SERVED))


@pytest.mark.parametrize("origin", [Origin.OPENING, Origin.ELSEWHERE])
def test_what_was_committed_before_or_elsewhere_is_promised_to_nobody(
    scene: Scene, origin: str
) -> None:
    assert served(scene, origin=origin, spending=Spending.ORDERS) == 3


def test_another_expense_is_promised_to_nobody(scene: Scene) -> None:
    assert served(scene, spending=Spending.OTHER) == 3


def test_an_order_placed_here_pays_the_awards_and_is_not_counted_twice(scene: Scene) -> None:
    assert served(scene, spending=Spending.ORDERS) == 4
