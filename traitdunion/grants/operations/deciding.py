"""Deciding: one application, a batch, and taking a decision back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import bulk, states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, NotAllowed, Refusal
from traitdunion.base.identifiers import drawn_number
from traitdunion.base.money import euros
from traitdunion.budget import operations as budget
from traitdunion.budget.states import Spending
from traitdunion.grants import papers
from traitdunion.grants.models import (
    Application,
    Decision,
    Letter,
    LetterTemplate,
    UseReport,
)
from traitdunion.grants.queries import deciding as queries
from traitdunion.grants.states import (
    APPLICATION_MOVES,
    ApplicationState,
    DecisionForm,
    Outcome,
)
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.budget.models import Envelope
    from traitdunion.programme.schema import Plan

STATES: Mapping[str, str] = {
    Outcome.ACCEPTED: ApplicationState.ACCEPTED,
    Outcome.REFUSED: ApplicationState.REFUSED,
    Outcome.CLOSED: ApplicationState.CLOSED,
}
SHORTEST_REASON = 10


class CannotDecide(Refusal):
    """Something stands in the way of this decision: said whole, nothing is decided."""


class MayNotDecide(NotAllowed):
    """A declared tie, or an amount that this person may not sign alone."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is decided on one application. An empty form: the one that the law needs."""

    outcome: str
    amount_cents: int = 0
    advance_cents: int = 0
    form: str = ""
    keeps_surplus: bool = False
    reason: str = ""


