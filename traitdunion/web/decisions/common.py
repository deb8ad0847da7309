"""What these pages share: whose money, the plan of the day, who asks."""

from typing import Any

from django.core.exceptions import PermissionDenied

from traitdunion.budget import queries as budget
from traitdunion.grants.queries import STRAND
from traitdunion.grants.queries import deciding as queries


def own_envelopes(request: Any) -> list[Any]:
    """Open envelopes for associations that the seat's organisation holds."""
    rows = budget.envelopes_seen_by(request.seat).filter(
        holder=request.seat.organisation.pk, strand__code=STRAND, closed_at__isnull=True
    )
    return list(rows)


def own_envelope(request: Any, pk: str) -> Any:
    return next((one for one in own_envelopes(request) if str(one.pk) == pk), None)


def own_decision(request: Any, decision_id: Any) -> Any:
    """One that the seat's organisation took; others see it and do not act. Raises NotFound."""
    one = queries.decision(decision_id, request.seat)
    check_own(request, one.application)
    return one


def check_own(request: Any, application: Any) -> None:
    if application.authority_id != request.seat.organisation.pk:
        raise PermissionDenied
