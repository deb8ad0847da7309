"""Who may do what with organisations and people."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import Kind

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


def sits(seat: "Seat | None") -> bool:
    """Acts for some organisation at all."""
    return seat is not None


def may_see_team(seat: "Seat | None") -> bool:
    return seat is not None


def may_invite(seat: "Seat | None") -> bool:
    return seat is not None and seat.invites


def may_manage_organisations(seat: "Seat | None") -> bool:
    """Create and correct organisations: the ministry everywhere, a préfecture in its territory."""
    return seat is not None and (
        seat.administers or (seat.kind == Kind.PREFECTURE and seat.invites)
    )
