"""Agreements with networks, young people and mentors, pairs and sessions, what is counted."""

from traitdunion.mentoring.models.agreements import (
    Network,
    NetworkAgreement,
    PlaceShare,
)
from traitdunion.mentoring.models.counting import (
    CountCertificate,
    FollowedSpan,
    KeptAside,
    NetworkFile,
    PlacesPaid,
)
from traitdunion.mentoring.models.following import (
    Alert,
    CountedChild,
    FollowUpEnd,
    HonourabilityCheck,
    Mentor,
    Pair,
    Referral,
    Session,
    YoungPerson,
)

__all__ = [
    "Alert",
    "CountCertificate",
    "CountedChild",
    "FollowUpEnd",
    "FollowedSpan",
    "HonourabilityCheck",
    "KeptAside",
    "Mentor",
    "Network",
    "NetworkAgreement",
    "NetworkFile",
    "Pair",
    "PlaceShare",
    "PlacesPaid",
    "Referral",
    "Session",
    "YoungPerson",
]
