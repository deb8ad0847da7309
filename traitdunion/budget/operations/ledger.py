"""
The one way in which money moves: balanced entries, the counters they sum to, the event, together.

What is taken here is taken by one conditional UPDATE of each envelope, in the order of their
identifiers, so that two movements that cross never wait for one another.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Model

from traitdunion.base import hot
from traitdunion.base.actors import Actor
from traitdunion.budget.legs import Leg, check_balanced
from traitdunion.budget.models import Commitment, Entry, Envelope, Movement
from traitdunion.budget.refusals import check_amount, refuse
from traitdunion.budget.rules import COMMITMENT, ENVELOPE, Rules, counters_of
from traitdunion.budget.states import Document, Origin
from traitdunion.budget.taking import Shape, counters_changed
from traitdunion.journal import operations as journal


# Its callers hold the savepoint: what they refuse is undone with them.
@transaction.atomic(savepoint=False)
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
    hot.add(movement)
    rows = [
        Entry(
            movement=movement,
            envelope_id=leg.envelope_id,
            commitment_id=movement.commitment_id,
            ledger=leg.ledger,
            account=leg.account,
            amount_cents=leg.amount_cents,
        )
        for leg in entries
    ]
    hot.add(*rows)
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
    taking = rules.taken(deltas)
    waits = not as_fact and rules.waits(taking)
    taken = taking if not as_fact else {}
    shape = Shape(
        changed=tuple(deltas),
        rooms=tuple(taken),
        lowered=() if as_fact else tuple(name for name, delta in deltas.items() if delta < 0),
        is_open=rules.has_years and not as_fact and not after_closing,
        waits=waits,
        asks=(unasked_cents > 0) - (unasked_cents < 0),
    )
    done = counters_changed(model, rules, shape, pk, deltas, taken, unasked_cents)
    if not done:
        row_now = model._default_manager.get(pk=pk)
        refuse(rules, row_now, taking, waits=waits, after_closing=after_closing)
