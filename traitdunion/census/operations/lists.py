"""A list sent through a page: kept, shown as it was understood, then recorded once."""

import io
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.sheets import Sheet, open_sheet
from traitdunion.census.models import Census
from traitdunion.census.operations.importing import Progress, import_rows
from traitdunion.census.reading import Defaults
from traitdunion.census.reports import ImportReport
from traitdunion.people import operations as people
from traitdunion.programme.schema import Plan

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.people.models import ListFile


class AlreadyRecorded(Refusal):
    """This list was recorded a moment ago."""


def rehearse_list(
    *,
    kept: "ListFile",
    census: Census,
    relay: "Organisation",
    plan: Plan,
    generation: str,
    by: Actor,
    at: datetime,
) -> ImportReport:
    """What recording this list would do; nothing is written. Raises Unreadable, CensusClosed."""
    with _opened(kept) as sheet:
        return import_rows(
            census=census,
            sheet=sheet,
            relay=relay,
            plan=plan,
            generation=generation,
            defaults=Defaults(**kept.choices),
            dry_run=True,
            by=by,
            at=at,
        )


@transaction.atomic
def record_list(
    *,
    kept: "ListFile",
    census: Census,
    relay: "Organisation",
    plan: Plan,
    generation: str,
    by: Actor,
    at: datetime,
    progress: Progress | None = None,
) -> ImportReport:
    """
    Record a list that waits; its bytes are then removed, the rows to mend stay some days.

    Raises: AlreadyRecorded, Unreadable, CensusClosed.
    """
    with _opened(kept) as sheet:
        report = import_rows(
            census=census,
            sheet=sheet,
            relay=relay,
            plan=plan,
            generation=generation,
            defaults=Defaults(**kept.choices),
            progress=progress,
            by=by,
            at=at,
        )
    refused = report.refused_rows() if report.rejected else None
    people.finish_list(kept=kept, summary=report.summary(), refused=refused, by=by, at=at)
    return report


def _opened(kept: "ListFile") -> Sheet:
    if kept.content is None:
        raise AlreadyRecorded(_("Cette liste est déjà enregistrée."))
    return open_sheet(io.BytesIO(bytes(kept.content)), name=kept.name)
