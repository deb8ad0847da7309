"""Proposing, confirming, serving out of turn, letting lapse, withdrawing, answering."""

from traitdunion.allocation.operations.awarding import (
    OutOfTurnRefused,
    decline,
    lapse,
    mark_handed_over,
    reconfirm,
    serve_out_of_turn,
    settle_duplicate,
    withdraw_need,
    withdraw_person,
)
from traitdunion.allocation.operations.proposing import (
    CannotPropose,
    ProposalOutOfDate,
    cancel,
    confirm,
    propose,
    release_reserve,
)
from traitdunion.allocation.operations.reviewing import answer_review, ask_review

__all__ = [
    "CannotPropose",
    "OutOfTurnRefused",
    "ProposalOutOfDate",
    "answer_review",
    "ask_review",
    "cancel",
    "confirm",
    "decline",
    "lapse",
    "mark_handed_over",
    "propose",
    "reconfirm",
    "release_reserve",
    "serve_out_of_turn",
    "settle_duplicate",
    "withdraw_need",
    "withdraw_person",
]
