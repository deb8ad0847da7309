"""Who may correct the reference data; anybody with a seat may read it."""

from typing import Protocol


class Administering(Protocol):
    """What is asked of a seat: `partners.queries.Seat` lies above."""

    @property
    def administers(self) -> bool: ...


def may_read_reference(seat: Administering | None) -> bool:
    return seat is not None


def may_correct_reference(seat: Administering | None) -> bool:
    """Say what a cité éducative covers: it decides whose needs its credits pay for."""
    return seat is not None and seat.administers
