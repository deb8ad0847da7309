"""Taking up an application, following it, asking for opinions, giving points."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.gateways import operations as gateways
from traitdunion.grants import queries
from traitdunion.grants.models import Application, Assignment, Opinion, Score
from traitdunion.grants.operations.conflicts import check_free
from traitdunion.grants.states import (
    APPLICATION_MOVES,
    PENDING,
    ApplicationState,
    AssignmentKind,
    Stance,
)
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation, User
    from traitdunion.programme.schema import Plan


class BadReview(Refusal):
    """A date past, points beyond the grid, a reviewer who does not act there."""

    status = 400


@transaction.atomic
def assign(*, application: Application, user: "User", by: Actor, at: datetime) -> Assignment:
    """Somebody reviews it from now on, in the place of whoever did. Raises InConflict."""
    check_free(application=application, by=user, at=at)
    kind = AssignmentKind.REVIEWER
    held = Assignment.objects.filter(application=application, kind=kind, ended_at__isnull=True)
    if found := held.filter(user=user).first():
        return found
    held.update(ended_at=at)
    try:
        with transaction.atomic():
            given = Assignment.objects.create(
                application=application, user=user, kind=kind, started_at=at
            )
    except IntegrityError:
        raise MoveRefused(
            _("Quelqu’un vient de prendre cette demande : rechargez la page.")
        ) from None
    facts = {"user": str(user.pk)}
    journal.record(verb="grants.assigned", subject=application, by=by, at=at, facts=facts)
    return given


@transaction.atomic
def follow(*, application: Application, user: "User", by: Actor, at: datetime) -> bool:
    """Follow it, or no longer when one already does; return whether one follows it now."""
    kind = AssignmentKind.FOLLOWER
    held = Assignment.objects.filter(
        application=application, user=user, kind=kind, ended_at__isnull=True
    )
    follows = not held.update(ended_at=at)
    if follows:
        Assignment.objects.create(application=application, user=user, kind=kind, started_at=at)
    facts = {"follows": follows}
    journal.record(verb="grants.followed", subject=application, by=by, at=at, facts=facts)
    return follows


@transaction.atomic
def begin_review(*, application: Application, by: "User", at: datetime) -> Application:
    """Take it up: from here its answers no longer change. Raises MoveRefused, InConflict."""
    check_free(application=application, by=by, at=at)
    if queries.open_correction(application):
        raise MoveRefused(_("Une correction est demandée à l’association : attendez sa réponse."))
    states.move(
        row=application,
        to=ApplicationState.UNDER_REVIEW,
        moves={ApplicationState.SUBMITTED: APPLICATION_MOVES[ApplicationState.SUBMITTED]},
        refusal=_("La demande %(number)s n’attend pas d’être instruite.")
        % {"number": application.number},
        review_started_at=application.review_started_at or at,
    )
    journal.record(verb="grants.review_begun", subject=application, by=by, at=at)
    if queries.reviewer(application) is None:
        assign(application=application, user=by, by=by, at=at)
    return application


@transaction.atomic
def ask_opinion(
    *,
    application: Application,
    organisation: "Organisation",
    question: str,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Opinion:
    """
    Ask a town hall, a school, the CAF… what it thinks, before a day.

    Raises: InConflict, BadReview, MoveRefused when it was asked already.
    """
    check_free(application=application, by=by, at=at)
    if due_on < timezone.localdate(at):
        raise BadReview(_("La date limite de l’avis est passée : choisissez-en une à venir."))
    if application.state not in PENDING:
        raise MoveRefused(_("Cette demande est décidée : un avis ne servirait plus."))
    if organisation.pk == application.organisation_id:
        raise BadReview(_("L’association ne donne pas d’avis sur sa propre demande."))
    try:
        with transaction.atomic():
            asked = Opinion.objects.create(
                application=application,
                organisation=organisation,
                question=question.strip()[:300],
                asked_at=at,
                due_on=due_on,
            )
    except IntegrityError:
        raise MoveRefused(
            _("%(name)s a déjà été consultée sur cette demande.") % {"name": organisation.name}
        ) from None
    facts = {"organisation": str(organisation.pk), "due_on": due_on.isoformat()}
    journal.record(verb="grants.opinion_asked", subject=asked, by=by, at=at, facts=facts)
    if organisation.email:
        context = {"number": application.number, "due_on": due_on.strftime("%d/%m/%Y")}
        gateways.post(
            to=organisation.email,
            template="grant_opinion",
            context=context,
            language="fr",
            by=by,
            at=at,
        )
    return asked


@transaction.atomic
def give_opinion(*, opinion: Opinion, stance: str, text: str, by: "User", at: datetime) -> Opinion:
    """
    Say what one thinks; a reserve or a refusal says why. Late, it is still read before a decision.

    Raises: BadReview, MoveRefused, InConflict.
    """
    check_free(application=opinion.application, by=by, at=at)
    said = text.strip()
    if stance not in Stance.values:
        raise BadReview(_("Choisissez : favorable, réservé ou défavorable."))
    if stance != Stance.FAVOURABLE and not said:
        raise BadReview(_("Dites pourquoi : un avis réservé ou défavorable est motivé."))
    if opinion.application.state not in PENDING:
        raise MoveRefused(_("Cette demande est déjà décidée : l’avis n’est plus attendu."))
    rows = Opinion.objects.filter(pk=opinion.pk, given_at__isnull=True)
    given_by = by.actor_id if by.actor_kind == "user" else None
    if not rows.update(stance=stance, text=said, given_by=given_by, given_at=at):
        raise MoveRefused(_("Votre organisation a déjà donné son avis."))
    opinion.refresh_from_db()
    facts = {"stance": stance}
    journal.record(verb="grants.opinion_given", subject=opinion, by=by, at=at, facts=facts)
    return opinion


@transaction.atomic
def score(
    *,
    application: Application,
    points: Mapping[str, int],
    plan: "Plan",
    by: "User",
    at: datetime,
) -> int:
    """Give points on the programme's grid; return their sum. Raises BadReview, InConflict."""
    check_free(application=application, by=by, at=at)
    if application.state not in PENDING:
        raise MoveRefused(_("Cette demande est décidée : ses points ne changent plus."))
    most = {one.code: one for one in plan.grants.criteria}
    for code, given in points.items():
        if code not in most or not 0 <= given <= most[code].points:
            raise BadReview(
                _("%(criterion)s : donnez de 0 à %(most)s points.")
                % {
                    "criterion": most[code].title if code in most else code[:40],
                    "most": most[code].points if code in most else 0,
                }
            )
        Score.objects.update_or_create(
            application=application,
            criterion=code,
            defaults={
                "points": given,
                "given_by_id": by.actor_id if by.actor_kind == "user" else None,
                "given_at": at,
            },
        )
    facts = {"points": dict(points)}
    journal.record(verb="grants.scored", subject=application, by=by, at=at, facts=facts)
    return sum(points.values())
