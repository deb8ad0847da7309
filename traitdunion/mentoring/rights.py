"""Who signs with networks, refers, coordinates, mentors and counts."""

from typing import TYPE_CHECKING

from traitdunion.partners.states import DECIDERS, Kind, Role

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

_FUNDERS = frozenset({Kind.MINISTRY, Kind.PREFECTURE, Kind.RECTORATE, Kind.CITE_EDUCATIVE})


def may_fund(seat: "Seat | None") -> bool:
    """Sign agreements with networks, advance and pay: whoever decides and acts."""
    return seat is not None and seat.acts and seat.kind in _FUNDERS


def may_coordinate(seat: "Seat | None") -> bool:
    """Mentors, young people, pairs, files of a network: its coordinators."""
    return seat is not None and seat.acts and seat.kind == Kind.MENTORING_NETWORK


def may_mentor(seat: "Seat | None") -> bool:
    """Log one's own sessions, raise an alert."""
    return seat is not None and seat.kind == Kind.MENTORING_NETWORK and seat.role == Role.MENTOR


def may_refer(seat: "Seat | None") -> bool:
    """Ask for a mentor: schools, associations, town halls, cités éducatives."""
    return seat is not None and seat.acts and (seat.is_relay or seat.kind == Kind.CITE_EDUCATIVE)


def may_see_agreements(seat: "Seat | None") -> bool:
    """Those who fund or control, and the networks themselves."""
    return may_coordinate(seat) or may_count(seat)


def may_count(seat: "Seat | None") -> bool:
    """Read how many are followed, and ask for a certificate: codes and sums, never a name."""
    return seat is not None and (
        seat.kind in DECIDERS or seat.kind == Kind.CONTROLLER or may_coordinate(seat)
    )


def only_counts(seat: "Seat | None") -> bool:
    """Counts what networks do, and follows nobody."""
    return may_count(seat) and not may_coordinate(seat)


def may_certify(seat: "Seat | None") -> bool:
    """Certify a count: whoever counts everybody, and a network its own."""
    return (
        seat is not None
        and may_count(seat)
        and (seat.perimeter.everything or may_coordinate(seat))
    )


def may_take_over(seat: "Seat | None") -> bool:
    """Accept a young person handed over at the end of a follow-up: a school, a network."""
    return seat is not None and seat.acts and seat.kind in {Kind.SCHOOL, Kind.MENTORING_NETWORK}


def may_see_young(seat: "Seat | None") -> bool:
    """Those whom one referred, or whom one’s network follows."""
    return may_coordinate(seat) or may_refer(seat)


def may_log(seat: "Seat | None") -> bool:
    """Log a session: the mentor, or a coordinator for them."""
    return may_mentor(seat) or may_coordinate(seat)


def may_see_alerts(seat: "Seat | None") -> bool:
    """The network’s coordinators, and a school for what was shared with it."""
    return may_coordinate(seat) or may_refer(seat)
