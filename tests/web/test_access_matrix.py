"""Every address, everybody, one's own object and somebody else's: who gets what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.web import world as worlds
from tests.web.matrix import ANONYMOUS, EVERYBODY, SIGNED_IN, Row, rows

# The addresses of programs have a matrix of their own, tests/api/test_access_matrix.py.
MACHINES = "api"
BACKEND = "django.contrib.auth.backends.ModelBackend"
ROWS = rows()
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Address:
    name: str
    view: Any
    has_arguments: bool


def _addresses(patterns: list[Any], prefix: str = "") -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace == MACHINES:
                continue
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _addresses(pattern.url_patterns, prefix + space)
        elif isinstance(pattern, URLPattern):
            arguments = pattern.pattern.regex.groups > 0 or bool(pattern.pattern.converters)
            yield Address(f"{prefix}{pattern.name}", pattern.callback, arguments)


ADDRESSES = {one.name: one for one in _addresses(get_resolver().url_patterns)}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[worlds.World]:
    """Built once for the whole matrix; each question is undone by its savepoint."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


def test_every_address_declares_who_may_open_it() -> None:
    undeclared = [one.name for one in ADDRESSES.values() if not hasattr(one.view, "access")]

    assert not undeclared, "write @public, @signed_in or @right(…) above the view"


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert sorted(ADDRESSES) == sorted(ROWS), "tests/web/matrix/<area>.py: one row an address"


def test_an_address_that_names_something_is_asked_for_a_foreign_one_too() -> None:
    forgotten = [
        name
        for name, some in ROWS.items()
        if name in ADDRESSES and ADDRESSES[name].has_arguments != any(row.names for row in some)
    ]

    assert not forgotten


@pytest.fixture(scope="module")
def sessions(world: worlds.World, django_db_blocker: Any) -> dict[str, str]:
    """Everybody signs in once; a question that signs somebody out is undone with the rest."""
    found = {"anonymous": ""}
    with django_db_blocker.unblock():
        for name, user in world.people.items():
            client = Client()
            client.force_login(user, backend=BACKEND)
            found[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def _client(session: str) -> Client:
    client = Client(raise_request_exception=False)
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def _status(client: Client, address: str, row: Row, data: dict[str, Any]) -> int:
    """What one request answers, undone at once."""
    with transaction.atomic():
        answer = client.post(address, data) if row.post else client.get(address)
        status = answer.status_code
        if status == 302 and answer.url.startswith("/connexion/?next="):
            status = 401
        transaction.set_rollback(True)
    return status


def _expected(row: Row, name: str, seers: frozenset[str]) -> frozenset[int]:
    if name not in row.may:
        return frozenset({401 if name in ANONYMOUS else 403})
    if row.names and name not in seers:
        return frozenset({404})
    return frozenset({403}) if name in row.watching else row.ok


def _wrong(name: str, row: Row, world: worlds.World, sessions: dict[str, str]) -> Iterator[str]:
    sides = [("own", world.a, row.own), ("foreign", world.b, row.foreign)]
    for title, side, seers in sides if row.names else sides[:1]:
        arguments = row.names(side, world) if row.names else {}
        address, data = reverse(name, kwargs=arguments), row.data(side, world)
        for person in sorted(EVERYBODY):
            got = _status(_client(sessions[person]), address, row, data)
            expected = _expected(row, person, seers)
            if got not in expected:
                yield f"{person}, {title}: {got} instead of {sorted(expected)}"


@pytest.mark.parametrize("name", sorted(ROWS))
def test_everybody_gets_from_this_address_what_its_row_says(
    name: str, world: worlds.World, sessions: dict[str, str]
) -> None:
    wrong = [line for row in ROWS[name] for line in _wrong(name, row, world, sessions)]

    assert not wrong


@pytest.mark.parametrize(
    "name", sorted(name for name, some in ROWS.items() if all(row.post for row in some))
)
def test_what_changes_something_is_never_done_by_a_link(
    name: str, world: worlds.World, sessions: dict[str, str]
) -> None:
    row = ROWS[name][0]
    person = sorted((row.own if row.names else row.may) & SIGNED_IN)[0]
    arguments = row.names(world.a, world) if row.names else {}

    address = reverse(name, kwargs=arguments)
    answer = _client(sessions[person]).get(address)

    # Nothing is done: whoever follows a link is led to the page above, where the form is.
    assert answer.status_code == 302
    assert address.startswith(answer.url) and answer.url != address


def test_somebody_who_sits_nowhere_opens_nothing_but_what_is_public() -> None:
    open_to_driss = {
        name for name, some in ROWS.items() if any("driss" in row.may for row in some)
    }
    private = {
        name for name in open_to_driss if not any("anonymous" in row.may for row in ROWS[name])
    }

    # His own account and his own long work, which he has none of.
    assert private <= {"choose_seat", "jobs:recent", "jobs:work"}
