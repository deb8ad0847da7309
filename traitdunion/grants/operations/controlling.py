"""A sample is drawn by a published seed; the association answers before anything is concluded."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.base.money import euros
from traitdunion.grants.models import Control, ControlCase
from traitdunion.grants.queries import answering as queries
from traitdunion.grants.states import CONTROL_MOVES, ControlState
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation, User

SHORTEST = 10


class BadControl(Refusal):
    """No seed, no grant to draw, an answer not awaited yet."""

    status = 400


@transaction.atomic
def draw_sample(
    *,
    authority: "Organisation",
    seed: str,
    from_date: date,
    until_date: date,
    size: int,
    by: "User",
    at: datetime,
) -> Control:
    """
    Choose grants of a period by a seed that anybody may use again. Raises BadControl.
    """
    seed = seed.strip()
    if len(seed) < SHORTEST:
        raise BadControl(_("Donnez la graine publiée : dix signes au moins."))
    found = queries.to_control(authority.pk, from_date, until_date)
    if not found or size < 1:
        raise BadControl(_("Aucune subvention à tirer sur cette période : changez ses dates."))
    by_number = {one.number: one for one in found}
    chosen = queries.drawn(list(by_number), seed, size)
    try:
        with transaction.atomic():
            control = Control.objects.create(
                authority=authority,
                seed=seed[:80],
                from_date=from_date,
                until_date=until_date,
                population=len(found),
                population_digest=queries.population_digest(list(by_number)),
                size=len(chosen),
                drawn_at=at,
            )
    except IntegrityError:
        raise BadControl(_("Cette graine a déjà servi : publiez-en une autre.")) from None
    for rank, number in enumerate(chosen, start=1):
        ControlCase.objects.create(control=control, decision=by_number[number], rank=rank)
    facts = {"population": len(found), "digest": control.population_digest, "size": len(chosen)}
    journal.record(verb="grants.control_drawn", subject=control, by=by, at=at, facts=facts)
    return control


@transaction.atomic
def ask_answer(
    *, case: ControlCase, observations: str, answer_by: date, by: "User", at: datetime
) -> ControlCase:
    """Tell the association what was seen, and until when it may answer. Raises BadControl."""
    if len(observations.strip()) < SHORTEST:
        raise BadControl(_("Dites ce qui a été observé, en une phrase au moins."))
    if answer_by <= timezone.localdate(at):
        raise BadControl(_("Laissez à l’association des jours pour répondre."))
    states.move(
        row=case,
        to=ControlState.ASKED,
        moves=CONTROL_MOVES,
        refusal=_("Ce dossier n’attend plus d’observations."),
        observations=observations.strip(),
        answer_due_on=answer_by,
        asked_at=at,
    )
    journal.record(verb="grants.control_asked", subject=case, by=by, at=at)
    return case


@transaction.atomic
def answer(*, case: ControlCase, text: str, by: Actor, at: datetime) -> ControlCase:
    """The association answers. Raises BadControl, MoveRefused."""
    if len(text.strip()) < SHORTEST:
        raise BadControl(_("Écrivez votre réponse, en une phrase au moins."))
    states.move(
        row=case,
        to=ControlState.ANSWERED,
        moves=CONTROL_MOVES,
        refusal=_("Aucune réponse n’est attendue sur ce dossier."),
        answer=text.strip(),
        answered_at=at,
    )
    journal.record(verb="grants.control_answered", subject=case, by=by, at=at)
    return case


@transaction.atomic
def conclude(
    *, case: ControlCase, conclusion: str, to_return_cents: int, by: "User", at: datetime
) -> ControlCase:
    """
    In order, or so much to give back: never before the association answered or its days passed.

    Raises: BadControl, MoveRefused.
    """
    granted = case.decision.amount_cents
    if len(conclusion.strip()) < SHORTEST:
        raise BadControl(_("Dites ce qui est conclu, en une phrase au moins."))
    if not 0 <= to_return_cents <= granted:
        raise BadControl(
            _("La somme à rendre est entre zéro et ce qui fut accordé, %(granted)s.")
            % {"granted": euros(granted)}
        )
    waits = case.state == ControlState.ASKED and case.answer_due_on >= timezone.localdate(at)
    if to_return_cents and waits:
        raise MoveRefused(
            _("L’association a jusqu’au %(day)s pour répondre : rien n’est conclu avant.")
            % {"day": f"{case.answer_due_on:%d/%m/%Y}"}
        )
    states.move(
        row=case,
        to=ControlState.TO_RETURN if to_return_cents else ControlState.CLEARED,
        moves=CONTROL_MOVES,
        refusal=_("Ce dossier est conclu, ou l’association n’a pas encore été entendue."),
        conclusion=conclusion.strip(),
        to_return_cents=to_return_cents,
        ended_at=at,
    )
    facts = {"to_return_cents": to_return_cents}
    journal.record(verb="grants.control_ended", subject=case, by=by, at=at, facts=facts)
    return case
