"""Committing and giving back: what binds an envelope."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import hot
from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import squeezed
from traitdunion.budget.legs import legs, rights_ledger
from traitdunion.budget.models import Commitment, Envelope, Movement
from traitdunion.budget.operations import ledger
from traitdunion.budget.refusals import check_amount
from traitdunion.budget.states import (
    Account,
    Document,
    MovementKind,
    Origin,
    Regime,
    Spending,
)
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation

PAPERS = {Spending.ORDERS: Document.ORDER, Spending.GRANTS: Document.DECISION}


class BadNumber(Refusal):
    """A number of Chorus that cannot be, or that another commitment has."""

    status = 400


@transaction.atomic
def commit(
    *,
    envelope: Envelope,
    amount_cents: int,
    label: str,
    reference: str,
    by: Actor,
    at: datetime,
    spending: str = Spending.ORDERS,
    beneficiary: "Organisation | None" = None,
    origin: str = Origin.HERE,
    ej_number: str = "",
) -> Commitment:
    """
    Bind that amount of the envelope, or refuse: never a cent too much, whoever else commits now.

    Args:
        origin: signed elsewhere or before the programme, it is a fact: recorded whatever is left.
    Raises: BadAmount, EnvelopeTooSmall with ``available_cents``, ToRegularise, BadNumber.
    """
    check_amount(amount_cents)
    commitment = Commitment(
        envelope=envelope,
        spending=spending,
        beneficiary=beneficiary,
        year=envelope.year,
        origin=origin,
        cost_center=envelope.cost_center,
        functional_domain=envelope.functional_domain,
        activity_code=envelope.activity_code,
        amount_cents=amount_cents,
        label=label,
        reference=reference,
        ej_number=_checked_ej(ej_number) if ej_number else "",
        committed_at=at,
    )
    hot.add(commitment)
    ledger.post(
        kind=MovementKind.COMMIT,
        envelope=envelope,
        amount_cents=amount_cents,
        entries=legs(
            envelope, rights_ledger(envelope), amount_cents, Account.COMMITTED, Account.AVAILABLE
        ),
        document=reference,
        document_kind=_paper(envelope, spending),
        commitment=commitment,
        is_new=True,
        origin=origin,
        by=by,
        at=at,
    )
    return commitment


def _paper(envelope: Envelope, spending: str) -> str:
    if envelope.regime == Regime.IN_KIND:
        return Document.GIFT
    return PAPERS.get(Spending(spending), Document.AGREEMENT)


@transaction.atomic
def release(
    *, commitment: Commitment, amount_cents: int, document: str, by: Actor, at: datetime
) -> Movement:
    """
    Give back a part of a commitment that is neither certified nor paid.

    In its own year the authority may be used again; later, it is lost. Raises BadAmount.
    """
    check_amount(amount_cents)
    envelope = Envelope.objects.get(pk=commitment.envelope_id)
    same_year = timezone.localtime(at).year <= commitment.year and not envelope.is_closed
    to = Account.AVAILABLE if same_year else Account.LAPSED
    return ledger.post(
        kind=MovementKind.RELEASE,
        envelope=envelope,
        amount_cents=amount_cents,
        entries=legs(envelope, rights_ledger(envelope), amount_cents, to, Account.COMMITTED),
        document=document,
        commitment=commitment,
        after_closing=True,
        by=by,
        at=at,
    )


@transaction.atomic
def number(*, commitment: Commitment, ej_number: str, by: Actor, at: datetime) -> Commitment:
    """Note the number that Chorus gave. Raises BadNumber."""
    commitment.ej_number = _checked_ej(ej_number)
    Commitment.objects.filter(pk=commitment.pk).update(ej_number=commitment.ej_number)
    facts = {"ej": commitment.ej_number}
    journal.record(verb="budget.numbered", subject=commitment, by=by, at=at, facts=facts)
    return commitment


def _checked_ej(text: str) -> str:
    clean = squeezed(text)
    if not re.fullmatch(r"\d{10}", clean):
        raise BadNumber(
            _("« %(text)s » n’est pas un numéro d’engagement juridique : il a dix chiffres.")
            % {"text": text[:20]}
        )
    if Commitment.objects.filter(ej_number=clean).exists():
        raise BadNumber(
            _("L’engagement juridique %(number)s est déjà celui d’un autre engagement.")
            % {"number": clean}
        )
    return clean
