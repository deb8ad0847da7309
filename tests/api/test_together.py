"""
Programs that ask again: eight at once under the same keys, and one that was killed half way.

SQLite lets one writer in at a time; PostgreSQL says « still running » to the second, who asks
again.
"""

from collections import Counter
from typing import Any

import pytest

from tests.api.conftest import token_for
from tests.conftest import SEED
from tests.processes import together
from tests.web import world as worlds
from traitdunion.budget import queries
from traitdunion.budget.models import Commitment, Envelope
from traitdunion.lending.models import Loan
from traitdunion.partners.models import KeptAnswer, Membership

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, KEYS = 8, 6
PROGRAM = """
import json, os, random, signal, time
from django.db import connection
from django.test import Client
client = Client(SERVER_NAME="localhost", headers={"authorization": f"Bearer {GIVEN['token']}"})
def ask(path, body, key):
    headers = {"idempotency-key": key} if key else {}
    while True:
        got = client.post(path, body, content_type="application/json", headers=headers)
        if got.status_code == 503 or got.content.find(b"/still-running") > 0:
            time.sleep(0.01 + chance.random() / 50)
            continue
        return got
def commitment(n):
    return {"envelope": GIVEN["envelope"], "amount_cents": 100 + n, "label": "Tablettes",
            "reference": f"CLE-{n}"}
"""
SAME_KEYS = (
    PROGRAM
    + """
told = {}
order = list(range(GIVEN["keys"]))
chance.shuffle(order)
for n in order:
    got = ask("/api/v1/commitments", commitment(n), GIVEN["with_key"] and f"k{n}")
    told[n] = [got.status_code, got.content.decode()]
print(json.dumps(told))
"""
)
SAME_TABLET = (
    PROGRAM
    + """
got = ask("/api/v1/handovers", GIVEN["body"], f"gate-{GIVEN['k']}")
print(json.dumps([got.status_code, got.json().get("type", "").rpartition("/")[2]]))
"""
)
# One child a statement: it is killed as it is about to send its n-th one; the last ones live
# until they have answered. Then another asks again under the same key.
KILLED = (
    PROGRAM
    + """
def die_at(n):
    count = 0
    def wrapper(execute, *args):
        nonlocal count
        count += 1
        if count > n:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)
    return wrapper
# Read once, before the first child: it asks nothing of the database.
client.get("/api/v1/openapi.json")
connection.close()
fates = []
for n in range(GIVEN["statements"]):
    child = os.fork()
    if not child:
        with connection.execute_wrapper(die_at(n)):
            ask("/api/v1/commitments", commitment(n), f"k{n}")
        os._exit(0)
    fates.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
again = [ask("/api/v1/commitments", commitment(n), GIVEN["with_key"] and f"k{n}")
         for n in range(GIVEN["statements"])]
replayed = sum("Idempotency-Replayed" in one for one in again)
print(json.dumps([fates, [one.status_code for one in again], replayed]))
"""
)
STATEMENTS = 40


@pytest.fixture
def world() -> worlds.World:
    return worlds.build()


def given(world: worlds.World, name: str) -> dict[str, Any]:
    token = token_for(Membership.objects.get(user=world.people[name]))
    return {"token": token, "envelope": world.a.envelope.pk, "seed": SEED}


def references() -> Counter[str]:
    made = Commitment.objects.filter(reference__startswith="CLE-").order_by("pk")
    return Counter(made.values_list("reference", flat=True))


def test_eight_programs_with_the_same_keys_move_money_once_and_are_told_the_same(
    world: worlds.World,
) -> None:
    said = together(
        SAME_KEYS, processes=PROCESSES, keys=KEYS, with_key=True, **given(world, "alice")
    )

    assert references() == {f"CLE-{n}": 1 for n in range(KEYS)}
    for n in range(KEYS):
        answers = {tuple(one[str(n)]) for one in said}
        assert len(answers) == 1
        assert next(iter(answers))[0] == 201
    assert not list(queries.check())


def test_without_keys_the_same_requests_move_money_eight_times(world: worlds.World) -> None:
    """Negative control."""
    together(SAME_KEYS, processes=PROCESSES, keys=2, with_key=False, **given(world, "alice"))

    assert references() == {"CLE-0": PROCESSES, "CLE-1": PROCESSES}


def test_a_tablet_scanned_by_eight_programs_leaves_once_and_the_others_are_told(
    world: worlds.World,
) -> None:
    body = {
        "serial": "TAB940001", "holder": {"award": str(world.a.waiting.award_id)},
        "signature": "paper", "at": "2020-05-14T10:00:00+02:00",
    }  # fmt: skip

    said = together(SAME_TABLET, processes=PROCESSES, body=body, **given(world, "chloe"))

    assert Counter(map(tuple, said)) == {
        (201, ""): 1, (409, "already-held"): PROCESSES - 1,
    }  # fmt: skip
    assert Loan.objects.filter(device__serial="TAB940001").count() == 1


def killed(world: worlds.World, *, with_key: bool) -> tuple[list[int], list[int], int]:
    (told,) = together(
        KILLED, processes=1, statements=STATEMENTS, with_key=with_key, **given(world, "alice")
    )
    return tuple(told)


def test_a_program_killed_at_any_statement_asks_again_and_moves_money_once(
    world: worlds.World,
) -> None:
    before = Envelope.objects.get(pk=world.a.envelope.pk).committed_cents

    fates, again, replayed = killed(world, with_key=True)

    lived = fates.count(0)
    assert set(fates) == {0, -9} and lived < len(fates) - 10, "killed before, and after"
    assert again == [201] * STATEMENTS
    assert replayed == lived
    assert references() == {f"CLE-{n}": 1 for n in range(STATEMENTS)}
    moved = Envelope.objects.get(pk=world.a.envelope.pk).committed_cents - before
    assert moved == sum(100 + n for n in range(STATEMENTS))
    assert KeptAnswer.objects.count() == STATEMENTS
    assert not list(queries.check())


def test_without_a_key_whoever_had_lived_is_paid_twice(world: worlds.World) -> None:
    """Negative control."""
    fates, _again, _replayed = killed(world, with_key=False)

    assert sum(references().values()) == STATEMENTS + fates.count(0) > STATEMENTS
