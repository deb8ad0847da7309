"""``pack --relay CODE OUT.pdf``: what a relay carries to the gate, in one file."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from traitdunion.base.actors import Robot
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.cli import console

BY = Robot("command")


def run(argv: list[str]) -> int:
    """Print a relay's list and agreements; 0 done, 1 when nothing waits, 2 on bad usage."""
    arguments = _parser().parse_args(argv)
    console.with_tables()
    try:
        agreements, prepared = _print(arguments)
    except Refusal as refusal:
        return console.refuse(refusal)
    except OSError as error:
        return console.refuse(console.unreachable(error, arguments.out))
    document = {"agreements": agreements, "prepared": prepared, "dry_run": arguments.dry_run}
    summary = _("%(agreements)s conventions, dont %(prepared)s préparées à l’instant.") % document
    console.answer(document, as_json=arguments.json, summary=summary)
    return console.DONE if agreements else console.FOUND


def _parser() -> console.Parser:
    parser = console.parser("pack", "Imprime la liste et les conventions d’un relais.")
    parser.add_argument("--relay", required=True, metavar="CODE", help="UAI, SIRET ou RNA")
    parser.add_argument("out", type=Path, metavar="OUT.pdf")
    parser.add_argument("--dry-run", action="store_true", help="compte, n’écrit rien")
    return parser


def _print(arguments: Namespace) -> tuple[int, int]:
    # Only here: the tables can be imported once the settings are read.
    from django.conf import settings  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from traitdunion.lending import operations, queries  # noqa: PLC0415
    from traitdunion.partners import queries as partners  # noqa: PLC0415
    from traitdunion.programme import queries as programme  # noqa: PLC0415

    plan = programme.plan(programme.current())
    relay = partners.organisation_by_code(arguments.relay)
    acts: dict[str, Any] = {"relay": relay, "by": BY, "at": now()}
    with transaction.atomic():
        fresh = operations.prepare(rules=plan.lending, **acts)
        waiting = len(queries.to_hand_over(relay.pk))
        if arguments.dry_run:
            transaction.set_rollback(True)
        else:
            pdf = operations.print_pack(plan=plan, public_url=settings.PUBLIC_URL, **acts)
            arguments.out.write_bytes(pdf)
    return waiting, len(fresh)
