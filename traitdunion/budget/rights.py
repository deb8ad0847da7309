"""Who sees the money, who opens envelopes."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import BUYERS, Kind

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


def may_see_envelopes(seat: "Seat | None") -> bool:
    return seat is not None and (seat.kind in BUYERS or seat.kind in _WATCHING)


_WATCHING = frozenset({Kind.CONTROLLER, Kind.CITE_EDUCATIVE})


def may_open_envelopes(seat: "Seat | None") -> bool:
    """Open and increase envelopes: the plan's own administration."""
    return seat is not None and seat.administers


def may_commit(seat: "Seat | None") -> bool:
    """Bind one's own envelopes; that it is one's own is looked at with the envelope in hand."""
    return seat is not None and seat.acts and seat.kind in BUYERS
