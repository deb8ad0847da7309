"""Who signs: one person by default, two or three where the programme says so, never one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, NotAllowed
from traitdunion.base.money import euros
from traitdunion.budget import queries
from traitdunion.budget.models import (
    Commitment,
    Envelope,
    Signature,
    SignatureRequest,
    SigningDelegation,
)
from traitdunion.budget.operations.commitments import commit
from traitdunion.budget.operations.envelopes import NotItsParent, delegate, prepare_under
from traitdunion.budget.refusals import BadAmount, check_amount, check_room
from traitdunion.budget.states import (
    REQUEST_MOVES,
    SIGNED_COMMITMENT,
    SIGNED_DELEGATION,
    RequestState,
    Spending,
)
from traitdunion.journal import operations as journal
from traitdunion.partners import queries as partners

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation, User
    from traitdunion.programme.schema import Plan


class MayNotSign(NotAllowed):
    """No office and no delegation of signature in force covers this amount, or it is one's own."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision: done, or waiting for signatures."""

    commitment: Commitment | None = None
    request: SignatureRequest | None = None


def signatures_missing(
    *, holder_id: UUID, amount_cents: int, plan: "Plan", by: Actor, at: datetime
) -> int:
    """How many other people must sign before this person's decision takes effect."""
    if by.actor_kind != "user":
        return 0
    wanted = plan.signatures_from(amount_cents)
    if wanted > 1:
        return wanted
    on = timezone.localtime(at).date()
    return 0 if queries.signing_power(holder_id, by.actor_id, amount_cents, on) else 1


@transaction.atomic
def engage(
    *,
    envelope: Envelope,
    amount_cents: int,
    label: str,
    reference: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
    spending: str = Spending.OTHER,
    beneficiary_id: UUID | None = None,
) -> Decided:
    """
    A person decides to commit: at once when they may sign that alone, else after others signed.

    Raises: BadAmount, EnvelopeTooSmall, ToRegularise.
    """
    missing = signatures_missing(
        holder_id=envelope.holder_id, amount_cents=amount_cents, plan=plan, by=by, at=at
    )
    terms = {
        "envelope": str(envelope.pk),
        "label": label,
        "reference": reference,
        "spending": spending,
        "beneficiary": str(beneficiary_id or ""),
    }
    if not missing:
        return Decided(commitment=_commit(terms, amount_cents, by, at))
    # Nobody is asked to sign what the envelope cannot hold today.
    check_room(envelope, {"ae": amount_cents})
    return Decided(
        request=ask(
            holder_id=envelope.holder_id,
            subject_kind=SIGNED_COMMITMENT,
            subject_id=str(envelope.pk),
            terms=terms,
            label=label,
            amount_cents=amount_cents,
            needed=missing,
            by=by,
            at=at,
        )
    )


