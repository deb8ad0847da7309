"""Offices are killed while they commit: nothing that was answered is lost, nothing is doubled."""

import random
import signal
import subprocess
import time

import pytest
from django.db.models import Sum

from tests.budget.conftest import open_envelope
from tests.conftest import SEED
from tests.processes import start
from traitdunion.budget.models import Commitment, Entry, Envelope, Movement
from traitdunion.journal.models import Event
from traitdunion.steering import queries as steering

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6
# Each answer is on the screen before the next is asked for: what a person counts on.
COMMIT = """
from traitdunion.budget import operations
from traitdunion.budget.models import Envelope
envelope = Envelope.objects.get(pk=GIVEN["envelope"])
for n in range(100_000):
    reference = f"BC-{GIVEN['k']}-{n}"
    operations.commit(envelope=envelope, amount_cents=chance.randint(1, 900), label="Commande",
                      reference=reference, by=ROBOT, at=AT)
    print(reference, flush=True)
"""
# The same rows, each in a transaction of its own, as one first writes it.
NAIVE = """
from django.db.models import F
from traitdunion.budget.models import Commitment, Entry, Envelope, Movement
envelope = Envelope.objects.get(pk=GIVEN["envelope"])
for n in range(100_000):
    reference = f"BC-{GIVEN['k']}-{n}"
    Envelope.objects.filter(pk=envelope.pk).update(committed_cents=F("committed_cents") + 100)
    made = Commitment.objects.create(envelope=envelope, year=2020, amount_cents=100, label="C",
                                     reference=reference, committed_at=AT)
    movement = Movement.objects.create(envelope=envelope, commitment=made, kind="COMMIT",
                                       amount_cents=100, document=reference, at=AT,
                                       by_kind="robot")
    for account, cents in (("COMMITTED", 100), ("AVAILABLE", -100)):
        Entry.objects.create(movement=movement, envelope=envelope, commitment=made, ledger="AE",
                             account=account, amount_cents=cents)
    print(reference, flush=True)
"""


def killed_rounds(script: str, envelope: Envelope) -> list[str]:
    """Two offices a round, killed after a while; every reference that was answered."""
    chance, answered = random.Random(SEED), []
    for turn in range(ROUNDS):
        pair = [
            start(script, k=f"{turn}-{office}", envelope=envelope.pk, seed=SEED)
            for office in range(2)
        ]
        for one in pair:
            assert one.stdout.readline() == "ready\n", one.stderr.read()[-800:]
        for one in pair:
            one.stdin.write("go\n")
            one.stdin.flush()
        answered += [one.stdout.readline().strip() for one in pair]
        time.sleep(chance.uniform(0.05, 0.6))
        answered += [line for one in pair for line in _killed(one)]
    return answered


def _killed(one: subprocess.Popen[str]) -> list[str]:
    one.kill()
    with one:
        # Through the buffer of the first line: `communicate` would pass beside what it holds.
        out, err = one.stdout.read(), one.stderr.read()
    assert one.returncode == -signal.SIGKILL, err[-800:]
    # The pipe keeps what was answered; a last line may be cut.
    return [line for line in out.splitlines(keepends=True) if line.endswith("\n")]


def test_kill_9_while_committing_loses_nothing_and_doubles_nothing() -> None:
    envelope = open_envelope(10**9)

    answered = {line.strip() for line in killed_rounds(COMMIT, envelope)}

    references = list(Commitment.objects.order_by("pk").values_list("reference", flat=True))
    assert answered <= set(references)
    assert len(references) == len(set(references))
    assert len(answered) > 2 * ROUNDS
    entries = Entry.objects.filter(account="COMMITTED").aggregate(n=Sum("amount_cents"))["n"]
    assert Envelope.objects.get(pk=envelope.pk).committed_cents == entries
    commits = Movement.objects.filter(kind="COMMIT")
    assert commits.count() == len(references) == Event.objects.filter(verb="budget.commit").count()
    assert steering.first_wrong() is None


def test_the_same_rows_in_transactions_of_their_own_do_not_survive_it() -> None:
    """Negative control: between two transactions there is always a place to be killed at."""
    envelope = open_envelope(10**9)

    killed_rounds(NAIVE, envelope)

    commits = Movement.objects.filter(kind="COMMIT")
    entries = Entry.objects.filter(movement__in=commits)
    told = {
        Envelope.objects.get(pk=envelope.pk).committed_cents,
        100 * Commitment.objects.count(),
        100 * commits.count(),
        100 * entries.filter(account="COMMITTED").count(),
        100 * entries.filter(account="AVAILABLE").count(),
    }
    assert len(told) > 1
