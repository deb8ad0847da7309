"""What became of an envelope: one of each thing that an address of the money may name."""

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import open_sheet
from traitdunion.budget import operations as budget
from traitdunion.budget.models import (
    Commitment,
    Envelope,
    Extract,
    ExtractLine,
    Movement,
    PaymentRequest,
    SignatureRequest,
    SigningDelegation,
)
from traitdunion.budget.states import LineState
from traitdunion.programme.schema import Plan


@dataclass
class Money:
    """Under one envelope of a side."""

    child: Envelope
    closed: Envelope
    commitment: Commitment
    asked: PaymentRequest
    paid: PaymentRequest
    movement: Movement
    request: SignatureRequest
    delegation: SigningDelegation
    extract: Extract
    line: ExtractLine


def spend(*, envelope: Envelope, asker: Any, plan: Plan, at: datetime) -> Money:
    """A delegation, a commitment certified, asked for and paid in part, what waits, an extract."""
    who: dict[str, Any] = {"by": ROBOT, "at": at}
    child = budget.open_under(
        parent=envelope,
        holder=envelope.holder,
        label="Antenne",
        ae_cents=100_000,
        cp_cents=100_000,
        document="DEL-1",
        **who,
    )
    commitment = budget.commit(
        envelope=envelope, amount_cents=50_000, label="Coques", reference="DEV-1", **who
    )
    budget.certify(commitment=commitment, amount_cents=40_000, document="BL-1", **who)
    day = at.date()
    asked, paid = (
        budget.request_payment(
            commitment=commitment, amount_cents=10_000, counted_from=day, plan=plan, **who
        )
        for _each in range(2)
    )
    budget.record_payment(request=paid, paid_on=day, **who)
    paid.refresh_from_db()
    return Money(
        child=child,
        closed=_closed(envelope, at),
        commitment=commitment,
        asked=asked,
        paid=paid,
        movement=Movement.objects.filter(envelope=envelope, kind="ALLOT").order_by("id").first(),
        request=_waiting(envelope, asker, at),
        delegation=_delegated(envelope, asker, day, at),
        **_compared(envelope, at),
    )


def _closed(envelope: Envelope, at: datetime) -> Envelope:
    """Last year's, closed with something left."""
    before = budget.open_envelope(
        strand=envelope.strand,
        source=envelope.source,
        holder=envelope.holder,
        label="L’an passé",
        year=envelope.year - 1,
        amount_cents=7_000,
        by=ROBOT,
        at=at,
    )
    budget.close_year(envelope=before, by=ROBOT, at=at)
    return before


def _waiting(envelope: Envelope, asker: Any, at: datetime) -> SignatureRequest:
    """Somebody else's request, which the side's manager may sign."""
    terms = {
        "envelope": str(envelope.pk),
        "label": "Housses",
        "reference": "DEV-2",
        "spending": "other",
        "beneficiary": "",
    }
    return budget.ask(
        holder_id=envelope.holder_id,
        subject_kind="budget.commitment",
        subject_id=str(envelope.pk),
        terms=terms,
        label="Housses",
        amount_cents=12_000,
        needed=1,
        by=ROBOT,
        at=at,
    )


def _delegated(envelope: Envelope, user: Any, day: date, at: datetime) -> SigningDelegation:
    return budget.give_signing(
        holder=envelope.holder,
        user=user,
        up_to_cents=1_000_000,
        from_date=day,
        until_date=date(2020, 12, 31),
        document="Arrêté 1",
        by=ROBOT,
        at=at,
    )


def _compared(envelope: Envelope, at: datetime) -> dict[str, Any]:
    number = envelope.holder.department_id.zfill(10)
    text = f"EJ;DP;Montant;Date\n{number};DP-1;120,00;12/05/2020\n"
    with open_sheet(io.BytesIO(text.encode()), name="extrait.csv") as sheet:
        extract = budget.compare_extract(
            holder=envelope.holder, sheet=sheet, year=2020, by=ROBOT, at=at
        )
    line = ExtractLine.objects.get(extract=extract, state=LineState.UNKNOWN)
    return {"extract": extract, "line": line}
