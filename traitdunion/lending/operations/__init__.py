"""Preparing, handing over, taking back, reporting, moving stock."""

from traitdunion.lending.operations.handing_over import (
    KindMismatch,
    NotInStock,
    hand_over,
    record_absence,
    record_refusal,
    record_signature,
)
from traitdunion.lending.operations.preparing import prepare, prepare_collective
from traitdunion.lending.operations.returning import (
    close_incident,
    declare_incident,
    extend,
    give_back,
    replace,
)
from traitdunion.lending.operations.transferring import receive_transfer, transfer

__all__ = [
    "KindMismatch",
    "NotInStock",
    "close_incident",
    "declare_incident",
    "extend",
    "give_back",
    "hand_over",
    "prepare",
    "prepare_collective",
    "receive_transfer",
    "record_absence",
    "record_refusal",
    "record_signature",
    "replace",
    "transfer",
]
