"""Asking for a grant, reviewing what is asked."""

from traitdunion.grants.operations.applying import (
    ANSWERS,
    AlreadySubmitted,
    Incomplete,
    Ineligible,
    check_eligible,
    save,
    start,
    submit,
)
from traitdunion.grants.operations.conflicts import (
    InConflict,
    check_free,
    declare_conflict,
    end_conflict,
)
from traitdunion.grants.operations.identifying import (
    AlreadyHere,
    Newcomer,
    identify,
    open_access,
)
from traitdunion.grants.operations.pieces import attach, remove
from traitdunion.grants.operations.reviewing import (
    BadReview,
    ask_opinion,
    assign,
    begin_review,
    follow,
    give_opinion,
    score,
)
from traitdunion.grants.operations.signing import NotSigned, ask_signature, sign
from traitdunion.grants.operations.simulating import BadSimulation, simulate
from traitdunion.grants.operations.writing import (
    EmptyMessage,
    NotYours,
    answer_correction,
    ask_correction,
    write,
)
from traitdunion.grants.reading import BadIban, check_iban, other_aid_cents

__all__ = [
    "ANSWERS",
    "AlreadyHere",
    "AlreadySubmitted",
    "BadIban",
    "BadReview",
    "BadSimulation",
    "EmptyMessage",
    "InConflict",
    "Incomplete",
    "Ineligible",
    "Newcomer",
    "NotSigned",
    "NotYours",
    "answer_correction",
    "ask_correction",
    "ask_opinion",
    "ask_signature",
    "assign",
    "attach",
    "begin_review",
    "check_eligible",
    "check_free",
    "check_iban",
    "declare_conflict",
    "end_conflict",
    "follow",
    "give_opinion",
    "identify",
    "open_access",
    "other_aid_cents",
    "remove",
    "save",
    "score",
    "sign",
    "simulate",
    "start",
    "submit",
    "write",
]
