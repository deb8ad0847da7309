"""
Write what can be written from the code: `python tools/make_docs.py`.

docs/reference/{commands,settings,states,programme,refusals}.md and docs/decisions/README.md. Tests
check that every name is there, so a forgotten run is seen; what is told by hand is in the other
files.
"""

import contextlib
import importlib
import inspect
import io
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
os.environ["COLUMNS"] = "92"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.project.settings")

import django  # noqa: E402

django.setup()

from django.db import models  # noqa: E402
from pydantic import BaseModel  # noqa: E402

from traitdunion.base.errors import Refusal  # noqa: E402
from traitdunion.cli import settings_  # noqa: E402
from traitdunion.cli.main import COMMANDS  # noqa: E402
from traitdunion.programme.schema import Plan  # noqa: E402

MADE = "<!-- Written by tools/make_docs.py: change the code, then run it again. -->\n\n"


def write(name: str, title: str, lead: str, body: str) -> None:
    """One page of the reference."""
    (DOCS / name).write_text(f"# {title}\n\n{MADE}{lead}\n\n{body.rstrip()}\n", encoding="utf-8")


def commands() -> str:
    parts = []
    for name, command in COMMANDS.items():
        module = importlib.import_module(f"traitdunion.cli.{command.module}")
        parts.append(f"## `traitdunion {name}`\n\n{command.french.capitalize()}.\n")
        parts.append(f"```text\n{help_of(module)}\n```\n")
    return "\n".join(parts)


def help_of(module: Any) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        module.run(["--help"])
    return said.getvalue().strip()


def settings() -> str:
    rows = ["| réglage | sens |", "|---|---|"]
    for setting in settings_.KNOWN:
        secret = " Secret : `_FILE` accepté, jamais affiché." if setting.is_secret else ""
        rows.append(f"| `{setting.name}` | {setting.meaning}{secret} |")
    return "\n".join(rows)


def choices_and_moves() -> Iterator[tuple[str, str, Any, Mapping[str, frozenset[str]] | None]]:
    """Every enumeration of a `states.py`, with its table of moves when it has one."""
    for path in sorted((ROOT / "traitdunion").glob("*/states.py")):
        app = path.parent.name
        module = importlib.import_module(f"traitdunion.{app}.states")
        tables = [v for k, v in vars(module).items() if k.endswith("MOVES")]
        for name, found in vars(module).items():
            if not inspect.isclass(found) or found.__module__ != module.__name__:
                continue
            if issubclass(found, models.TextChoices | models.IntegerChoices):
                moves = next((t for t in tables if set(t) <= set(found)), None)
                yield app, name, found, moves


def states() -> str:
    parts = []
    for app, name, found, moves in choices_and_moves():
        parts.append(f"## `{app}.{name}`\n")
        parts.append("| code | à l’écran |\n|---|---|")
        parts += [f"| `{choice.name}` | {choice.label} |" for choice in found]
        if moves is not None:
            parts.append("\n```mermaid\nstateDiagram-v2")
            arrows = [(str(a), str(b)) for a, targets in moves.items() for b in targets]
            parts += [f"    {start} --> {end}" for start, end in sorted(arrows)]
            parts.append("```")
        parts.append("")
    return "\n".join(parts)


def tables_of(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        inner = [a for a in (field.annotation, *get_args(field.annotation)) if inspect.isclass(a)]
        table = next((a for a in inner if issubclass(a, BaseModel)), None)
        kind = re.sub(r", Annotated\[int.*", ", int]", str(field.annotation))
        kind = kind.replace("typing.", "").replace("<class '", "").rstrip("'>")
        need = "oui" if field.is_required() else f"non ({field.default!r})"
        if table is None:
            yield f"| `{key}` | {kind.replace('|', 'ou')} | {need} |"
            continue
        origin = str(field.annotation)
        step = "CODE." if origin.startswith("dict") else "N." if origin.startswith("list") else ""
        yield from tables_of(table, f"{key}.{step}")


def programme() -> str:
    return "\n".join(["| clé | valeur | obligatoire |", "|---|---|---|", *tables_of(Plan, "")])


def every_module() -> None:
    """Refusals are known once their modules are read; the pages read them all."""
    importlib.import_module("traitdunion.project.urls")


def refusals(family: type[Refusal] = Refusal) -> Iterator[str]:
    for found in sorted(family.__subclasses__(), key=lambda c: (c.__module__, c.__name__)):
        if found.__module__.startswith("traitdunion.") and ".cli." not in found.__module__:
            says = (found.__doc__ or "").strip().splitlines()[0]
            yield f"| `{found.__name__}` | {found.__module__.removeprefix('traitdunion.')} "
            yield f"| {found.status} | {says} |\n"
        yield from refusals(found)


def decisions() -> str:
    rows = []
    for path in sorted((DOCS / "decisions").glob("0*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
        rows.append(f"- [{title}]({path.name})")
    return "\n".join(rows)


def main() -> int:
    write(
        "reference/commands.md",
        "Commandes",
        "Codes de sortie : 0 fait, 1 une vérification a"
        " trouvé quelque chose ou des lignes sont rejetées, 2 mauvais usage ou fichier"
        " illisible. `--json` met un document JSON sur la sortie, les phrases restant sur"
        " l’erreur standard.",
        commands(),
    )
    write(
        "reference/settings.md",
        "Réglages",
        "Lus dans l’environnement ; `traitdunion settings`"
        " montre ceux d’une installation, `traitdunion doctor` ce qui manque ou menace.",
        settings(),
    )
    write(
        "reference/states.md",
        "États et listes de valeurs",
        "Chaque état a un code en base et"
        " un nom à l’écran ; un passage qui n’est pas dessiné est refusé.",
        states(),
    )
    write(
        "reference/programme.md",
        "Le fichier d’un programme",
        "Toutes les clés ; `CODE` est un"
        " nom que l’on choisit, `N` un rang dans une liste. Une clé inconnue est refusée avec"
        " son chemin.",
        programme(),
    )
    every_module()
    table = "| refus | module | HTTP | quand |\n|---|---|---|---|\n" + "".join(refusals())
    write(
        "reference/refusals.md",
        "Refus",
        "Ce que le service refuse, et la réponse HTTP.",
        re.sub(r"\n\n+", "\n", table),
    )
    write(
        "decisions/README.md",
        "Décisions",
        "Une page chacune : contexte, décision, suites.",
        decisions(),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