@transaction.atomic
def decide_delegation(
    *,
    child: Envelope,
    ae_cents: int,
    cp_cents: int,
    document: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> SignatureRequest | None:
    """
    A person decides to delegate: at once (None), or after the signatures of the request returned.

    Raises: EnvelopeTooSmall, BadAmount, NotItsParent.
    """
    parent, amount = child.parent, max(ae_cents, cp_cents)
    if parent is None:
        raise NotItsParent(
            _("« %(label)s » ne vient d’aucune autre enveloppe.") % {"label": child.label}
        )
    missing = signatures_missing(
        holder_id=parent.holder_id, amount_cents=amount, plan=plan, by=by, at=at
    )
    if not missing:
        delegate(
            child=child, ae_cents=ae_cents, cp_cents=cp_cents, document=document, by=by, at=at
        )
        return None
    check_room(parent, {"ae": ae_cents, "cp": cp_cents})
    terms = {
        "envelope": str(child.pk),
        "ae_cents": ae_cents,
        "cp_cents": cp_cents,
        "document": document,
    }
    return ask(
        holder_id=parent.holder_id,
        subject_kind=SIGNED_DELEGATION,
        subject_id=str(child.pk),
        terms=terms,
        label=document,
        amount_cents=amount,
        needed=missing,
        by=by,
        at=at,
    )


@transaction.atomic
def decide_opening(
    *,
    parent: Envelope,
    holder: "Organisation",
    label: str,
    ae_cents: int,
    cp_cents: int,
    document: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> tuple[Envelope, SignatureRequest | None]:
    """
    A person decides to delegate to a new envelope: it stays empty as long as signatures miss.

    Raises: EnvelopeTooSmall, BadAmount; nothing is opened then.
    """
    child = prepare_under(parent=parent, holder=holder, label=label, by=by, at=at)
    request = decide_delegation(
        child=child,
        ae_cents=ae_cents,
        cp_cents=cp_cents,
        document=document,
        plan=plan,
        by=by,
        at=at,
    )
    return child, request


@transaction.atomic
def ask(
    *,
    holder_id: UUID,
    subject_kind: str,
    subject_id: str,
    terms: Mapping[str, Any],
    label: str,
    amount_cents: int,
    needed: int,
    by: Actor,
    at: datetime,
) -> SignatureRequest:
    """Ask for signatures; nothing is taken from any envelope yet."""
    check_amount(amount_cents)
    request = SignatureRequest.objects.create(
        holder_id=holder_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        terms=dict(terms),
        label=label,
        amount_cents=amount_cents,
        needed=needed,
        asked_by_id=by.actor_id,
        asked_at=at,
    )
    facts = {"amount_cents": amount_cents, "needed": needed, "subject": subject_kind}
    journal.record(verb="budget.signature_asked", subject=request, by=by, at=at, facts=facts)
    return request


@transaction.atomic
def sign(*, request: SignatureRequest, by: Actor, at: datetime) -> SignatureRequest:
    """
    Sign; the last signature takes effect in the same transaction.

    Raises: MayNotSign, MoveRefused, EnvelopeTooSmall (the signature is then not kept either).
    """
    delegation = _check_power(request, by, at)
    _take_place(request)
    try:
        with transaction.atomic():
            Signature.objects.create(
                request=request,
                signed_by_id=by.actor_id,
                asked_by_id=request.asked_by_id,
                delegation_id=delegation,
                signed_at=at,
            )
    except IntegrityError:
        raise MayNotSign(_("Vous avez déjà signé cette demande.")) from None
    facts = {"signed": request.signed, "needed": request.needed}
    journal.record(verb="budget.signed", subject=request, by=by, at=at, facts=facts)
    if request.signed == request.needed:
        _complete(request, by, at)
    return request


def _check_power(request: SignatureRequest, by: Actor, at: datetime) -> UUID | None:
    if by.actor_id is None or by.actor_id == request.asked_by_id:
        raise MayNotSign(
            _("On ne signe pas sa propre demande : une autre personne doit le faire.")
        )
    on = timezone.localtime(at).date()
    power = queries.signing_power(request.holder_id, by.actor_id, request.amount_cents, on)
    if power is None:
        raise MayNotSign(
            _(
                "Aucune délégation de signature en vigueur ne vous permet de signer %(amount)s :"
                " demandez-en une à la personne responsable."
            )
            % {"amount": euros(request.amount_cents)}
        )
    return power.delegation_id


def _take_place(request: SignatureRequest) -> None:
    open_ = SignatureRequest.objects.filter(
        pk=request.pk, state=RequestState.WAITING, signed__lt=F("needed")
    )
    if not open_.update(signed=F("signed") + 1):
        raise MoveRefused(_("Cette demande n’attend plus de signature."))
    request.refresh_from_db()


def _complete(request: SignatureRequest, by: Actor, at: datetime) -> None:
    _end(request, RequestState.SIGNED, at)
    if request.subject_kind == SIGNED_COMMITMENT:
        _commit(request.terms, request.amount_cents, by, at)
    elif request.subject_kind == SIGNED_DELEGATION:
        delegate(
            child=Envelope.objects.select_related("parent").get(pk=request.terms["envelope"]),
            ae_cents=request.terms["ae_cents"],
            cp_cents=request.terms["cp_cents"],
            document=request.terms["document"],
            by=by,
            at=at,
        )


def _commit(terms: Mapping[str, Any], amount_cents: int, by: Actor, at: datetime) -> Commitment:
    beneficiary = terms["beneficiary"]
    return commit(
        envelope=Envelope.objects.get(pk=terms["envelope"]),
        amount_cents=amount_cents,
        label=terms["label"],
        reference=terms["reference"],
        spending=terms["spending"],
        beneficiary=partners.organisation(UUID(beneficiary)) if beneficiary else None,
        by=by,
        at=at,
    )


@transaction.atomic
def refuse(*, request: SignatureRequest, reason: str, by: Actor, at: datetime) -> SignatureRequest:
    """Say no, and why. Raises MayNotSign, MoveRefused."""
    if len(reason.strip()) < 10:
        raise BadAmount(_("Dites pourquoi en une phrase, sans désigner personne."))
    _check_power(request, by, at)
    _end(request, RequestState.REFUSED, at, reason=reason.strip()[:300])
    journal.record(verb="budget.signature_refused", subject=request, by=by, at=at)
    return request


@transaction.atomic
def withdraw_request(*, request: SignatureRequest, by: Actor, at: datetime) -> SignatureRequest:
    """Whoever asked takes the request back. Raises MayNotSign, MoveRefused."""
    if by.actor_id != request.asked_by_id:
        raise MayNotSign(_("Seule la personne qui a fait la demande peut la retirer."))
    _end(request, RequestState.WITHDRAWN, at)
    journal.record(verb="budget.signature_withdrawn", subject=request, by=by, at=at)
    return request


@transaction.atomic
def close_request(*, request: SignatureRequest, by: Actor, at: datetime) -> SignatureRequest:
    """What was to be signed is cancelled: the request falls with it. Raises MoveRefused."""
    _end(request, RequestState.WITHDRAWN, at)
    journal.record(verb="budget.signature_withdrawn", subject=request, by=by, at=at)
    return request


def _end(request: SignatureRequest, to: str, at: datetime, **changes: Any) -> None:
    refusal = _("Cette demande n’attend plus de signature.")
    states.move(row=request, to=to, moves=REQUEST_MOVES, refusal=refusal, ended_at=at, **changes)


@transaction.atomic
def give_signing(
    *,
    holder: "Organisation",
    user: "User",
    up_to_cents: int,
    from_date: date,
    until_date: date,
    document: str,
    by: Actor,
    at: datetime,
) -> SigningDelegation:
    """Let somebody sign for an organisation, up to an amount, between two dates."""
    check_amount(up_to_cents)
    if until_date < from_date:
        raise BadAmount(_("La fin de la délégation est avant son début."))
    given = SigningDelegation.objects.create(
        holder=holder,
        user=user,
        up_to_cents=up_to_cents,
        from_date=from_date,
        until_date=until_date,
        document=document,
    )
    facts = {"up_to_cents": up_to_cents, "user": str(user.pk)}
    journal.record(verb="budget.signing_given", subject=given, by=by, at=at, facts=facts)
    return given


@transaction.atomic
def end_signing(*, delegation: SigningDelegation, by: Actor, at: datetime) -> SigningDelegation:
    """End a delegation of signature today. Raises MoveRefused when it has ended."""
    standing = SigningDelegation.objects.filter(pk=delegation.pk, revoked_at__isnull=True)
    if not standing.update(revoked_at=at):
        raise MoveRefused(_("Cette délégation de signature a déjà pris fin."))
    delegation.revoked_at = at
    journal.record(verb="budget.signing_ended", subject=delegation, by=by, at=at)
    return delegation
