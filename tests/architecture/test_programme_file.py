"""What the programme file says is read somewhere: a key that nothing reads promises in vain."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from traitdunion.programme.schema import Table

pytestmark = pytest.mark.once

PACKAGE = Path(__file__).resolve().parents[2] / "traitdunion"


def tables(kind: type[Table] = Table) -> Iterator[type[Table]]:
    for one in kind.__subclasses__():
        yield one
        yield from tables(one)


def words_read() -> set[str]:
    """Every attribute that the code or a template reads; declaring a key reads nothing."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name != "migrations":
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            found |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for path in PACKAGE.rglob("*.html"):
        found |= set(re.findall(r"\.(\w+)", path.read_text(encoding="utf-8")))
    return found


def test_every_key_of_the_programme_file_is_read() -> None:
    read = words_read()

    assert "a_key_that_nobody_reads" not in read
    unread = [f"{one.__name__}.{key}" for one in tables() for key in one.model_fields]
    assert [key for key in unread if key.split(".")[1] not in read] == []
