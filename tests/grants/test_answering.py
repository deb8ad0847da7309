"""Bakary answers for every euro; Alice looks at a sample; anybody reads who received what."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from frictionless import Resource, Schema
from pypdf import PdfReader

from tests.grants.bureau import AT, EUROS, SIRETS, URL, Bureau
from tests.grants.test_paying import ask, reconciled
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.budget import queries as money
from traitdunion.gateways import operations as gateways
from traitdunion.grants import opendata
from traitdunion.grants.models import Control, ControlCase, Decision, UseReport
from traitdunion.grants.operations import answering, controlling
from traitdunion.grants.operations.answering import BadReport, NewLine
from traitdunion.grants.operations.controlling import BadControl
from traitdunion.grants.queries import answering as queries
from traitdunion.grants.reporting import report_pdf
from traitdunion.grants.states import ControlState, Purpose, ReportState, Side
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Scheme

pytestmark = pytest.mark.django_db
IN_JUNE = datetime(2021, 6, 10, 9, tzinfo=UTC)
TEXT = "Quarante enfants sont venus chaque soir, de mai à août."
LINES = (
    NewLine(Side.EXPENSE, "60 – Achats", 800_000, 250_000),
    NewLine(Side.EXPENSE, "64 – Charges de personnel", 0, 400_000),
    NewLine(Side.INCOME, "Subvention", 800_000, 800_000),
)


@pytest.fixture
def bureau(db: None) -> Bureau:
    return Bureau()


def paid(bureau: Bureau, **changes: Any) -> Decision:
    one = bureau.grant(bureau.application(bureau.association()), **changes)
    reconciled(bureau, ask(bureau, one))
    return one


def handed_in(bureau: Bureau, one: Decision) -> UseReport:
    report = answering.save_report(
        report=UseReport.objects.get(decision=one), text=TEXT, keys="", lines=LINES,
        by=ROBOT, at=IN_JUNE,
    )  # fmt: skip
    return answering.submit_report(report=report, by=ROBOT, at=IN_JUNE)


def look_at(bureau: Bureau, report: UseReport, **changes: Any) -> UseReport:
    facts: dict[str, Any] = {"is_whole": True, "remark": "", "kept_cents": 0}
    return answering.look_at_report(
        report=report, by=bureau.alice, at=IN_JUNE, **{**facts, **changes}
    )


def test_what_is_known_is_filled_in_and_gaps_are_in_euros_and_percent(bureau: Bureau) -> None:
    asked = bureau.application(bureau.association(), other_aid_cents=200_000)
    report = UseReport.objects.get(decision=bureau.grant(asked))

    known = queries.lines_of(report)
    found = queries.gaps(queries.lines_of(handed_in(bureau, report.decision)), Side.EXPENSE)

    assert {one.label: one.planned_cents for one in known if one.side == Side.INCOME} == {
        "Subvention Préfecture": 800_000,
        "Autres aides déclarées": 200_000,
        "Ressources propres": 0,
    }
    assert [(one.label, one.gap_cents, one.percent) for one in found] == [
        ("60 – Achats", -550_000, -68.75),
        ("64 – Charges de personnel", 400_000, None),
        ("Total", -150_000, -18.75),
    ]


def test_a_report_without_words_or_without_expense_is_not_handed_in(bureau: Bureau) -> None:
    report = UseReport.objects.get(decision=bureau.grant(bureau.application(bureau.association())))

    with pytest.raises(BadReport, match="quelques phrases"):
        answering.submit_report(report=report, by=ROBOT, at=IN_JUNE)
    report.text = TEXT
    with pytest.raises(BadReport, match="aucune dépense"):
        answering.submit_report(report=report, by=ROBOT, at=IN_JUNE)


def test_once_handed_in_it_no_longer_changes_unless_it_is_sent_back(bureau: Bureau) -> None:
    one = bureau.grant(bureau.application(bureau.association()))
    report = handed_in(bureau, one)

    with pytest.raises(MoveRefused, match="ne se modifie plus"):
        handed_in(bureau, one)
    with pytest.raises(BadReport, match="ce qui manque"):
        look_at(bureau, report, is_whole=False)
    look_at(bureau, report, is_whole=False, remark="Joignez la paie d’août.")

    assert handed_in(bureau, one).state == ReportState.SUBMITTED


def test_a_surplus_is_kept_only_when_the_decision_says_so(bureau: Bureau) -> None:
    strict = handed_in(bureau, paid(bureau))
    with pytest.raises(BadReport, match="ne permet pas"):
        look_at(bureau, strict, kept_cents=50_000)
    look_at(bureau, strict)
    open_ = handed_in(
        bureau, bureau.grant(bureau.application(bureau.association("B")), keeps_surplus=True)
    )
    with pytest.raises(BadReport, match=r"1.500,00"):
        look_at(bureau, open_, kept_cents=150_001)
    look_at(bureau, open_, kept_cents=50_000)

    assert (strict.to_return_cents, open_.kept_cents, open_.to_return_cents) == (
        150_000, 50_000, 100_000,
    )  # fmt: skip


def test_money_given_back_comes_down_in_the_ledger_once(bureau: Bureau) -> None:
    one = paid(bureau)
    facts: dict[str, Any] = {
        "decision": one, "amount_cents": 150_000, "document": "Titre 12",
        "reason": "Non dépensé, dit le compte rendu.", "by": bureau.alice, "at": AT,
    }  # fmt: skip

    answering.give_back(**facts)
    with pytest.raises(MoveRefused, match="déjà noté"):
        answering.give_back(**facts)

    one.commitment.refresh_from_db()
    assert one.commitment.paid_cents == queries.returned_cents(one) + 500_000 == 650_000
    assert list(money.check()) == []


def test_the_paper_of_an_action_has_its_tables_that_of_running_costs_one_page(
    bureau: Bureau,
) -> None:
    action = handed_in(bureau, bureau.grant(bureau.application(bureau.association("A"))))
    running = handed_in(
        bureau,
        bureau.grant(bureau.application(bureau.association("B"), purpose=Purpose.OPERATING)),
    )

    pdfs = [
        PdfReader(io.BytesIO(report_pdf(report=one, public_url=URL, at=AT)))
        for one in (action, running)
    ]

    told = " ".join(pdfs[0].pages[0].extract_text().split())
    assert "CERFA 15059" in told and "-68 %" in told.replace("\xa0", " ").replace("-69", "-68")
    assert "SIRET 38047555800058" in told and "30 juin 2021" in told
    assert len(pdfs[1].pages) == 1 and "CERFA" not in pdfs[1].pages[0].extract_text()


def test_before_2005_no_law_asked_for_a_report(bureau: Bureau) -> None:
    early = datetime(2005, 5, 28, 9, tzinfo=UTC)
    one = bureau.grant(bureau.application(bureau.association()), at=early)

    assert UseReport.objects.get(decision=one).due_on is None


def test_the_association_is_reminded_once_a_month_before(bureau: Bureau) -> None:
    bureau.grant(bureau.application(bureau.association()))
    days = [datetime(2021, 5, day, 9, tzinfo=UTC) for day in (30, 31)]

    sent = [answering.remind_reports(by=ROBOT, at=day) for day in [*days, IN_JUNE]]
    gateways.send_waiting(by=ROBOT, at=IN_JUNE)

    assert sent == [0, 1, 0] and "avant le 30/06/2021" in mail.outbox[0].body


# --- The sample


def sample(bureau: Bureau, seed: str = "graine publiée le 1er mars", size: int = 2) -> Control:
    return controlling.draw_sample(
        authority=bureau.authority, seed=seed, from_date=date(2020, 1, 1),
        until_date=date(2020, 12, 31), size=size, by=bureau.alice, at=AT,
    )  # fmt: skip


def test_anybody_draws_the_same_sample_again_from_the_published_seed(bureau: Bureau) -> None:
    grants = [bureau.grant(bureau.application(bureau.association(f"A{k}"))) for k in range(4)]

    control = sample(bureau)

    chosen = [one.decision.number for one in queries.cases_of(control)]
    assert chosen == queries.drawn([one.number for one in reversed(grants)], control.seed, 2)
    assert control.population_digest == queries.population_digest([g.number for g in grants])
    with pytest.raises(BadControl, match="déjà servi"):
        sample(bureau)
    with pytest.raises(BadControl, match="dix signes"):
        sample(bureau, seed="2020")


def test_nothing_is_concluded_against_an_association_that_was_not_heard(bureau: Bureau) -> None:
    bureau.grant(bureau.application(bureau.association()))
    sample(bureau, size=1)
    case = ControlCase.objects.get()
    ended: dict[str, Any] = {
        "case": case, "conclusion": "Factures absentes pour 500 €.", "to_return_cents": 50_000,
        "by": bureau.alice,
    }  # fmt: skip

    with pytest.raises(MoveRefused, match="pas encore été entendue"):
        controlling.conclude(at=AT, **ended)
    controlling.ask_answer(
        case=case, observations="Il manque des factures.", answer_by=date(2020, 6, 20),
        by=bureau.alice, at=AT,
    )  # fmt: skip
    with pytest.raises(MoveRefused, match="jusqu’au 20/06/2020"):
        controlling.conclude(at=datetime(2020, 6, 20, 9, tzinfo=UTC), **ended)
    controlling.answer(case=case, text="Les voici, au nombre de trois.", by=ROBOT, at=AT)
    controlling.conclude(at=AT, **ended)

    assert case.state == ControlState.TO_RETURN
    with pytest.raises(MoveRefused):
        controlling.answer(case=case, text="Encore une réponse.", by=ROBOT, at=AT)


def test_silence_after_the_given_days_does_not_stop_the_control(bureau: Bureau) -> None:
    bureau.grant(bureau.application(bureau.association()))
    sample(bureau, size=1)
    case = ControlCase.objects.get()
    with pytest.raises(BadControl, match="des jours pour répondre"):
        controlling.ask_answer(
            case=case, observations="Il manque des factures.", answer_by=AT.date(),
            by=bureau.alice, at=AT,
        )  # fmt: skip
    controlling.ask_answer(
        case=case, observations="Il manque des factures.", answer_by=date(2020, 6, 20),
        by=bureau.alice, at=AT,
    )  # fmt: skip

    controlling.conclude(
        case=case, conclusion="Sans réponse ni facture.", to_return_cents=800_000,
        by=bureau.alice, at=datetime(2020, 6, 21, 9, tzinfo=UTC),
    )  # fmt: skip

    assert case.state == ControlState.TO_RETURN


# --- Open data


def valid(name: str, content: bytes) -> Any:
    schema = Schema.from_descriptor(opendata.schema(name))
    rows = list(csv.reader(io.StringIO(content.decode())))
    return Resource(data=rows, schema=schema).validate()


def opened(bureau: Bureau) -> None:
    partners.add_identifier(
        organisation=bureau.authority, scheme=Scheme.SIRET, value="23350001600040",
        by=ROBOT, at=AT,
    )  # fmt: skip


def test_what_the_law_opens_is_valid_against_its_schema(bureau: Bureau) -> None:
    opened(bureau)
    large = bureau.grant(bureau.application(bureau.association("Grand"), 30_000), 30_000)
    bureau.grant(bureau.application(bureau.association("=Petit"), 2_000), 2_000)
    rnas = bureau.association("Corse", siret=False)
    partners.add_identifier(
        organisation=rnas, scheme=Scheme.RNA, value="W2A1234567", by=ROBOT, at=AT
    )
    bureau.grant(bureau.application(rnas, 3_000), 3_000, advance_cents=100_000)

    duty = opendata.published(2020, with_small=False)
    whole = opendata.published(2020, with_small=True)
    files = {
        opendata.REGULATORY: opendata.regulatory_csv(whole),
        opendata.EXTENDED: opendata.extended_csv(whole, AT.date()),
    }

    assert list(duty) == [large] and len(whole) == 3
    for name, content in files.items():
        report = valid(name, content)
        assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    rows = list(csv.DictReader(io.StringIO(files[opendata.EXTENDED].decode())))
    assert {row["idBeneficiaire"] for row in rows} == {*SIRETS[:2], ""}
    assert "W2A1234567" in {row["rnaBeneficiaire"] for row in rows}
    assert "'=Petit" in {row["nomBeneficiaire"] for row in rows}
    assert len(files[opendata.REGULATORY].splitlines()) == 3


def test_a_wrong_file_would_not_pass_the_same_check() -> None:
    columns = [field["name"] for field in opendata.schema(opendata.REGULATORY)["fields"]]
    wrong = ",".join(columns) + "\nA,123,hier,,B,456,o,douze,argent,x,plus tard,,peut-être,7\n"

    assert len(valid(opendata.REGULATORY, wrong.encode()).flatten(["message"])) >= 7


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ((2020, 5, 20), (2020, 8, 20)),
        ((2020, 11, 30), (2021, 2, 28)),
        ((2020, 9, 30), (2020, 12, 30)),
    ],
)
def test_an_agreement_is_to_be_opened_within_three_months(
    bureau: Bureau, day: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    one = Decision(decided_at=datetime(*day, 9, tzinfo=UTC))

    assert opendata.to_publish_before(one) == date(*last)


def test_euros_of_the_grant_and_of_the_file_are_the_same(bureau: Bureau) -> None:
    opened(bureau)
    bureau.grant(bureau.application(bureau.association(), 30_000), 25_000)

    (row,) = csv.DictReader(
        io.StringIO(opendata.regulatory_csv(opendata.published(2020, with_small=True)).decode())
    )

    assert row["montant"] == f"{25_000 * EUROS // 100}.00"