@transaction.atomic
def decide(
    *,
    application: Application,
    terms: Terms,
    envelope: "Envelope | None",
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> Decision:
    """
    Decide: money, decision and letter in one transaction, or none of them.

    Args:
        envelope: whose credits are bound; none for a refusal or a closing.
    Raises: CannotDecide, MayNotDecide, EnvelopeTooSmall and the ledger's other refusals.
    """
    if terms.outcome == Outcome.ACCEPTED:
        if envelope is None:
            raise CannotDecide(_("Dites sur quelle enveloppe la subvention est prise."))
        one = _grantable(application, terms, envelope, plan, by, at)
        (decision,) = _grant([one], terms, envelope, plan, by, at)
        return decision
    return _turn_down(application, terms, by, at)


@transaction.atomic
def decide_batch(
    *,
    applications: Sequence[Application],
    amounts: Mapping[UUID, int],
    terms: Terms,
    envelope: "Envelope",
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> list[Decision]:
    """
    Grant them all, letters queued, or none: whoever committed the last euros first wins.

    Raises: CannotDecide naming the first that cannot be, MayNotDecide, EnvelopeTooSmall.
    """
    envelope.refresh_from_db()
    checked = queries.preflight(
        applications=applications,
        amounts=amounts,
        envelope=envelope,
        user_id=by.actor_id,
        plan=plan,
        on=timezone.localdate(at),
    )
    if checked.blocked:
        first = checked.blocked[0]
        raise CannotDecide(
            _("Demande %(number)s : %(why)s Rien n’est décidé ; revoyez la liste.")
            % {"number": first.application.number, "why": first.blockers[0]}
        )
    if not checked.lines:
        raise CannotDecide(_("Aucune demande à décider : cochez-en au moins une."))
    return _grant(list(checked.lines), terms, envelope, plan, by, at)


def _grantable(
    application: Application,
    terms: Terms,
    envelope: "Envelope",
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> queries.Ready:
    checked = queries.preflight(
        applications=[application],
        amounts={application.pk: terms.amount_cents},
        envelope=envelope,
        user_id=by.actor_id,
        plan=plan,
        on=timezone.localdate(at),
    )
    (one,) = checked.lines
    if one.blockers:
        raise CannotDecide(one.blockers[0])
    if terms.form == DecisionForm.ORDER and one.form == DecisionForm.AGREEMENT:
        raise CannotDecide(
            _(
                "Avec ce montant, l’association reçoit plus de %(above)s cette année de la même"
                " autorité : la loi demande une convention."
            )
            % {"above": euros(plan.threshold(queries.AGREEMENT_RULE, timezone.localdate(at)) or 0)}
        )
    return one


def _grant(
    lines: Sequence[queries.Ready],
    terms: Terms,
    envelope: "Envelope",
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> list[Decision]:
    # Who may sign the largest may sign them all.
    _check_signing(max(lines, key=lambda line: line.amount_cents), envelope, plan, by, at)
    decisions, letters, reports = [], [], []
    words: dict[str, LetterTemplate | None] = {}
    for line in lines:
        one = _granted(line, terms, envelope, by, at)
        decisions.append(one)
        letters.append(_letter(one, at, words))
        due = papers.report_due_on(line.application, plan, timezone.localdate(at))
        reports.append(UseReport(decision=one, due_on=due))
    bulk.create(decisions)
    bulk.create(letters)
    bulk.create(reports)
    journal.record_many(
        verb="grants.granted",
        subject_kind="grants.decision",
        subjects=[
            (one.pk, {"amount_cents": one.amount_cents, "commitment": str(one.commitment_id)})
            for one in decisions
        ],
        by=by,
        at=at,
    )
    return decisions


def _check_signing(
    line: queries.Ready, envelope: "Envelope", plan: "Plan", by: Actor, at: datetime
) -> None:
    missing = budget.signatures_missing(
        holder_id=envelope.holder_id, amount_cents=line.amount_cents, plan=plan, by=by, at=at
    )
    if missing:
        raise MayNotDecide(
            _(
                "Demande %(number)s : vous ne pouvez pas signer seul·e %(amount)s ; demandez à"
                " qui en a la délégation de signature."
            )
            % {"number": line.application.number, "amount": euros(line.amount_cents)}
        )


def _granted(
    line: queries.Ready, terms: Terms, envelope: "Envelope", by: Actor, at: datetime
) -> Decision:
    application, number = line.application, drawn_number("S")
    _move(
        application, ApplicationState.ACCEPTED, at,
        granted_cents=line.amount_cents, reason="",
    )  # fmt: skip
    commitment = budget.commit(
        envelope=envelope,
        amount_cents=line.amount_cents,
        label=_("Subvention %(number)s") % {"number": number},
        reference=number,
        spending=Spending.GRANTS,
        beneficiary=application.organisation,
        by=by,
        at=at,
    )
    return Decision(
        number=number,
        application=application,
        outcome=Outcome.ACCEPTED,
        form=line.form if line.form == DecisionForm.AGREEMENT else terms.form or line.form,
        amount_cents=line.amount_cents,
        advance_cents=min(terms.advance_cents, line.amount_cents),
        keeps_surplus=terms.keeps_surplus,
        commitment=commitment,
        decided_by_id=by.actor_id if by.actor_kind == "user" else None,
        decided_at=at,
    )


def _turn_down(application: Application, terms: Terms, by: Actor, at: datetime) -> Decision:
    reason = terms.reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise CannotDecide(
            _("Dites pourquoi, en une phrase que l’association lira dans sa lettre.")
        )
    if queries.tied(by.actor_id, [application.organisation_id]):
        raise MayNotDecide(
            _("Vous avez déclaré un lien avec cette association : un autre décide.")
        )
    _move(application, STATES[terms.outcome], at, reason=reason)
    one = Decision.objects.create(
        number=drawn_number("S"),
        application=application,
        outcome=terms.outcome,
        form=DecisionForm.LETTER,
        reason=reason,
        decided_by_id=by.actor_id if by.actor_kind == "user" else None,
        decided_at=at,
    )
    _letter(one, at, {}).save(force_insert=True)
    verb = "grants.refused" if terms.outcome == Outcome.REFUSED else "grants.closed"
    journal.record(verb=verb, subject=one, by=by, at=at)
    return one


def _move(application: Application, to: str, at: datetime, **changes: Any) -> None:
    refusal = _("La demande %(number)s n’est plus en instruction : rechargez la page.") % {
        "number": application.number
    }
    moves = {
        came: APPLICATION_MOVES[came] & {to}
        for came in (ApplicationState.SUBMITTED, ApplicationState.UNDER_REVIEW)
    }
    states.move(row=application, to=to, moves=moves, refusal=refusal, decided_at=at, **changes)


def _letter(decision: Decision, at: datetime, known: dict[str, LetterTemplate | None]) -> Letter:
    """Queued: the worker draws it and sends it."""
    kind = papers.kind_of(decision.outcome, decision.form)
    if kind not in known:
        known[kind] = queries.words_in_use(decision.application.authority_id, kind)
    return Letter(
        number=drawn_number("L"),
        decision=decision,
        template=papers.words_of(known[kind], kind).version[:60],
        words=known[kind],
        prepared_at=at,
    )


@transaction.atomic
def reopen(
    *, decision: Decision, reason: str, is_warned: bool, by: Actor, at: datetime
) -> Application:
    """
    Take a decision back; the application is under review again, its money free.

    Args:
        is_warned: whoever reopens an acceptance read what the law says of it.
    Raises: CannotDecide, MayNotDecide, MoveRefused, BadAmount when money already left.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise CannotDecide(_("Dites pourquoi la décision est reprise, en une phrase."))
    application = decision.application
    if queries.tied(by.actor_id, [application.organisation_id]):
        raise MayNotDecide(
            _("Vous avez déclaré un lien avec cette association : un autre décide.")
        )
    on = timezone.localdate(at)
    if queries.reopening_warnings(decision, on) and not is_warned:
        raise CannotDecide(
            _("Cochez que vous avez lu ce que la loi dit du retrait d’une subvention accordée.")
        )
    standing = Decision.objects.filter(pk=decision.pk, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=at):
        raise MoveRefused(_("Cette décision a déjà été reprise."))
    _free(decision, by, at)
    states.move(
        row=application,
        to=ApplicationState.UNDER_REVIEW,
        moves={STATES[decision.outcome]: APPLICATION_MOVES[STATES[decision.outcome]]},
        refusal=_("La demande n’est plus dans l’état où sa décision l’a mise."),
        granted_cents=None,
        decided_at=None,
        reason="",
    )
    decision.withdrawn_at = at
    facts = {"decision": str(decision.pk)}
    journal.record(verb="grants.reopened", subject=application, by=by, at=at, facts=facts)
    return application


def _free(decision: Decision, by: Actor, at: datetime) -> None:
    commitment = decision.commitment
    if commitment is None:
        return
    commitment.refresh_from_db()
    if commitment.requested_cents or commitment.certified_cents or commitment.advanced_cents:
        raise CannotDecide(
            _(
                "Un versement est demandé ou fait sur cette subvention : annulez-le, ou"
                " demandez que la somme soit rendue, puis recommencez."
            )
        )
    budget.release(
        commitment=commitment,
        amount_cents=commitment.amount_cents,
        document=decision.number,
        by=by,
        at=at,
    )
    UseReport.objects.filter(decision=decision).delete()
