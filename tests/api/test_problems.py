"""What goes wrong is told in one shape, with a sentence, and without a name or a breakdown."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.api.conftest import Program
from tests.conftest import SEED
from tests.web.world import World
from traitdunion.api import access
from traitdunion.api.routes import api

pytestmark = pytest.mark.django_db
MEMBERS = {"type", "title", "status", "detail", "instance"}
# Names that tests/web/world.py gives to children.
NAMES = ("diallo", "traore", "rousseau", "kaya", "nguyen", "benali")


def told(answer: Any, status: int, name: str) -> dict[str, Any]:
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["type"].endswith(f"/{name}")
    assert problem.keys() >= MEMBERS
    return problem


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("get", "envelopes", 401, "unauthorized"),
        ("get", "inconnu", 404, "not-found"),
        ("delete", "envelopes", 405, "method-not-allowed"),
    ],
)
def test_without_a_token_every_error_is_a_problem(
    method: str, path: str, status: int, name: str
) -> None:
    told(Program().ask(method, path), status, name)


def test_whoever_has_no_right_is_told_so(callers: dict[str, Program]) -> None:
    told(callers["rachid"].ask("get", "envelopes"), 403, "not-allowed")


def test_the_sentence_follows_the_language_that_is_asked(callers: dict[str, Program]) -> None:
    french = callers["rachid"].ask("get", "envelopes").json()["detail"]

    english = callers["rachid"].get("/api/v1/envelopes", headers={"accept-language": "en"}).json()

    assert french == "Votre rôle ne permet pas cette demande."
    assert english["detail"] != french


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "\x00", "{" * 5_000, "é"])
def test_a_body_that_is_no_object_is_refused(callers: dict[str, Program], body: str) -> None:
    answer = callers["alice"].post("/api/v1/commitments", body, content_type="application/json")

    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"


def test_an_enormous_body_is_not_even_read(callers: dict[str, Program]) -> None:
    answer = callers["alice"].ask("post", "commitments", {"label": "x" * 200_000})

    told(answer, 413, "request-entity-too-large")


def test_wrong_fields_are_named_and_their_values_are_not_sent_back(
    callers: dict[str, Program],
) -> None:
    body = {"amount_cents": "Aïcha Diallo", "inconnu": 1}

    problem = told(callers["alice"].ask("post", "commitments", body), 422, "invalid-request")

    fields = {one["field"] for one in problem["errors"]}
    assert {"body.body.amount_cents", "body.body.inconnu"} <= fields
    assert "Diallo" not in json.dumps(problem, ensure_ascii=False)


def test_an_address_that_goes_on_guessing_is_told_to_stop_and_a_good_token_still_enters(
    callers: dict[str, Program],
) -> None:
    for _ in range(access.TRIES):
        assert Program("tdu_faux").ask("get", "envelopes").status_code == 401

    told(Program("tdu_faux").ask("get", "envelopes"), 429, "too-many-tries")
    assert callers["alice"].ask("get", "envelopes").status_code == 200


def test_a_token_of_the_demonstration_ends_with_it(
    world: World, callers: dict[str, Program], settings: Any
) -> None:
    alice = world.people["alice"]
    type(alice).objects.filter(pk=alice.pk).update(is_demonstration=True)

    statuses = []
    for settings.DEMONSTRATION in (True, False):
        statuses.append(callers["alice"].ask("get", "envelopes").status_code)

    assert statuses == [200, 401]


def test_a_session_opens_no_door_of_the_api(world: World) -> None:
    """A page of another site cannot act with somebody's cookie."""
    client = Client()
    client.force_login(world.people["alice"], backend="django.contrib.auth.backends.ModelBackend")

    assert client.get("/api/v1/envelopes").status_code == 401


# --- Hostile bodies: whatever is sent, nothing breaks

ODD = (
    None, True, 0, -1, 1, 10**15, 10**30, 1e308, -0.0, "", " ", "x" * 1_000, "\x00", "\ud800",
    "\u202e", "'; DROP TABLE budget_envelope; --", "<script>", "1 234,56", "−5", "1e9", [], [[]],
    {}, {"a": 1}, ["x"], "00000000-0000-4000-8000-000000000000", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2020-05-14", "2020-05-14T10:00:00", "2020-02-30T00:00:00Z",
)  # fmt: skip
TRIES = 250


