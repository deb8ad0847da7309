"""Asked twice under the same key, a thing is done once and answered the same."""

import json
from typing import Any

import pytest

from tests.api.conftest import Program
from tests.web.world import World
from traitdunion.budget.models import Commitment
from traitdunion.partners.models import KeptAnswer

pytestmark = pytest.mark.django_db
AVAILABLE = 4_910_000


def commitment(world: World, **changed: Any) -> dict[str, Any]:
    body = {"amount_cents": 100, "label": "Tablettes", "reference": "BC-1"}
    return {"envelope": str(world.a.envelope.pk), **body, **changed}


def made() -> int:
    return Commitment.objects.filter(reference="BC-1").count()


def test_the_same_key_and_body_give_the_same_answer_and_one_commitment(
    world: World, callers: dict[str, Program]
) -> None:
    first, second = (
        callers["alice"].ask("post", "commitments", commitment(world), key="k") for _ in range(2)
    )

    assert (first.status_code, second.status_code, made()) == (201, 201, 1)
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"


def test_without_a_key_asking_twice_does_it_twice(
    world: World, callers: dict[str, Program]
) -> None:
    """Negative control: the key is what prevents it."""
    for _ in range(2):
        callers["alice"].ask("post", "commitments", commitment(world))

    assert made() == 2


def test_the_same_body_in_another_order_is_the_same_body(
    world: World, callers: dict[str, Program]
) -> None:
    body = commitment(world)
    backwards = json.dumps(dict(reversed(body.items())), indent=4)
    callers["alice"].ask("post", "commitments", body, key="k")

    again = callers["alice"].post(
        "/api/v1/commitments", backwards, content_type="application/json",
        headers={"idempotency-key": "k"},
    )  # fmt: skip

    assert (again.status_code, made()) == (201, 1)


def test_the_same_key_with_another_body_is_refused(
    world: World, callers: dict[str, Program]
) -> None:
    callers["alice"].ask("post", "commitments", commitment(world), key="k")

    other = callers["alice"].ask("post", "commitments", commitment(world, amount_cents=1), key="k")

    assert (other.status_code, made()) == (422, 1)
    assert other.json()["type"].endswith("/another-body")


def test_two_organisations_may_use_the_same_key(world: World, callers: dict[str, Program]) -> None:
    theirs = commitment(world, envelope=str(world.b.envelope.pk))

    for name, body in (("alice", commitment(world)), ("paul", theirs)):
        assert callers[name].ask("post", "commitments", body, key="k").status_code == 201

    assert made() == 2


def test_a_refusal_by_a_rule_is_kept_like_a_success(
    world: World, callers: dict[str, Program]
) -> None:
    much = commitment(world, amount_cents=AVAILABLE + 1)
    first = callers["alice"].ask("post", "commitments", much, key="k")
    callers["alice"].ask("post", "commitments", commitment(world, amount_cents=1_000))

    again = callers["alice"].ask("post", "commitments", much, key="k")

    assert (first.status_code, first.content) == (409, again.content)
    assert again["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"amount_cents": 0}, 422),
        ({"envelope": "00000000-0000-4000-8000-000000000000"}, 404),
    ],
)
def test_what_was_refused_before_the_work_may_be_corrected_under_the_same_key(
    world: World, callers: dict[str, Program], wrong: dict[str, Any], status: int
) -> None:
    refused = callers["alice"].ask("post", "commitments", commitment(world, **wrong), key="k")

    mended = callers["alice"].ask("post", "commitments", commitment(world), key="k")

    assert (refused.status_code, mended.status_code, made()) == (status, 201, 1)


def test_nobody_without_the_right_reads_what_was_answered_to_a_colleague(
    world: World, callers: dict[str, Program]
) -> None:
    body = {
        "serial": "TAB940001", "holder": {"award": str(world.a.waiting.award_id)},
        "signature": "paper", "at": "2020-05-14T10:00:00+02:00",
    }  # fmt: skip
    callers["chloe"].ask("post", "handovers", body, key="k")

    assert callers["alice"].ask("post", "handovers", body, key="k").status_code == 403


@pytest.mark.parametrize("key", ["", "x" * 201, "é", "a\tb"])
def test_a_key_that_is_none_is_refused(
    world: World, callers: dict[str, Program], key: str
) -> None:
    answer = callers["alice"].ask("post", "commitments", commitment(world), key=key)

    assert (answer.status_code, made()) == (422, 0)


def test_what_is_kept_holds_no_name(world: World, callers: dict[str, Program]) -> None:
    body = {
        "serial": "TAB940001", "holder": {"award": str(world.a.waiting.award_id)},
        "received_by": "Mme Rousseau", "signature": "paper", "at": "2020-05-14T10:00:00+02:00",
    }  # fmt: skip

    answer = callers["chloe"].ask("post", "handovers", body, key="k")

    kept = str(list(KeptAnswer.objects.values()))
    assert answer.status_code == 201
    assert "rousseau" not in (kept + answer.content.decode()).lower()
