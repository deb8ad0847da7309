"""Reading mentoring: networks, young people, mentors, pairs, sessions."""

from traitdunion.mentoring.queries.networks import network_of, networks_of

__all__ = ["network_of", "networks_of"]
