"""
What an authority does with 10,000 applications, beside the bare statements of Django's ORM.

    python -m benchmarks.grants [--applications 10000] [--batch 1000]

- list: a filtered page of fifty with its total, reviewers and points, against the filter bare;
- batch: a thousand decisions in one transaction with ledger, journal, letters and reports queued,
  against one bare UPDATE or INSERT for each application, envelope, commitment, decision, letter
  and report, without ledger nor journal;
- file: a thousand payments leave in one file, against the bare query, CSV and updates.

Rounds alternate; the ratio is of the medians. The goal is 2 at most for each.
"""

import argparse
import csv
import io
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks import grants_world
from benchmarks.grants_world import AT

ROUNDS = 3


def clocked(do: Callable[[], Any]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def undone(do: Callable[[], Any]) -> float:
    """The time of a transaction that is then undone, so that each round starts alike."""
    from django.db import transaction

    with transaction.atomic():
        spent = clocked(do)
        transaction.set_rollback(True)
    return spent


def compared(
    title: str, ours: Callable[[], float], bare: Callable[[], float]
) -> tuple[str, float]:
    ours(), bare()
    spent: dict[str, list[float]] = {"ours": [], "bare": []}
    for _round in range(ROUNDS):
        spent["bare"].append(bare())
        spent["ours"].append(ours())
    mine, theirs = (statistics.median(spent[way]) for way in ("ours", "bare"))
    print(f"  {title:<34} bare {theirs * 1e3:9.1f} ms   ours {mine * 1e3:9.1f} ms", end="")
    print(f"   {mine / theirs:.2f}×")
    return title, mine / theirs


def listed(world: Any) -> tuple[Callable[[], float], Callable[[], float]]:
    from traitdunion.grants import queries
    from traitdunion.grants.models import Application
    from traitdunion.partners import queries as partners

    seat = partners.seats(world.alice)[0]

    def ours() -> None:
        rows = queries.received(seat, {"state": "UNDER_REVIEW", "q": "association 77"})
        assert rows.count() == len(rows[:50]) + max(0, rows.count() - 50)

    def bare() -> None:
        rows = Application.objects.filter(
            authority=world.authority, state="UNDER_REVIEW",
            organisation__searchable__contains="association 77",
        ).select_related("organisation").order_by("submitted_at", "pk")  # fmt: skip
        assert rows.count() == len(rows[:50]) + max(0, rows.count() - 50)

    return lambda: clocked(ours), lambda: clocked(bare)


def batched(world: Any, size: int) -> tuple[Callable[[], float], Callable[[], float]]:
    from django.db.models import F

    from traitdunion.budget.models import Commitment, Envelope
    from traitdunion.grants.models import (
        Application,
        Decision,
        Letter,
        UseReport,
    )
    from traitdunion.grants.operations.deciding import Terms, decide_batch

    chosen = list(
        Application.objects.filter(state="UNDER_REVIEW")
        .select_related("organisation", "authority")
        .order_by("number")[:size]
    )

    def ours() -> None:
        for one in chosen:
            one.state = "UNDER_REVIEW"
        made = decide_batch(
            applications=chosen, amounts={}, terms=Terms("ACCEPTED"), envelope=world.envelope,
            plan=world.plan, by=world.alice, at=AT,
        )  # fmt: skip
        assert len(made) == size

    def bare() -> None:
        for k, one in enumerate(chosen):
            cents = one.requested_cents
            Application.objects.filter(pk=one.pk, state="UNDER_REVIEW").update(
                state="ACCEPTED", granted_cents=cents, decided_at=AT
            )
            Envelope.objects.filter(
                pk=world.envelope.pk,
                committed_cents__lte=F("authorized_cents") - F("delegated_cents") - cents,
            ).update(committed_cents=F("committed_cents") + cents)
            commitment = Commitment.objects.create(
                envelope=world.envelope, spending="grants", beneficiary=one.organisation,
                year=2020, amount_cents=cents, label=f"Subvention {k}", reference=f"S{k:07d}",
                committed_at=AT,
            )  # fmt: skip
            decision = Decision.objects.create(
                number=f"S{k:07d}", application=one, outcome="ACCEPTED", form="ORDER",
                amount_cents=cents, commitment=commitment, decided_by=world.alice, decided_at=AT,
            )  # fmt: skip
            Letter.objects.create(
                number=f"L{k:07d}", decision=decision, template="arrete", prepared_at=AT
            )
            UseReport.objects.create(decision=decision, due_on=None)

    return lambda: undone(ours), lambda: undone(bare)


def filed(world: Any, size: int) -> tuple[Callable[[], float], Callable[[], float]]:
    from traitdunion.grants.models import (
        Application,
        GrantPayment,
        PaymentFile,
    )
    from traitdunion.grants.operations.deciding import Terms, decide_batch
    from traitdunion.grants.operations.paying import ask_payment, send
    from traitdunion.grants.queries import paying
    from traitdunion.partners import queries as partners
    from traitdunion.partners.models import Identifier

    seat = partners.seats(world.alice)[0]
    chosen = list(
        Application.objects.filter(state="UNDER_REVIEW")
        .select_related("organisation", "authority")
        .order_by("number")[:size]
    )
    made = decide_batch(
        applications=chosen, amounts={}, terms=Terms("ACCEPTED"), envelope=world.envelope,
        plan=world.plan, by=world.alice, at=AT,
    )  # fmt: skip
    for one in made:
        ask_payment(decision=one, plan=world.plan, by=world.alice, at=AT)

    def ours() -> None:
        ready = list(paying.to_send(seat))
        assert len(ready) == size
        send(payments=ready, payer=world.authority, account=None, by=world.alice, at=AT)

    def bare() -> None:
        rows = list(
            GrantPayment.objects.filter(
                state="PREPARED", decision__application__authority=world.authority
            )
            .select_related(
                "decision__application__organisation", "decision__commitment__envelope"
            )
            .order_by("asked_at", "pk")
        )
        askers = [one.decision.application.organisation_id for one in rows]
        numbers = dict(
            Identifier.objects.filter(organisation__in=askers, scheme="SIRET")
            .order_by("value")
            .values_list("organisation_id", "value")
        )
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        for one in rows:
            commitment, application = one.decision.commitment, one.decision.application
            writer.writerow([
                commitment.ej_number, commitment.cost_center, f"{one.amount_cents / 100:.2f}",
                one.decision.number, application.organisation.name,
                numbers[application.organisation_id], one.iban, one.account_holder,
            ])  # fmt: skip
        file = PaymentFile.objects.create(
            number="F0000000", payer=world.authority, channel="CHORUS",
            content=out.getvalue().encode(), digest="0" * 64, payments=len(rows),
            amount_cents=sum(one.amount_cents for one in rows), made_at=AT,
        )  # fmt: skip
        for one in rows:
            GrantPayment.objects.filter(pk=one.pk, state="PREPARED").update(
                state="SENT", file=file
            )

    return lambda: undone(ours), lambda: undone(bare)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--applications", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=1_000)
    asked = parser.parse_args()
    grants_world.start()
    from django.db import connection

    world = grants_world.World(asked.applications)
    print(f"{connection.vendor}, {asked.applications} applications, batches of {asked.batch}")
    found = [
        compared("filtered list, a page and its total", *listed(world)),
        compared(f"batch decision of {asked.batch}", *batched(world, asked.batch)),
        compared(f"payment file of {asked.batch}", *filed(world, asked.batch)),
    ]
    worst = max(ratio for _title, ratio in found)
    print(f"ratio (worst): {worst:.2f}  goal ≤ 2")
    return 0 if worst <= 2 else 1


if __name__ == "__main__":
    sys.exit(main())
