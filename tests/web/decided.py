"""What became of a grant: one of each thing that an address of decisions may name."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.grants.models import (
    Application,
    BankChange,
    Control,
    ControlCase,
    Decision,
    GrantPayment,
    Letter,
    PaymentFile,
    SignedPage,
    UseReport,
)
from traitdunion.grants.operations import controlling, letters, paying
from traitdunion.grants.operations.deciding import Terms, decide
from traitdunion.partners import operations as partners
from traitdunion.programme import queries as programme

SIRETS = {"94": "41925390100013", "75": "38033590100027"}


@dataclass
class Decided:
    """Of one side: granted, told, asked for, sent; an account to check; a report; a sample."""

    application: Application
    decision: Decision
    letter: Letter
    page: SignedPage
    payment: GrantPayment
    file: PaymentFile
    change: BankChange
    report: UseReport
    control: Control
    case: ControlCase


def settle(*, world: Any, side: Any, organisation: Any, decider: Any, at: datetime) -> Decided:
    """Another application of the same association, under review, then decided and paid for."""
    who: dict[str, Any] = {"by": ROBOT, "at": at}
    department = side.department.code
    partners.add_identifier(
        organisation=organisation, scheme="SIRET", value=SIRETS[department], **who
    )
    strand = programme.strand(world.programme, "associations")
    envelope = budget.open_envelope(
        strand=strand, source=None, holder=side.prefecture, label="Associations", year=2020,
        amount_cents=10_000_000, **who,
    )  # fmt: skip
    asked = Application.objects.create(
        number=f"D{department}AAAAA", strand=strand, organisation=organisation,
        authority=side.prefecture, state="UNDER_REVIEW", purpose="ACTION", title="Été",
        starts_on=date(2020, 6, 1), ends_on=date(2020, 8, 31), requested_cents=500_000,
        iban="FR7630006000011234567890189", account_holder=organisation.name, created_at=at,
        saved_at=at, submitted_at=at,
    )  # fmt: skip
    one = decide(
        application=asked, terms=Terms("ACCEPTED", 400_000, 100_000), envelope=envelope,
        plan=world.plan, **who,
    )  # fmt: skip
    letter = Letter.objects.get(decision=one)
    letters.draw(letter=letter, plan=world.plan, public_url="https://t.example", **who)
    page = SignedPage.objects.create(
        letter=letter, position=1, content=b"\xff\xd8\xff", digest="0" * 64, added_at=at
    )
    payment = paying.ask_payment(decision=one, plan=world.plan, **who)
    file = paying.send(payments=[payment], payer=side.prefecture, account=None, **who)
    payment.refresh_from_db()
    control = controlling.draw_sample(
        authority=side.prefecture, seed="graine publiée en mai", from_date=date(2020, 1, 1),
        until_date=date(2020, 12, 31), size=1, by=decider, at=at,
    )  # fmt: skip
    case = ControlCase.objects.get(control=control)
    controlling.ask_answer(
        case=case, observations="Il manque une facture.", answer_by=date(2020, 12, 1),
        by=decider, at=at,
    )  # fmt: skip
    change = paying.ask_bank_change(
        application=asked,
        account=paying.NewAccount("FR7630001007941234567890185", organisation.name),
        reason="Notre banque a changé.",
        by=world.people["bakary" if side is world.a else "yanis"],
        at=at,
    )
    report = UseReport.objects.get(decision=one)
    return Decided(asked, one, letter, page, payment, file, change, report, control, case)
