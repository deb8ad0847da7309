"""Impatient fingers on several machines: one draft, one application."""

import pytest

from tests.conftest import SEED
from tests.grants import scene as scenes
from tests.grants.scene import Scene
from tests.processes import together
from traitdunion.grants.models import Application

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES = 6
FIND = """
from traitdunion.grants import operations
from traitdunion.grants.models import Application
from traitdunion.partners.models import Organisation
from traitdunion.programme import queries as programme
current = programme.current()
plan = programme.plan(current)
"""
START = f"""{FIND}
asking = Organisation.objects.get(pk=GIVEN["association"])
strand = programme.strand(current, "associations")
one = operations.start(organisation=asking, strand=strand, plan=plan, by=ROBOT, at=AT)
print(json.dumps(one.number))
"""
SUBMIT = f"""{FIND}
one = Application.objects.get(number=GIVEN["number"])
try:
    operations.submit(application=one, plan=plan, by=ROBOT, at=AT)
    print(json.dumps(1))
except operations.AlreadySubmitted as refusal:
    assert one.number in str(refusal)
    print(json.dumps(0))
"""
NAIVE = """
from traitdunion.grants.models import Application
one = Application.objects.get(number=GIVEN["number"])
won = 0
if one.state == "DRAFT":
    time.sleep(1)
    one.state, one.submitted_at = "SUBMITTED", AT
    one.save()
    won = 1
print(json.dumps(won))
"""


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return scenes.build()


def test_six_fingers_start_one_draft(scene: Scene) -> None:
    numbers = together(
        START, processes=PROCESSES, association=str(scene.association.pk), seed=SEED
    )

    assert len(set(numbers)) == 1
    assert Application.objects.count() == 1


def test_six_fingers_submit_once(scene: Scene) -> None:
    draft = scene.fill(scene.start())

    won = together(SUBMIT, processes=PROCESSES, number=draft.number, seed=SEED)

    assert sum(won) == 1
    assert Application.objects.get().state == "SUBMITTED"


def test_reading_then_saving_would_have_submitted_several_times(scene: Scene) -> None:
    """Negative control: the same race, written as one first writes it, is lost."""
    draft = scene.fill(scene.start())

    won = together(NAIVE, processes=PROCESSES, number=draft.number, seed=SEED)

    assert sum(won) > 1
