"""Mentoring as it happens: agreements and places, files of networks, counts, what comes after."""

from traitdunion.mentoring.operations.agreements import (
    BadAgreement,
    NothingToPay,
    Share,
    advance,
    close_agreement,
    declare_network,
    pay_places,
    prepare_agreement,
    sign_agreement,
    take_places,
)
from traitdunion.mentoring.operations.certifying import BadDay, certify_count
from traitdunion.mentoring.operations.counting import refresh_followed
from traitdunion.mentoring.operations.ending import (
    BadPlan,
    answer_end,
    plan_after,
    plan_last_day,
    plan_remaining,
    plan_together,
    print_certificate,
)
from traitdunion.mentoring.operations.importing import load_file, take_rows
from traitdunion.mentoring.operations.recognising import count_once
from traitdunion.mentoring.operations.tolerating import end_tolerance

__all__ = [
    "BadAgreement",
    "BadDay",
    "BadPlan",
    "NothingToPay",
    "Share",
    "advance",
    "answer_end",
    "certify_count",
    "close_agreement",
    "count_once",
    "declare_network",
    "end_tolerance",
    "load_file",
    "pay_places",
    "plan_after",
    "plan_last_day",
    "plan_remaining",
    "plan_together",
    "prepare_agreement",
    "print_certificate",
    "refresh_followed",
    "sign_agreement",
    "take_places",
    "take_rows",
]
