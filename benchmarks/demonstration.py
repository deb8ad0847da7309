"""
The demonstration: from the command to the first page, and built without serving.

    python benchmarks/demonstration.py [--data DIR]

Each run starts from an empty folder, as a newcomer does. Beside it, in the same run, Django's own
`migrate` on an empty database: what any Django project of as many tables costs before it holds a
row, so that a slow or busy machine shows in both.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8767
GIVE_UP_SECONDS = 600
Run = Callable[[str], float]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "traitdunion.project.settings",
    }


def timed(folder: str, *command: str) -> float:
    """Seconds that a command takes from an empty folder."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder, env=environment(), check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2_000:])
    return time.perf_counter() - start


def migrated(folder: str) -> float:
    return timed(folder, "django", "migrate", "--verbosity", "0", "--skip-checks")


def built(folder: str) -> float:
    return timed(folder, "traitdunion", "demo", "--no-serve", "--json")


def built_from(data: Path) -> Run:
    return lambda folder: timed(
        folder, "traitdunion", "demo", "--no-serve", "--json", "--data", str(data)
    )


def first_page(folder: str) -> float:
    """Seconds from the command to the home page whole in the hands of whoever asked."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "traitdunion", "demo", "--port", str(PORT)]
    told = Path(folder) / "told.txt"
    with told.open("wb") as out:
        server = subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=out, stderr=out, start_new_session=True
        )
    try:
        while time.perf_counter() - start < GIVE_UP_SECONDS and server.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=30) as page:
                    if b"</html>" in page.read():
                        return time.perf_counter() - start
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise SystemExit(f"no page came: {told.read_text()[-2_000:]}")
    finally:
        # The demonstration passes the signal on to its server and its worker.
        server.terminate()
        server.wait()


def measured(run: Run) -> float:
    with tempfile.TemporaryDirectory(prefix="demonstration-", ignore_cleanup_errors=True) as name:
        return run(name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the official files")
    asked = parser.parse_args()
    runs: list[tuple[str, Run, float]] = [
        ("from command to first page", first_page, 60),
        ("built, not served", built, 20),
    ]
    if asked.data:
        runs.append(("built from the official files", built_from(asked.data.resolve()), 45))
    peer = measured(migrated)
    print(f"{'django migrate, empty tables':32} {peer:6.1f} s", flush=True)
    missed = 0
    for what, run, goal in runs:
        seconds = measured(run)
        missed += seconds > goal
        print(
            f"{what:32} {seconds:6.1f} s (goal: {goal:.0f} s), {seconds / peer:.1f}× migrate",
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
