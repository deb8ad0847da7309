"""
Operations look alike, tables that only grow are protected, migrations are complete, rooms stay
small.
"""

import ast
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "traitdunion"
LONGEST_FUNCTION = 60
LONGEST_FILE = 500
SIGNALS = ("post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed")


def operation_files() -> list[Path]:
    return sorted([*PACKAGE.glob("*/operations.py"), *PACKAGE.glob("*/operations/*.py")])


def public_operations() -> list[tuple[str, ast.FunctionDef]]:
    found = []
    for path in operation_files():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found.append((f"{path.relative_to(PACKAGE)}:{node.name}", node))
    return found


OPERATIONS = public_operations()


@pytest.mark.once
@pytest.mark.parametrize(
    "operation", [n for _, n in OPERATIONS], ids=[name for name, _ in OPERATIONS]
)
def test_an_operation_is_keyword_only_typed_and_documented(operation: ast.FunctionDef) -> None:
    arguments = operation.args

    assert not arguments.args, "keyword-only: start the signature with *"
    assert all(a.annotation for a in arguments.kwonlyargs) and operation.returns, "annotate it"
    assert {"by", "at"} <= {a.arg for a in arguments.kwonlyargs}, "who did it, and when"
    assert ast.get_docstring(operation), "say what it does and what it raises"


@pytest.mark.django_db
def test_tables_that_only_grow_have_their_triggers() -> None:
    growing = {m._meta.db_table for m in apps.get_models() if getattr(m, "append_only", False)}
    query = (
        "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT event_object_table FROM information_schema.triggers"
    )

    with connection.cursor() as cursor:
        cursor.execute(query)
        protected = {row[0] for row in cursor.fetchall()}

    assert growing and growing <= protected


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()

    call_command("makemigrations", "--check", "--dry-run", stdout=out)

    assert "No changes detected" in out.getvalue()


@pytest.mark.once
def test_no_signal_is_used() -> None:
    used = [
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*.py")
        if any(name in path.read_text() for name in SIGNALS)
    ]

    assert not used


@pytest.mark.once
def test_functions_and_files_stay_short() -> None:
    long = []
    for path in PACKAGE.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        source = path.read_text()
        if source.count("\n") > LONGEST_FILE:
            long.append(f"{path.relative_to(ROOT)}: {source.count(chr(10))} lines")
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.FunctionDef)
                and node.end_lineno - node.lineno > LONGEST_FUNCTION
            ):
                long.append(f"{path.relative_to(ROOT)}:{node.name}")

    assert not long
