"""The entries of a movement before it is written: what goes from one account to another."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from traitdunion.budget.models import Envelope
from traitdunion.budget.states import Account, Ledger, Regime
from traitdunion.partners.states import Kind

# Those that hold credits of the State; any other holder has money received and spent.
STATE_HOLDERS = frozenset(
    {Kind.MINISTRY, Kind.PREFECTURE, Kind.RECTORATE, Kind.CITE_EDUCATIVE, Kind.CONTROLLER}
)


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


def regime_of(holder_kind: str) -> str:
    """AE and CP for a service of the State, money received and spent for anybody else."""
    return Regime.STATE if holder_kind in STATE_HOLDERS else Regime.OUTSIDE


def check_balanced(entries: Iterable[Leg]) -> None:
    sums: dict[tuple[UUID, str], int] = {}
    for leg in entries:
        key = leg.envelope_id, leg.ledger
        sums[key] = sums.get(key, 0) + leg.amount_cents
    if not sums or any(sums.values()):
        raise ValueError(f"unbalanced movement: {sums}")
