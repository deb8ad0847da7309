"""Several processes on the test's own database, one start for all: what two offices do at once."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

SETUP = """
import json, os, random, signal, sys, time
import django
django.setup()
from datetime import UTC, datetime
from django.db import DatabaseError, connection, transaction
from traitdunion.base.actors import ROBOT
AT = datetime(2020, 5, 4, 9, tzinfo=UTC)
GIVEN = json.loads(sys.argv[1])
chance = random.Random(f"{GIVEN['seed']}-{GIVEN['k']}")
print("ready", flush=True)
sys.stdin.readline()
"""


def database_url() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{given['NAME']}").geturl()


def start(script: str, **given: Any) -> subprocess.Popen[str]:
    """One process, ready to run ``script`` on the database of this test."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "traitdunion.project.settings",
        "DATABASE_URL": database_url(),
        "TRAITDUNION_SECRET_KEY": settings.SECRET_KEY,
        "TRAITDUNION_PSEUDONYM_KEY": settings.PSEUDONYM_KEY,
    }
    return subprocess.Popen(
        [sys.executable, "-c", SETUP + script, json.dumps(given, default=str)],
        env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def together(script: str, *, processes: int, **given: Any) -> list[Any]:
    """What each of the processes printed last, as JSON; all wait for the same start."""
    with ExitStack() as ending:
        running = [ended(ending, start(script, k=k, **given)) for k in range(processes)]
        for one in running:
            assert one.stdout.readline() == "ready\n", one.stderr.read()[-800:]
        for one in running:
            one.stdin.write("go\n")
            one.stdin.flush()
        said = [one.communicate(timeout=240) for one in running]
    for one, (_out, err) in zip(running, said, strict=True):
        assert one.returncode == 0, err[-800:]
    return [json.loads(out.strip().splitlines()[-1]) for out, _err in said]


def ended(ending: ExitStack, process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """Whatever happens to the others, this process ends with the test, and its pipes close."""
    ending.enter_context(process)
    ending.callback(process.kill)
    return process
