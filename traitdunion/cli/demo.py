"""``demo``: a plan half carried out, made by the real operations, then served on 127.0.0.1."""

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from traitdunion.cli import console

DEFAULT_DATABASE = "var/demo.sqlite3"
NOW = "2020-05-14T09:30:00+02:00"


def run(argv: list[str]) -> int:
    """Build the demonstration, print where to enter, and serve it unless told not to."""
    arguments = _parse(argv)
    url = _prepare_environment(arguments)
    console.with_tables()
    from traitdunion.cli.demonstration import build  # noqa: PLC0415 - after the settings

    with console.progress("Démonstration", total=build.STEPS) as advance:
        built = build.build(
            scale=arguments.scale, seed=arguments.seed, data=arguments.data, advance=advance
        )
    address = f"http://127.0.0.1:{arguments.port}/"
    document = {"url": address, "database_url": url, **built}
    console.answer(document, as_json=arguments.json, summary=_summary(document))
    return console.DONE if arguments.no_serve else _serve(arguments.port)


def _parse(argv: list[str]) -> Namespace:
    made = console.parser("demo", "Construit et sert une démonstration.")
    made.add_argument("--port", type=int, default=8000)
    made.add_argument("--no-serve", action="store_true", help="construit sans servir")
    made.add_argument("--scale", choices=("small", "department", "national"), default="small")
    made.add_argument("--seed", type=int, default=2020)
    made.add_argument("--data", type=Path, help="dossier des fichiers officiels")
    made.add_argument("--database", help="une autre base, vide")
    return made.parse_args(argv)


def _prepare_environment(arguments: Namespace) -> str:
    """The demonstration has its own database, whatever DATABASE_URL says."""
    if arguments.data and not arguments.data.is_dir():
        raise SystemExit(console.refuse(f"« {arguments.data} » n’est pas un dossier."))
    if arguments.database:
        url = _absolute(arguments.database)
    else:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{DEFAULT_DATABASE}{suffix}").unlink(missing_ok=True)
        url = f"sqlite:///{Path(DEFAULT_DATABASE).resolve()}"
    os.environ["DATABASE_URL"] = url
    os.environ["TRAITDUNION_DEMONSTRATION"] = "yes"
    os.environ.setdefault("TRAITDUNION_NOW", NOW)
    os.environ["TRAITDUNION_PUBLIC_URL"] = f"http://127.0.0.1:{arguments.port}"
    return url


def _absolute(url: str) -> str:
    """A relative SQLite path would depend on the folder of whoever reads the answer."""
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
        return f"sqlite:///{Path(url.removeprefix('sqlite:///')).resolve()}"
    return url


# How each count is called on the screen; a program reads the keys.
COUNTED = {
    "neighbourhoods": "quartiers",
    "schools": "établissements",
    "needs": "besoins",
    "awards": "attributions",
    "devices": "appareils",
    "loans": "prêts",
}


def _summary(document: dict[str, Any]) -> str:
    lines = [
        "La démonstration est prête : "
        + ", ".join(f"{count} {COUNTED[name]}" for name, count in document["counts"].items()),
        f"Ouvrez {document['url']} et choisissez une personne ; ou connectez-vous :",
    ]
    lines += [f"  {p['login']:<36} {p['name']} — {p['role']}" for p in document["personas"]]
    lines.append(f"Mot de passe de toutes : {document['personas'][0]['password']}")
    return "\n".join(lines)


def _serve(port: int) -> int:
    """One worker beside the server; both end together."""
    command = [sys.executable, "-m", "traitdunion"]
    worker = subprocess.Popen([*command, "worker"])  # noqa: S603 - our own command
    try:
        served = subprocess.run([*command, "serve", "--port", str(port)], check=False)  # noqa: S603
        return served.returncode
    except KeyboardInterrupt:
        return console.DONE
    finally:
        worker.terminate()
        worker.wait(timeout=10)
