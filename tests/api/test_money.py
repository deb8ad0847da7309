"""Envelopes by program: what is left is told, what is foreign does not exist."""

from typing import Any

import pytest

from tests.api.conftest import Program, token_for
from tests.web.world import World
from traitdunion.budget.models import Commitment, Envelope, SignatureRequest
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Membership
from traitdunion.partners.states import Role

pytestmark = pytest.mark.django_db


def commit(program: Program, world: World, **changed: Any) -> Any:
    body = {"amount_cents": 100, "label": "Tablettes", "reference": "BC-1"}
    return program.ask(
        "post", "commitments", {"envelope": str(world.a.envelope.pk), **body, **changed}
    )


def test_a_commitment_is_answered_in_cents_and_seen_in_the_list(
    world: World, callers: dict[str, Program]
) -> None:
    answer = commit(callers["alice"], world)

    one = answer.json()
    assert (answer.status_code, one["amount_cents"], one["reference"]) == (201, 100, "BC-1")
    assert callers["alice"].ask("get", f"commitments/{one['id']}").json() == one | {
        "committed_at": callers["alice"]
        .ask("get", f"commitments/{one['id']}")
        .json()["committed_at"]
    }
    assert one["committed_at"].endswith("Z")


def test_more_than_what_is_left_is_refused_with_what_is_left(
    world: World, callers: dict[str, Program]
) -> None:
    left = (
        callers["alice"].ask("get", f"envelopes/{world.a.envelope.pk}").json()["available_cents"]
    )

    answer = commit(callers["alice"], world, amount_cents=left + 1)

    problem = answer.json()
    assert answer.status_code == problem["status"] == 409
    assert problem["type"].endswith("/envelope-exhausted")
    assert problem["available_cents"] == left
    assert problem["detail"].startswith("Il reste")
    assert commit(callers["alice"], world, amount_cents=left).status_code == 201


def test_a_foreign_envelope_in_a_commitment_is_no_envelope(
    world: World, callers: dict[str, Program]
) -> None:
    """Re-parenting: one's own right, somebody else's purse."""
    before = Envelope.objects.get(pk=world.b.envelope.pk).committed_cents

    foreign = commit(callers["alice"], world, envelope=str(world.b.envelope.pk))
    nothing = commit(callers["alice"], world, envelope="00000000-0000-4000-8000-000000000000")

    assert foreign.status_code == 404
    assert foreign.json() == nothing.json()
    assert Envelope.objects.get(pk=world.b.envelope.pk).committed_cents == before


def test_whoever_may_not_sign_alone_asks_for_a_signature_and_binds_nothing(
    world: World, callers: dict[str, Program]
) -> None:
    seat = Membership.objects.get(user=world.people["alice"])
    partners.seat(
        user=seat.user, organisation=seat.organisation, role=Role.MEMBER,
        by=seat.user, at=seat.started_at,
    )  # fmt: skip
    member = Membership.objects.get(user=seat.user, ended_at__isnull=True)
    answer = commit(Program(token_for(member)), world)

    assert answer.status_code == 202
    assert SignatureRequest.objects.filter(pk=answer.json()["id"], needed=1).exists()
    assert not Commitment.objects.filter(reference="BC-1").exists()


def test_the_movements_of_an_envelope_are_told_oldest_first(
    world: World, callers: dict[str, Program]
) -> None:
    commit(callers["alice"], world)

    listed = callers["alice"].ask("get", f"movements?envelope={world.a.envelope.pk}").json()

    assert listed["items"][0]["kind"] == "ALLOT"
    assert (listed["items"][-1]["kind"], listed["items"][-1]["amount_cents"]) == ("COMMIT", 100)
