"""Closing a year: what is owed goes on in the next one; the rest is carried over, or falls."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.budget.legs import Leg, granted, legs, rights_ledger
from traitdunion.budget.models import Commitment, Entry, Envelope, Movement, SignatureRequest
from traitdunion.budget.operations import ledger
from traitdunion.budget.refusals import BadAmount, ToRegularise
from traitdunion.budget.rules import COMMITMENT, counters_of
from traitdunion.budget.states import Account, Ledger, MovementKind, Regime, RequestState
from traitdunion.journal import operations as journal


class YearStillOpen(Refusal):
    """Credits are carried over or dropped once the year is closed."""


class ChildrenOpen(Refusal):
    """An envelope closes after those under it."""


@transaction.atomic
def close_year(*, envelope: Envelope, by: Actor, at: datetime) -> Envelope | None:
    """
    Close the year of an envelope: nothing more is decided on it, and what is still owed on its
    commitments goes on in next year's envelope, which is returned; None when nothing is owed.

    Raises: MoveRefused when it is closed, ChildrenOpen, ToRegularise.
    """
    _check_may_close(envelope)
    if not Envelope.objects.filter(pk=envelope.pk, closed_at__isnull=True).update(closed_at=at):
        raise MoveRefused(_("L’exercice de « %(label)s » est déjà clos.") % _named(envelope))
    envelope.closed_at = at
    owed = Commitment.objects.filter(envelope=envelope, amount_cents__gt=F("paid_cents"))
    after = None
    for commitment in owed.order_by("pk"):
        after = after or next_year(envelope=envelope, by=by, at=at)
        forward(commitment=commitment, before=envelope, after=after, by=by, at=at)
    journal.record(verb="budget.year_closed", subject=envelope, by=by, at=at)
    return after


def _named(envelope: Envelope) -> dict[str, str]:
    return {"label": envelope.label}


def _check_may_close(envelope: Envelope) -> None:
    if Envelope.objects.filter(parent=envelope, closed_at__isnull=True).exists():
        raise ChildrenOpen(
            _("Closez d’abord les enveloppes qui dépendent de « %(label)s ».") % _named(envelope)
        )
    if envelope.excess_cents:
        raise ToRegularise(
            _("« %(label)s » est à régulariser : l’exercice ne peut pas être clos.")
            % _named(envelope)
        )
    waiting = SignatureRequest.objects.filter(
        state=RequestState.WAITING, terms__envelope=str(envelope.pk)
    )
    if waiting.exists():
        raise ChildrenOpen(
            _("Des décisions attendent des signatures sur « %(label)s ».") % _named(envelope)
        )


@transaction.atomic
def next_year(*, envelope: Envelope, by: Actor, at: datetime) -> Envelope:
    """The same envelope the year after, opened empty when there is none, and those above it."""
    known = Envelope.objects.filter(follows=envelope).first()
    if known:
        return known
    above = next_year(envelope=envelope.parent, by=by, at=at) if envelope.parent else None
    opened = Envelope.objects.create(
        parent=above,
        follows=envelope,
        strand_id=envelope.strand_id,
        source_id=envelope.source_id,
        budget_programme_id=envelope.budget_programme_id,
        holder_id=envelope.holder_id,
        regime=envelope.regime,
        cost_center=envelope.cost_center,
        functional_domain=envelope.functional_domain,
        activity_code=envelope.activity_code,
        funded_by_id=envelope.funded_by_id,
        label=envelope.label,
        year=envelope.year + 1,
        opened_at=at,
    )
    facts = {"follows": str(envelope.pk), "year": opened.year}
    journal.record(verb="budget.year_opened", subject=opened, by=by, at=at, facts=facts)
    return opened


@transaction.atomic
def forward(
    *, commitment: Commitment, before: Envelope, after: Envelope, by: Actor, at: datetime
) -> Movement:
    """What is still owed on a commitment goes on in the next year's envelope."""
    owed = commitment.amount_cents - commitment.paid_cents
    moved = _forward(commitment, before, after, owed, by, at)
    Commitment.objects.filter(pk=commitment.pk).update(envelope=after)
    commitment.envelope = after
    return moved


@transaction.atomic
def forward_part(
    *,
    commitment: Commitment,
    before: Envelope,
    after: Envelope,
    amount_cents: int,
    by: Actor,
    at: datetime,
) -> Movement:
    """That part of a commitment, paid in a closed year and sent back since, is owed now."""
    return _forward(commitment, before, after, amount_cents, by, at)


