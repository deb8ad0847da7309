"""Two hands reach for the same thing at the same instant: one gets it, and both are told."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import OperationalError, connection, transaction

from tests.lending.scene import AT, Scene, build
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import Refusal
from traitdunion.equipment.models import Custody, Device
from traitdunion.lending import operations as lending
from traitdunion.lending import queries
from traitdunion.lending.models import Agreement, Loan

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 6


def together(acts: list[Callable[[], object]]) -> list[str]:
    """Run every act in its own thread, from one start; "done" or the class of its refusal."""
    start, said = Barrier(len(acts)), [""] * len(acts)

    def hand(k: int) -> None:
        start.wait()
        try:
            acts[k]()
            said[k] = "done"
        except (Refusal, OperationalError) as error:
            said[k] = type(error).__name__
        finally:
            connection.close()

    threads = [Thread(target=hand, args=(k,)) for k in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.fixture
def scene() -> Scene:
    return build()


def test_a_tablet_scanned_at_two_gates_together_leaves_once(scene: Scene) -> None:
    (tablet,), agreements = scene.stock(), scene.prepare()

    said = together([lambda one=one: scene.lend(one, tablet) for one in agreements])

    assert said.count("done") == 1
    assert Loan.objects.filter(ended_at__isnull=True).count() == 1
    assert Custody.objects.filter(device=tablet, move="LENT").count() == 1
    assert not list(queries.check())


def test_one_agreement_keyed_by_several_people_lends_once(scene: Scene) -> None:
    tablets, (amina, *_) = scene.stock(HANDS), scene.prepare()

    said = together(
        [
            lambda tablet=tablet: scene.lend(Agreement.objects.get(pk=amina.pk), tablet)
            for tablet in tablets
        ]
    )

    assert said.count("done") == 1
    assert Device.objects.filter(state="LENT").count() == 1


def test_a_tablet_given_back_twice_together_comes_back_once(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)

    said = together(
        [
            lambda: lending.give_back(
                serial=tablet.serial, relay=scene.school, condition="GOOD", by=ROBOT, at=AT
            )
        ]
        * HANDS
    )

    assert said.count("done") == 1
    assert Custody.objects.filter(device=tablet, move="RETURNED").count() == 1


def test_reading_then_writing_would_have_lent_it_several_times(scene: Scene) -> None:
    """Negative control: the same race without the conditional update is lost."""
    (tablet,), read = scene.stock(), Barrier(HANDS)
    gone = []

    def naive() -> None:
        is_here = Device.objects.get(pk=tablet.pk).state == "IN_STOCK"
        read.wait()
        if is_here:
            with transaction.atomic():
                gone.append(Device.objects.filter(pk=tablet.pk).update(version=2))

    together([naive] * HANDS)

    assert sum(gone) == HANDS


def test_a_hand_over_killed_half_way_leaves_nothing(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()

    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        scene.lend(amina, tablet)
        raise KeyboardInterrupt

    assert Device.objects.get(pk=tablet.pk).state == "IN_STOCK"
    assert not Loan.objects.exists()
    assert Agreement.objects.get(pk=amina.pk).state == "PREPARED"
