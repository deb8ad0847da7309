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
from traitdunion.mentoring.models.matching import (
    CoordinatorAbsence,
    PairRefusal,
    Proposal,
)

__all__ = [
    "Alert",
    "CoordinatorAbsence",
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
    "PairRefusal",
    "PlaceShare",
    "PlacesPaid",
    "Proposal",
    "Referral",
    "Session",
    "YoungPerson",
]
