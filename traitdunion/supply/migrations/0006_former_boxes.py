"""Boxes received by the first version find their device by its number."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def find_devices(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    boxes = apps.get_model("supply.ManifestLine")
    devices = apps.get_model("equipment.Device")
    came = boxes.objects.filter(state__in=("RECEIVED", "UNEXPECTED"), device__isnull=True)
    for box in came.order_by("pk").iterator():
        found = devices.objects.filter(serial=box.serial, origin=box.order.number).first()
        if found:
            boxes.objects.filter(pk=box.pk).update(device=found)


class Migration(migrations.Migration):
    dependencies = [
        ("supply", "0005_boxes_become_devices"),
        ("equipment", "0001_initial"),
    ]

    operations = [migrations.RunPython(find_devices, migrations.RunPython.noop)]
