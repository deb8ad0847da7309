"""
The thin money becomes the ledger: each movement of the first version gets its entries.

That version opened credits without telling AE from CP: they are taken as both, since nothing else
limited what could be paid. A holder outside the State has one purse, and no AE or CP.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

OUTSIDE = ("LOCAL_AUTHORITY", "SCHOOL", "ASSOCIATION", "MENTORING_NETWORK", "SUPPLIER")
PAPERS = {"COMMIT": "ORDER", "CERTIFY": "RECEIPT"}
CHUNK = 2_000


def write_entries(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    envelope = apps.get_model("budget.Envelope")
    movement = apps.get_model("budget.Movement")
    entry = apps.get_model("budget.Entry")
    outside = envelope.objects.filter(holder__kind__in=OUTSIDE)
    outside.update(regime="OUTSIDE")
    envelope.objects.update(cp_granted_cents=F("authorized_cents"))
    for kind, paper in PAPERS.items():
        movement.objects.filter(kind=kind).update(document_kind=paper)
    commitment = apps.get_model("budget.Commitment")
    for one in envelope.objects.order_by("pk").iterator():
        commitment.objects.filter(envelope=one).update(year=one.year)
    own = set(outside.order_by().values_list("pk", flat=True))
    batch = []
    for one in movement.objects.order_by("pk").iterator(chunk_size=CHUNK):
        batch += [
            entry(
                movement=one,
                envelope_id=one.envelope_id,
                commitment_id=one.commitment_id,
                ledger=ledger,
                account=account,
                amount_cents=cents,
            )
            for ledger, account, cents in legs(one, one.envelope_id in own)
        ]
        if len(batch) >= CHUNK:
            entry.objects.bulk_create(batch)
            batch = []
    entry.objects.bulk_create(batch)


def legs(one: Any, is_outside: bool) -> list[tuple[str, str, int]]:
    """(ledger, account, cents) of a former movement."""
    rights, cents = "OWN" if is_outside else "AE", one.amount_cents
    match one.kind:
        case "ALLOT":
            found = [(rights, "AVAILABLE", cents), (rights, "GRANTED", -cents)]
            credits = [("CP", "AVAILABLE", cents), ("CP", "GRANTED", -cents)]
            return found if is_outside else found + credits
        case "COMMIT":
            return [(rights, "COMMITTED", cents), (rights, "AVAILABLE", -cents)]
        case "RELEASE":
            return [(rights, "AVAILABLE", cents), (rights, "COMMITTED", -cents)]
        case _:
            return [("DUE", "EXPENSE", cents), ("DUE", "PAYABLE", -cents)]


class Migration(migrations.Migration):
    dependencies = [("budget", "0004_double_entry"), ("partners", "0001_initial")]

    operations = [migrations.RunPython(write_entries, migrations.RunPython.noop)]
