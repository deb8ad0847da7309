"""Opening envelopes, delegating down the tree, taking back."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.budget.legs import granted, legs, regime_of, rights_ledger
from traitdunion.budget.models import Envelope, Movement
from traitdunion.budget.operations import ledger
from traitdunion.budget.refusals import BadAmount, check_amount
from traitdunion.budget.states import Account, Document, Ledger, MovementKind, Regime
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.budget.models import Commitment
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.models import BudgetProgramme, Source, Strand


class NotItsParent(Refusal):
    """A delegation goes from an envelope to one directly under it."""

    status = 400


@transaction.atomic
def open_envelope(
    *,
    strand: "Strand",
    source: "Source | None",
    holder: "Organisation",
    label: str,
    year: int,
    amount_cents: int,
    by: Actor,
    at: datetime,
    cp_cents: int | None = None,
    budget_programme: "BudgetProgramme | None" = None,
    cost_center: str = "",
    functional_domain: str = "",
    activity_code: str = "",
    funded_by: "Commitment | None" = None,
) -> Envelope:
    """
    Give a holder credits that come from no other envelope. Raises BadAmount.

    Args:
        amount_cents: AE; for a holder outside the State, the money it received.
        cp_cents: CP; as many as AE when nothing is said.
        funded_by: the State's commitment that this money comes from.
    """
    envelope = Envelope.objects.create(
        strand=strand,
        source=source,
        holder=holder,
        regime=regime_of(holder.kind),
        budget_programme=budget_programme,
        cost_center=cost_center,
        functional_domain=functional_domain,
        activity_code=activity_code,
        funded_by=funded_by,
        label=label,
        year=year,
        opened_at=at,
    )
    allot(
        envelope=envelope,
        amount_cents=amount_cents,
        cp_cents=cp_cents,
        document=label,
        by=by,
        at=at,
    )
    return envelope


@transaction.atomic
def allot(
    *,
    envelope: Envelope,
    amount_cents: int,
    document: str,
    by: Actor,
    at: datetime,
    cp_cents: int | None = None,
    document_kind: str = Document.DECISION,
) -> Movement:
    """Add credits that come from no other envelope. Raises BadAmount."""
    check_amount(amount_cents)
    if (envelope.regime == Regime.IN_KIND) != (document_kind == Document.GIFT):
        raise BadAmount(_("La valeur d’un don n’entre qu’avec ce qui est donné."))
    cp = amount_cents if cp_cents is None else cp_cents
    if cp < 0:
        raise BadAmount(_("Les crédits de paiement ne peuvent pas être négatifs."))
    done = ledger.post(
        kind=MovementKind.ALLOT,
        envelope=envelope,
        amount_cents=amount_cents,
        entries=granted(envelope, amount_cents, cp),
        document=document,
        document_kind=document_kind,
        by=by,
        at=at,
    )
    envelope.refresh_from_db()
    return done


@transaction.atomic
def open_under(
    *,
    parent: Envelope,
    holder: "Organisation",
    label: str,
    ae_cents: int,
    cp_cents: int,
    document: str,
    by: Actor,
    at: datetime,
    cost_center: str = "",
) -> Envelope:
    """
    Delegate a part of an envelope to a new one under it.

    Raises: EnvelopeTooSmall (nothing is opened), BadAmount.
    """
    child = prepare_under(
        parent=parent, holder=holder, label=label, cost_center=cost_center, by=by, at=at
    )
    delegate(child=child, ae_cents=ae_cents, cp_cents=cp_cents, document=document, by=by, at=at)
    return child


@transaction.atomic
def prepare_under(
    *,
    parent: Envelope,
    holder: "Organisation",
    label: str,
    by: Actor,
    at: datetime,
    cost_center: str = "",
) -> Envelope:
    """Open an empty envelope under another, to which a delegation will come."""
    child = Envelope.objects.create(
        parent=parent,
        strand_id=parent.strand_id,
        source_id=parent.source_id,
        budget_programme_id=parent.budget_programme_id,
        functional_domain=parent.functional_domain,
        activity_code=parent.activity_code,
        cost_center=cost_center or parent.cost_center,
        holder=holder,
        regime=parent.regime,
        label=label,
        year=parent.year,
        opened_at=at,
    )
    facts = {"parent": str(parent.pk), "holder": str(holder.pk)}
    journal.record(verb="budget.envelope_prepared", subject=child, by=by, at=at, facts=facts)
    return child


@transaction.atomic
def delegate(
    *, child: Envelope, ae_cents: int, cp_cents: int, document: str, by: Actor, at: datetime
) -> Movement:
    """
    Take AE and CP from the parent's own counters and give them to the envelope under it.

    Raises: EnvelopeTooSmall, PaymentCreditsTooSmall, BadAmount, NotItsParent.
    """
    return _pass(MovementKind.DELEGATE, child, ae_cents, cp_cents, document, by, at)


@transaction.atomic
def withdraw(
    *, child: Envelope, ae_cents: int, cp_cents: int, document: str, by: Actor, at: datetime
) -> Movement:
    """Take back what the envelope has not used. Raises EnvelopeTooSmall, NotItsParent."""
    return _pass(MovementKind.WITHDRAW, child, -ae_cents, -cp_cents, document, by, at)


def _pass(
    kind: str, child: Envelope, ae: int, cp: int, document: str, by: Actor, at: datetime
) -> Movement:
    parent = child.parent
    if parent is None:
        raise NotItsParent(
            _("« %(label)s » ne vient d’aucune autre enveloppe.") % {"label": child.label}
        )
    taking_back = kind == MovementKind.WITHDRAW
    for cents in (ae, cp):
        if (cents > 0) == taking_back and cents:
            raise BadAmount(_("Le montant doit être supérieur à zéro."))
    entries = granted(child, ae, cp)
    for name, cents in ((rights_ledger(parent), ae), (Ledger.CP, cp)):
        if name == Ledger.CP and parent.regime != Regime.STATE:
            continue
        entries += legs(parent, name, cents, Account.DELEGATED, Account.AVAILABLE)
    done = ledger.post(
        kind=kind,
        envelope=child,
        amount_cents=max(abs(ae), abs(cp)),
        entries=entries,
        document=document,
        by=by,
        at=at,
    )
    child.refresh_from_db()
    parent.refresh_from_db()
    return done
