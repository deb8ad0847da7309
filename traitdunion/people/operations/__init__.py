"""Writing people, judging where they live, reading and erasing their files."""

from traitdunion.people.operations.asking import (
    Answered,
    Asked,
    NotVerified,
    answer,
    ask_authorisation,
    correct_contact,
    verify_contact,
)
from traitdunion.people.operations.eligibility import (
    confirm_eligibility,
    decide_eligibility,
    place_addresses,
)
from traitdunion.people.operations.files import (
    hand_out_notices,
    names,
    open_file,
    open_notices,
    record_authorisation,
)
from traitdunion.people.operations.forgetting import (
    forget,
    forget_lists,
    object_to_processing,
    purge,
)
from traitdunion.people.operations.lists import finish_list, keep_list
from traitdunion.people.operations.notes import open_notes, write_note
from traitdunion.people.operations.recognising import Alike, recognise
from traitdunion.people.operations.registering import (
    NewChild,
    NewGuardian,
    Registered,
    register_children,
)

__all__ = [
    "Alike",
    "Answered",
    "Asked",
    "NewChild",
    "NewGuardian",
    "NotVerified",
    "Registered",
    "answer",
    "ask_authorisation",
    "confirm_eligibility",
    "correct_contact",
    "decide_eligibility",
    "finish_list",
    "forget",
    "forget_lists",
    "hand_out_notices",
    "keep_list",
    "names",
    "object_to_processing",
    "open_file",
    "open_notes",
    "open_notices",
    "place_addresses",
    "purge",
    "recognise",
    "record_authorisation",
    "register_children",
    "verify_contact",
    "write_note",
]
