"""Asking that a decision be looked at again, and answering in writing."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.allocation.models import Review
from traitdunion.allocation.operations.proposing import CannotPropose
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused
from traitdunion.journal import operations as journal
from traitdunion.programme.schema import Plan

if TYPE_CHECKING:
    from traitdunion.census.models import Need
    from traitdunion.partners.models import Organisation


@transaction.atomic
def ask_review(
    *,
    need: "Need",
    asked_by: "Organisation",
    question: str,
    plan: Plan,
    by: Actor,
    at: datetime,
) -> Review:
    """Ask that a decision be looked at again. Raises CannotPropose while another one waits."""
    if Review.objects.filter(need=need, answered_at__isnull=True).exists():
        raise CannotPropose(_("Une demande attend déjà une réponse pour ce besoin."))
    review = Review.objects.create(
        need=need,
        asked_by=asked_by,
        asked_at=at,
        due_on=(at + timedelta(days=plan.awards.review_answer_days)).date(),
        question=question.strip()[:1_000],
    )
    facts = {"need": str(need.pk)}
    journal.record(verb="allocation.review_asked", subject=review, by=by, at=at, facts=facts)
    return review


@transaction.atomic
def answer_review(*, review: Review, answer: str, by: Actor, at: datetime) -> Review:
    """Answer in writing, once. Raises MoveRefused."""
    waiting = Review.objects.filter(pk=review.pk, answered_at__isnull=True)
    if not waiting.update(answer=answer.strip()[:2_000], answered_at=at):
        raise MoveRefused(_("Cette demande a déjà sa réponse."))
    review.refresh_from_db()
    journal.record(verb="allocation.review_answered", subject=review, by=by, at=at)
    return review
