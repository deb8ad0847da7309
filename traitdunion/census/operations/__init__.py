"""Opening, asking, importing, settling, closing."""

from traitdunion.census.operations.importing import CensusClosed, import_rows
from traitdunion.census.operations.lists import record_list, rehearse_list
from traitdunion.census.operations.running import (
    NoReason,
    TooEarly,
    answer_no_need,
    ask,
    close,
    close_due,
    decide_ceiling,
    open_census,
    publish_seed,
)
from traitdunion.census.operations.settling import (
    ASKED_AT_ONCE,
    place_waiting,
    record_need,
    settle_address,
    settle_duplicate,
    withdraw,
    withdraw_person,
)
from traitdunion.census.reading import Defaults
from traitdunion.census.reports import ImportReport

__all__ = [
    "ASKED_AT_ONCE",
    "CensusClosed",
    "Defaults",
    "ImportReport",
    "NoReason",
    "TooEarly",
    "answer_no_need",
    "ask",
    "close",
    "close_due",
    "decide_ceiling",
    "import_rows",
    "open_census",
    "place_waiting",
    "publish_seed",
    "record_list",
    "record_need",
    "rehearse_list",
    "settle_address",
    "settle_duplicate",
    "withdraw",
    "withdraw_person",
]
