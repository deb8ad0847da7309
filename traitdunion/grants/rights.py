"""Who asks for a grant, who reviews it, who is asked what they think, who decides."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import Kind, Role

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

# Those of an association who may ask for its account.
_ASKING = frozenset({Role.MANAGER, Role.MEMBER, Role.TREASURER})
# Those that the law or custom asks what they think.
_CONSULTED = frozenset(
    {Kind.LOCAL_AUTHORITY, Kind.SCHOOL, Kind.RECTORATE, Kind.CITE_EDUCATIVE, Kind.ASSOCIATION}
)


def may_apply(seat: "Seat | None") -> bool:
    """Any of those who act for an association, its treasurer included."""
    return seat is not None and seat.kind == Kind.ASSOCIATION and seat.role in _ASKING


def may_see_applications(seat: "Seat | None") -> bool:
    """The association its own, the préfecture those it decides, ministry and controller all."""
    return may_apply(seat) or (
        seat is not None and seat.kind in {Kind.PREFECTURE, Kind.MINISTRY, Kind.CONTROLLER}
    )


def may_open(seat: "Seat | None") -> bool:
    """One application: those who see them, and those who were asked what they think of it."""
    return may_see_applications(seat) or may_give_opinion(seat)


def may_read_opinions(seat: "Seat | None") -> bool:
    """Those who decide and look over it, and whoever gives one; an applicant reads none."""
    return may_see_received(seat) or may_give_opinion(seat)


def may_see_received(seat: "Seat | None") -> bool:
    """The list of what was received."""
    return seat is not None and seat.kind in {Kind.PREFECTURE, Kind.MINISTRY, Kind.CONTROLLER}


def may_review(seat: "Seat | None") -> bool:
    """Assign, follow, ask for a correction or an opinion, give points, simulate."""
    return seat is not None and seat.kind == Kind.PREFECTURE and seat.acts


def may_decide(seat: "Seat | None") -> bool:
    return seat is not None and seat.kind == Kind.PREFECTURE and seat.role == Role.MANAGER


def may_give_opinion(seat: "Seat | None") -> bool:
    return seat is not None and seat.acts and seat.kind in _CONSULTED


def may_pay(seat: "Seat | None") -> bool:
    """Ask for payments, send them, note what came back; that it is one's own is looked at then."""
    return seat is not None and seat.acts and seat.kind == Kind.PREFECTURE


def may_control(seat: "Seat | None") -> bool:
    """Draw samples and follow them: the authority; ministry and controller look."""
    return may_see_received(seat)
