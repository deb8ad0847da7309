"""`traitdunion COMMAND …`: finds the command, and never shows a traceback."""

import logging
import os
import secrets
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from traitdunion.base.errors import Refusal
from traitdunion.cli import console

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its module, what it does, and whether it always needs the database."""

    module: str
    french: str
    english: str
    needs_tables: bool = False


COMMANDS: Mapping[str, Command] = {
    "demo": Command(
        "demo",
        "construit et sert une démonstration",
        "builds and serves a demonstration",
    ),
    "init": Command(
        "init",
        "crée la base et le programme, et ouvre le premier accès",
        "creates the database and the programme, and opens the first access",
        needs_tables=True,
    ),
    "serve": Command("serve", "sert les pages", "serves the pages", needs_tables=True),
    "worker": Command(
        "worker",
        "exécute les travaux longs et envoie les messages",
        "runs long work and sends messages",
        needs_tables=True,
    ),
    "territories": Command(
        "territories", "charge les fichiers officiels", "loads the official files"
    ),
    "needs": Command("needs", "importe la liste d’un relais", "imports the list of a relay"),
    "locate": Command(
        "locate", "place des points dans les quartiers", "places points in neighbourhoods"
    ),
    "allocate": Command(
        "allocate",
        "range des besoins et partage l’argent",
        "ranks needs and shares out the money",
    ),
    "match": Command(
        "match",
        "forme les binômes de jeunes et de mentors",
        "pairs young people and mentors",
    ),
    "pack": Command(
        "pack",
        "imprime le dossier de remise d’un relais",
        "prints the hand-over pack of a relay",
    ),
    "trace": Command(
        "trace",
        "suit l’argent dans les deux sens, depuis n’importe quel numéro",
        "follows the money both ways, from any number",
        needs_tables=True,
    ),
    "verify": Command(
        "verify",
        "recalcule tout et nomme la première ligne fausse",
        "recomputes everything and names the first wrong row",
        needs_tables=True,
    ),
    "backup": Command(
        "backup",
        "copie toute la base, sans arrêter le service",
        "copies the whole database while it serves",
        needs_tables=True,
    ),
    "restore": Command(
        "restore",
        "relit une sauvegarde dans une base vide",
        "takes a backup back into an empty database",
        needs_tables=True,
    ),
    "export": Command(
        "export",
        "écrit le grand livre pour un contrôleur indépendant",
        "writes the ledger for an independent checker",
        needs_tables=True,
    ),
    "settings": Command(
        "settings_", "montre ce qui est réglé", "shows what is configured", needs_tables=True
    ),
    "doctor": Command(
        "doctor",
        "dit ce qui manque ou menace",
        "says what is missing or dangerous",
        needs_tables=True,
    ),
}
HELP = {"-h", "--help", "help", "aide"}


def main() -> int:
    """Run one command and return its exit code."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in HELP:
        _help()
        return console.DONE if arguments else console.USAGE
    name, rest = arguments[0], arguments[1:]
    if name not in COMMANDS:
        return console.refuse(f"« {name} » : commande inconnue. Voyez « traitdunion --help ».")
    try:
        return _run(COMMANDS[name], rest)
    except BrokenPipeError:
        # Whoever read the output has left (`| head`): nothing to say, and nobody to say it to.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
        return console.DONE


def _run(command: Command, rest: list[str]) -> int:
    try:
        if command.needs_tables:
            console.with_tables()
        return int(import_module(f"traitdunion.cli.{command.module}").run(rest))
    except (Refusal, ImproperlyConfigured) as refusal:
        return console.refuse(refusal)
    except (OperationalError, ProgrammingError) as error:
        if os.environ.get("TRAITDUNION_DEBUG"):
            raise
        log.info("database: %s", type(error).__name__)
        return console.refuse(console.NO_DATABASE)
    except KeyboardInterrupt:
        console.say("Interrompu : rien n’a été écrit à moitié.")
        return console.USAGE
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("TRAITDUNION_DEBUG"):
            raise
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """One line for the person, the places of the error in the log; never a value of the data."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    kind = f"{type(error).__name__}, {Path(frames[-1].filename).name}:{frames[-1].lineno}"
    console.say(
        f"Erreur imprévue ({kind}, référence {reference}) :"
        " TRAITDUNION_DEBUG=yes montre le détail."
    )
    where = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    log.info("%s %s", reference, where)
    return console.USAGE


def _help() -> None:
    english = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("en")
    usage = "COMMAND [options]" if english else "COMMANDE [options]"
    console.say(f"traitdunion {usage}\n")
    for name, command in COMMANDS.items():
        console.say(f"  {name:<12} {command.english if english else command.french}")
    more = "tells the rest." if english else "dit le reste."
    usage = usage.split(" ", maxsplit=1)[0]
    console.say(f"\n« traitdunion {usage} --help » {more}")


if __name__ == "__main__":
    sys.exit(main())
