"""Hand-overs by program: the same rules as at the gate."""

from typing import Any

import pytest

from tests.api.conftest import Program
from tests.web.world import World
from traitdunion.equipment.models import Custody, Device
from traitdunion.lending.models import Agreement, Loan

pytestmark = pytest.mark.django_db
REASON = "Arrivée après la clôture du recensement."


def hand_over(program: Program, world: World, **changed: Any) -> Any:
    body = {
        "serial": "TAB940001",
        "holder": {"award": str(world.a.waiting.award_id)},
        "signature": "paper",
        "at": "2020-05-14T10:00:00+02:00",
    }
    return program.ask("post", "handovers", {**body, **changed})


def test_a_tablet_leaves_for_an_award_and_tells_the_child_by_code(
    world: World, callers: dict[str, Program]
) -> None:
    answer = hand_over(callers["chloe"], world)

    one = answer.json()
    assert answer.status_code == 201
    assert (one["serial"], one["award"]) == ("TAB940001", str(world.a.waiting.award_id))
    assert one["child"].startswith("E-")
    assert (one["signed_on"], one["signature"]) == ("2020-05-14", "paper")
    assert callers["chloe"].ask("get", f"handovers/{one['id']}").json()["serial"] == "TAB940001"


def test_a_tablet_that_somebody_has_is_already_held(
    world: World, callers: dict[str, Program]
) -> None:
    hand_over(callers["chloe"], world)

    again = hand_over(callers["chloe"], world)

    assert again.status_code == 409
    assert again.json()["type"].endswith("/already-held")
    assert Loan.objects.filter(device__serial="TAB940001").count() == 1


def test_a_foreign_award_in_a_hand_over_is_no_award(
    world: World, callers: dict[str, Program]
) -> None:
    """Re-parenting: one's own tablet, somebody else's award."""
    foreign = hand_over(callers["chloe"], world, holder={"award": str(world.b.waiting.award_id)})
    nothing = hand_over(
        callers["chloe"], world, holder={"award": "00000000-0000-4000-8000-000000000000"}
    )

    assert (foreign.status_code, foreign.json()) == (404, nothing.json())
    assert Device.objects.get(serial="TAB940001").state == "IN_STOCK"


def test_a_foreign_child_is_no_child(world: World, callers: dict[str, Program]) -> None:
    person = str(world.b.doubtful.person_id)

    answer = hand_over(callers["chloe"], world, holder={"person": person, "reason": REASON})

    assert answer.status_code == 404


def test_a_child_whom_no_wave_served_is_lent_to_with_a_reason(
    world: World, callers: dict[str, Program]
) -> None:
    person = str(world.a.doubtful.person_id)

    told = hand_over(callers["chloe"], world, holder={"person": person, "reason": REASON})
    silent = hand_over(callers["chloe"], world, holder={"person": person})

    assert (told.status_code, silent.status_code) == (201, 422)
    assert REASON not in told.content.decode()


def test_whoever_only_hands_over_reads_no_file_and_names_no_child(
    world: World, callers: dict[str, Program]
) -> None:
    person = str(world.a.doubtful.person_id)

    answer = hand_over(callers["olga"], world, holder={"person": person, "reason": REASON})

    assert answer.status_code == 404


def test_an_organisation_borrows_for_its_workshops(
    world: World, callers: dict[str, Program]
) -> None:
    town = str(world.b.school.pk)

    answer = hand_over(
        callers["chloe"], world, holder={"organisation": town}, received_by="M. Accueil"
    )

    one = answer.json()
    assert (answer.status_code, one["organisation"], one["child"]) == (201, town, None)


def test_a_signature_to_come_stays_on_the_list_of_the_relay(
    world: World, callers: dict[str, Program]
) -> None:
    one = hand_over(callers["chloe"], world, signature="later").json()

    assert (one["state"], one["signed_on"]) == ("TO_SIGN", None)
    assert Agreement.objects.get(number=one["agreement"]).state == "TO_SIGN"


def test_the_hour_is_the_servers_and_the_telephones_is_kept_beside(
    world: World, callers: dict[str, Program]
) -> None:
    one = hand_over(callers["chloe"], world, device_time="2020-05-14T09:59:00+02:00").json()

    line = Custody.objects.filter(device__serial="TAB940001").order_by("seq").last()
    assert line.device_time.isoformat() == "2020-05-14T07:59:00+00:00"
    assert not one["started_at"].startswith("2020-05-14T08:00")


def test_an_unknown_number_is_not_found(world: World, callers: dict[str, Program]) -> None:
    answer = hand_over(callers["chloe"], world, serial="INCONNU")

    assert answer.status_code == 404
