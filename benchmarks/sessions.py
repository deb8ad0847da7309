"""
Sessions logged by HTTP at the pace of 30,000 an hour while a school's lists are imported.

    python -m benchmarks.sessions [--seconds 60] [--pairs 30000]

Requests leave on their hour whether or not the ones before have been answered (POST
/api/v1/sessions, each for another pair); a second process imports lists of 1,000 needs, one after
another. Then the silent pairs among all are read by the query of the page and by bare SQL.
DATABASE_URL chooses PostgreSQL; without it, a temporary SQLite file. Prints the pace, the
latencies, and last the ratio of the silent pairs to the bare SQL.
"""

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from benchmarks.hand_over import PORT, ROOT, database_for, environment, serve

A_SECOND = 30_000 / 3_600
SLOWEST_SECONDS, LARGEST_RATIO = 1.0, 2.0
SETTINGS = "traitdunion.project.settings"


def rows(database: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.sessions_rows", *arguments]
    where = environment(database, SETTINGS)
    ran = subprocess.run(command, env=where, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    return ran.stdout.decode()


def importing(database: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.sessions_rows", "import"]
    return subprocess.Popen(command, env=environment(database, SETTINGS), cwd=ROOT)


def post(token: str, pair: str, due: float) -> tuple[int, float]:
    """One session; the latency counts from the hour at which it was due."""
    started = datetime.now(UTC) - timedelta(hours=1)
    body = {"pair": pair, "started_at": started.isoformat(), "minutes": 60, "mode": "REMOTE"}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        line.request("POST", "/api/v1/sessions", json.dumps(body), headers)
        answer = line.getresponse()
        answer.read()
        status = answer.status
        line.close()
    except OSError:
        status = 0
    return status, time.perf_counter() - due


def paced(token: str, pairs: list[str], seconds: int) -> list[tuple[int, float]]:
    start, answers = time.perf_counter() + 0.5, []
    with ThreadPoolExecutor(max_workers=64) as pool:
        for k in range(int(A_SECOND * seconds)):
            due = start + k / A_SECOND
            time.sleep(max(due - time.perf_counter(), 0))
            answers.append(pool.submit(post, token, pairs[k % len(pairs)], due))
        return [one.result() for one in answers]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--pairs", type=int, default=30_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sessions-") as folder:
        database = database_for(folder, "sessions")
        prepared = json.loads(rows(database, str(asked.pairs)))
        server, busy = serve(database, naive=False), importing(database)
        try:
            answers = paced(prepared["token"], prepared["pairs"], asked.seconds)
            still = busy.poll() is None
        finally:
            for process in (busy, server):
                process.terminate()
                process.wait()
        silent, written = json.loads(rows(database, "silent")), int(rows(database, "count"))
    late = sorted(latency for _status, latency in answers)
    good = sum(status == 201 for status, _latency in answers)
    p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99) - 1]
    ratio = silent["ours"] / silent["bare"]
    print(
        f"sessions: {good} of {len(answers)} at {A_SECOND * 3_600:.0f} an hour, {written} written,"
        f" import {'running' if still else 'STOPPED'}"
    )
    print(f" latency: median {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms (promised: 1000)")
    print(
        f"  silent: {silent['found']['ours']} of {asked.pairs} pairs in"
        f" {silent['ours'] * 1000:.1f} ms, bare SQL {silent['bare'] * 1000:.1f} ms"
    )
    print(f"   ratio: {ratio:.2f} (promised: at most {LARGEST_RATIO:.0f})")
    whole = good == len(answers) == written and still
    same = silent["found"]["ours"] == silent["found"]["bare"]
    return 0 if whole and same and p99 <= SLOWEST_SECONDS and ratio <= LARGEST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
