"""
Hand-overs by HTTP: ours behind granian, beside the naive first version.

    python benchmarks/hand_over.py [--hand-overs 800] [--connections 16]

Both answer the same request (a signed hand-over of one tablet, posted by somebody signed in) and
write the same rows. The naive version is what a first draft does: Django's defaults for the
database (no WAL, deferred transactions, one connection a request), Django's own server, read then
check then write. DATABASE_URL chooses PostgreSQL; without it, temporary SQLite files.
A refused request is sent again, as somebody at a gate would. Prints hand-overs a second until all
are done, refused requests, and the ratio.
"""

import argparse
import http.client
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from urllib.parse import urlencode

import psycopg

ROOT = Path(__file__).resolve().parent.parent
PORT = 8765
DONE = {200, 302}
GIVE_UP_SECONDS = 120


@dataclass(frozen=True)
class Prepared:
    """What the clients need: who they are, and which agreement gets which tablet."""

    session: str
    pairs: list[tuple[str, str]]


@dataclass(frozen=True)
class Result:
    a_second: float
    refused: int
    lent: int
    p99_ms: float


def environment(database: str, settings: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": settings,
        "TRAITDUNION_DEMONSTRATION": "yes",
        "TRAITDUNION_SECRET_KEY": "benchmark",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }


def prepare(database: str, hand_overs: int) -> Prepared:
    """A school, its agreements and its tablets, in a process of their own."""
    command = [sys.executable, "-m", "benchmarks.hand_over_rows", str(hand_overs)]
    where = environment(database, "traitdunion.project.settings")
    told = subprocess.run(command, env=where, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout
    document = json.loads(told)
    return Prepared(document["session"], [tuple(pair) for pair in document["pairs"]])


def serve(database: str, *, naive: bool) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers."""
    if naive:
        command = [sys.executable, "-m", "django", "runserver", "--noreload", str(PORT)]
        settings = "benchmarks.hand_over_naive"
    else:
        command = [sys.executable, "-m", "traitdunion", "serve", "--port", str(PORT)]
        settings = "traitdunion.project.settings"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, env=environment(database, settings), cwd=ROOT, **quiet)
    for _attempt in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", PORT, timeout=2).request("GET", "/healthz")
            return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def load(prepared: Prepared, connections: int) -> tuple[float, list[int], list[float]]:
    """Post every hand-over until it is done, from that many connections."""
    work: Queue[tuple[str, str]] = Queue()
    for pair in prepared.pairs:
        work.put(pair)
    statuses: list[int] = []
    give_up = time.perf_counter() + GIVE_UP_SECONDS
    latencies: list[float] = []
    token, today = secrets.token_hex(16), datetime.now(UTC).date().isoformat()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={prepared.session}; csrftoken={token}",
        "X-CSRFToken": token,
    }

    def client() -> None:
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        while time.perf_counter() < give_up:
            try:
                number, serial = work.get_nowait()
            except Empty:
                return
            body = urlencode({"on": today, f"tablette-{number}": serial})
            start = time.perf_counter()
            try:
                line.request("POST", f"/prets/conventions/{number}/remise/", body, headers)
                answer = line.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                status = 0
                line.close()
            statuses.append(status)
            if status not in DONE:
                # Whoever was refused scans again: the day is over when every family is served.
                work.put((number, serial))
            latencies.append(time.perf_counter() - start)

    start = time.perf_counter()
    threads = [Thread(target=client) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start, statuses, latencies


def count_lent(database: str) -> int:
    command = [sys.executable, "-m", "benchmarks.hand_over_rows", "count"]
    where = environment(database, "traitdunion.project.settings")
    return int(
        subprocess.run(command, env=where, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout
    )


def measure(database: str, *, naive: bool, hand_overs: int, connections: int) -> Result:
    prepared = prepare(database, hand_overs)
    server = serve(database, naive=naive)
    try:
        seconds, statuses, latencies = load(prepared, connections)
    finally:
        server.terminate()
        server.wait()
    good = sum(status in DONE for status in statuses)
    slow = sorted(latencies)[int(len(latencies) * 0.99) - 1] * 1_000
    return Result(good / seconds, len(statuses) - good, count_lent(database), slow)


def database_for(folder: str, name: str) -> str:
    """An empty database: a file, or one more on the server of DATABASE_URL."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return f"sqlite:///{folder}/{name}.sqlite3"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS hand_over_{name}")
        server.execute(f"CREATE DATABASE hand_over_{name}")
    return given.replace("/postgres?", f"/hand_over_{name}?")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hand-overs", type=int, default=800)
    parser.add_argument("--naive-hand-overs", type=int, default=160)
    parser.add_argument("--connections", type=int, default=16)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hand-over-") as folder:
        results = {
            name: measure(
                database_for(folder, name),
                naive=name == "naive",
                hand_overs=asked.naive_hand_overs if name == "naive" else asked.hand_overs,
                connections=asked.connections,
            )
            for name in ("ours", "naive")
        }
    for name, result in results.items():
        print(
            f"{name:>6}: {result.a_second:7.1f} hand-overs/s, {result.refused} refused, "
            f"{result.lent} lent, p99 {result.p99_ms:.0f} ms"
        )
    ratio = results["ours"].a_second / max(results["naive"].a_second, 0.01)
    print(f" ratio: {ratio:.1f} (promised: at least 5, and no refused request)")
    return 0 if ratio >= 5 and results["ours"].refused == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
