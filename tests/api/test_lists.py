"""Lists by pages: nothing is skipped, nothing comes twice, and no page is unbounded."""

from typing import Any

import pytest

from tests.api.conftest import Program
from tests.web.world import World
from traitdunion.base.actors import ROBOT
from traitdunion.journal import operations as journal
from traitdunion.journal.models import Event
from traitdunion.partners.models import Organisation

pytestmark = pytest.mark.django_db


def everything(program: Program, path: str, limit: int) -> list[dict[str, Any]]:
    rows, cursor = [], ""
    sign = "&" if "?" in path else "?"
    while cursor is not None:
        page = program.ask("get", f"{path}{sign}limit={limit}&cursor={cursor}").json()
        assert len(page["items"]) <= limit
        rows, cursor = rows + page["items"], page["next"]
    return rows


@pytest.mark.parametrize(
    "path",
    ["organisations", "envelopes", "commitments", "awards", "orders", "devices", "handovers",
     "neighbourhoods"],
)  # fmt: skip
def test_page_by_page_is_the_whole_list_once(path: str, callers: dict[str, Program]) -> None:
    whole = callers["lea"].ask("get", f"{path}?limit=200").json()

    by_one = everything(callers["lea"], path, 1)

    assert by_one == whole["items"]
    assert whole["next"] is None and len(by_one) >= 2
    assert len({row["id"] for row in by_one}) == len(by_one)


def test_rows_with_the_same_name_are_told_apart(world: World, callers: dict[str, Program]) -> None:
    for _ in range(5):
        Organisation.objects.create(kind="ASSOCIATION", name="Le Fil", searchable="le fil")

    listed = everything(callers["lea"], "organisations", 2)

    assert len({row["id"] for row in listed}) == Organisation.objects.count()


def test_the_cursor_of_one_list_opens_no_other(callers: dict[str, Program]) -> None:
    cursor = callers["lea"].ask("get", "organisations?limit=1").json()["next"]

    assert callers["lea"].ask("get", f"envelopes?cursor={cursor}").status_code == 422


def test_a_page_of_loans_asks_the_same_number_of_questions_however_long(
    callers: dict[str, Program], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(3):
        callers["lea"].ask("get", "handovers")
    with django_assert_max_num_queries(3):
        callers["lea"].ask("get", "awards")


def test_the_journal_is_asked_by_verb_by_subject_and_from_an_instant(
    world: World, callers: dict[str, Program]
) -> None:
    envelope = world.a.envelope
    event = journal.record(
        verb="essai.fait", subject=envelope, by=ROBOT, at=world.wave.proposed_at
    )
    subject = f"budget.envelope:{envelope.pk}"

    by_verb = everything(callers["lea"], "events?verb=essai.fait", 1)
    by_subject = everything(callers["karim"], f"events?subject={subject}", 50)
    none = everything(callers["lea"], "events?verb=essai.fait&since=2021-01-01T00:00:00Z", 1)

    assert [row["id"] for row in by_verb] == [str(event.uid)]
    assert str(event.uid) in {row["id"] for row in by_subject}
    assert {row["subject_id"] for row in by_subject} == {str(envelope.pk)}
    assert none == []


def test_the_whole_journal_is_read_in_its_order(callers: dict[str, Program]) -> None:
    read = [row["id"] for row in everything(callers["karim"], "events", 200)]

    told = Event.objects.order_by("id").values_list("uid", flat=True)
    assert read == [str(uid) for uid in told]
