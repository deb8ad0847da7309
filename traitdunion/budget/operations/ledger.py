"""
The one way in which money moves: balanced entries, the counters they sum to, the event, together.

What is taken here is taken by one conditional UPDATE of each envelope, in the order of their
identifiers, so that two movements that cross never wait for one another.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Model, Q, Value
from django.db.models.functions import Greatest

from traitdunion.base.actors import Actor
from traitdunion.budget.legs import Leg, check_balanced
from traitdunion.budget.models import Commitment, Entry, Envelope, Movement
from traitdunion.budget.refusals import check_amount, refuse
from traitdunion.budget.rules import COMMITMENT, ENVELOPE, Rules, counters_of
from traitdunion.budget.states import Document, Origin
from traitdunion.journal import operations as journal


@transaction.atomic
def post(
    *,
    kind: str,
    envelope: Envelope,
    amount_cents: int,
    entries: Sequence[Leg],
    document: str,
    by: Actor,
    at: datetime,
    document_kind: str = Document.DECISION,
    commitment: Commitment | None = None,
    is_new: bool = False,
    unasked_cents: int = 0,
    after_closing: bool = False,
    origin: str = Origin.HERE,
    reverses: Movement | None = None,
    reason: str = "",
) -> Movement:
    """
    Enter one movement.

    Args:
        entries: balanced in each envelope and ledger.
        commitment: what it is about; with ``is_new`` its row was just created with its amount.
        unasked_cents: paid without having been asked for here, hence counted as asked for;
            negative: such a payment sent back, which nobody asks for any more.
        after_closing: the only decisions that a closed year still takes.
        origin: a fact made elsewhere or before is never refused; its excess is kept.
    Raises: EnvelopeTooSmall, PaymentCreditsTooSmall, BadAmount, ToRegularise, EnvelopeClosed.
    """
    check_amount(amount_cents)
    check_balanced(entries)
    as_fact = origin != Origin.HERE
    for pk in sorted({leg.envelope_id for leg in entries}):
        deltas = counters_of(ENVELOPE, entries, pk)
        _shift(ENVELOPE, Envelope, pk, deltas, as_fact=as_fact, after_closing=after_closing)
    if commitment is not None and not is_new:
        deltas = counters_of(COMMITMENT, entries)
        pk, asked = commitment.pk, unasked_cents
        _shift(COMMITMENT, Commitment, pk, deltas, as_fact=as_fact, unasked_cents=asked)
    return _write(
        Movement(
            envelope=envelope,
            commitment=commitment,
            kind=kind,
            amount_cents=amount_cents,
            document_kind=document_kind,
            document=document[:120],
            origin=origin,
            reverses=reverses,
            reason=reason[:300],
            at=at,
            by_kind=by.actor_kind,
            by_id=by.actor_id,
            told_by=uuid4(),
        ),
        entries,
        by,
        at,
    )


def _write(movement: Movement, entries: Sequence[Leg], by: Actor, at: datetime) -> Movement:
    movement.save(force_insert=True)
    rows = Entry.objects.bulk_create(
        Entry(
            movement=movement,
            envelope_id=leg.envelope_id,
            commitment_id=movement.commitment_id,
            ledger=leg.ledger,
            account=leg.account,
            amount_cents=leg.amount_cents,
        )
        for leg in entries
    )
    journal.record(
        verb=f"budget.{movement.kind.lower()}",
        subject=movement.envelope,
        by=by,
        at=at,
        facts={"movement": movement.pk, "amount_cents": movement.amount_cents},
        uid=movement.told_by,
        rows=[movement, *rows],
    )
    return movement


def _shift(
    rules: Rules,
    model: type[Model],
    pk: UUID,
    deltas: Mapping[str, int],
    *,
    as_fact: bool,
    after_closing: bool = False,
    unasked_cents: int = 0,
) -> None:
    """
    Change counters by these amounts, in one UPDATE that finds nothing when a rule would break.

    A decision that takes credits waits for every excess to be put right; a fact is never refused.
    """
    if not deltas:
        return
    changes: dict[str, Any] = {name: F(name) + delta for name, delta in deltas.items()}
    taking = rules.taken(deltas)
    waits = not as_fact and rules.waits(taking)
    row = Q(pk=pk)
    if not as_fact:
        for room, taken in taking.items():
            row &= _holds(rules, room, taken)
        # Of two envelopes the first updated may be the one that gives: it says no by itself.
        row &= Q(**{f"{name}__gte": -delta for name, delta in deltas.items() if delta < 0})
        if rules.has_years and not after_closing:
            row &= Q(closed_at__isnull=True)
    if waits:
        row &= rules.none_exceeded
    else:
        changes |= {name: _excess(rules, name, deltas) for name in rules.excesses}
    if unasked_cents > 0:
        paid = F("paid_cents") + unasked_cents
        changes["requested_cents"] = Greatest(F("requested_cents"), paid)
    elif unasked_cents:
        changes["requested_cents"] = F("requested_cents") + unasked_cents
    if not model._default_manager.filter(row).update(**changes):
        row_now = model._default_manager.get(pk=pk)
        refuse(rules, row_now, taking, waits=waits, after_closing=after_closing)


def _holds(rules: Rules, room: str, taken: int) -> Q:
    """The room is at least what is taken: its credits less its uses."""
    plus, minus = rules.sides(room)
    return Q(**{f"{plus[0]}__gte": _total(minus, taken) - _total(plus[1:], 0)})


def _total(names: Sequence[str], start: int) -> Any:
    total: Any = Value(start)
    for name in names:
        total = total + F(name)
    return total


def _excess(rules: Rules, excess: str, deltas: Mapping[str, int]) -> Greatest:
    """How far beyond the rule this row is once the amounts are changed; nothing when it is not."""
    beyond: list[Any] = [Value(0)]
    for room in rules.excesses[excess]:
        plus, minus = rules.sides(room)
        taken = -rules.change(room, deltas)
        beyond.append(_total(minus, taken) - _total(plus, 0))
    return Greatest(*beyond)
