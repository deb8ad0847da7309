"""One official file, whatever it holds, and what follows from it."""

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.sheets import open_sheet
from traitdunion.territories import queries
from traitdunion.territories.loading import LoadReport
from traitdunion.territories.operations.cites import load_cites_educatives
from traitdunion.territories.operations.communes import load_communes, load_reference
from traitdunion.territories.operations.neighbourhoods import load_neighbourhoods
from traitdunion.territories.operations.schools import load_schools, place_schools

SHEETS = {
    "communes": load_communes,
    "cites-educatives": load_cites_educatives,
    "schools": load_schools,
}


@transaction.atomic
def load_file(*, kind: str, path: Path, by: Actor, at: datetime) -> LoadReport:
    """
    Load a file of ``communes``, ``neighbourhoods``, ``cites-educatives`` or ``schools``.

    Where no commune is known yet, the reference comes first. After contours or schools, each
    school is placed again in the contours that answer.
    Raises: Unreadable; OSError when there is no such file.
    """
    notices = []
    if kind != "communes" and not queries.has_communes():
        communes = load_reference(by=by, at=at)
        notices.append(
            _("%(count)s communes de référence chargées d’abord.") % {"count": communes.added}
        )
    if kind == "neighbourhoods":
        report = load_neighbourhoods(path=path, name=path.name, by=by, at=at)
    else:
        with open_sheet(path, name=path.name) as sheet:
            report = SHEETS[kind](sheet=sheet, by=by, at=at)
    if kind in {"neighbourhoods", "schools"}:
        _place(by, at)
    report.notices = [*notices, *report.notices]
    return report


def _place(by: Actor, at: datetime) -> None:
    """The oldest generation loaded: the plan's own, when it is there."""
    loaded = queries.layer_state("2015")
    if loaded.loaded:
        place_schools(generation=loaded.used, by=by, at=at)
