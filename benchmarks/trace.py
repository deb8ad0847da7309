"""
The trace of one page of any number, among 10,000 events and among 1,000,000.

    python -m benchmarks.trace [--small 10000] [--large 1000000] [--rounds 40]

The peer is the same trace in the small world: what a page costs must not grow with the history.
The worlds are made by plain inserts in the shape that the operations give (one event a custody
line), with `verify`'s checks left out; numbers of every kind are drawn from the whole, seeded.
DATABASE_URL names a PostgreSQL server, where each world has a database of its own, dropped after
it; without it, temporary SQLite files. Prints the 95th percentile of each kind of number, and last
the ratio of the worst.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.databases import made

ROOT = Path(__file__).resolve().parent.parent
CHILDREN_AN_ENVELOPE = 500
SETUP = """
import json, os, sys, time
sys.path.insert(0, os.environ["BENCHMARK_ROOT"])
import django
django.setup()
"""


def environment(url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "traitdunion.project.settings",
        "TRAITDUNION_SECRET_KEY": "benchmark",
        "TRAITDUNION_PSEUDONYM_KEY": "benchmark",
        "BENCHMARK_ROOT": str(ROOT),
    }


def measured(events: int, rounds: int, url: str) -> dict[str, float]:
    """The 95th percentile in milliseconds, by kind of number."""
    script = SETUP + (
        "from benchmarks.trace_world import measure\n"
        f"print(json.dumps(measure(events={events}, rounds={rounds})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(url), capture_output=True, text=True,
        check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    given = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        urls = [
            ending.enter_context(made(given, f"trace_{name}_{os.getpid()}"))
            if given
            else f"sqlite:///{folder}/{name}.sqlite3"
            for name in ("small", "large")
        ]
        small = measured(arguments.small, arguments.rounds, urls[0])
        large = measured(arguments.large, arguments.rounds, urls[1])
    print(
        f"{(given or 'sqlite:').partition(':')[0]}, {arguments.small} and {arguments.large} events"
    )
    for kind, milliseconds in small.items():
        ratio = large[kind] / milliseconds
        print(f"  {kind:<14} {milliseconds:7.1f} ms   {large[kind]:7.1f} ms   {ratio:.2f}×")
    worst = max(large[kind] / small[kind] for kind in small)
    middle = statistics.median(large[kind] / small[kind] for kind in small)
    print(f"ratio (95th percentile, large over small; median {middle:.2f}): {worst:.2f}  goal ≤ 2")
    return 0


if __name__ == "__main__":
    sys.exit(main())
