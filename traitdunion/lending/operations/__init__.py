"""Preparing, handing over, taking back, reporting, moving stock."""

from traitdunion.lending.operations.handing_over import (
    KindMismatch,
    NotInStock,
    hand_over,
    record_absence,
    record_refusal,
    record_signature,
)
from traitdunion.lending.operations.keying import (
    Answer,
    Keyed,
    OutcomeMissing,
    SerialMissing,
    key_back,
)
from traitdunion.lending.operations.preparing import prepare, prepare_collective
from traitdunion.lending.operations.printing import (
    NothingToPrint,
    print_agreements,
    print_delivery,
    print_labels,
    print_pack,
)
from traitdunion.lending.operations.returning import (
    close_incident,
    declare_incident,
    extend,
    give_back,
    replace,
)
from traitdunion.lending.operations.transferring import receive_transfer, transfer

__all__ = [
    "Answer",
    "Keyed",
    "KindMismatch",
    "NotInStock",
    "NothingToPrint",
    "OutcomeMissing",
    "SerialMissing",
    "close_incident",
    "declare_incident",
    "extend",
    "give_back",
    "hand_over",
    "key_back",
    "prepare",
    "prepare_collective",
    "print_agreements",
    "print_delivery",
    "print_labels",
    "print_pack",
    "receive_transfer",
    "record_absence",
    "record_refusal",
    "record_signature",
    "replace",
    "transfer",
]
