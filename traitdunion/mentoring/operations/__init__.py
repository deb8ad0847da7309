"""Mentoring as it happens: from an agreement and a referral to a count and what comes after."""

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
from traitdunion.mentoring.operations.alerts import (
    NotToShare,
    close_alert,
    raise_alert,
    share_alert,
    take_alert,
)
from traitdunion.mentoring.operations.authorising import (
    answer_by_secret,
    ask_guardian,
    note_authorisation,
    settle,
)
from traitdunion.mentoring.operations.certifying import (
    BadDay,
    certify_count,
)
from traitdunion.mentoring.operations.continuity import (
    announce_absence,
    post_digests,
)
from traitdunion.mentoring.operations.counting import (
    refresh_followed,
)
from traitdunion.mentoring.operations.ending import (
    BadPlan,
    answer_end,
    plan_after,
    plan_last_day,
    plan_remaining,
    plan_together,
    print_certificate,
)
from traitdunion.mentoring.operations.importing import (
    load_file,
    take_rows,
)
from traitdunion.mentoring.operations.matching import (
    NoCurrentCheck,
    NoRoom,
    NotAuthorised,
    change_proposal,
    confirm,
    make_pair,
    propose,
    refuse,
    replace,
)
from traitdunion.mentoring.operations.mentors import (
    BadCapacity,
    BadCheck,
    NewMentor,
    apply,
    come_back,
    entrust,
    go_on_leave,
    interview,
    leave,
    record_check,
    set_capacity,
    train,
)
from traitdunion.mentoring.operations.recognising import (
    count_once,
)
from traitdunion.mentoring.operations.referring import (
    Aside,
    Referred,
    accept_referral,
    decline_referral,
    describe,
    refer,
    refer_again,
    refer_list,
)
from traitdunion.mentoring.operations.sessions import (
    BadSession,
    Logged,
    log_sessions,
)
from traitdunion.mentoring.operations.stopping import (
    end_pair,
)
from traitdunion.mentoring.operations.taking_over import Received, open_received, welcome
from traitdunion.mentoring.operations.tolerating import (
    end_tolerance,
)

__all__ = [
    "Aside",
    "BadAgreement",
    "BadCapacity",
    "BadCheck",
    "BadDay",
    "BadPlan",
    "BadSession",
    "Logged",
    "NewMentor",
    "NoCurrentCheck",
    "NoRoom",
    "NotAuthorised",
    "NotToShare",
    "NothingToPay",
    "Received",
    "Referred",
    "Share",
    "accept_referral",
    "advance",
    "announce_absence",
    "answer_by_secret",
    "answer_end",
    "apply",
    "ask_guardian",
    "certify_count",
    "change_proposal",
    "close_agreement",
    "close_alert",
    "come_back",
    "confirm",
    "count_once",
    "declare_network",
    "decline_referral",
    "describe",
    "end_pair",
    "end_tolerance",
    "entrust",
    "go_on_leave",
    "interview",
    "leave",
    "load_file",
    "log_sessions",
    "make_pair",
    "note_authorisation",
    "open_received",
    "pay_places",
    "plan_after",
    "plan_last_day",
    "plan_remaining",
    "plan_together",
    "post_digests",
    "prepare_agreement",
    "print_certificate",
    "propose",
    "raise_alert",
    "record_check",
    "refer",
    "refer_again",
    "refer_list",
    "refresh_followed",
    "refuse",
    "replace",
    "set_capacity",
    "settle",
    "share_alert",
    "sign_agreement",
    "take_alert",
    "take_places",
    "take_rows",
    "train",
    "welcome",
]
