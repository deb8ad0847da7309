"""The declaration's rate is the grid's, and the grid is whole."""

import pytest
from django.test import Client

from tools.accessibility_grid import GRID, grid, read

THEMES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)


@pytest.mark.once
def test_every_criterion_of_the_rgaa_has_one_answer_and_its_proof() -> None:
    lines = read()
    expected = [f"{t}.{n}" for t, last in enumerate(THEMES, 1) for n in range(1, last + 1)]

    assert [line[0] for line in lines] == expected
    assert {line[1] for line in lines} <= {"C", "NC", "NA", "?"}
    assert all(len(line) == 4 and line[3].strip() for line in lines)


@pytest.mark.once
def test_the_published_grid_is_made_of_these_answers() -> None:
    assert GRID.read_text(encoding="utf-8") == grid(read()), "python tools/accessibility_grid.py"


@pytest.mark.django_db
def test_the_declaration_states_the_rate_of_the_grid(client: Client) -> None:
    answers = [line[1] for line in read()]
    applicable = len(answers) - answers.count("NA")
    rate = round(100 * answers.count("C") / applicable)

    page = client.get("/accessibilite/").content.decode()

    assert f"{rate}\xa0%" in page or f"{rate} %" in page
    assert "partiellement conforme" in page
