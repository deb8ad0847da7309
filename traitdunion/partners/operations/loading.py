"""Organisations from a public list of subsidised posts: those that work in the neighbourhoods."""

import gzip
import json
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.identifiers import BadIdentifier, check_siret
from traitdunion.base.sheets import Unreadable
from traitdunion.partners.models import Identifier, Organisation
from traitdunion.partners.operations.organisations import (
    correct_organisation,
    create_organisation,
)
from traitdunion.partners.states import Kind, Scheme
from traitdunion.territories import queries as territories
from traitdunion.territories.loading import LoadReport, department_code

# Once unpacked: the list of a whole year is a megabyte.
LIMIT = 64_000_000
NUMBER, NAME, DEPARTMENT = "code_tiers", "raison_sociale", "insee_dep"
# How SIREN numbers of local authorities and of their own establishments begin.
LOCAL = ("20", "21", "22", "23", "24", "25", "26")
SCHOOLS = "19"


@dataclass
class _Reading:
    """What a file says, beside what is already in the tables."""

    report: LoadReport
    departments: dict[str, Any]
    known: dict[str, Organisation]
    seen: set[str] = field(default_factory=set)
    repeated: int = 0
    turned: int = 0


@transaction.atomic
def load_organisations(*, path: Path, by: Actor, at: datetime) -> LoadReport:
    """
    Add the organisations of a JSON list of posts (one line a post), once each by SIRET.

    Only what an organisation is comes in: neither the posts nor their amounts. A name that changed
    is corrected; a school is left to its own directory, which knows its UAI.
    Raises: Unreadable; OSError when there is no such file.
    """
    rows = _rows(path)
    numbers = Identifier.objects.filter(scheme=Scheme.SIRET).select_related("organisation")
    reading = _Reading(
        LoadReport(),
        {one.code: one for one in territories.departments()},
        {one.value: one.organisation for one in numbers.order_by("value")},
    )
    for line, row in enumerate(rows, 1):
        try:
            _take(row, reading, by, at)
        except BadIdentifier as bad:
            reading.report.reject(line, str(bad))
    _tell(reading)
    return reading.report


def _rows(path: Path) -> list[Any]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            content = file.read(LIMIT + 1)
        if len(content) > LIMIT:
            raise Unreadable(_("« %(file)s » est trop grand.") % {"file": path.name})
        rows = json.loads(content)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise Unreadable(
            _("« %(file)s » est une archive abîmée : téléchargez-la de nouveau.")
            % {"file": path.name}
        ) from None
    except (ValueError, RecursionError):
        raise Unreadable(_("« %(file)s » n’est pas du JSON.") % {"file": path.name}) from None
    if not isinstance(rows, list):
        raise Unreadable(_("« %(file)s » n’est pas une liste de postes.") % {"file": path.name})
    return rows


def _take(row: Any, reading: _Reading, by: Actor, at: datetime) -> None:
    """One line. Raises BadIdentifier with what a person may do about it."""
    siret, name = _named(row, reading)
    if siret in reading.seen:
        reading.repeated += 1
        return
    reading.seen.add(siret)
    if siret.startswith(SCHOOLS):
        raise BadIdentifier(
            _("%(siret)s est un établissement scolaire : chargez-le par « schools ».")
            % {"siret": siret}
        )
    report, known = reading.report, reading.known.get(siret)
    if known is None:
        place = reading.departments.get(department_code(_text(row, DEPARTMENT)))
        create_organisation(
            kind=Kind.LOCAL_AUTHORITY if siret.startswith(LOCAL) else Kind.ASSOCIATION,
            name=name,
            identifiers={Scheme.SIRET: siret},
            department=place,
            by=by,
            at=at,
        )
        report.added += 1
    elif known.name != name:
        correct_organisation(organisation=known, name=name, by=by, at=at)
        report.changed += 1
    else:
        report.unchanged += 1


def _named(row: Any, reading: _Reading) -> tuple[str, str]:
    """SIRET and name, put right when each stands in the other's column."""
    number, name = _text(row, NUMBER), _text(row, NAME)
    if not number and not name:
        raise BadIdentifier(_("ni SIRET ni nom"))
    try:
        siret = check_siret(number)
    except BadIdentifier:
        try:
            siret, name = check_siret(name), number
        except BadIdentifier:
            raise BadIdentifier(
                _("« %(siret)s » n’est pas un SIRET : il faut quatorze chiffres, clé juste.")
                % {"siret": number[:24]}
            ) from None
        reading.turned += 1
    if not name:
        raise BadIdentifier(_("%(siret)s n’a pas de nom") % {"siret": siret})
    return siret, name[:200]


def _text(row: Any, key: str) -> str:
    value = row.get(key) if isinstance(row, dict) else None
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""


def _tell(reading: _Reading) -> None:
    notices = reading.report.notices
    if reading.repeated:
        notices.append(
            _("%(count)s lignes répètent une organisation déjà lue.") % {"count": reading.repeated}
        )
    if reading.turned:
        notices.append(
            _("%(count)s noms étaient dans la colonne du SIRET.") % {"count": reading.turned}
        )
    if reading.report.added:
        notices.append(
            _(
                "Le fichier ne dit pas la nature des organisations : sauf les collectivités,"
                " connues à leur SIREN, elles sont notées « association »."
            )
        )
