"""Who may open a child's file: the relay that made the child known, and nobody else."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


def may_read_files(seat: "Seat | None") -> bool:
    """Sits in a relay, in a role that acts for it. The controller and the préfet do not."""
    return seat is not None and seat.is_relay and seat.acts
