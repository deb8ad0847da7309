"""``needs import FILE --relay CODE``: a relay's list becomes needs, once."""

from argparse import SUPPRESS, Namespace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from traitdunion.base.actors import Robot
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.sheets import open_sheet
from traitdunion.cli import console

BY = Robot("command")


def run(argv: list[str]) -> int:
    """Import a list; 0 done, 1 when rows were refused, 2 when it cannot be read."""
    arguments = _parser().parse_args(argv)
    console.with_tables()
    try:
        report = _import(arguments)
    except Refusal as refusal:
        return console.refuse(refusal)
    except OSError as error:
        return console.refuse(console.unreachable(error, arguments.file))
    return _tell(report, arguments)


def _parser() -> console.Parser:
    parser = console.parser("needs", "Recense les besoins de la liste d’un relais.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=console.Parser)
    take = commands.add_parser("import", help="enregistre une liste CSV ou XLSX")
    take.add_argument("file", type=Path, metavar="FICHIER")
    take.add_argument("--relay", required=True, metavar="CODE", help="UAI, SIRET ou RNA")
    take.add_argument("--kind", choices=("tablet", "key_4g", "both"), help="pour toute la liste")
    take.add_argument("--degree", type=int, choices=(0, 1, 2), help="pour toute la liste")
    take.add_argument("--dry-run", action="store_true", help="lit tout, n’écrit rien")
    take.add_argument("--json", action="store_true", default=SUPPRESS)
    return parser


def _import(arguments: Namespace) -> Any:
    # Only here: the tables can be imported once the settings are read.
    from traitdunion.census import operations, queries  # noqa: PLC0415
    from traitdunion.engine.quality import repaired_uai  # noqa: PLC0415
    from traitdunion.jobs import tasks  # noqa: PLC0415
    from traitdunion.partners import queries as partners  # noqa: PLC0415
    from traitdunion.programme import queries as programme  # noqa: PLC0415
    from traitdunion.territories import queries as territories  # noqa: PLC0415

    current = programme.current()
    plan = programme.plan(current)
    relay = partners.organisation_by_code(repaired_uai(arguments.relay))
    if not relay.is_relay:
        raise NotARelay(
            _("« %(name)s » n’est pas un relais : donnez le code d’un établissement,")
            % {"name": relay.name}
            + _(" d’une association ou d’une commune.")
        )
    with (
        open_sheet(arguments.file, name=arguments.file.name) as sheet,
        console.progress(_("Lignes lues")) as advance,
    ):
        done = 0

        def tell(rows: int) -> None:
            nonlocal done
            advance(rows - done)
            done = rows

        report = operations.import_rows(
            census=queries.current(current.pk),
            sheet=sheet,
            relay=relay,
            plan=plan,
            generation=territories.layer_state(plan.programme.neighbourhood_generation).used,
            defaults=operations.Defaults(kind=arguments.kind, degree=arguments.degree),
            dry_run=arguments.dry_run,
            progress=tell,
            by=BY,
            at=now(),
        )
    if not arguments.dry_run:
        tasks.place_soon(by=BY, at=now())
    return report


class NotARelay(Refusal):
    """Only relays record needs."""


def _tell(report: Any, arguments: Namespace) -> int:
    document = dict(report.summary())
    if report.rejected and not arguments.dry_run:
        beside = arguments.file.with_name(f"{arguments.file.name}.rejected.csv")
        beside.write_bytes(report.refused_rows())
        document["rejected_file"] = str(beside)
    for notice in report.notices:
        console.say(notice)
    for one in report.rejected[:20]:
        place = _("Ligne %(line)s, %(column)s") if one.label else _("Ligne %(line)s")
        where = place % {"line": one.line, "column": one.label}
        console.say(f"{where} : {one.reason}.")
    console.answer(document | console.cost(), as_json=arguments.json, summary=_sentence(document))
    return console.FOUND if report.rejected else console.DONE


def _sentence(document: dict[str, Any]) -> str:
    said = _(
        "%(rows)s lignes : %(added)s ajoutées, %(known)s déjà connues, %(rejected)s refusées,"
        " %(doubtful)s à vérifier."
    ) % {name: document[name] for name in ("rows", "added", "known", "rejected", "doubtful")}
    beside = document.get("rejected_file")
    return said if not beside else said + _(" Lignes à corriger : %(file)s.") % {"file": beside}
