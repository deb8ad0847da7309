"""
The ledger as beancount reads it, so that a program that is not ours checks it (`bean-check`).

One transaction a movement, one account for each ledger, envelope and account of ours; after them,
what our own counters say each account holds: a cent of difference is an error there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import F, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from traitdunion.base.identifiers import folded
from traitdunion.budget.models import Entry, Envelope, PaymentRequest
from traitdunion.budget.states import Account, Ledger, MovementKind, Regime

# The five kinds of account that beancount knows; none is closed or reported on here.
ROOTS = {
    Account.GRANTED: "Equity",
    Account.OFF_BALANCE: "Equity",
    Account.AVAILABLE: "Assets",
    Account.TREASURY: "Assets",
    Account.ADVANCE: "Assets",
    Account.PAYABLE: "Liabilities",
    Account.DONATED: "Income",
}
HEADER = """\
;; -*- mode: beancount -*-
;; AE, CP: rights of the State. OWN: money of a holder outside it. DUE: what is owed to somebody.
option "title" "Trait d’union"
option "operating_currency" "EUR"
"""
MOVEMENT = (
    "id", "at", "kind", "amount_cents", "document_kind", "document", "origin", "reverses_id",
    "reason", "by_kind", "by_id", "told_by",
)  # fmt: skip
LEG = ("envelope_id", "ledger", "account", "amount_cents")
SLUG_SIGNS = 40

Key = tuple[UUID, str, str]


@dataclass
class Written:
    """How much was written."""

    movements: int = 0
    entries: int = 0
    accounts: int = 0
    envelopes: int = 0
    last: date = date.min


def lines(written: Written) -> Iterator[str]:
    """The whole file, line by line; ``written`` counts as it goes."""
    envelopes = {one.pk: one for one in Envelope.objects.order_by("pk").iterator()}
    stems = {pk: _stem(one) for pk, one in envelopes.items()}
    written.envelopes = len(envelopes)
    yield HEADER
    known: set[Key] = set()
    for key, day in _openings():
        known.add(key)
        yield f"{day} open {_account(key, stems)} EUR\n"
    written.accounts = len(known)
    rows = _entries().iterator(chunk_size=2_000)
    for _movement, legs in groupby(rows, key=itemgetter("movement_id")):
        yield from _transaction(list(legs), stems, written)
    yield "\n"
    for key, cents in _counted(envelopes.values()):
        if key in known:
            day = written.last + timedelta(days=1)
            yield f"{day} balance {_account(key, stems)} {_euros(cents)} ~ 0.00 EUR\n"


def _openings() -> Iterator[tuple[Key, date]]:
    """Every account that was ever used, and the first day it was."""
    grouped = Entry.objects.values("envelope_id", "ledger", "account")
    first = grouped.annotate(first=Min("movement__at"))
    for row in first.order_by("first", "envelope_id", "ledger", "account").iterator():
        yield (row["envelope_id"], row["ledger"], row["account"]), _day(row["first"])


def _entries() -> QuerySet[Entry, dict[str, Any]]:
    """Each entry with its movement, in the order in which they were written."""
    paid = PaymentRequest.objects.filter(
        commitment=OuterRef("movement__commitment"),
        amount_cents=OuterRef("movement__amount_cents"),
        paid_at=OuterRef("movement__at"),
    )
    return (
        Entry.objects.order_by("movement_id", "id")
        .annotate(
            ej=F("movement__commitment__ej_number"),
            dp=Subquery(paid.order_by("pk").values("dp_number")[:1]),
        )
        .values("movement_id", "ej", "dp", *LEG, *(f"movement__{name}" for name in MOVEMENT))
    )


def _transaction(
    legs: list[dict[str, Any]], stems: dict[UUID, str], written: Written
) -> Iterator[str]:
    told = {name: legs[0][f"movement__{name}"] for name in MOVEMENT}
    day = _day(told["at"])
    written.last = max(written.last, day)
    written.movements += 1
    written.entries += len(legs)
    undone = f" ^movement-{told['reverses_id']}" if told["reverses_id"] else ""
    title = f"{_text(told['kind'])} {_text(told['document'])}"
    yield f"\n{day} * {title} ^movement-{told['id']}{undone}\n"
    for name, value in _metadata(told, legs[0]):
        yield f"  {name}: {_text(value)}\n"
    for leg in legs:
        key = leg["envelope_id"], leg["ledger"], leg["account"]
        yield f"  {_account(key, stems)}  {_euros(leg['amount_cents'])} EUR\n"


def _metadata(told: dict[str, Any], leg: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is known of a movement: its papers and who did it, never a name."""
    who = f"{told['by_kind']}:{told['by_id']}" if told["by_id"] else told["by_kind"]
    found = {
        "movement": told["id"],
        "at": told["at"].isoformat(),
        "document-kind": told["document_kind"],
        "origin": told["origin"],
        "ej": leg["ej"],
        "dp": leg["dp"] if told["kind"] == MovementKind.PAY else "",
        "by": who,
        "reverses": told["reverses_id"],
        "reason": told["reason"],
        "event": told["told_by"],
    }
    for name, value in found.items():
        if value:
            yield name, str(value)


