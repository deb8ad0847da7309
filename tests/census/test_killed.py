"""An import that is killed leaves nothing, and can be run again."""

import os
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.census.conftest import HEADER, World
from traitdunion.census.models import Need
from traitdunion.journal.models import Event
from traitdunion.people.models import Person

ROWS = 6_000
SCRIPT = """
import io, os, signal, sys
import django
django.setup()
from datetime import UTC, datetime
from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import open_sheet
from traitdunion.census import operations, queries
from traitdunion.partners import queries as partners
from traitdunion.programme import queries as programme

def kill(rows):
    if sys.argv[1] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)

current = programme.current()
report = operations.import_rows(
    census=queries.current(current.pk),
    sheet=open_sheet(io.BytesIO(sys.stdin.buffer.read()), name="liste.csv"),
    relay=partners.organisation_by_code("0940071S"),
    plan=programme.plan(current), generation="2015", progress=kill,
    by=ROBOT, at=datetime(2020, 4, 27, 9, tzinfo=UTC),
)
print(report.added)
"""


def import_in_a_process(fate: str) -> subprocess.CompletedProcess[bytes]:
    rows = (
        f"NOM{chr(97 + n % 26)}{chr(97 + n // 26 % 26)};Prenom{chr(97 + n // 676)};"
        f"{1 + n % 28:02d}/{1 + n // 28 % 12:02d}/2009;5e;2.405;48.805;;aucun;aucune"
        for n in range(ROWS)
    )
    content = "\n".join((HEADER, *rows)).encode()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "traitdunion.project.settings",
        "DATABASE_URL": database_url(),
        "TRAITDUNION_PSEUDONYM_KEY": settings.PSEUDONYM_KEY,
    }
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, fate],
        input=content, env=environment, capture_output=True, check=False,
    )  # fmt: skip


def database_url() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{given['NAME']}").geturl()


@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_leaves_nothing_and_the_list_can_come_again(world: World) -> None:
    events = Event.objects.count()

    killed = import_in_a_process("kill")

    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-500:]
    assert (Need.objects.count(), Person.objects.count(), Event.objects.count()) == (0, 0, events)

    again = import_in_a_process("live")

    assert again.returncode == 0, again.stderr.decode()[-500:]
    assert Need.objects.count() == int(again.stdout) > ROWS * 0.9
