"""``serve``: the pages, behind granian."""

import os
import socket
import sys
from argparse import Namespace

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.cli import console, health

APPLICATION = "traitdunion.project.wsgi:application"


class NotReady(Refusal):
    """The pages may not be served yet; the sentence says why."""


def run(argv: list[str]) -> int:
    """Check, then become the server; returns only when it may not serve."""
    arguments = _parser().parse_args(argv)
    check(host=arguments.host, port=arguments.port)
    command = server_command(
        host=arguments.host, port=arguments.port, workers=arguments.workers or default_workers()
    )
    document = {"url": _url(arguments), "database": connection.vendor}
    says = _("Le service répond sur %(url)s (Ctrl-C l’arrête).") % {"url": document["url"]}
    console.answer(document, as_json=arguments.json, summary=says)
    sys.stdout.flush()
    connection.close()
    os.execve(sys.executable, command, server_environment())  # noqa: S606


def _parser() -> console.Parser:
    parser = console.parser("serve", _("Sert les pages."))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--workers", type=int, help=_("processus ; d’ordinaire 1 sur SQLite, 2 sur PostgreSQL")
    )
    return parser


def check(*, host: str, port: int) -> None:
    """Raises NotReady: tables, what a real service needs, and a port that nobody holds."""
    try:
        if not health.migrations_are_done():
            raise NotReady(console.not_ready())
    except DatabaseError:
        raise NotReady(console.not_ready()) from None
    if reasons := health.reasons_not_to_serve(at=now()):
        lines = " ; ".join(f"{finding.says} ({finding.remedy})" for finding in reasons)
        raise NotReady(_("Hors démonstration, il manque : %(lines)s.") % {"lines": lines})
    if not 0 < port < 65_536:
        raise NotReady(_("--port attend un nombre de 1 à 65535."))
    # The server shares its port: without this look, an older one would go on answering.
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        if probe.connect_ex((host.strip("[]"), port)) == 0:
            raise NotReady(
                _("Le port %(port)s est déjà pris : arrêtez l’autre service ou changez --port.")
                % {"port": port}
            )


def default_workers() -> int:
    """SQLite has one writer: a second process only waits for it."""
    return 1 if connection.vendor == "sqlite" else 2


def server_command(*, host: str, port: int, workers: int) -> list[str]:
    """The server's command line; one thread a process on SQLite, measured fastest, else two."""
    threads = 1 if connection.vendor == "sqlite" else 2
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(max(1, workers)),
        "--blocking-threads": str(threads),
        "--log-level": "warning",
        "--workers-kill-timeout": "10",
    }
    pairs = [text for option in options.items() for text in option]
    flags = ["--no-ws", "--respawn-failed-workers"]
    return [sys.executable, "-m", "granian", *pairs, *flags, APPLICATION]


def server_environment() -> dict[str, str]:
    """Every process of the server signs with the same keys, even when they were drawn just now."""
    drawn = {
        "TRAITDUNION_SECRET_KEY": settings.SECRET_KEY,
        "TRAITDUNION_PSEUDONYM_KEY": settings.PSEUDONYM_KEY,
    }
    given = {name for name in drawn if f"{name}_FILE" in os.environ}
    return {**{k: v for k, v in drawn.items() if k not in given}, **os.environ}


def _url(arguments: Namespace) -> str:
    return f"http://{arguments.host}:{arguments.port}/"
