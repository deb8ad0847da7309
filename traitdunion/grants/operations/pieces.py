"""Pieces, one by one: a photograph of the bank slip will do."""

import hashlib
import re
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused
from traitdunion.documents import intake
from traitdunion.grants.models import Application, Piece, PieceContent
from traitdunion.grants.operations.signing import sign_by_mandate
from traitdunion.grants.states import ApplicationState, PieceKind
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import User

MOST_PIECES = 12
# Once decided, what was decided on does not change.
_OPEN = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.UNDER_REVIEW)


def attach(
    *,
    application: Application,
    kind: str,
    name: str,
    content: bytes,
    by: "User",
    at: datetime,
) -> Piece:
    """
    Keep a piece, cleaned; the same one sent twice is one.

    Raises: BadPiece, MoveRefused.
    """
    cleaned = intake.clean(content)
    # Of what was sent: cleaned twice, the same file is not the same bytes.
    digest = hashlib.sha256(content).hexdigest()
    same = Piece.objects.filter(
        application=application, kind=kind, digest=digest, removed_at__isnull=True
    )
    _check_open(application)
    try:
        return same.first() or _keep(application, kind, name, cleaned, digest, by, at)
    except IntegrityError:
        # The other finger was quicker.
        return same.get()


@transaction.atomic
def _keep(
    application: Application,
    kind: str,
    name: str,
    cleaned: intake.Cleaned,
    digest: str,
    by: "User",
    at: datetime,
) -> Piece:
    held = Piece.objects.filter(application=application, removed_at__isnull=True)
    if held.count() >= MOST_PIECES:
        raise MoveRefused(
            _("Une demande a %(most)s pièces au plus : retirez-en une d’abord.")
            % {"most": MOST_PIECES}
        )
    piece = Piece.objects.create(
        application=application,
        kind=kind,
        name=_file_name(name, cleaned.media_type),
        media_type=cleaned.media_type,
        size=len(cleaned.content),
        digest=digest,
        added_by_id=by.actor_id if by.actor_kind == "user" else None,
        added_at=at,
    )
    PieceContent.objects.create(piece=piece, content=cleaned.content)
    facts = {"kind": kind, "size": piece.size, "digest": digest}
    journal.record(verb="grants.piece_added", subject=piece, by=by, at=at, facts=facts)
    if kind == PieceKind.MANDATE:
        sign_by_mandate(application=application, by=by, at=at)
    return piece


@transaction.atomic
def remove(*, piece: Piece, by: Actor, at: datetime) -> None:
    """Take a piece back, before the decision. Raises MoveRefused."""
    _check_open(piece.application)
    rows = Piece.objects.filter(pk=piece.pk, removed_at__isnull=True)
    if not rows.update(removed_at=at):
        raise MoveRefused(_("Cette pièce est déjà retirée."))
    PieceContent.objects.filter(piece=piece).delete()
    journal.record(verb="grants.piece_removed", subject=piece, by=by, at=at)


def _check_open(application: Application) -> None:
    if application.state not in _OPEN:
        raise MoveRefused(
            _("La demande %(number)s est décidée : écrivez un message pour envoyer autre chose.")
            % {"number": application.number}
        )


def _file_name(name: str, media_type: str) -> str:
    stem = re.sub(r"[^\w .()-]+", "_", PurePath(name.replace("\\", "/")).stem).strip(" .")
    return f"{stem[:100] or 'piece'}.{'pdf' if media_type == intake.PDF else 'jpg'}"
