"""Does the money hold together? What its entries, counters and requests should sum to."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q, Sum

from traitdunion.budget.models import Commitment, Entry, Envelope, Movement, PaymentRequest
from traitdunion.budget.rules import COMMITMENT, ENVELOPE, Rules
from traitdunion.budget.states import Document, MovementKind, PaymentState

Wrong = tuple[str, str, str]


def check() -> Iterator[Wrong]:
    """What does not hold together: (table, identifier, reason) of each wrong row."""
    yield from _unbalanced()
    yield from _miscounted(Envelope, ENVELOPE, "envelope")
    yield from _miscounted(Commitment, COMMITMENT, "commitment")
    yield from _orphans()
    yield from _miscounted_requests()


def _unbalanced() -> Iterator[Wrong]:
    """Movements whose entries do not balance in each envelope and ledger."""
    rows = Entry.objects.values("movement", "envelope", "ledger").annotate(n=Sum("amount_cents"))
    for row in rows.exclude(n=0).order_by("movement").iterator():
        yield "budget_movement", str(row["movement"]), "entries do not balance"
    bare = Movement.objects.exclude(pk__in=Entry.objects.values("movement"))
    for one in bare.order_by("pk").iterator():
        yield "budget_movement", str(one.pk), "it has no entry"


def _miscounted(
    model: type[Envelope] | type[Commitment], rules: Rules, column: str
) -> Iterator[Wrong]:
    """Rows whose counters are not what their entries sum to, or whose excess is not the rule's."""
    sums: dict[UUID, dict[str, int]] = {}
    rows = Entry.objects.exclude(**{f"{column}__isnull": True})
    grouped = rows.values(column, "ledger", "account").annotate(n=Sum("amount_cents"))
    for row in grouped.order_by(column).iterator():
        counted = sums.setdefault(row[column], {})
        for name, sign in rules.counting.get((row["ledger"], row["account"]), {}).items():
            counted[name] = counted.get(name, 0) + sign * row["n"]
    names = sorted({name for signs in rules.counting.values() for name in signs})
    table = model._meta.db_table
    for one in model._default_manager.order_by("pk").iterator():
        told = sums.get(one.pk, {})
        if any(getattr(one, name) != told.get(name, 0) for name in names):
            yield table, str(one.pk), "counters are not the sum of the entries"
        for excess, rooms in rules.excesses.items():
            beyond = max(0, *(-rules.room(room, one) for room in rooms))
            if getattr(one, excess) != beyond:
                yield table, str(one.pk), f"{excess} is not what goes beyond the rule"


def _orphans() -> Iterator[Wrong]:
    """Parents whose delegated counters are not what the envelopes under them received."""
    given: dict[UUID, tuple[int, int]] = {
        row["parent"]: (row["ae"], row["cp"])
        for row in Envelope.objects.filter(parent__isnull=False)
        .values("parent")
        .annotate(ae=Sum("authorized_cents"), cp=Sum("cp_granted_cents"))
        .order_by("parent")
    }
    for one in Envelope.objects.order_by("pk").iterator():
        if (one.delegated_cents, one.cp_delegated_cents) != given.get(one.pk, (0, 0)):
            yield "budget_envelope", str(one.pk), "delegated is not what is under it"


def _miscounted_requests() -> Iterator[Wrong]:
    asked: dict[UUID, tuple[int, int]] = {
        row["commitment"]: (row["asked"] or 0, row["paid"] or 0)
        for row in PaymentRequest.objects.exclude(state=PaymentState.CANCELLED)
        .values("commitment")
        .annotate(
            asked=Sum("amount_cents"), paid=Sum("amount_cents", filter=Q(state=PaymentState.PAID))
        )
        .order_by("commitment")
    }
    # A gift is settled by the donor: no request was ever made for it.
    given = Movement.objects.filter(kind=MovementKind.PAY, document_kind=Document.GIFT)
    for row in given.values("commitment").annotate(n=Sum("amount_cents")).order_by("commitment"):
        told, paid = asked.get(row["commitment"], (0, 0))
        asked[row["commitment"]] = (told + row["n"], paid + row["n"])
    # What a beneficiary gave back is no longer paid, nor asked for.
    returned = Movement.objects.filter(kind=MovementKind.RETURN)
    for row in (
        returned.values("commitment").annotate(n=Sum("amount_cents")).order_by("commitment")
    ):
        told, paid = asked.get(row["commitment"], (0, 0))
        asked[row["commitment"]] = (told - row["n"], paid - row["n"])
    for one in Commitment.objects.order_by("pk").iterator():
        told, paid = asked.get(one.pk, (0, 0))
        if paid != one.paid_cents:
            yield "budget_commitment", str(one.pk), "paid is not the sum of its payments"
        # A payment made elsewhere without a request may stand for one that waits here.
        if not paid <= one.requested_cents <= told:
            yield "budget_commitment", str(one.pk), "requested is not the sum of its requests"