def _counted(envelopes: Any) -> Iterator[tuple[Key, int]]:
    """What each account holds, from the counters alone: entries are not read here."""
    for one in envelopes:
        counted = {
            (Ledger.DUE, Account.EXPENSE): one.certified_cents,
            (Ledger.DUE, Account.ADVANCE): one.advanced_cents,
            **(_of_the_state(one) if one.regime == Regime.STATE else _of_a_purse(one)),
        }
        for (ledger, account), cents in counted.items():
            yield (one.pk, ledger, account), cents


def _of_the_state(one: Envelope) -> dict[tuple[str, str], int]:
    return {
        (Ledger.AE, Account.GRANTED): -one.authorized_cents,
        (Ledger.AE, Account.AVAILABLE): one.available_cents,
        (Ledger.AE, Account.DELEGATED): one.delegated_cents,
        (Ledger.AE, Account.COMMITTED): one.committed_cents,
        (Ledger.AE, Account.CARRIED): one.carried_cents,
        (Ledger.AE, Account.LAPSED): one.lapsed_cents,
        (Ledger.CP, Account.GRANTED): -one.cp_granted_cents,
        (Ledger.CP, Account.AVAILABLE): one.cp_available_cents,
        (Ledger.CP, Account.DELEGATED): one.cp_delegated_cents,
        (Ledger.CP, Account.PAID): one.paid_cents,
        (Ledger.CP, Account.CARRIED): one.cp_carried_cents,
        (Ledger.CP, Account.LAPSED): one.cp_lapsed_cents,
    }


def _of_a_purse(one: Envelope) -> dict[tuple[str, str], int]:
    """What was paid stays committed for the holder; on its accounts it is one or the other."""
    return {
        (Ledger.OWN, Account.GRANTED): -one.authorized_cents,
        (Ledger.OWN, Account.AVAILABLE): one.available_cents,
        (Ledger.OWN, Account.DELEGATED): one.delegated_cents,
        (Ledger.OWN, Account.COMMITTED): one.committed_cents - one.paid_cents,
        (Ledger.OWN, Account.PAID): one.paid_cents,
        (Ledger.OWN, Account.CARRIED): one.carried_cents,
        (Ledger.OWN, Account.LAPSED): one.lapsed_cents,
    }


def _stem(envelope: Envelope) -> str:
    """
    How an envelope is called: its words, its year, the beginning of its identifier.

    Beancount wants a capital or a digit first, then letters, digits and dashes.
    """
    words = [word.capitalize() for word in folded(envelope.label).split()]
    slug = "-".join(words)[:SLUG_SIGNS].strip("-") or "Enveloppe"
    return f"{slug}-{envelope.year}-{envelope.pk.hex[:12]}"


def _account(key: Key, stems: dict[UUID, str]) -> str:
    envelope_id, ledger, account = key
    root = ROOTS.get(Account(account), "Expenses")
    words = "".join(word.capitalize() for word in account.split("_"))
    return f"{root}:{ledger}:{stems[envelope_id]}:{words}"


def _day(instant: datetime) -> date:
    return timezone.localtime(instant).date()


def _euros(cents: int) -> str:
    """
    Exact, with its two decimals.

    >>> _euros(-5)
    '-0.05'
    """
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def _text(value: str) -> str:
    """In quotes, on one line."""
    flat = re.sub(r"\s+", " ", value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{flat}"'
