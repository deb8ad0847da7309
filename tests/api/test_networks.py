"""Hugo's tool sends its sessions by itself, again and again."""

import pytest

from tests.api.conftest import Program
from tests.web.world import World
from traitdunion.mentoring.models import Session

pytestmark = pytest.mark.django_db
ROW = {"session": "S9", "pair": "B94", "day": "2020-05-05", "minutes": "45"}


def send(program: Program, *rows: dict[str, str], key: str | None = None) -> object:
    return program.ask("post", "network-files", {"kind": "SESSIONS", "rows": list(rows)}, key=key)


def test_rows_sent_twice_are_found_again_and_wrong_ones_are_listed_with_a_reason(
    world: World, callers: dict[str, Program]
) -> None:
    first = send(callers["hugo"], ROW, {**ROW, "session": "S10", "pair": "B999"})
    again = send(callers["hugo"], ROW)

    assert first.status_code == 201
    assert (first.json()["new"], first.json()["aside"]) == (1, 1)
    assert (again.json()["new"], again.json()["same"]) == (0, 1)
    waiting = callers["hugo"].ask("get", "network-files/to-mend").json()["items"]
    assert [(one["external_id"], one["line"]) for one in waiting] == [("S10", 2)]
    assert "aucun binôme" in waiting[0]["reason"]


def test_the_same_key_answers_the_same(world: World, callers: dict[str, Program]) -> None:
    first = send(callers["hugo"], ROW, key="envoi-1")

    assert send(callers["hugo"], ROW, key="envoi-1").content == first.content


@pytest.mark.parametrize(
    "rows", [[], [{**ROW, "compte_rendu": "triste"}], [{**ROW, "minutes": 45}], ["S9"]]
)
def test_what_is_not_read_is_refused_whole(
    world: World, callers: dict[str, Program], rows: list[object]
) -> None:
    before = Session.objects.count()

    answer = callers["hugo"].ask("post", "network-files", {"kind": "SESSIONS", "rows": rows})

    assert answer.status_code == 422
    assert "triste" not in answer.content.decode()
    assert Session.objects.count() == before


def test_a_seat_reads_both_counts_of_whom_it_may_count(
    world: World, callers: dict[str, Program]
) -> None:
    told = {
        name: callers[name].ask("get", "followed?on=2020-06-15").json()
        for name in ("lea", "alice", "hugo")
    }

    # Two children of the network's file, and Hawa, whom both schools referred: counted once.
    assert told["lea"] == {"on": "2020-06-15", "wide": 3, "strict": 0}
    assert told["alice"]["wide"] == 2
    assert told["hugo"]["wide"] == 3
