"""Who orders, who receives, who certifies."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import BUYERS, Kind, Role

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

_RECEIVING = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.MEMBER, Role.RECEIVER})


def may_see_orders(seat: "Seat | None") -> bool:
    """Buyers, delivery points, suppliers for what concerns them; the controller for all."""
    return seat is not None and (
        seat.kind in BUYERS
        or seat.kind in {Kind.CONTROLLER, Kind.SUPPLIER}
        or (seat.is_relay and seat.role in _RECEIVING)
    )


def may_order(seat: "Seat | None") -> bool:
    return seat is not None and seat.acts and seat.kind in BUYERS


def may_record_gifts(seat: "Seat | None") -> bool:
    """Whoever may buy for the plan may be given something for it."""
    return may_order(seat)


def may_load_manifest(seat: "Seat | None") -> bool:
    return seat is not None and seat.acts and (seat.kind in BUYERS or seat.kind == Kind.SUPPLIER)


def may_receive(seat: "Seat | None") -> bool:
    """Tick what came: whoever is at the delivery point."""
    return (
        seat is not None
        and seat.role in _RECEIVING
        and (seat.is_relay or seat.kind in BUYERS or seat.kind == Kind.CITE_EDUCATIVE)
    )


def may_certify(seat: "Seat | None") -> bool:
    return may_order(seat)
