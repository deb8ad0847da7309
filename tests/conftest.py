"""
What every test stands on, and what none may do: warn, reach the network, show an undefined
variable, or
count on an order that nobody asked for.
"""

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models.query import QuerySet

# Playwright's synchronous API runs an event loop in the thread of the test; Django would refuse
# the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# A task runs where it is asked for; the worker itself has tests of its own.
settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# Static files are looked for when they are asked for: listing 1,600 of them for every new client
# took nine tenths of the time of the tests of pages.
settings.WHITENOISE_AUTOREFRESH = True

pytest_plugins = [
    plugin
    for plugin in ("tests.personas", "tests.browser")
    if (Path(__file__).parent / f"{plugin.removeprefix('tests.')}.py").exists()
]

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
OUR_TEMPLATES = str(Path(__file__).resolve().parents[1] / "traitdunion")
# What shuffles unordered rows; a failure is replayed with TRAITDUNION_TEST_SEED.
SEED = int(os.environ.get("TRAITDUNION_TEST_SEED", random.SystemRandom().randrange(10**6)))


def pytest_report_header() -> str:
    return f"TRAITDUNION_TEST_SEED={SEED} database={settings.DATABASES['default']['ENGINE']}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("realdata") and not REAL_DATA.exists():
            item.add_marker(pytest.mark.skip(reason="the official files are not on this machine"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    return REAL_DATA


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """SQLite's test database is a file, as in production: threads and processes share it."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        yield
        return
    memory = "/dev/shm" if Path("/dev/shm").exists() else None
    with tempfile.TemporaryDirectory(prefix="traitdunion-tests-", dir=memory) as folder:
        database["TEST"] = {**database.get("TEST", {}), "NAME": f"{folder}/test.sqlite3"}
        yield


@pytest.fixture(autouse=True, scope="session")
def _flushing_lifts_the_triggers() -> Iterator[None]:
    """Tables that only grow must still be emptied between two tests; nothing else may do this."""
    plain = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            if self.connection.vendor != "sqlite":
                cursor.execute("SET session_replication_role = replica")
                plain(self, sql_list)
                cursor.execute("SET session_replication_role = origin")
                return
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            plain(self, sql_list)
            for _, sql in triggers:
                cursor.execute(sql)

    BaseDatabaseOperations.execute_sql_flush = flush
    yield
    BaseDatabaseOperations.execute_sql_flush = plain


@pytest.fixture(autouse=True, scope="session")
def _unordered_rows_come_in_any_order() -> Iterator[None]:
    """
    A list that nobody ordered is shuffled, so that a page or a test that counts on its order
    fails.
    """
    plain = QuerySet._fetch_all
    shuffle = random.Random(SEED).shuffle

    def fetch_all(self: QuerySet) -> None:
        fresh = self._result_cache is None
        plain(self)
        if fresh and not self.ordered and len(self._result_cache) > 1:
            shuffle(self._result_cache)

    QuerySet._fetch_all = fetch_all
    yield
    QuerySet._fetch_all = plain


class _Undefined(str):
    """
    Django renders this in place of an undefined variable: in our own templates, that is an error.
    """

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, missing: object) -> str:
        frame = sys._getframe(1)
        while frame and "context" not in frame.f_locals:
            frame = frame.f_back
        template = frame and getattr(frame.f_locals["context"], "template", None)
        origin = getattr(getattr(template, "origin", None), "name", "")
        render = frame and getattr(frame.f_locals["context"], "render_context", None)
        inner = getattr(getattr(getattr(render, "template", None), "origin", None), "name", origin)
        if str(inner or origin).startswith(OUR_TEMPLATES):
            raise AssertionError(f"undefined template variable {missing} in {inner or origin}")
        return ""


@pytest.fixture(autouse=True, scope="session")
def _undefined_variables_are_errors() -> None:
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = _Undefined("%s")


@pytest.fixture(autouse=True)
def _fast_passwords(settings: object) -> None:
    """One cheap hasher: the cost of Argon2id is tested where it matters."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "traitdunion.partners.hashers.Argon2id",
    ]


@pytest.fixture(autouse=True)
def _no_message_leaves(settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
