"""What a grant is made of: asked for, reviewed, decided, paid, answered for."""

from traitdunion.grants.models.applying import (
    Application,
    ApplicationNeighbourhood,
    Message,
    Piece,
    PieceContent,
    Signature,
)
from traitdunion.grants.models.deciding import Decision, GrantPayment, Letter, UseReport
from traitdunion.grants.models.reviewing import (
    Assignment,
    ConflictOfInterest,
    Opinion,
    Score,
    Simulation,
    SimulationLine,
)

__all__ = [
    "Application",
    "ApplicationNeighbourhood",
    "Assignment",
    "ConflictOfInterest",
    "Decision",
    "GrantPayment",
    "Letter",
    "Message",
    "Opinion",
    "Piece",
    "PieceContent",
    "Score",
    "Signature",
    "Simulation",
    "SimulationLine",
    "UseReport",
]
