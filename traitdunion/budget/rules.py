"""
What each account counts for, and the rules that counters obey: one table, read by the operations
that move money, by the queries that show it and by the check that recomputes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from traitdunion.budget.states import Account, Ledger

# (ledger, account) -> the counters that its entries sum to, and the sign.
Counting = Mapping[tuple[str, str], Mapping[str, int]]
# room -> what it sums, and the sign; a room is never negative, but for facts made elsewhere.
Rooms = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, eq=False)
class Rules:
    """How entries become counters of one table, and what the counters may be."""

    counting: Counting
    rooms: Rooms
    # excess counter -> the rooms whose overrun it keeps.
    excesses: Mapping[str, tuple[str, ...]]
    # Taking from one of these is a new decision: it waits for every excess to be put right.
    decided: frozenset[str] = frozenset()
    has_years: bool = False

    @property
    def none_exceeded(self) -> Q:
        return Q(**dict.fromkeys(self.excesses, 0))

    def change(self, room: str, deltas: Mapping[str, int]) -> int:
        """By how much these changes widen the room; negative when they take from it."""
        signs = self.rooms[room]
        return sum(signs.get(name, 0) * delta for name, delta in deltas.items())

    def taken(self, deltas: Mapping[str, int]) -> dict[str, int]:
        """What these changes take from each room they narrow."""
        found = {room: -self.change(room, deltas) for room in self.rooms}
        return {room: amount for room, amount in found.items() if amount > 0}

    def waits(self, taking: Mapping[str, int]) -> bool:
        """Whether this is a decision that excesses hold back."""
        return bool(self.decided & taking.keys())

    def sides(self, room: str) -> tuple[list[str], list[str]]:
        """What fills the room and what uses it."""
        signs = self.rooms[room]
        plus = [name for name, sign in signs.items() if sign > 0]
        return plus, [name for name, sign in signs.items() if sign < 0]

    def room(self, room: str, row: Any) -> int:
        """What is left, as the row was read."""
        signs = self.rooms[room]
        return sum(sign * int(getattr(row, name)) for name, sign in signs.items())


def counters_of(
    rules: Rules, entries: Iterable[Any], envelope_id: UUID | None = None
) -> dict[str, int]:
    """What these entries change, of one envelope or of a commitment whole."""
    deltas: dict[str, int] = {}
    for entry in entries:
        if envelope_id is not None and entry.envelope_id != envelope_id:
            continue
        for name, sign in rules.counting.get((entry.ledger, entry.account), {}).items():
            deltas[name] = deltas.get(name, 0) + sign * entry.amount_cents
    return {name: delta for name, delta in deltas.items() if delta}


ENVELOPE = Rules(
    counting={
        (Ledger.AE, Account.GRANTED): {"authorized_cents": -1},
        (Ledger.AE, Account.DELEGATED): {"delegated_cents": 1},
        (Ledger.AE, Account.COMMITTED): {"committed_cents": 1},
        (Ledger.AE, Account.CARRIED): {"carried_cents": 1},
        (Ledger.AE, Account.LAPSED): {"lapsed_cents": 1},
        (Ledger.CP, Account.GRANTED): {"cp_granted_cents": -1},
        (Ledger.CP, Account.DELEGATED): {"cp_delegated_cents": 1},
        (Ledger.CP, Account.PAID): {"paid_cents": 1},
        (Ledger.CP, Account.CARRIED): {"cp_carried_cents": 1},
        (Ledger.CP, Account.LAPSED): {"cp_lapsed_cents": 1},
        # A holder outside the State has one purse: what it received may be committed and paid,
        # and what it paid stays committed.
        (Ledger.OWN, Account.GRANTED): {"authorized_cents": -1, "cp_granted_cents": -1},
        (Ledger.OWN, Account.DELEGATED): {"delegated_cents": 1, "cp_delegated_cents": 1},
        (Ledger.OWN, Account.COMMITTED): {"committed_cents": 1},
        (Ledger.OWN, Account.PAID): {"committed_cents": 1, "paid_cents": 1},
        (Ledger.OWN, Account.CARRIED): {"carried_cents": 1, "cp_carried_cents": 1},
        (Ledger.OWN, Account.LAPSED): {"lapsed_cents": 1, "cp_lapsed_cents": 1},
        (Ledger.DUE, Account.EXPENSE): {"certified_cents": 1},
        (Ledger.DUE, Account.ADVANCE): {"advanced_cents": 1},
    },
    rooms={
        "ae": {
            "authorized_cents": 1, "delegated_cents": -1, "committed_cents": -1,
            "carried_cents": -1, "lapsed_cents": -1,
        },
        "cp": {
            "cp_granted_cents": 1, "cp_delegated_cents": -1, "paid_cents": -1,
            "cp_carried_cents": -1, "cp_lapsed_cents": -1,
        },
        "service": {"committed_cents": 1, "certified_cents": -1},
        "payment": {"committed_cents": 1, "paid_cents": -1},
        "payment_of_service": {"certified_cents": 1, "advanced_cents": 1, "paid_cents": -1},
    },
    excesses={
        "ae_excess_cents": ("ae",),
        "cp_excess_cents": ("cp",),
        "service_excess_cents": ("service",),
        "payment_excess_cents": ("payment", "payment_of_service"),
    },
    decided=frozenset({"ae", "cp"}),
    has_years=True,
)  # fmt: skip
COMMITMENT = Rules(
    counting={
        (Ledger.AE, Account.COMMITTED): {"amount_cents": 1},
        (Ledger.OWN, Account.COMMITTED): {"amount_cents": 1},
        (Ledger.OWN, Account.PAID): {"amount_cents": 1, "paid_cents": 1},
        (Ledger.CP, Account.PAID): {"paid_cents": 1},
        (Ledger.DUE, Account.EXPENSE): {"certified_cents": 1},
        (Ledger.DUE, Account.ADVANCE): {"advanced_cents": 1},
    },
    rooms={
        "service": {"amount_cents": 1, "certified_cents": -1},
        "payment": {"amount_cents": 1, "paid_cents": -1},
        "payment_of_service": {"certified_cents": 1, "advanced_cents": 1, "paid_cents": -1},
        "request": {"certified_cents": 1, "advanced_cents": 1, "requested_cents": -1},
        "request_of_amount": {"amount_cents": 1, "requested_cents": -1},
    },
    excesses={
        "service_excess_cents": ("service",),
        "payment_excess_cents": ("payment", "payment_of_service"),
    },
)
