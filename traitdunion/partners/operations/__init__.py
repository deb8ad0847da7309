"""Organisations, those who act for them, the programs that act in their place."""

from traitdunion.partners.operations.answers import (
    AnotherBody,
    StillRunning,
    forget_answers,
    keep,
    take_key,
)
from traitdunion.partners.operations.loading import load_organisations
from traitdunion.partners.operations.organisations import (
    INVITATION_LIFE,
    IdentifierTaken,
    LastManager,
    WeakPassword,
    accept_invitation,
    add_identifier,
    correct_organisation,
    create_demonstration_user,
    create_organisation,
    end_membership,
    invite,
    seat,
)
from traitdunion.partners.operations.tokens import make_token, note_use, revoke_token

__all__ = [
    "INVITATION_LIFE",
    "AnotherBody",
    "IdentifierTaken",
    "LastManager",
    "StillRunning",
    "WeakPassword",
    "accept_invitation",
    "add_identifier",
    "correct_organisation",
    "create_demonstration_user",
    "create_organisation",
    "end_membership",
    "forget_answers",
    "invite",
    "keep",
    "load_organisations",
    "make_token",
    "note_use",
    "revoke_token",
    "seat",
    "take_key",
]
