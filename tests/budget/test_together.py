"""Eight offices take from one envelope at once: it is never overspent, and nothing is lost."""

from collections import Counter
from itertools import groupby

import pytest
from django.db import connection

from tests.budget.conftest import WHO, open_envelope, organisation
from tests.conftest import SEED
from tests.processes import together
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Entry, Envelope
from traitdunion.budget.rules import ENVELOPE, counters_of
from traitdunion.partners.states import Kind

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, EACH, AMOUNT = 8, 25, 60_000
COMMIT = """
from traitdunion.budget import operations
from traitdunion.budget.models import Envelope
envelope, taken, refused = Envelope.objects.get(pk=GIVEN["envelope"]), [], []
for n in range(GIVEN["each"]):
    amount = chance.randint(1, GIVEN["most"]) if GIVEN["most"] else 500
    try:
        operations.commit(envelope=envelope, amount_cents=amount, label="Commande",
                          reference=f"BC-{GIVEN['k']}-{n}", by=ROBOT, at=AT)
        taken.append(amount)
    except operations.EnvelopeTooSmall as refusal:
        refused.append([amount, refusal.available_cents])
print(json.dumps([taken, refused]))
"""
DELEGATE = """
from traitdunion.budget import operations
from traitdunion.budget.models import Envelope
child = Envelope.objects.get(pk=GIVEN["children"][GIVEN["k"] % 2])
taken, refused = [], []
for n in range(GIVEN["each"]):
    amount = chance.randint(1, GIVEN["most"])
    try:
        operations.delegate(child=child, ae_cents=amount, cp_cents=amount,
                            document="Délégation", by=ROBOT, at=AT)
        taken.append(amount)
    except operations.EnvelopeTooSmall as refusal:
        refused.append([amount, refusal.available_cents])
print(json.dumps([taken, refused]))
"""
# Django as it comes: SQLite's transactions deferred, and a hundredth of a second of thought.
NAIVELY = """
from django.db import connection
from django.db.models import F
from traitdunion.budget.models import Envelope
if connection.vendor == "sqlite":
    connection.close()
    connection.transaction_mode = connection.settings_dict["OPTIONS"]["transaction_mode"] = None
taken, failed = 0, 0
for n in range(GIVEN["each"]):
    try:
        with transaction.atomic():
            envelope = Envelope.objects.get(pk=GIVEN["envelope"])
            if envelope.available_cents >= 500:
                time.sleep(0.01)
                take(envelope)
                taken += 500
    except DatabaseError:
        failed += 1
print(json.dumps([taken, failed]))
"""
COMMIT_NAIVELY = """
def take(envelope):
    envelope.committed_cents += 500
    envelope.save()
"""
DELEGATE_NAIVELY = """
def take(parent):
    parent.delegated_cents += 500
    parent.save()
    child = Envelope.objects.get(pk=GIVEN["children"][GIVEN["k"] % 2])
    child.authorized_cents += 500
    child.save()
"""


def prefixes(envelope: Envelope) -> list[dict[str, int]]:
    """Every counter and every room of an envelope after each of its movements, replayed."""
    entries = Entry.objects.filter(envelope=envelope).order_by("movement_id", "id")
    sums: Counter[str] = Counter()
    found = []
    for _pk, legs in groupby(entries, key=lambda one: one.movement_id):
        sums.update(counters_of(ENVELOPE, list(legs), envelope.pk))
        rooms = {
            room: sum(sign * sums[name] for name, sign in signs.items())
            for room, signs in ENVELOPE.rooms.items()
        }
        found.append({**sums, **rooms})
    return found


def never_negative(envelope: Envelope) -> bool:
    return all(min(after.values()) >= 0 for after in prefixes(envelope))


def two_under(parent: Envelope) -> list[Envelope]:
    return [
        operations.prepare_under(
            parent=parent, holder=organisation(Kind.PREFECTURE, name), label=name, **WHO
        )
        for name in ("Nord", "Sud")
    ]


