"""Who sees the census, who fills it, who settles its doubts, who closes it."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import DECIDERS, Kind

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


def may_see_census(seat: "Seat | None") -> bool:
    """Relays see their own needs; those who decide, and the controller, see codes and counts."""
    return seat is not None and (
        (seat.is_relay and seat.acts) or seat.kind in DECIDERS or seat.kind == Kind.CONTROLLER
    )


def may_import(seat: "Seat | None") -> bool:
    """Record needs: a relay, in a role that acts for it."""
    return seat is not None and seat.is_relay and seat.acts


def may_settle(seat: "Seat | None") -> bool:
    """Settle an address or a duplicate of one's own needs."""
    return may_import(seat)


def may_run_census(seat: "Seat | None") -> bool:
    """Ask neighbourhoods: whoever decides over the territory."""
    return seat is not None and seat.kind in DECIDERS and seat.acts


def may_close(seat: "Seat | None") -> bool:
    """Close the census and publish the seed: the plan's own administration."""
    return seat is not None and seat.administers
