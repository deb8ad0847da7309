"""``territories load KIND FILE``: reference data from the official files, as they are."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.cli import console

if TYPE_CHECKING:
    from traitdunion.territories.operations import LoadReport

KINDS = ("communes", "neighbourhoods", "cites-educatives", "schools")
ORGANISATIONS = "organisations"
SHOWN = 40


def run(argv: list[str]) -> int:
    """Load a file; 0 done, 1 when rows were rejected, 2 when the file cannot be used."""
    arguments = _parser().parse_args(argv)
    console.with_tables()
    from django.db import DatabaseError, transaction  # noqa: PLC0415

    try:
        with transaction.atomic(), console.progress(arguments.file.name):
            report = _load(arguments.kind, arguments.file)
            transaction.set_rollback(arguments.dry_run)
    except Refusal as refusal:
        return console.refuse(refusal)
    except OSError as error:
        return console.refuse(console.unreachable(error, arguments.file))
    except DatabaseError:
        return console.refuse(
            "La base n’est pas prête : lancez « traitdunion init PROGRAMME.toml »."
        )
    _tell(report, as_json=arguments.json, dry_run=arguments.dry_run)
    return console.FOUND if report.rejected else console.DONE


def _parser() -> console.Parser:
    parser = console.parser("territories", "Charge les données de référence.")
    parser.add_argument("verb", choices=("load",))
    parser.add_argument("kind", choices=(*KINDS, ORGANISATIONS))
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--dry-run", action="store_true", help="dit ce qui serait fait, sans écrire"
    )
    return parser


def _load(kind: str, path: Path) -> "LoadReport":
    from traitdunion.base.actors import ROBOT  # noqa: PLC0415
    from traitdunion.base.clock import now  # noqa: PLC0415
    from traitdunion.partners import operations as partners  # noqa: PLC0415
    from traitdunion.territories import operations  # noqa: PLC0415

    if kind == ORGANISATIONS:
        return partners.load_organisations(path=path, by=ROBOT, at=now())
    return operations.load_file(kind=kind, path=path, by=ROBOT, at=now())


def _tell(report: "LoadReport", *, as_json: bool, dry_run: bool) -> None:
    for line, reason in report.rejected[:SHOWN]:
        console.say(_("ligne %(line)s : %(reason)s") % {"line": line, "reason": reason})
    if len(report.rejected) > SHOWN:
        console.say(
            _("… et %(count)s autres lignes refusées (--json les donne).")
            % {"count": len(report.rejected) - SHOWN}
        )
    for notice in report.notices[:SHOWN]:
        console.say(notice)
    summary = _(
        "%(added)s ajoutées, %(changed)s modifiées, %(unchanged)s inchangées, "
        "%(rejected)s refusées."
    ) % {**report.as_dict(), "rejected": len(report.rejected)}
    if dry_run:
        summary = _("À blanc, rien n’est écrit : %(summary)s") % {"summary": summary}
    console.answer({**report.as_dict(), "dry_run": dry_run}, as_json=as_json, summary=summary)
