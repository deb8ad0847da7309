"""Alice decides: money, decision and letter at once, or nothing; nobody decides for a friend."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.conftest import SEED
from tests.grants.bureau import AT, EUROS, Bureau
from tests.processes import together
from traitdunion.base.errors import MoveRefused
from traitdunion.budget import queries as money
from traitdunion.budget.models import Commitment, Envelope
from traitdunion.budget.operations import EnvelopeTooSmall
from traitdunion.grants.models import (
    Application,
    ConflictOfInterest,
    Decision,
    Letter,
    UseReport,
)
from traitdunion.grants.operations import deciding
from traitdunion.grants.operations.deciding import CannotDecide, MayNotDecide, Terms
from traitdunion.grants.queries import deciding as queries
from traitdunion.grants.states import ApplicationState, DecisionForm, Outcome
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau(db: None) -> Bureau:
    return Bureau()


def batch(bureau: Bureau, applications: list[Application], **changes: Any) -> list[Decision]:
    facts: dict[str, Any] = {"amounts": {}, "terms": Terms(Outcome.ACCEPTED), "by": bureau.alice}
    return deciding.decide_batch(
        applications=applications, envelope=bureau.envelope, plan=bureau.plan, at=AT,
        **{**facts, **changes},
    )  # fmt: skip


def test_a_grant_binds_the_money_and_queues_its_letter_at_once(bureau: Bureau) -> None:
    asked = bureau.application(bureau.association())

    one = bureau.grant(asked, 7_500)

    bureau.envelope.refresh_from_db()
    asked.refresh_from_db()
    assert (asked.state, asked.granted_cents) == (ApplicationState.ACCEPTED, 7_500 * EUROS)
    assert bureau.envelope.committed_cents == one.commitment.amount_cents == 7_500 * EUROS
    assert one.form == DecisionForm.ORDER and one.commitment.beneficiary == asked.organisation
    assert Letter.objects.get(decision=one).drawn_at is None
    assert UseReport.objects.get(decision=one).due_on == date(2021, 6, 30)
    assert list(money.check()) == []


def test_when_the_envelope_lacks_it_nothing_at_all_is_written(bureau: Bureau) -> None:
    asked = bureau.application(bureau.association(), 200_000)
    form = DecisionForm.AGREEMENT

    with pytest.raises(MayNotDecide, match="signer seul"):
        bureau.grant(asked, 150_000, form=form)
    with pytest.raises(EnvelopeTooSmall, match="Réduisez le montant"):
        bureau.grant(asked, 120_000, form=form)

    asked.refresh_from_db()
    assert asked.state == ApplicationState.UNDER_REVIEW
    assert not Decision.objects.exists() and not Letter.objects.exists()


def test_above_23_000_euros_a_year_the_law_wants_an_agreement(bureau: Bureau) -> None:
    association = bureau.association()
    bureau.grant(bureau.application(association, 15_000), 15_000)
    second = bureau.application(association, 10_000)

    with pytest.raises(CannotDecide, match=r"23.000,00.€ .* la loi demande une convention"):
        bureau.grant(second, 10_000, form=DecisionForm.ORDER)
    one = bureau.grant(second, 10_000)

    assert one.form == DecisionForm.AGREEMENT


def test_before_the_law_of_2001_nobody_was_asked_for_an_agreement(bureau: Bureau) -> None:
    assert queries.form_needed(bureau.plan, 3_000_000, date(2001, 6, 5)) == DecisionForm.ORDER
    assert queries.form_needed(bureau.plan, 3_000_000, date(2001, 6, 6)) == DecisionForm.AGREEMENT


def test_alice_does_not_decide_for_the_association_of_her_sister(bureau: Bureau) -> None:
    asked = bureau.application(bureau.association())
    ConflictOfInterest.objects.create(
        user=bureau.alice, organisation=asked.organisation, declared_at=AT
    )

    with pytest.raises(CannotDecide, match="déclaré un lien"):
        bureau.grant(asked)
    with pytest.raises(MayNotDecide, match="déclaré un lien"):
        deciding.decide(
            application=asked, terms=Terms(Outcome.REFUSED, reason="Hors du quartier."),
            envelope=None, plan=bureau.plan, by=bureau.alice, at=AT,
        )  # fmt: skip
    assert bureau.grant(asked, by=bureau.adam).decided_by == bureau.adam


def test_nor_does_he_who_acts_for_the_association(bureau: Bureau) -> None:
    asked = bureau.application(bureau.association())
    partners.seat(
        user=bureau.adam, organisation=asked.organisation, role=Role.TREASURER,
        by=bureau.alice, at=AT,
    )  # fmt: skip

    with pytest.raises(CannotDecide, match="déclaré un lien"):
        bureau.grant(asked, by=bureau.adam)


def test_marie_who_may_not_sign_is_told_to_ask(bureau: Bureau) -> None:
    with pytest.raises(MayNotDecide, match="délégation de signature"):
        bureau.grant(bureau.application(bureau.association()), by=bureau.marie)


def test_a_refusal_says_why_and_takes_no_money(bureau: Bureau) -> None:
    asked = bureau.application(bureau.association())
    facts: dict[str, Any] = {
        "application": asked, "envelope": None, "plan": bureau.plan, "by": bureau.alice, "at": AT,
    }  # fmt: skip

    with pytest.raises(CannotDecide, match="Dites pourquoi"):
        deciding.decide(terms=Terms(Outcome.REFUSED, reason="Non."), **facts)
    one = deciding.decide(terms=Terms(Outcome.REFUSED, reason="Hors des quartiers."), **facts)

    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (ApplicationState.REFUSED, "Hors des quartiers.")
    assert one.commitment is None and one.form == DecisionForm.LETTER


@pytest.mark.parametrize("cents", [0, -1, 8_001 * EUROS])
def test_an_amount_beyond_what_is_asked_is_refused_in_a_sentence(
    bureau: Bureau, cents: int
) -> None:
    asked = bureau.application(bureau.association())

    with pytest.raises(CannotDecide, match="entre zéro et ce qui est demandé"):
        deciding.decide(
            application=asked, terms=Terms(Outcome.ACCEPTED, cents), envelope=bureau.envelope,
            plan=bureau.plan, by=bureau.alice, at=AT,
        )  # fmt: skip


def test_a_batch_is_decided_whole_and_its_preflight_said_what_it_would_do(
    bureau: Bureau,
) -> None:
    asked = [bureau.application(bureau.association(f"A{k}", siret=k > 0)) for k in range(3)]

    checked = queries.preflight(
        applications=asked, amounts={asked[2].pk: 500_000}, envelope=bureau.envelope,
        user_id=bureau.alice.pk, plan=bureau.plan, on=AT.date(),
    )  # fmt: skip
    made = batch(bureau, asked, amounts={asked[2].pk: 500_000})

    assert checked.may_go and checked.total_cents == 2_100_000
    assert "Sans SIRET" in checked.lines[0].warnings[0] and not checked.lines[1].warnings
    assert [one.amount_cents for one in made] == [800_000, 800_000, 500_000]
    assert Letter.objects.count() == 3 and list(money.check()) == []


def test_a_batch_in_which_one_was_decided_meanwhile_decides_nothing(bureau: Bureau) -> None:
    asked = [bureau.application(bureau.association(f"A{k}")) for k in range(2)]
    bureau.grant(Application.objects.get(pk=asked[1].pk))

    with pytest.raises(MoveRefused, match=f"{asked[1].number} n’est plus en instruction"):
        batch(bureau, asked)

    assert Decision.objects.count() == 1 and Commitment.objects.count() == 1


def test_a_batch_beyond_the_envelope_decides_nothing(bureau: Bureau) -> None:
    asked = [bureau.application(bureau.association(f"A{k}"), 60_000) for k in range(2)]

    checked = queries.preflight(
        applications=asked, amounts={}, envelope=bureau.envelope, user_id=bureau.alice.pk,
        plan=bureau.plan, on=AT.date(),
    )  # fmt: skip
    assert not checked.may_go and checked.short_cents == 20_000 * EUROS
    with pytest.raises(EnvelopeTooSmall):
        batch(bureau, asked)
    assert not Decision.objects.exists()


def test_an_acceptance_is_taken_back_only_by_who_read_what_the_law_says(bureau: Bureau) -> None:
    one = bureau.grant(bureau.application(bureau.association()))
    facts: dict[str, Any] = {
        "decision": one, "reason": "Condition non remplie.", "by": bureau.alice, "at": AT,
    }  # fmt: skip

    with pytest.raises(CannotDecide, match="lu ce que la loi dit"):
        deciding.reopen(is_warned=False, **facts)
    back = deciding.reopen(is_warned=True, **facts)

    bureau.envelope.refresh_from_db()
    assert back.state == ApplicationState.UNDER_REVIEW and bureau.envelope.committed_cents == 0
    with pytest.raises(MoveRefused, match="déjà été reprise"):
        deciding.reopen(is_warned=True, **facts)
    again = bureau.grant(back, 5_000)
    assert queries.standing(back) == again and list(money.check()) == []


def test_after_four_months_the_page_says_what_alone_allows_it(bureau: Bureau) -> None:
    one = bureau.grant(bureau.application(bureau.association()))

    early = queries.reopening_warnings(one, date(2020, 9, 20))
    late = queries.reopening_warnings(one, date(2020, 9, 21))

    assert "L. 242-1" in early[0] and len(early) == 1
    assert "quatre mois sont passés" in late[1]


def test_the_last_day_of_the_programme_a_second_decision_is_refused(bureau: Bureau) -> None:
    asked = bureau.application(bureau.association())
    bureau.grant(Application.objects.get(pk=asked.pk))

    with pytest.raises(MoveRefused):
        bureau.grant(asked, at=datetime(2020, 12, 31, 22, tzinfo=UTC))


# --- Two deciders at once on the last euros

DECIDE = """
from traitdunion.base.errors import Refusal
from traitdunion.budget.models import Envelope
from traitdunion.grants.models import Application
from traitdunion.grants.operations.deciding import Terms, decide
from traitdunion.partners.models import User
from traitdunion.programme import queries as programme
k = GIVEN["k"]
try:
    decide(application=Application.objects.get(pk=GIVEN["asked"][k]),
           terms=Terms("ACCEPTED", 800_000), envelope=Envelope.objects.get(pk=GIVEN["envelope"]),
           plan=programme.plan(programme.current()),
           by=User.objects.get(pk=GIVEN["deciders"][k]), at=AT)
    said = "granted"
