"""Whoever is tied to an association declares it, and neither reviews nor decides for it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, NotAllowed
from traitdunion.grants import queries
from traitdunion.grants.models import Application, Assignment, ConflictOfInterest
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation, User


class InConflict(NotAllowed):
    """Somebody declared a tie with the association, or acts for it."""


def check_free(*, application: Application, by: Actor, at: datetime) -> None:
    """Raises InConflict when this person may neither review nor decide that application."""
    if queries.in_conflict(by.actor_id, application.organisation_id):
        raise InConflict(
            _(
                "Vous avez un lien d’intérêt avec cette association : un collègue instruit et"
                " décide à votre place."
            )
        )


@transaction.atomic
def declare_conflict(
    *, user: "User", organisation: "Organisation", by: Actor, at: datetime
) -> ConflictOfInterest:
    """Declare a tie; what that person was reviewing for the association is to be given away."""
    found, is_new = ConflictOfInterest.objects.get_or_create(
        user=user, organisation=organisation, ended_at=None, defaults={"declared_at": at}
    )
    if is_new:
        held = Assignment.objects.filter(
            user=user, application__organisation=organisation, ended_at__isnull=True
        )
        held.update(ended_at=at)
        facts = {"organisation": str(organisation.pk)}
        journal.record(verb="grants.conflict_declared", subject=found, by=by, at=at, facts=facts)
    return found


@transaction.atomic
def end_conflict(*, conflict: ConflictOfInterest, by: Actor, at: datetime) -> None:
    """The tie is over. Raises MoveRefused."""
    rows = ConflictOfInterest.objects.filter(pk=conflict.pk, ended_at__isnull=True)
    if not rows.update(ended_at=at):
        raise MoveRefused(_("Ce lien d’intérêt est déjà terminé."))
    journal.record(verb="grants.conflict_ended", subject=conflict, by=by, at=at)
