"""A copy of the whole plan, made while it is served, and taken back by an empty database."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.snapshots import one_instant
from traitdunion.base.whole_files import whole_file
from traitdunion.journal import operations as journal
from traitdunion.steering import archives, tables
from traitdunion.steering.archives import (
    MadeByANewerVersion,
    Part,
    Progress,
    Reading,
    nothing_told,
)
from traitdunion.steering.tables import Tables

BACKUP = "steering.backup"


class NotEmpty(Refusal):
    """A backup is taken back by an empty database only."""


class NothingToCopy(Refusal):
    """The database has no tables, or those of another version."""


class DoesNotFit(Refusal):
    """The rows of the backup do not fit in this database."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a backup holds, or what was taken back from it."""

    id: UUID
    at: datetime
    tables: int
    rows: int
    # The last seal of the journal: number, hash and events covered; none when nothing is sealed.
    seal: dict[str, Any] | None
    sha256: str
    # Whether children appear here under the codes that they have there.
    has_same_codes: bool = True


def back_up(*, path: Path, by: Actor, at: datetime, progress: Progress = nothing_told) -> Copied:
    """
    Copy every row as they all stood at one instant, while others go on writing.

    The file is there whole or not at all, and its owner alone may read it: it holds names.
    Raises: OSError, NothingToCopy.
    """
    uid = uuid4()
    with whole_file(path) as out:
        writing = archives.Writing(out)
        with one_instant():
            known = _tables_here()
            told = _manifest(known, uid, at)
            for model in known.models:
                writing.add(model._meta.label_lower, tables.lines_of(model), progress)
        digest = writing.end(told)
        rows = sum(part.rows for part in writing.parts)
        done = Copied(uid, at, len(writing.parts), rows, told["seal"], digest)
        # Before the file has its name: no copy of the names without its trace.
        _tell("steering.backed_up", done, by, at)
    return done


def restore(
    *,
    path: Path,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress = nothing_told,
) -> Copied:
    """
    Take a backup back into an empty database, of either kind, whole or not at all.

    A backup of an earlier version is taken back as it was, then brought up to date.

    Args:
        dry_run: check the file and that the database would take it; write nothing.
        progress: called with rows checked, then with rows written.
    Raises: OSError, Damaged, MadeByANewerVersion, NotEmpty, DoesNotFit.
    """
    with archives.opened(path) as archive:
        archive.check(progress)
        known = _tables_there(archive)
        _check_empty(known)
        done = _copied(archive)
        if dry_run:
            return done
        tables.make_tables(known.migrations)
        with bulk.large_write(), transaction.atomic():
            _check_empty(known)
            _fill(archive, known, progress)
    call_command("migrate", verbosity=0, interactive=False)
    _tell("steering.restored", done, by, at)
    return done


def _tables_here() -> Tables:
    """As the database has them, which may be as an earlier version left them."""
    migrations = tables.applied()
    if not migrations:
        raise NothingToCopy(_("La base est vide : il n’y a rien à sauvegarder."))
    try:
        return tables.tables_at(migrations)
    except tables.UnknownMigrations:
        raise NothingToCopy(
            _("La base est d’une version plus récente : sauvegardez-la avec cette version.")
        ) from None


def _tables_there(archive: Reading) -> Tables:
    newer = _(
        "« %(file)s » vient d’une version plus récente du logiciel : mettez celui-ci à jour."
    ) % {"file": archive.name}
    try:
        known = tables.tables_at(archive.manifest["migrations"])
    except tables.UnknownMigrations:
        raise MadeByANewerVersion(newer) from None
    if {part.table for part in archive.parts} - known.named().keys():
        raise MadeByANewerVersion(newer)
    return known


def _manifest(known: Tables, uid: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": str(uid),
        "at": at.isoformat(),
        "database": connection.vendor,
        "seal": _seal(known),
        "codes": _codes(),
        "migrations": known.migrations,
    }


