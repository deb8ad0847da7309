"""``restore FILE``: take a backup back into an empty database, whichever of the two it is."""

from pathlib import Path

from django.utils.translation import gettext as _

from traitdunion.cli import console
from traitdunion.cli.backup import told


def run(argv: list[str]) -> int:
    """0 when every row is back; 2 when the file is damaged or the database is not empty."""
    made = console.parser("restore", _("Relit une sauvegarde dans une base vide."))
    made.add_argument("file", type=Path, metavar="FICHIER")
    made.add_argument(
        "--dry-run", action="store_true", help=_("vérifie le fichier et la base, n’écrit rien")
    )
    arguments = made.parse_args(argv)
    from traitdunion.base.actors import ROBOT  # noqa: PLC0415 - after the settings
    from traitdunion.base.clock import now  # noqa: PLC0415
    from traitdunion.steering import operations  # noqa: PLC0415

    path = arguments.file
    try:
        with console.progress(path.name) as advance:
            done = operations.restore(
                path=path, dry_run=arguments.dry_run, progress=advance, by=ROBOT, at=now()
            )
    except OSError as error:
        return console.refuse(console.unreachable(error, path))
    if not done.has_same_codes:
        console.say(
            _(
                "Attention : la clé des codes n’est pas celle de la sauvegarde. Remettez"
                " TRAITDUNION_PSEUDONYM_KEY, sinon aucun enfant n’est retrouvé."
            )
        )
    document = {
        "file": str(path),
        "dry_run": arguments.dry_run,
        "same_codes": done.has_same_codes,
        **told(done),
    }
    says = _("Le fichier est entier et la base est vide : rien n’est écrit, à blanc.")
    if not arguments.dry_run:
        says = _("%(rows)s lignes relues. Lancez « traitdunion verify ».") % {"rows": done.rows}
    console.answer(document, as_json=arguments.json, summary=says)
    return console.DONE
