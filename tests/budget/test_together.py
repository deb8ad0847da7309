"""Eight offices commit on one envelope at once: it is never overspent, and nothing is lost."""

import pytest
from django.db import connection

from tests.budget.conftest import open_envelope
from tests.conftest import SEED
from tests.processes import together
from traitdunion.budget import queries
from traitdunion.budget.models import Envelope

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, EACH, AMOUNT = 8, 25, 60_000
COMMIT = """
from traitdunion.budget import operations
from traitdunion.budget.models import Envelope
envelope, taken, refused = Envelope.objects.get(pk=GIVEN["envelope"]), 0, 0
for n in range(GIVEN["each"]):
    amount = chance.randint(1, 1_200)
    try:
        operations.commit(envelope=envelope, amount_cents=amount, label="Commande",
                          reference=f"BC-{GIVEN['k']}-{n}", by=ROBOT, at=AT)
        taken += amount
    except operations.EnvelopeTooSmall:
        refused += 1
print(json.dumps([taken, refused]))
"""
# Django as it comes: SQLite's transactions deferred, and a hundredth of a second of thought.
NAIVE = """
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
                envelope.committed_cents += 500
                envelope.save()
                taken += 500
    except DatabaseError:
        failed += 1
print(json.dumps([taken, failed]))
"""


def test_eight_processes_never_bind_a_cent_too_much() -> None:
    envelope = open_envelope(AMOUNT)

    said = together(COMMIT, processes=PROCESSES, each=EACH, envelope=envelope.pk, seed=SEED)

    kept = Envelope.objects.get(pk=envelope.pk)
    assert kept.committed_cents == sum(taken for taken, _refused in said) <= AMOUNT
    assert sum(refused for _taken, refused in said) > 0
    assert kept.available_cents < 1_200
    assert not list(queries.check())


def test_reading_checking_then_saving_would_have_overspent_or_failed() -> None:
    """Negative control: the same race, written as one first writes it, is lost."""
    envelope = open_envelope(AMOUNT)

    said = together(NAIVE, processes=PROCESSES, each=EACH, envelope=envelope.pk, seed=SEED)

    bound = Envelope.objects.get(pk=envelope.pk).committed_cents
    if connection.vendor == "sqlite":
        assert sum(failed for _taken, failed in said) > 0
    else:
        assert sum(taken for taken, _failed in said) > bound