def fresh(envelope: Envelope) -> Envelope:
    return Envelope.objects.get(pk=envelope.pk)


def test_eight_processes_never_bind_a_cent_too_much() -> None:
    envelope = open_envelope(AMOUNT)

    said = together(
        COMMIT, processes=PROCESSES, each=EACH, envelope=envelope.pk, most=1_200, seed=SEED
    )

    kept = fresh(envelope)
    passed = [amount for taken, _refused in said for amount in taken]
    refused = [pair for _taken, pairs in said for pair in pairs]
    assert kept.committed_cents == sum(passed) <= AMOUNT
    # No false refusal: nobody was told no who could still have been paid.
    assert refused and all(amount > left for amount, left in refused)
    assert kept.available_cents < min(amount for amount, _left in refused)
    assert not list(queries.check())


def test_no_counter_is_negative_after_any_movement_of_the_eight() -> None:
    envelope = open_envelope(AMOUNT)

    said = together(
        COMMIT, processes=PROCESSES, each=EACH, envelope=envelope.pk, most=1_200, seed=SEED
    )

    told = prefixes(envelope)
    assert never_negative(envelope)
    assert len(told) == 1 + sum(len(taken) for taken, _refused in said)
    assert told[-1]["committed_cents"] == fresh(envelope).committed_cents
    assert told[-1]["ae"] == fresh(envelope).available_cents


def test_of_two_hundred_equal_orders_exactly_the_affordable_ones_pass() -> None:
    envelope = open_envelope(AMOUNT)

    said = together(
        COMMIT, processes=PROCESSES, each=EACH, envelope=envelope.pk, most=0, seed=SEED
    )

    assert sum(len(taken) for taken, _refused in said) == AMOUNT // 500
    assert sum(len(refused) for _taken, refused in said) == PROCESSES * EACH - AMOUNT // 500
    assert fresh(envelope).available_cents == 0


def test_two_children_never_receive_more_than_their_parent_has() -> None:
    parent = open_envelope(AMOUNT, Kind.MINISTRY)
    children = two_under(parent)
    given = {"children": [one.pk for one in children], "most": 1_200}

    said = together(DELEGATE, processes=PROCESSES, each=EACH, seed=SEED, **given)

    passed = sum(amount for taken, _refused in said for amount in taken)
    refused = [pair for _taken, pairs in said for pair in pairs]
    received = [fresh(one).authorized_cents for one in children]
    assert min(received) > 0
    assert sum(received) == passed == fresh(parent).delegated_cents <= AMOUNT
    assert refused and all(amount > left for amount, left in refused)
    assert fresh(parent).available_cents < min(amount for amount, _left in refused)
    assert all(never_negative(one) for one in (parent, *children))
    assert not list(queries.check())


def test_a_replay_that_goes_below_nothing_is_seen() -> None:
    """Negative control: a fact recorded beyond the envelope shows in the replay."""
    envelope = open_envelope(1_000)

    operations.commit(
        envelope=envelope, amount_cents=1_001, label="Déjà signée", reference="BC-0",
        origin="ELSEWHERE", **WHO,
    )  # fmt: skip

    assert not never_negative(envelope)


@pytest.mark.parametrize("take", [COMMIT_NAIVELY, DELEGATE_NAIVELY])
def test_reading_checking_then_saving_would_have_overspent_or_failed(take: str) -> None:
    """Negative control: the same races, written as one first writes them, are lost."""
    envelope = open_envelope(AMOUNT, Kind.MINISTRY)
    children = [one.pk for one in two_under(envelope)]

    said = together(
        take + NAIVELY, processes=PROCESSES, each=EACH, envelope=envelope.pk, children=children,
        seed=SEED,
    )  # fmt: skip

    bound = fresh(envelope)
    if connection.vendor == "sqlite":
        assert sum(failed for _taken, failed in said) > 0
    else:
        assert (
            sum(taken for taken, _failed in said) > bound.committed_cents + bound.delegated_cents
        )
