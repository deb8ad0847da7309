"""What a grant is made of: asked for, reviewed, decided, paid, answered for."""

from traitdunion.grants.models.answering import (
    Control,
    ControlCase,
    ReportLine,
    Restitution,
    UseReport,
)
from traitdunion.grants.models.applying import (
    Application,
    ApplicationNeighbourhood,
    Message,
    Piece,
    PieceContent,
    Signature,
)
from traitdunion.grants.models.deciding import (
    BankChange,
    Decision,
    GrantPayment,
    Letter,
    LetterContent,
    LetterTemplate,
    PaymentFile,
    SignedPage,
)
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
    "BankChange",
    "ConflictOfInterest",
    "Control",
    "ControlCase",
    "Decision",
    "GrantPayment",
    "Letter",
    "LetterContent",
    "LetterTemplate",
    "Message",
    "Opinion",
    "PaymentFile",
    "Piece",
    "PieceContent",
    "ReportLine",
    "Restitution",
    "Score",
    "Signature",
    "SignedPage",
    "Simulation",
    "SimulationLine",
    "UseReport",
]
