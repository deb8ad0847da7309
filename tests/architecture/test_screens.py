"""Every page that a link leads to in the demonstration has its picture in docs/screens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.matrix import FILES, Row, rows

pytestmark = pytest.mark.once

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
# Pages of a moment that the demonstration's day is not: a list just sent, a link from an e-mail,
# a census still open, a wave not yet confirmed, a year that is over, somebody with two roles.
OF_ANOTHER_MOMENT = {
    "accept_invitation",
    "allocation:confirm",
    "budget:carry_over",
    "budget:lapse",
    "census:preview",
    "census:record",
    "choose_seat",
    "decisions:answer",
    "decisions:look_at",
    "grants:sign",
    "jobs:work",
    "mentoring:answer",
    "password_reset_confirm",
    "verify_letter",
}
MOST_BYTES = 12_000_000


def pages() -> Iterator[str]:
    for name, kept in rows().items():
        asked: list[Row] = kept if isinstance(kept, list) else [kept]
        if not all(row.post for row in asked) and not name.startswith("api:"):
            yield name


def picture(name: str) -> Path:
    return FOLDER / f"{name.replace(':', '-').replace('_', '-')}-desktop.png"


@pytest.mark.parametrize("name", sorted({*pages()} - FILES - OF_ANOTHER_MOMENT))
def test_a_page_has_its_picture(name: str) -> None:
    assert picture(name).exists(), "run tools/screens.py, and look at the picture"


def test_no_picture_is_kept_of_a_page_that_is_gone() -> None:
    known = {picture(name).stem.removesuffix("-desktop") for name in pages()}
    people = {"home-chloe", "home-alice", "home-driss"}
    kept = {file.stem.rpartition("-")[0] for file in FOLDER.glob("*.png")}
    assert kept - people <= known


def test_what_is_excused_is_still_an_address() -> None:
    assert {*pages()} >= FILES | OF_ANOTHER_MOMENT


def test_the_pictures_stay_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.glob("*.png")) < MOST_BYTES
