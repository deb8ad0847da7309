"""
Rows written before events carried digests: one event a table tells them all, as they stood.

Called by migrations, hence on the tables as they were then.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from traitdunion.journal import canonical
from traitdunion.journal.reading import Lines
from traitdunion.journal.telling import Telling

ADOPTED = "journal.adopted"


def adopt(apps: Any, schema_editor: BaseDatabaseSchemaEditor, label: str) -> None:
    """
    Record the digest of the rows of a table that no event tells; nothing when there is none.

    Args:
        label: of the table, ``equipment.Custody``, with every column it has now.
    """
    model = apps.get_model(label)
    telling, lines = Telling(model), Lines(model)
    found = canonical.Rows(model)
    for _first, line in lines.read(telling.untold(), streamed=True):
        found.add_line(line)
    if not found.count:
        return
    uid = uuid4()
    facts = canonical.ordered({"rows": {found.label: found.told()}})
    apps.get_model("journal.Event").objects.create(
        uid=uid,
        at=datetime.now(UTC),
        actor_kind="robot",
        verb=ADOPTED,
        subject_kind=found.label,
        subject_id=str(uid),
        facts=facts,
    )
