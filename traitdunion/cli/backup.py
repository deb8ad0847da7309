"""``backup FILE``: one consistent copy of everything, made while the pages are served."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from traitdunion.cli import console

if TYPE_CHECKING:
    from traitdunion.steering.operations import Copied


def run(argv: list[str]) -> int:
    """0 when the file is there, whole; 2 when it cannot be written or there is nothing to copy."""
    made = console.parser(
        "backup", _("Copie toute la base dans un fichier, sans arrêter le service.")
    )
    made.add_argument("file", type=Path, metavar="FICHIER")
    arguments = made.parse_args(argv)
    from traitdunion.base.actors import ROBOT  # noqa: PLC0415 - after the settings
    from traitdunion.base.clock import now  # noqa: PLC0415
    from traitdunion.steering import operations  # noqa: PLC0415

    path = arguments.file
    try:
        with console.progress(path.name) as advance:
            done = operations.back_up(path=path, progress=advance, by=ROBOT, at=now())
    except OSError as error:
        return console.refuse(console.unreachable(error, path))
    summary = _("« %(file)s » : %(rows)s lignes de %(tables)s tables, lisible de vous seul.") % {
        "file": path,
        "rows": done.rows,
        "tables": done.tables,
    }
    document = {"file": str(path), "bytes": path.stat().st_size, **told(done)}
    console.answer(document, as_json=arguments.json, summary=summary)
    return console.DONE


def told(done: "Copied") -> dict[str, object]:
    """What the JSON of `backup` and of `restore` say of a copy."""
    return {
        "id": str(done.id),
        "at": done.at.isoformat(),
        "tables": done.tables,
        "rows": done.rows,
        "seal": done.seal,
        "sha256": done.sha256,
    }
