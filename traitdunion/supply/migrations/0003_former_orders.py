"""Orders of the first version were each paid by one commitment: it pays all their units."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def write_fundings(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    funding = apps.get_model("supply.Funding")
    lines = apps.get_model("supply.OrderLine").objects.filter(order__commitment__isnull=False)
    made = funding.objects.bulk_create(
        funding(
            line=line,
            commitment_id=line.order.commitment_id,
            position=0,
            quantity=line.quantity,
            received=line.received,
            certified=line.certified,
        )
        for line in lines.select_related("order").order_by("pk")
    )
    boxes = apps.get_model("supply.ManifestLine").objects
    for one in made:
        came = boxes.filter(line_id=one.line_id, state__in=("RECEIVED", "UNEXPECTED"))
        came.update(funding=one)


class Migration(migrations.Migration):
    dependencies = [("supply", "0002_fundings")]

    operations = [migrations.RunPython(write_fundings, migrations.RunPython.noop)]
