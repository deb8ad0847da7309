"""Who sees the whole."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import DECIDERS, Kind

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


def may_see_dashboard(seat: "Seat | None") -> bool:
    """Those who decide, the controller, and town halls for their own commune."""
    return seat is not None and (
        seat.kind in DECIDERS or seat.kind in {Kind.CONTROLLER, Kind.LOCAL_AUTHORITY}
    )


def may_search(seat: "Seat | None") -> bool:
    return seat is not None


def may_read_journal(seat: "Seat | None") -> bool:
    """Every event of every territory: the plan's administration, and whoever controls it."""
    return seat is not None and (seat.administers or seat.kind == Kind.CONTROLLER)


def may_trace(seat: "Seat | None") -> bool:
    """Follow the money: those who decide or control, and town halls for what is theirs."""
    return may_see_dashboard(seat)
