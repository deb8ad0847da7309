"""Whatever writes is told: every public operation records an event, itself or through another."""

import ast
from pathlib import Path

import pytest

from tests.architecture.test_shapes import PACKAGE, operation_files

# Apps that tell nothing: the journal itself, whose seals say what they cover, and the outbox
# beside it, whose messages are told by the operation that leaves them.
SILENT_APPS = frozenset({"journal", "gateways"})
# Operations that tell nothing, and why.
SILENT = {
    "budget.signatures_missing": "only reads",
    "grants.check_eligible": "only reads",
    "grants.check_free": "only reads",
    "jobs.tell": "how far a work is; the work itself is told",
    "mentoring.refresh_followed": "counters of sessions, which are told themselves",
    "partners.forget_answers": "answers kept for a key of idempotence, no fact",
    "partners.keep": "the same",
    "partners.take_key": "the same",
    "partners.note_use": "the hour a token was last used, no fact",
    "people.place_addresses": "census.place_waiting tells each need it places",
    "supply.take_units": "told by the receipt that calls it",
}


def functions(path: Path) -> dict[str, ast.FunctionDef]:
    """Every function of a file, methods included."""
    tree = ast.parse(path.read_text())
    return {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


def calls(function: ast.FunctionDef) -> set[str]:
    """The names that it calls: ``record`` for ``journal.record(…)``."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            target = node.func
            found.add(
                target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
            )
    return found


def silent_operations() -> list[str]:
    """Public operations from which no call leads to ``journal.record``."""
    everything: dict[str, set[str]] = {}
    public = []
    for path in operation_files():
        app = path.relative_to(PACKAGE).parts[0]
        for name, function in functions(path).items():
            everything.setdefault(name, set()).update(calls(function))
        tree = ast.parse(path.read_text())
        for node in tree.body:
            public_one = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public_one and app not in SILENT_APPS:
                public.append((f"{app}.{node.name}", node.name))
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
                everything.setdefault(node.name, set()).update(
                    *(calls(one) for one in methods), {one.name for one in methods}
                )
    telling = {"record", "record_many", "record_batch"}
    while more := {name for name, called in everything.items() if called & telling} - telling:
        telling |= more
    return sorted(label for label, name in public if name not in telling)


@pytest.mark.once
def test_every_operation_that_writes_records_an_event() -> None:
    assert [one for one in silent_operations() if one not in SILENT] == []


@pytest.mark.once
def test_no_excuse_outlives_its_operation() -> None:
    assert set(SILENT) <= set(silent_operations())
