"""The layers of pyproject.toml hold, tables stay private, foreign keys point down."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.db.models import Field

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text())
LAYERS = next(
    contract["layers"]
    for contract in CONFIGURATION["tool"]["importlinter"]["contracts"]
    if contract["type"] == "layers" and contract["containers"] == ["traitdunion"]
)
HEIGHT = {
    room.strip(" ()"): len(LAYERS) - index
    for index, layer in enumerate(LAYERS)
    for room in layer.split("|")
}


def our_models() -> list[type]:
    return [m for m in apps.get_models() if m.__module__.startswith("traitdunion.")]


def relations() -> list[Field]:
    fields = [field for model in our_models() for field in model._meta.get_fields()]
    return [
        field
        for field in fields
        if isinstance(field, Field)
        and field.is_relation
        and field.related_model
        and field.related_model.__module__.startswith("traitdunion.")
    ]


def test_imports_only_go_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    ran = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_tables_are_private_to_their_app() -> None:
    graph = grimp.build_graph("traitdunion", exclude_type_checking_imports=True)

    strangers = {
        (importer, module)
        for module in graph.modules
        if module.endswith(".models") and not module.startswith("traitdunion.base")
        for importer in graph.find_modules_that_directly_import(module)
        if importer.split(".")[1] != module.split(".")[1]
    }

    assert not strangers


def test_foreign_keys_point_down_and_leave_no_way_back() -> None:
    climbing = []
    for field in relations():
        home = field.model.__module__.split(".")[1]
        target = field.related_model.__module__.split(".")[1]
        if home == target:
            continue
        if HEIGHT[target] >= HEIGHT[home] or not field.remote_field.hidden:
            climbing.append(f"{field} -> {target}: point down, with related_name='+'")

    assert not climbing


def test_no_import_hides_in_a_function() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "traitdunion").rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.match(r"\s+(from|import)\s+traitdunion", line) and "TYPE_CHECKING" not in line
        if not _under_type_checking(path, number)
        if path.parent.name != "cli"
    ]

    assert not hidden


def _under_type_checking(path: Path, number: int) -> bool:
    before = path.read_text().splitlines()[: number - 1]
    return any("if TYPE_CHECKING" in line for line in before[-12:])
