"""A programme is loaded once, brought up to date, and never loses what already served."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.journal import queries as journal
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Kind
from traitdunion.programme import operations, queries
from traitdunion.programme.models import Programme, Source, Strand
from traitdunion.programme.schema import PlanRefused

pytestmark = pytest.mark.django_db

PLAN = Path(__file__).resolve().parents[2] / "traitdunion/programme/plans"
TOML = (PLAN / "2020-04-continuite-educative.toml").read_text(encoding="utf-8")
AT = datetime(2020, 4, 20, 9, tzinfo=UTC)


def load(toml: str = TOML) -> Programme:
    return operations.load(toml=toml, by=ROBOT, at=AT)


def without_the_second_purse() -> str:
    start = TOML.index('[[allocation.sources]]\nname = "plan"')
    return TOML[:start] + TOML[TOML.index("[[degrees]]") :]


def test_a_programme_comes_with_its_strands_and_its_purses_in_order() -> None:
    programme = load()

    assert queries.strands(programme)[0].code == "equipment"
    assert [s.name for s in queries.sources(programme)] == ["cites-educatives-2020", "plan"]
    assert queries.plan(programme).programme.code == programme.code


def test_the_same_file_again_changes_nothing() -> None:
    first = load()

    again = operations.load(toml=TOML, by=ROBOT, at=datetime(2020, 5, 1, tzinfo=UTC))

    assert again.loaded_at == first.loaded_at
    assert (Programme.objects.count(), Strand.objects.count()) == (1, 3)


def test_a_corrected_file_replaces_the_amounts_and_leaves_a_trace() -> None:
    load()

    programme = load(TOML.replace("amount_cents = 100_000_000", "amount_cents = 90_000_000"))

    assert queries.strand(programme, "mentoring").amount_cents == 90_000_000
    verbs = [event.verb for event in journal.of_subject(programme)]
    assert verbs == ["programme.loaded", "programme.loaded"]


def test_a_purse_that_left_the_file_and_never_served_goes() -> None:
    load()

    load(without_the_second_purse())

    assert list(Source.objects.values_list("name", flat=True)) == ["cites-educatives-2020"]


def test_a_refused_file_leaves_what_was_there() -> None:
    load()

    with pytest.raises(PlanRefused):
        load(TOML.replace("last_degree = 2", "last_degree = -2"))

    assert queries.plan(queries.current()).allocation.last_degree == 2


def test_without_a_programme_the_answer_says_what_to_do() -> None:
    with pytest.raises(queries.NoProgramme, match="traitdunion init"):
        queries.current()


def test_a_purse_that_holds_money_for_somebody_cannot_leave_the_file() -> None:
    programme = load()
    prefecture = partners.create_organisation(
        kind=Kind.PREFECTURE, name="Préfecture", identifiers={}, by=ROBOT, at=AT
    )
    budget.open_envelope(
        strand=queries.strand(programme, "equipment"),
        source=queries.sources(programme)[1],
        holder=prefecture,
        label="Département",
        year=2020,
        amount_cents=100_000,
        by=ROBOT,
        at=AT,
    )

    with pytest.raises(PlanRefused, match=r"allocation\.sources"):
        load(without_the_second_purse())

    assert len(queries.sources(programme)) == 2
