"""Preparing, handing over, taking back, reporting, moving stock."""

from traitdunion.lending.operations.direct import Borrower, hand_over_to
from traitdunion.lending.operations.handing_over import (
    KindMismatch,
    NotInStock,
    complete,
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
from traitdunion.lending.operations.preparing import (
    HasObjected,
    HasOne,
    NoLongerAwarded,
    prepare,
    prepare_collective,
    prepare_one,
    prepare_without_award,
)
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
    "Borrower",
    "HasObjected",
    "HasOne",
    "Keyed",
    "KindMismatch",
    "NoLongerAwarded",
    "NotInStock",
    "NothingToPrint",
    "OutcomeMissing",
    "SerialMissing",
    "close_incident",
    "complete",
    "declare_incident",
    "extend",
    "give_back",
    "hand_over",
    "hand_over_to",
    "key_back",
    "prepare",
    "prepare_collective",
    "prepare_one",
    "prepare_without_award",
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
