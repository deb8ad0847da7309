"""Who sees the money, who opens envelopes, who decides on one's own."""

from typing import TYPE_CHECKING

from traitdunion.budget.models import Envelope
from traitdunion.partners.states import ACTING, BUYERS, DECIDERS, Kind, Role

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

# Those outside the State to whom money may be given; a town hall buys, and is among the buyers.
_OUTSIDE = frozenset({Kind.SCHOOL, Kind.ASSOCIATION, Kind.MENTORING_NETWORK})
_WATCHING = frozenset({Kind.CONTROLLER, Kind.CITE_EDUCATIVE})
HOLDERS = BUYERS | _OUTSIDE | {Kind.CITE_EDUCATIVE}


def may_see_envelopes(seat: "Seat | None") -> bool:
    """Buyers and those who watch; elsewhere, those who act or keep the accounts."""
    if seat is None:
        return False
    if seat.kind in BUYERS | _WATCHING:
        return True
    return seat.kind in _OUTSIDE and seat.role in ACTING | {Role.TREASURER}


def has_money(seat: "Seat | None") -> bool:
    """Whether the menu leads there: a school that never received a euro has nothing to see."""
    if not may_see_envelopes(seat):
        return False
    if seat.kind not in _OUTSIDE:
        return True
    return Envelope.objects.filter(holder=seat.organisation.pk).exists()


def may_open_envelopes(seat: "Seat | None") -> bool:
    """Open and increase envelopes: the plan's own administration."""
    return seat is not None and seat.administers


def may_commit(seat: "Seat | None") -> bool:
    """Bind one's own envelopes; that it is one's own is looked at with the envelope in hand."""
    return seat is not None and seat.acts and seat.kind in HOLDERS


def may_give_signing(seat: "Seat | None") -> bool:
    """Say who else signs for one's organisation: whoever answers for it."""
    return seat is not None and seat.invites and seat.kind in HOLDERS


def may_compare_spending(seat: "Seat | None") -> bool:
    """Look at who spends how fast over a territory."""
    return seat is not None and (seat.kind in DECIDERS or seat.kind == Kind.CONTROLLER)
