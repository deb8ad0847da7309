"""Who hands over and takes back, who sees loans."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import DECIDERS, Kind, Role

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

_LENDING = frozenset({Role.MANAGER, Role.MEMBER, Role.RECEIVER})


def may_lend(seat: "Seat | None") -> bool:
    """Hand over, take back, report: a relay, or whoever it delegated for that."""
    return seat is not None and seat.is_relay and seat.role in _LENDING


def may_see_loans(seat: "Seat | None") -> bool:
    """Those who decide and control see codes and dates; relays see their own."""
    return may_lend(seat) or (
        seat is not None and (seat.kind in DECIDERS or seat.kind == Kind.CONTROLLER)
    )


def may_transfer(seat: "Seat | None") -> bool:
    """Send stock elsewhere: whoever holds some."""
    return seat is not None and (
        may_lend(seat) or (seat.acts and seat.kind in {Kind.PREFECTURE, Kind.RECTORATE})
    )