def _seal(known: Tables) -> dict[str, Any] | None:
    """The head of the journal, as its table is at that state of the migrations."""
    head = known.named().get("journal.head")
    rows = head._default_manager.filter(seals__gt=0) if head else None
    last = rows.values("seals", "hash", "events").first() if rows else None
    return {"number": last["seals"], **last} if last else None


def _codes() -> str:
    """What tells whether two installations have the same key of codes, without telling it."""
    key = settings.PSEUDONYM_KEY.encode()
    return hmac.new(key, b"traitdunion.backup", sha256).hexdigest()[:16]


def _copied(archive: Reading) -> Copied:
    told = archive.manifest
    return Copied(
        id=UUID(told["id"]),
        at=datetime.fromisoformat(told["at"]),
        tables=len(archive.parts),
        rows=sum(part.rows for part in archive.parts),
        seal=told["seal"],
        sha256=archive.zip.comment.decode(),
        has_same_codes=told["codes"] == _codes(),
    )


def _check_empty(known: Tables) -> None:
    """No row of ours, and no table that the backup does not know."""
    here = tables.applied()
    later = any(name not in known.migrations.get(app, []) for app in here for name in here[app])
    there = set(connection.introspection.table_names())
    full = [m for m in known.models if m._meta.db_table in there and m._default_manager.exists()]
    if full:
        raise NotEmpty(
            _(
                "La base n’est pas vide (%(table)s) : une sauvegarde ne se relit que dans une base"
                " neuve. Réglez DATABASE_URL sur une autre."
            )
            % {"table": full[0]._meta.db_table}
        )
    if later:
        raise NotEmpty(
            _(
                "La base a déjà les tables d’une version plus récente que la sauvegarde : donnez"
                " une base sans aucune table."
            )
        )


def _fill(archive: Reading, known: Tables, progress: Progress) -> None:
    models, parts = known.named(), {part.table: part for part in archive.parts}
    ordered = [parts[label] for label in models if label in parts]
    for _app, group in groupby(ordered, key=lambda part: part.table.partition(".")[0]):
        filled = [_fill_one(archive, part, models[part.table], progress) for part in group]
        _check_links(archive, filled)
    tables.after_insert(known.models)


def _fill_one(archive: Reading, part: Part, model: type[Model], progress: Progress) -> str:
    """Put the rows of a part in its table; return its name."""
    try:
        count = tables.insert(model, _watched(archive.rows(part), progress))
    except (IntegrityError, DataError):
        raise _does_not_fit(archive, part.table) from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise archive.damaged(part) from None
    if count != part.rows:
        raise archive.damaged(part)
    return part.table


def _check_links(archive: Reading, filled: list[str]) -> None:
    try:
        tables.check_links()
    except IntegrityError:
        raise _does_not_fit(archive, ", ".join(filled)) from None


def _watched(rows: Iterator[dict[str, Any]], progress: Progress) -> Iterator[dict[str, Any]]:
    number = 0
    for number, row in enumerate(rows, 1):
        yield row
        if not number % archives.LINES_AT_ONCE:
            progress(archives.LINES_AT_ONCE)
    progress(number % archives.LINES_AT_ONCE)


def _does_not_fit(archive: Reading, table: str) -> DoesNotFit:
    """Without the database's own words: they quote values, which may be names."""
    return DoesNotFit(
        _(
            "« %(file)s » : la base refuse des lignes de « %(table)s » (doublon, lien vers une"
            " ligne absente ou valeur trop longue). Rien n’est écrit."
        )
        % {"file": archive.name, "table": table}
    )


def _tell(verb: str, done: Copied, by: Actor, at: datetime) -> None:
    facts = {
        "made_at": done.at.isoformat(),
        "tables": done.tables,
        "rows": done.rows,
        "seal": done.seal["number"] if done.seal else None,
    }
    subjects = [(done.id, facts)]
    journal.record_many(verb=verb, subject_kind=BACKUP, subjects=subjects, by=by, at=at)
