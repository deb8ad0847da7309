"""From the queue to awards: confirmed once, out of turn with a reason, lapsed in time."""

from datetime import UTC, datetime

import pytest

from tests.web import world as worlds
from traitdunion.allocation import operations, queries
from traitdunion.allocation.operations import CannotPropose, OutOfTurnRefused
from traitdunion.allocation.states import Decision
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.census import queries as census

pytestmark = pytest.mark.django_db

AT = datetime(2020, 5, 14, 9, tzinfo=UTC)
REASON = "Placement en urgence hors du foyer"


@pytest.fixture
def world(db: None) -> worlds.World:
    return worlds.build()


def propose(world: worlds.World):
    return operations.propose(census=world.census, plan=world.plan, by=ROBOT, at=AT)


def test_a_second_wave_leaves_alone_what_the_first_one_served(world: worlds.World) -> None:
    served = queries.standing_needs(world.census.pk)

    wave = propose(world)

    ranked = set(queries.lines_of(wave).values_list("need_id", flat=True))
    assert served
    assert not served & ranked


def test_only_one_proposal_waits_at_a_time(world: worlds.World) -> None:
    propose(world)

    with pytest.raises(CannotPropose):
        propose(world)


def test_a_proposal_is_confirmed_once_and_awards_what_it_served(world: worlds.World) -> None:
    wave = propose(world)
    served = queries.lines_of(wave).filter(decision=Decision.SERVED).count()

    count = operations.confirm(wave=wave, plan=world.plan, by=ROBOT, at=AT)

    assert count == served
    with pytest.raises(MoveRefused):
        operations.confirm(wave=wave, plan=world.plan, by=ROBOT, at=AT)


def test_a_proposal_that_is_dropped_awards_nothing(world: worlds.World) -> None:
    before = queries.award_count()

    operations.cancel(wave=propose(world), by=ROBOT, at=AT)

    assert queries.award_count() == before


def test_the_same_rows_seed_and_rules_give_the_same_queue(world: worlds.World) -> None:
    first = propose(world)
    told = list(queries.lines_of(first).values_list("need_id", "rank", "key", "decision"))
    operations.cancel(wave=first, by=ROBOT, at=AT)

    again = propose(world)

    assert again.input_digest == first.input_digest
    assert list(queries.lines_of(again).values_list("need_id", "rank", "key", "decision")) == told


def test_an_exception_without_a_written_reason_is_refused(world: worlds.World) -> None:
    need = census.ranked_needs(world.census)[0]

    with pytest.raises(OutOfTurnRefused):
        operations.serve_out_of_turn(
            need=need, wave=world.wave, reason="urgent", plan=world.plan, by=ROBOT, at=AT
        )


def test_a_question_gets_one_written_answer(world: worlds.World) -> None:
    review = world.a.review

    operations.answer_review(review=review, answer="Le foyer partage.", by=ROBOT, at=AT)

    with pytest.raises(MoveRefused):
        operations.answer_review(review=review, answer="Autre réponse.", by=ROBOT, at=AT)