except Refusal as refusal:
    said = str(refusal)
print(json.dumps(said))
"""
# The same two, with a check and then a write, as one would do without thinking.
NAIVELY = """
from django.db import connection
from traitdunion.budget.models import Envelope
if connection.vendor == "sqlite":
    connection.close()
    connection.transaction_mode = connection.settings_dict["OPTIONS"]["transaction_mode"] = None
envelope = Envelope.objects.get(pk=GIVEN["envelope"])
said = "refused"
if envelope.available_cents >= 800_000:
    time.sleep(0.3)
    said = "granted"
    try:
        Envelope.objects.filter(pk=envelope.pk).update(committed_cents=800_000)
    except DatabaseError:
        pass
print(json.dumps(said))
"""


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_on_the_last_euros_one_gets_a_sentence() -> None:
    bureau = Bureau(euros=10_000)
    asked = [bureau.application(bureau.association(f"A{k}")) for k in range(2)]
    given: dict[str, Any] = {
        "asked": [one.pk for one in asked],
        "envelope": bureau.envelope.pk,
        "deciders": [bureau.alice.pk, bureau.adam.pk],
        "seed": SEED,
    }

    naive = together(NAIVELY, processes=2, **given)
    Envelope.objects.filter(pk=bureau.envelope.pk).update(committed_cents=0)
    said = sorted(together(DECIDE, processes=2, **given), reverse=True)

    assert naive == ["granted", "granted"], "without the ledger, both would have been told yes"
    assert said[0] == "granted" and "Réduisez le montant" in said[1]
    assert Decision.objects.count() == 1 and list(money.check()) == []
