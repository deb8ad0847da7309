"""What every command has in common: words on stderr, one JSON document on stdout, exit codes."""

import argparse
import errno
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import django
from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

DONE, FOUND, USAGE = 0, 1, 2
SETTINGS = "traitdunion.project.settings"
NO_DATABASE = (
    "La base ne répond pas ou n’a pas ses tables : vérifiez DATABASE_URL,"
    " puis lancez « traitdunion init PROGRAMME.toml »."
)

STARTED = time.perf_counter()


class Parser(argparse.ArgumentParser):
    """Bad usage is one clear line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        say(f"{self.prog} : {message}")
        raise SystemExit(USAGE)


def parser(command: str, description: str) -> Parser:
    """The arguments of a command, ``--json`` among them."""
    made = Parser(prog=f"traitdunion {command}", description=description, allow_abbrev=False)
    made.add_argument("--json", action="store_true", help="un document JSON sur la sortie")
    return made


def with_tables() -> None:
    """Make the database reachable; a command that never calls this needs none."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if not apps.ready:
        django.setup()


def without_tables() -> None:
    """Messages in French without any setting being read: for commands on files alone."""
    if not settings.configured and not apps.ready:
        settings.configure(USE_I18N=False, USE_TZ=True)


def say(text: str) -> None:
    """One line for whoever reads the terminal, on stderr."""
    Console(stderr=True, soft_wrap=True, markup=False, highlight=False).print(text)


def answer(document: Mapping[str, Any], *, as_json: bool, summary: str) -> None:
    """The result: the document on stdout when JSON is asked for, else its summary on stderr."""
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        say(summary)


def cost() -> dict[str, float]:
    """What the command has cost so far: seconds on the clock, of processor, MiB at the most."""
    used = os.times()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "wall_seconds": round(time.perf_counter() - STARTED, 3),
        "cpu_seconds": round(used.user + used.system, 3),
        # Linux counts KiB, macOS bytes.
        "peak_mib": round(most / (1024 if sys.platform != "darwin" else 1024**2), 1),
    }


def refuse(sentence: object) -> int:
    """Say no in one line; the exit code of bad usage or unreadable input."""
    say(" ".join(str(sentence).split()))
    return USAGE


def unreachable(error: OSError, path: object) -> str:
    """Which file cannot be read or written, and why."""
    reasons = {
        errno.ENOENT: _("fichier ou dossier introuvable"),
        errno.EACCES: _("accès refusé"),
        errno.EPERM: _("accès refusé"),
        errno.EISDIR: _("c’est un dossier"),
        errno.ENOTDIR: _("ce chemin passe par un fichier, qui n’est pas un dossier"),
        errno.ENAMETOOLONG: _("nom trop long"),
        errno.ENOSPC: _("plus de place sur le disque"),
        errno.EROFS: _("ce disque ne s’écrit pas"),
    }
    why = reasons.get(error.errno or 0) or _("le système refuse (%(code)s)") % {
        "code": errno.errorcode.get(error.errno or 0, type(error).__name__)
    }
    return f"« {error.filename or path} » : {why}."


def not_ready() -> str:
    """What to say when the tables are not there."""
    return _("La base n’est pas prête : lancez « traitdunion init PROGRAMME.toml ».")


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr when it is a terminal; call what it gives with the number of rows done."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)

        def advance(count: int) -> None:
            bar.advance(task, count)

        yield advance
