"""Eight hands, two hundred tablets: each tablet leaves once. A killed hand leaves nothing."""

import signal

import pytest

from tests.conftest import SEED
from tests.equipment.conftest import Cupboard
from tests.processes import start, together
from traitdunion.equipment import queries
from traitdunion.equipment.models import Custody, Device

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, DEVICES = 8, 200
LEND = """
from traitdunion.equipment import operations
from traitdunion.equipment.models import Device
from traitdunion.people.models import Person
child, won, waits = GIVEN["children"][GIVEN["k"] % 3], 0, []
devices = list(Device.objects.order_by("serial"))
chance.shuffle(devices)
for device in devices:
    began = time.monotonic()
    try:
        operations.move(device=device, to=operations.Place(person_id=child), state="LENT",
                        as_move="LENT", document="A", by=ROBOT, at=AT)
        won += 1
    except operations.AlreadyHeld:
        pass
    waits.append(time.monotonic() - began)
print(json.dumps([won, max(waits)]))
"""
NAIVE = """
from traitdunion.equipment.models import Device
won = 0
for device in list(Device.objects.order_by("serial")[:GIVEN["first"]]):
    if Device.objects.get(pk=device.pk).state == "IN_STOCK":
        time.sleep(0.01)
        device.state, device.holder_organisation_id = "LENT", None
        device.holder_person_id = GIVEN["children"][GIVEN["k"] % 3]
        device.save()
        won += 1
print(json.dumps(won))
"""
KILLED = """
from traitdunion.equipment import operations
from traitdunion.equipment.models import Custody, Device
device = Device.objects.order_by("serial").first()
with transaction.atomic():
    operations.move(device=device, to=operations.Place(person_id=GIVEN["children"][0]),
                    state="LENT", as_move="LENT", document="A", by=ROBOT, at=AT)
    assert Custody.objects.count() == 2
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def cupboard(transactional_db: None) -> Cupboard:
    return Cupboard()


def test_of_eight_hands_that_reach_for_a_tablet_one_gets_it(cupboard: Cupboard) -> None:
    cupboard.stock(DEVICES)

    said = together(LEND, processes=PROCESSES, children=cupboard.children, seed=SEED)

    assert sum(won for won, _wait in said) == DEVICES
    assert Custody.objects.filter(move="LENT").count() == DEVICES
    assert Device.objects.filter(state="LENT").count() == DEVICES
    assert not list(queries.check())


def test_reading_then_saving_would_have_lent_one_tablet_several_times(cupboard: Cupboard) -> None:
    """Negative control: the same race, written as one first writes it, is lost."""
    cupboard.stock(20)

    said = together(NAIVE, processes=PROCESSES, children=cupboard.children, first=20, seed=SEED)

    assert sum(said) > 20


def test_a_hand_killed_in_the_middle_leaves_the_tablet_in_the_cupboard(
    cupboard: Cupboard,
) -> None:
    (tablet,) = cupboard.stock()
    hand = start(KILLED, k=0, children=cupboard.children, seed=SEED)

    _out, problem = hand.communicate(input="go\n", timeout=60)

    assert hand.returncode == -signal.SIGKILL, problem[-500:]
    assert [line.move for line in queries.history(tablet)] == ["REGISTERED"]
    assert list(queries.in_stock(cupboard.school.pk)) == [tablet]
    assert not list(queries.check())
