"""
The one way in which money moves: balanced entries, the counters they sum to, the event, together.

What is taken here is taken by one conditional UPDATE of each envelope, in the order of their
identifiers, so that two movements that cross never wait for one another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Model, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.budget.models import Commitment, Entry, Envelope, Movement
from traitdunion.budget.rules import COMMITMENT, ENVELOPE, Rules, counters_of
from traitdunion.budget.states import Account, Document, Ledger, Origin, Regime
from traitdunion.journal import operations as journal

# Beyond any budget of the State, and below what a database's integer holds.
MOST_CENTS = 10**15


class EnvelopeTooSmall(Refusal):
    """The envelope has less left than the amount asked for."""

    def __init__(self, message: str, available_cents: int) -> None:
        super().__init__(message)
        self.available_cents = available_cents


class PaymentCreditsTooSmall(EnvelopeTooSmall):
    """The commitment authority is there, the payment credits are not."""


class ToRegularise(Refusal):
    """Facts made elsewhere went beyond this envelope: other decisions wait."""


class EnvelopeClosed(Refusal):
    """The year of this envelope is closed."""


class BadAmount(Refusal):
    """An amount that is not positive, or beyond what was committed, certified or delegated."""

    status = 400


@dataclass(frozen=True, slots=True)
class Leg:
    """One entry to be: debits positive, credits negative."""

    envelope_id: UUID
    ledger: str
    account: str
    amount_cents: int


def legs(envelope: Envelope, ledger: str, amount_cents: int, to: str, out_of: str) -> list[Leg]:
    """An amount from one account of an envelope to another of the same ledger."""
    if not amount_cents:
        return []
    return [
        Leg(envelope.pk, ledger, to, amount_cents),
        Leg(envelope.pk, ledger, out_of, -amount_cents),
    ]


def rights_ledger(envelope: Envelope) -> str:
    """Where what may be committed is entered: AE for the State, a holder's own money elsewhere."""
    return Ledger.AE if envelope.regime == Regime.STATE else Ledger.OWN


def granted(envelope: Envelope, ae_cents: int, cp_cents: int) -> list[Leg]:
    """Credits that an envelope receives, whoever gives them; negative: that it gives back."""
    first = rights_ledger(envelope)
    found = legs(envelope, first, ae_cents, Account.AVAILABLE, Account.GRANTED)
    if envelope.regime == Regime.STATE:
        found += legs(envelope, Ledger.CP, cp_cents, Account.AVAILABLE, Account.GRANTED)
    return found


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
        unasked_cents: paid without having been asked for here; counted as asked for.
        after_closing: the only decisions that a closed year still takes.
        origin: a fact made elsewhere or before is never refused; its excess is kept.
    Raises: EnvelopeTooSmall, PaymentCreditsTooSmall, BadAmount, ToRegularise, EnvelopeClosed.
    """
    check_amount(amount_cents)
    _check_balanced(entries)
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


def check_amount(amount_cents: int) -> None:
    """Raises BadAmount when it is not positive, or beyond any budget."""
    if amount_cents <= 0:
        raise BadAmount(_("Le montant doit être supérieur à zéro."))
    if amount_cents > MOST_CENTS:
        raise BadAmount(_("Montant impossible : vérifiez les quantités et les prix."))


def check_room(envelope: Envelope, wanted: Mapping[str, int]) -> None:
    """
    Refuse what the envelope cannot hold now, as the movement itself would; nothing is taken.

    Args:
        wanted: room ("ae", "cp") to cents.
    """
    for cents in filter(None, wanted.values()):
        check_amount(cents)
    envelope.refresh_from_db()
    short = any(ENVELOPE.room(room, envelope) < cents for room, cents in wanted.items())
    if short or envelope.closed_at or envelope.excess_cents:
        _refuse(ENVELOPE, envelope, wanted, waits=True, after_closing=False)


def _check_balanced(entries: Iterable[Leg]) -> None:
    sums: dict[tuple[UUID, str], int] = {}
    for leg in entries:
        key = leg.envelope_id, leg.ledger
        sums[key] = sums.get(key, 0) + leg.amount_cents
    if not sums or any(sums.values()):
        raise ValueError(f"unbalanced movement: {sums}")


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
        if rules.has_years and not after_closing:
            row &= Q(closed_at__isnull=True)
    if waits:
        row &= rules.none_exceeded
    else:
        changes |= {name: _excess(rules, name, deltas) for name in rules.excesses}
    if unasked_cents:
        changes["requested_cents"] = Greatest(
            F("requested_cents"), F("paid_cents") + unasked_cents
        )
    if not model._default_manager.filter(row).update(**changes):
        row_now = model._default_manager.get(pk=pk)
        _refuse(rules, row_now, taking, waits=waits, after_closing=after_closing)


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


def _refuse(
    rules: Rules, row: Any, taking: Mapping[str, int], *, waits: bool, after_closing: bool
) -> None:
    """Say which rule refused, and what to do."""
    if rules.has_years and row.closed_at and not after_closing:
        raise EnvelopeClosed(
            _("L’exercice de « %(label)s » est clos : prenez l’enveloppe de l’année suivante.")
            % {"label": row.label}
        )
    if waits and any(getattr(row, name) for name in rules.excesses):
        raise ToRegularise(
            _("« %(label)s » est à régulariser : des faits constatés ailleurs la dépassent.")
            % {"label": row.label}
        )
    short = [(room, taken) for room, taken in taking.items() if rules.room(room, row) < taken]
    # Somebody gave room back between the UPDATE and this reading: the narrowest tells.
    room, taken = short[0] if short else min(taking.items(), key=lambda o: rules.room(o[0], row))
    raise _too_little(room, row, max(0, rules.room(room, row)), taken)


def _too_little(room: str, row: Any, left: int, asked: int) -> Refusal:
    values = {"left": euros(left), "asked": euros(asked), "label": row.label}
    if room == "ae":
        return EnvelopeTooSmall(
            _(
                "Il reste %(left)s sur l’enveloppe « %(label)s » ; il en faudrait %(asked)s."
                " Réduisez le montant ou demandez un abondement."
            )
            % values,
            left,
        )
    if room == "cp":
        return PaymentCreditsTooSmall(
            _(
                "Il reste %(left)s de crédits de paiement sur « %(label)s » ; il en faudrait"
                " %(asked)s. Demandez une délégation de crédits de paiement."
            )
            % values,
            left,
        )
    if room == "service":
        return BadAmount(
            _(
                "« %(label)s » : le service fait dépasserait l’engagement. Il reste %(left)s à"
                " certifier."
            )
            % values
        )
    return BadAmount(
        _(
            "« %(label)s » : le paiement dépasserait le service fait et les avances. Il reste"
            " %(left)s à payer."
        )
        % values
    )
