"""``export ledger OUT.beancount``: the ledger for an independent checker."""

from pathlib import Path

from django.utils.translation import gettext as _

from traitdunion.cli import console


def run(argv: list[str]) -> int:
    """0 when the file is there, whole; 2 when it cannot be written."""
    made = console.parser("export", _("Écrit le grand livre pour un contrôleur indépendant."))
    made.add_argument("what", metavar="ledger", help=_("le grand livre, au format beancount"))
    made.add_argument("file", type=Path, metavar="FICHIER")
    arguments = made.parse_args(argv)
    if arguments.what != "ledger":
        return console.refuse(
            _("« export %(what)s » n’existe pas encore : seul « export ledger FICHIER » écrit.")
            % {"what": arguments.what}
        )
    from traitdunion.base.actors import ROBOT  # noqa: PLC0415 - after the settings
    from traitdunion.base.clock import now  # noqa: PLC0415
    from traitdunion.budget import operations  # noqa: PLC0415

    path = arguments.file
    try:
        with console.progress(path.name) as advance:
            done = operations.export_ledger(path=path, progress=advance, by=ROBOT, at=now())
    except OSError as error:
        return console.refuse(console.unreachable(error, path))
    counts = {
        "movements": done.movements,
        "entries": done.entries,
        "accounts": done.accounts,
        "envelopes": done.envelopes,
    }
    summary = _(
        "« %(file)s » : %(movements)s mouvements, %(entries)s écritures. « bean-check » les relit."
    ) % {"file": path, **counts}
    document = {"file": str(path), "bytes": path.stat().st_size, **counts}
    console.answer(document, as_json=arguments.json, summary=summary)
    return console.DONE
