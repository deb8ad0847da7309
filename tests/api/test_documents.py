"""What the API can do is written, served from here, and complete."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.api.matrix import ROWS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db
PAGES = {"GET docs", "GET openapi.json"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(Client().get("/api/v1/openapi.json").content)


def test_every_operation_is_in_the_reference_and_no_other() -> None:
    page = (ROOT / "docs/reference/api.md").read_text(encoding="utf-8")
    rows = page.partition("## Ressources")[2]

    written = set(re.findall(r"`([A-Z]+) /api/v1/([^`]*)`", rows))

    assert {f"{method} {path}" for method, path in written} == ROWS.keys() - PAGES


def test_every_operation_is_in_the_document(document: dict[str, Any]) -> None:
    named = {
        f"{method.upper()} {path.removeprefix('/api/v1/')}"
        for path, methods in document["paths"].items()
        for method in methods
    }

    assert named == ROWS.keys() - PAGES


def test_the_document_tells_how_to_enter(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"


def test_the_page_of_the_document_asks_nothing_of_another_site() -> None:
    answer = Client().get("/api/v1/docs")
    page = answer.content.decode()

    assert "//" not in re.sub(r"<!DOCTYPE[^>]*>", "", page).replace("</", "")
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page)
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        answer = Client().get(asset)
        answer.close()
        assert answer.status_code == 200, asset
