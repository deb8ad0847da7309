"""Who sees the register."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import DECIDERS, Kind

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

_RECEIVING = frozenset({"ADMINISTRATOR", "MANAGER", "MEMBER", "RECEIVER"})


def may_see_devices(seat: "Seat | None") -> bool:
    """Relays see what they hold or lent; those who decide, and the controller, their territory."""
    return seat is not None and (
        (seat.is_relay and seat.role in _RECEIVING)
        or seat.kind in DECIDERS
        or seat.kind == Kind.CONTROLLER
    )