def good(world: World) -> dict[str, tuple[str, dict[str, Any]]]:
    handover = {
        "serial": "TAB940001", "holder": {"award": str(world.a.waiting.award_id)},
        "received_by": "M. Accueil", "signature": "paper", "at": "2020-05-14T10:00:00+02:00",
        "device_time": "2020-05-14T10:00:00+02:00",
    }  # fmt: skip
    commitment = {
        "envelope": str(world.a.envelope.pk), "amount_cents": 1, "label": "x", "reference": "y",
    }  # fmt: skip
    row = {"session": "S9", "pair": "B94", "day": "2020-05-05", "minutes": "45"}
    network_file = {"kind": "SESSIONS", "rows": [row]}
    opinion = {
        "application": str(world.a.grants.application.pk), "stance": "RESERVED", "text": "z",
    }  # fmt: skip
    decision = {
        "application": str(world.a.grants.application.pk), "outcome": "REFUSED",
        "amount_cents": 1, "advance_cents": 0, "form": "", "keeps_surplus": False,
        "reason": "Action hors des quartiers.",
    }  # fmt: skip
    session = {
        "pair": str(world.a.mentoring.pair.pk), "started_at": "2020-05-14T14:00:00+02:00",
        "minutes": 45, "mode": "REMOTE",
    }  # fmt: skip
    return {
        "commitments": ("alice", commitment),
        "handovers": ("chloe", handover),
        "network-files": ("hugo", network_file),
        "opinions": ("chloe", opinion),
        "decisions": ("alice", decision),
        "sessions": ("hugo", session),
        "alerts": ("hugo", {"pair": session["pair"], "kind": "OTHER"}),
    }


def hostile(body: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """One to three fields made odd, dropped or added; what is inside them too."""
    made = json.loads(json.dumps(body))
    for _ in range(chance.randint(1, 3)):
        where = made
        field = chance.choice([*made, "inconnu"])
        if isinstance(made.get(field), dict) and chance.random() < 0.5:
            where, field = made[field], chance.choice(["award", "person", "reason"])
        if chance.random() < 0.15:
            where.pop(field, None)
        else:
            where[field] = copy.deepcopy(chance.choice(ODD))
    return made


def bodies(world: World) -> Iterator[tuple[str, str, dict[str, Any], str | None]]:
    chance = random.Random(SEED)
    for path, (name, body) in good(world).items():
        for n in range(TRIES):
            key = chance.choice([None, f"k{n}", "k", "\x7f", "x" * 300])
            yield path, name, hostile(body, chance), key


def test_every_operation_that_changes_something_is_tried(world: World) -> None:
    posts = {
        path.rpartition("/")[2]
        for path, methods in api.get_openapi_schema()["paths"].items()
        if methods.keys() - {"get"}
    }

    assert posts == good(world).keys()


def test_no_body_breaks_anything(world: World, callers: dict[str, Program]) -> None:
    broken = []
    for path, name, body, key in bodies(world):
        with transaction.atomic():
            answer = callers[name].ask("post", path, json.dumps(body), key=key)
            transaction.set_rollback(True)
        if answer.status_code >= 500 or any(n in answer.content.decode().lower() for n in NAMES):
            broken.append((answer.status_code, path, body, key))

    assert not broken


def test_what_no_database_holds_is_refused_in_every_field(
    world: World, callers: dict[str, Program]
) -> None:
    broken = []
    for path, (name, body) in good(world).items():
        for field in body:
            answer = callers[name].ask("post", path, json.dumps({**body, field: "a\x00b"}))
            if answer.status_code != 422:
                broken.append((path, field, answer.status_code))

    assert not broken


@pytest.mark.parametrize("path", ["envelopes", "organisations", "devices", "events", "seals"])
@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=%00", "cursor=WzFd:1xWHIt:faux", "limit=0", "limit=201", "limit=a",
     "limit=99999999999999999999", "cursor=" + "x" * 600],
)  # fmt: skip
def test_an_odd_page_is_refused(path: str, query: str, callers: dict[str, Program]) -> None:
    assert callers["lea"].ask("get", f"{path}?{query}").status_code == 422


@pytest.mark.parametrize(
    "query",
    ["subject=x", "subject=budget.envelope:%00", "since=hier", "since=0001-01-01T00:00:00%2B14:00",
     "verb=%00", "since=2020-05-14T10:00:00"],
)  # fmt: skip
def test_an_odd_question_to_the_journal_is_refused(
    query: str, callers: dict[str, Program]
) -> None:
    assert callers["lea"].ask("get", f"events?{query}").status_code == 422
