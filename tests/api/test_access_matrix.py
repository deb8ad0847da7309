"""Every operation, everybody's program, one's own object and somebody else's: who gets what."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLResolver, get_resolver

from tests.api.conftest import Program
from tests.api.matrix import ROWS, Row
from tests.web.matrix import ANONYMOUS, EVERYBODY
from tests.web.world import Side, World

pytestmark = pytest.mark.django_db
NO_TOKEN = ANONYMOUS | {"driss"}
PREFIX = "api/v1/"


def _operations() -> Iterator[tuple[str, Any]]:
    """From the addresses themselves: (``METHOD path``, view)."""
    (area,) = [
        one
        for one in get_resolver().url_patterns
        if isinstance(one, URLResolver) and str(one.pattern) == PREFIX
    ]
    for pattern in area.url_patterns:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        # The root only tells where the documentation is.
        if not path:
            continue
        inner = getattr(pattern.callback, "__self__", None) or _path_view(pattern.callback)
        if inner is None:
            yield f"GET {path}", pattern.callback
            continue
        for operation in inner.operations:
            for method in operation.methods:
                yield f"{method} {path}", operation.view_func


def _path_view(view: Any) -> Any:
    """Ninja closes over the object that holds the operations of one path."""
    cells = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    return next((one for one in cells if hasattr(one, "operations")), None)


OPERATIONS = dict(_operations())


def test_every_operation_has_its_row_and_every_row_its_operation() -> None:
    assert sorted(OPERATIONS) == sorted(ROWS), "tests/api/matrix.py: one row an operation"


def test_every_operation_declares_who_may_ask() -> None:
    undeclared = [name for name, view in OPERATIONS.items() if not hasattr(view, "access")]

    assert not undeclared, "write @right(…) or @public above it"


def test_whatever_changes_something_is_done_once_a_key() -> None:
    twice = [
        name
        for name, view in OPERATIONS.items()
        if not name.startswith("GET ") and not hasattr(view.__wrapped__, "is_once")
    ]

    assert not twice, "write @once under @right(…)"


def test_an_operation_that_names_something_is_asked_for_a_foreign_one_too() -> None:
    assert not [name for name, row in ROWS.items() if "{" in name and not row.names]


def _expected(row: Row, name: str, seers: frozenset[str]) -> int:
    if name not in row.may:
        return 401 if name in NO_TOKEN else 403
    if row.names and name not in seers:
        return 404
    return 403 if name in row.watching else row.ok


def _status(program: Program, name: str, row: Row, side: Side, world: World) -> int:
    """What one request answers, undone at once."""
    method, path = name.split()
    named = str(row.names(side, world)) if row.names else ""
    path = re.sub(r"\{\w+\}", named, path) if "{" in path else f"{path}{named}"
    with transaction.atomic():
        body = row.body(side, world) if row.body else None
        status = program.ask(method.lower(), path, body).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("name", sorted(ROWS))
def test_everybody_gets_from_this_operation_what_its_row_says(
    name: str, world: World, callers: dict[str, Program]
) -> None:
    row, wrong = ROWS[name], []
    sides = [("own", world.a, row.own), ("foreign", world.b, row.foreign)]
    for title, side, seers in sides if row.names else sides[:1]:
        for person in sorted(EVERYBODY):
            got = _status(callers[person], name, row, side, world)
            if got != (expected := _expected(row, person, seers)):
                wrong.append(f"{person}, {title}: {got} instead of {expected}")

    assert not wrong
