"""Two branches reach for the last place, two hands log the same child: nothing is lost or taken
twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from tests.lending.test_together import together
from tests.mentoring.ground import AT, Ground, pair
from traitdunion.base.actors import ROBOT
from traitdunion.mentoring import checking, operations
from traitdunion.mentoring.models import (
    CountedChild,
    FollowedSpan,
    Pair,
    PlaceShare,
    Session,
    YoungPerson,
)

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 6


@pytest.fixture
def ground() -> Ground:
    return Ground()


def test_the_last_places_are_taken_once_each(ground: Ground) -> None:
    ground.pairs(*[
        pair(f"B{k}", f"J{k}", f"{'ABCDEF'[k] * 6};Léa;04/05/2009", mentor=f"M{k}")
        for k in range(HANDS)
    ])  # fmt: skip
    ground.signed(places=2, advance_cents=0)
    young = list(YoungPerson.objects.order_by("pk"))

    together(
        [
            lambda one=one: operations.take_places(young=[one], on=AT.date(), by=ROBOT, at=AT)
            for one in young
        ]
    )

    assert PlaceShare.objects.get().taken == 2
    assert YoungPerson.objects.filter(share__isnull=False).count() == 2
    assert list(checking.check()) == []


def _log(ground: Ground, minutes_later: int, *, counted: bool) -> None:
    """What logging a session does; without counting, the negative control."""
    with transaction.atomic():
        kept = Pair.objects.select_related("young").get()
        at = AT - timedelta(minutes=minutes_later)
        Session.objects.create(
            pk=uuid4(),
            pair=kept,
            child_id=kept.young.child_id,
            network_id=kept.network_id,
            started_at=at,
            day=at.date(),
            minutes=30,
            mode="REMOTE",
            logged_at=AT,
        )
        if counted:
            operations.refresh_followed(
                children=[kept.young.child_id], plan=ground.plan, by=ROBOT, at=AT
            )


@pytest.mark.parametrize("counted", [True, False])
def test_sessions_of_one_child_logged_together_are_all_counted(
    ground: Ground, counted: bool
) -> None:
    ground.pairs(pair())

    said = together([lambda k=k: _log(ground, k, counted=counted) for k in range(HANDS)])

    connection.close()
    logged = said.count("done")
    assert logged >= 1 and Session.objects.count() == logged
    is_right = list(checking.check()) == []
    assert is_right is counted
    if counted:
        assert CountedChild.objects.get().sessions == logged
        assert FollowedSpan.objects.filter(definition="WIDE", network=None).count() == 1