def _forward(
    commitment: Commitment, before: Envelope, after: Envelope, owed: int, by: Actor, at: datetime
) -> Movement:
    """The unpaid part of what is certified goes with it, and the advances not used."""
    kept = _balances(commitment, before)
    done = max(0, min(owed, kept["certified_cents"] - kept["paid_cents"]))
    ahead = max(0, kept["paid_cents"] - kept["certified_cents"])
    advanced = max(0, kept["advanced_cents"] - ahead)
    entries = [
        *_moved(before, after, owed),
        *legs(before, Ledger.DUE, done, Account.PAYABLE, Account.EXPENSE),
        *legs(after, Ledger.DUE, done, Account.EXPENSE, Account.PAYABLE),
        *legs(before, Ledger.DUE, advanced, Account.OFF_BALANCE, Account.ADVANCE),
        *legs(after, Ledger.DUE, advanced, Account.ADVANCE, Account.OFF_BALANCE),
    ]
    return ledger.post(
        kind=MovementKind.FORWARD,
        envelope=after,
        amount_cents=owed,
        entries=entries,
        document=commitment.reference,
        commitment=commitment,
        after_closing=True,
        by=by,
        at=at,
    )


def _balances(commitment: Commitment, envelope: Envelope) -> dict[str, int]:
    """What the commitment's entries in this envelope sum to."""
    rows = Entry.objects.filter(commitment=commitment, envelope=envelope).order_by("id")
    zero = dict.fromkeys(("certified_cents", "paid_cents", "advanced_cents"), 0)
    return zero | counters_of(COMMITMENT, rows)


def _moved(before: Envelope, after: Envelope, owed: int) -> list[Leg]:
    """A commitment is taken up with the authority it holds, up to the root of the next year."""
    first = rights_ledger(before)
    entries = legs(before, first, owed, Account.CARRIED, Account.COMMITTED)
    entries += legs(after, first, owed, Account.COMMITTED, Account.GRANTED)
    return entries + _from_above(after, owed, 0)


def _from_above(after: Envelope, ae: int, cp: int) -> list[Leg]:
    """What an envelope receives by carrying over, those above it receive and delegate."""
    entries: list[Leg] = []
    above = after.parent
    while above is not None:
        entries += legs(above, rights_ledger(above), ae, Account.DELEGATED, Account.GRANTED)
        if above.regime == Regime.STATE:
            entries += legs(above, Ledger.CP, cp, Account.DELEGATED, Account.GRANTED)
        above = above.parent
    return entries


@transaction.atomic
def carry_over(
    *, envelope: Envelope, ae_cents: int, cp_cents: int, document: str, by: Actor, at: datetime
) -> Movement:
    """
    Carry what a closed year left over to the next one, by a decision.

    Raises: YearStillOpen, EnvelopeTooSmall, BadAmount.
    """
    _check_closed(envelope)
    if envelope.regime == Regime.IN_KIND:
        raise BadAmount(_("Un don est reçu en entier : rien n’en est à reporter."))
    if ae_cents < 0 or cp_cents < 0:
        raise BadAmount(_("Le montant doit être supérieur à zéro."))
    after = next_year(envelope=envelope, by=by, at=at)
    entries = _used(envelope, ae_cents, cp_cents, Account.CARRIED)
    entries += granted(after, ae_cents, cp_cents) + _from_above(after, ae_cents, cp_cents)
    done = ledger.post(
        kind=MovementKind.CARRY,
        envelope=after,
        amount_cents=max(ae_cents, cp_cents),
        entries=entries,
        document=document,
        after_closing=True,
        by=by,
        at=at,
    )
    envelope.refresh_from_db()
    return done


@transaction.atomic
def lapse(*, envelope: Envelope, document: str, by: Actor, at: datetime) -> Movement:
    """What is neither used nor carried over falls. Raises YearStillOpen, BadAmount for nothing."""
    _check_closed(envelope)
    envelope.refresh_from_db()
    ae, cp = envelope.available_cents, envelope.cp_available_cents
    done = ledger.post(
        kind=MovementKind.LAPSE,
        envelope=envelope,
        amount_cents=max(ae, cp),
        entries=_used(envelope, ae, cp, Account.LAPSED),
        document=document,
        after_closing=True,
        by=by,
        at=at,
    )
    envelope.refresh_from_db()
    return done


def _used(envelope: Envelope, ae: int, cp: int, to: str) -> list[Leg]:
    entries = legs(envelope, rights_ledger(envelope), ae, to, Account.AVAILABLE)
    if envelope.regime == Regime.STATE:
        entries += legs(envelope, Ledger.CP, cp, to, Account.AVAILABLE)
    return entries


def _check_closed(envelope: Envelope) -> None:
    if not Envelope.objects.filter(Q(closed_at__isnull=False), pk=envelope.pk).exists():
        raise YearStillOpen(
            _("L’exercice de « %(label)s » n’est pas clos : closez-le d’abord.") % _named(envelope)
        )
