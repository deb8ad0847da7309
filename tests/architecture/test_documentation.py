"""What exists is named in the documents, and what the documents name exists."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from traitdunion.cli import health, settings_
from traitdunion.cli.main import COMMANDS
from traitdunion.programme.schema import Plan

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "traitdunion"
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\((?!http)([^)#]+)")


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def our_models() -> list[str]:
    found = [m for m in apps.get_models() if m.__module__.startswith("traitdunion.")]
    return sorted(f"{m._meta.app_label}.{m.__name__}" for m in found)


def our_choices() -> dict[str, list[str]]:
    kinds = (models.TextChoices, models.IntegerChoices)
    found = {}
    for path in sorted(PACKAGE.glob("*/states.py")):
        module = importlib.import_module(f"traitdunion.{path.parent.name}.states")
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and issubclass(kind, kinds):
                found[f"{path.parent.name}.{name}"] = [choice.name for choice in kind]
    return found


def our_pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_in_the_reference_and_exists(name: str) -> None:
    assert f"## `traitdunion {name}`" in text("docs/reference/commands.md")
    assert (PACKAGE / "cli" / f"{COMMANDS[name].module}.py").exists()


def test_every_setting_is_in_the_reference() -> None:
    page = text("docs/reference/settings.md")

    assert [s.name for s in settings_.KNOWN if f"`{s.name}`" not in page] == []


def test_every_state_is_in_the_reference_and_in_the_glossary() -> None:
    reference, glossary = text("docs/reference/states.md"), text("docs/glossary.md")

    missing = [
        f"{where}: {kind}.{name}"
        for kind, names in our_choices().items()
        for name in names
        for where, page in (("states.md", reference), ("glossary.md", glossary))
        if kind not in page or f"`{name}`" not in page
    ]

    assert not missing, "run tools/make_docs.py and complete docs/glossary.md"


def test_every_table_is_in_the_glossary() -> None:
    page = text("docs/glossary.md")

    assert [name for name in our_models() if f"`{name}`" not in page] == []


def test_the_glossary_names_no_table_that_is_gone() -> None:
    things = text("docs/glossary.md").partition("## Lists of values")[0]

    named = set(re.findall(r"`([a-z]+\.[A-Z]\w+)`", things))

    assert named == set(our_models())


def test_every_table_of_the_programme_file_is_in_the_reference() -> None:
    page = text("docs/reference/programme.md")

    assert [key for key in Plan.model_fields if f"`{key}." not in page] == []


def test_the_doctor_looks_at_every_line_of_the_deployment_page() -> None:
    named = re.findall(r"^- \[`([a-z-]+)`\]", text("docs/deploy.md"), re.MULTILINE)

    assert sorted(named) == sorted(health.CHECKS)


def test_decisions_are_all_in_their_index_in_order() -> None:
    written = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))

    indexed = LINK.findall(text("docs/decisions/README.md"))

    assert indexed == written
    assert [int(name[:4]) for name in written] == list(range(1, len(written) + 1))


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("0*.md")), ids=lambda p: p.stem)
def test_a_decision_has_its_three_parts_on_one_page(path: Path) -> None:
    page = path.read_text(encoding="utf-8")

    assert all(f"**{part}.**" in page for part in ("Context", "Decision", "Consequences"))
    assert page.count("\n") < 60


def test_the_layers_of_the_architecture_page_are_those_that_are_checked() -> None:
    drawing = text("docs/architecture.md").partition("```text")[2].partition("```")[0]
    drawn = re.findall(r"[a-z]+", " ".join(line[:32] for line in drawing.splitlines()))

    rooms = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}

    assert set(drawn) == rooms


def test_files_that_the_architecture_page_names_exist() -> None:
    named = re.findall(r"`((?:\w+/)+\w+\.py)`", text("docs/architecture.md"))
    later = {"engine/matching.py"}

    assert [n for n in named if n not in later and not (PACKAGE / n).exists()] == []
    assert named


def test_no_link_between_pages_is_broken() -> None:
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in our_pages()
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert not broken


def test_the_first_page_warns_before_anything_else_is_done() -> None:
    page = text("README.md")

    assert page.index("No real child’s data may enter") < page.index("./dev demo")


def test_the_licence_is_whole() -> None:
    licence = text("LICENSE")

    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert "Appendix" in licence
