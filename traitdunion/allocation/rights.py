"""Who sees the queue, who proposes, confirms, serves out of turn, answers."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import DECIDERS, Kind

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


def may_see_waves(seat: "Seat | None") -> bool:
    """Relays see the lines of their own needs; those who decide and control, their territory."""
    return seat is not None and (
        (seat.is_relay and seat.acts) or seat.kind in DECIDERS or seat.kind == Kind.CONTROLLER
    )


def may_propose(seat: "Seat | None") -> bool:
    """Compute and confirm a wave: the plan's administration, or a préfecture."""
    return seat is not None and seat.acts and seat.kind in {Kind.MINISTRY, Kind.PREFECTURE}


def may_redo(seat: "Seat | None") -> bool:
    """Take the rows of a wave, under pseudonyms, to draw it again: who decides, who controls."""
    return seat is not None and (
        (seat.kind in DECIDERS and seat.acts) or seat.kind == Kind.CONTROLLER
    )


def may_release_reserve(seat: "Seat | None") -> bool:
    """What is kept is the whole plan's: its own administration alone."""
    return seat is not None and seat.administers


def may_reconfirm(seat: "Seat | None") -> bool:
    """Say that a need of one's own still stands."""
    return may_ask_review(seat)


def may_serve_out_of_turn(seat: "Seat | None") -> bool:
    return may_propose(seat)


def may_ask_review(seat: "Seat | None") -> bool:
    return seat is not None and seat.is_relay and seat.acts


def may_answer_review(seat: "Seat | None") -> bool:
    return may_propose(seat)
