"""Lists that wait to be recorded: they hold names, so they wait here and not for long."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from traitdunion.base.actors import Actor
from traitdunion.journal import operations as journal
from traitdunion.people.models import ListFile

KEPT_FOR = timedelta(days=7)


@transaction.atomic
def keep_list(
    *,
    organisation_id: UUID,
    name: str,
    content: bytes,
    choices: dict[str, Any],
    by: Actor,
    at: datetime,
) -> ListFile:
    """
    Keep a list until it is recorded; lists older than a week are removed on the way.

    Args:
        choices: what the relay said for the whole list.
    """
    ListFile.objects.filter(sent_at__lt=at - KEPT_FOR).delete()
    kept = ListFile.objects.create(
        organisation_id=organisation_id,
        name=name[:200],
        content=content,
        choices=choices,
        sent_at=at,
    )
    facts = {"organisation": str(organisation_id), "bytes": len(content)}
    journal.record(verb="people.list_sent", subject=kept, by=by, at=at, facts=facts)
    return kept


@transaction.atomic
def finish_list(
    *, kept: ListFile, summary: dict[str, Any], refused: bytes | None, by: Actor, at: datetime
) -> ListFile:
    """The list is recorded: its bytes go, what it brought and the rows to mend remain."""
    kept.content, kept.recorded_at, kept.summary, kept.refused = None, at, summary, refused
    kept.save()
    journal.record(verb="people.list_finished", subject=kept, by=by, at=at)
    return kept
