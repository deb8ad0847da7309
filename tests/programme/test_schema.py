"""A programme file says what is wrong with it, where, and what to do."""

from datetime import date
from pathlib import Path

import pytest

from traitdunion.programme.schema import AllocationTable, PlanRefused, parse, read_plan

pytestmark = pytest.mark.once

PLAN = Path(__file__).resolve().parents[2] / "traitdunion/programme/plans"
TOML = (PLAN / "2020-04-continuite-educative.toml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    assert old in TOML, "the file has changed: correct the test"
    return TOML.replace(old, new, 1)


def refused(toml: str) -> str:
    with pytest.raises(PlanRefused) as caught:
        read_plan(toml)
    return str(caught.value)


def test_the_plan_of_2020_is_fifteen_million_euros_in_three_strands() -> None:
    plan = read_plan(TOML)

    assert plan.programme.amount_cents == 1_500_000_000
    assert sum(strand.amount_cents for strand in plan.strands.values()) == 1_500_000_000
    assert set(plan.strands) == {"equipment", "mentoring", "associations"}


def test_the_credits_of_the_cites_educatives_pay_first_and_leave_their_perimeter() -> None:
    first, second = read_plan(TOML).allocation.sources

    assert (first.pays_for, first.fungible) == ("cites_educatives", True)
    assert (second.pays_for, second.fungible) == ("all", False)


def test_the_target_is_thirty_thousand_from_a_baseline_that_is_defined() -> None:
    target = read_plan(TOML).targets["mentoring"]

    assert (target.baseline, target.target) == (15_000, 30_000)
    assert target.by_date == date(2020, 7, 31)
    assert "réseaux" in target.baseline_definition


@pytest.mark.parametrize(
    ("rule", "came"),
    [
        ("grant-paid-60-days", date(2021, 7, 3)),
        ("republican-commitment", date(2022, 1, 2)),
        ("honourability-certificate", date(2025, 1, 1)),
    ],
)
def test_a_later_law_does_not_bind_a_decision_of_2020(rule: str, came: date) -> None:
    plan = read_plan(TOML)

    assert not plan.rule_in_force(rule, date(2020, 5, 12))
    assert plan.rule_in_force(rule, came)


def test_every_strand_says_who_answers_for_its_data_why_and_how_long() -> None:
    for strand in read_plan(TOML).strands.values():
        assert strand.controller and strand.purpose and strand.legal_basis
        assert strand.retention_days > 0


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("amount_cents = 900_000_000\ncontroller", "amount_cents = -1\ncontroller", "0 ou plus"),
        ("tolerance_m = 20.0", "tolerance_m = -2.0", "eligibility.tolerance_m"),
        ("tolerance_m = 20.0", 'tolerance_m = "20"', "un nombre, sans guillemets"),
        ("tolerance_m = 20.0", "tolerence_m = 20.0", "eligibility.tolerence_m : clé inconnue"),
        ("lapse_days = 21\n", "", "awards.lapse_days : clé absente"),
        ("start_date = 2020-04-20", 'start_date = "20 avril"', "une date comme 2020-04-20"),
        ('generation = "2015"', 'generation = "2016"', "programme.neighbourhood_generation"),
        ('zone = "Europe/Paris"', 'zone = "Europe/Bezons"', "programme.zone"),
        ("tablet = 18500\n", "", "il manque le prix de tablet"),
        ('name = "plan"', 'name = "cites-educatives-2020"', "deux sources"),
        ("degree = 2", "degree = 1", "degrees"),
        ("end_date = 2020-12-31", "end_date = 2020-01-01", "programme.end_date"),
        ("closes_on = 2020-05-06", "closes_on = 2020-04-30", "census.closes_on"),
        ("out_of_turn_percent = 2", "out_of_turn_percent = 200", "100 ou moins"),
    ],
)
def test_a_wrong_key_is_named_with_its_remedy(old: str, new: str, says: str) -> None:
    assert says in refused(changed(old, new))


def test_a_negative_amount_is_refused_by_its_path() -> None:
    toml = changed("amount_cents = 900_000_000\ncontroller", "amount_cents = -1\ncontroller")

    assert refused(toml).startswith("strands.equipment.amount_cents : -1 est trop petit")


def test_strands_that_exceed_the_envelope_are_refused_at_the_one_that_does() -> None:
    toml = changed("amount_cents = 500_000_000", "amount_cents = 500_000_001")

    said = refused(toml)

    assert said.startswith("strands.associations.amount_cents")
    assert "programme.amount_cents" in said


def test_an_error_of_writing_gives_its_line() -> None:
    toml = "[programme]\ncode = \n"

    said = refused(toml)

    assert said.startswith("ligne 2, colonne 8")
    assert "Corrigez" in said


def test_a_file_that_stops_in_the_middle_gives_its_last_line() -> None:
    assert refused('[programme]\ncode = "x').startswith("ligne 2")


def test_many_errors_are_told_together_and_counted() -> None:
    said = refused("[programme]\n").splitlines()

    assert len(said) == 6
    assert "autres" in said[-1]


def test_the_table_of_the_queue_is_enough_alone() -> None:
    start = TOML.index("[allocation]")
    alone = parse(TOML[start : TOML.index("[[degrees]]")])

    table = AllocationTable.model_validate(alone["allocation"])

    assert table.prices_cents["both"] == 24_500
