"""Opening envelopes, committing, releasing, certifying: one conditional UPDATE each."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.money import euros
from traitdunion.budget.models import Commitment, Entry, Envelope
from traitdunion.budget.states import Movement
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.models import Source, Strand

# Beyond any budget of the State, and below what a database's integer holds.
MOST_CENTS = 10**15


class EnvelopeTooSmall(Refusal):
    """The envelope has less left than the amount asked for."""

    def __init__(self, message: str, available_cents: int) -> None:
        super().__init__(message)
        self.available_cents = available_cents


class BadAmount(Refusal):
    """An amount that is not positive, or beyond what was committed."""

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
) -> Envelope:
    """Give a holder the right to commit up to that amount. Raises BadAmount."""
    envelope = Envelope.objects.create(
        strand=strand, source=source, holder=holder, label=label, year=year, opened_at=at
    )
    allot(envelope=envelope, amount_cents=amount_cents, document=label, by=by, at=at)
    return envelope


@transaction.atomic
def allot(
    *, envelope: Envelope, amount_cents: int, document: str, by: Actor, at: datetime
) -> Entry:
    """Add credits to an envelope. Raises BadAmount."""
    _check_positive(amount_cents)
    Envelope.objects.filter(pk=envelope.pk).update(
        authorized_cents=F("authorized_cents") + amount_cents
    )
    envelope.refresh_from_db()
    return _enter(envelope, None, Movement.ALLOT, amount_cents, document, by, at)


@transaction.atomic
def commit(
    *,
    envelope: Envelope,
    amount_cents: int,
    label: str,
    reference: str,
    by: Actor,
    at: datetime,
) -> Commitment:
    """
    Bind that amount of the envelope, or refuse: never a cent too much, whoever else commits now.

    Raises: BadAmount, EnvelopeTooSmall with ``available_cents``.
    """
    _check_positive(amount_cents)
    room = Q(committed_cents__lte=F("authorized_cents") - amount_cents)
    taken = Envelope.objects.filter(room, pk=envelope.pk).update(
        committed_cents=F("committed_cents") + amount_cents
    )
    if not taken:
        raise _too_small(envelope, amount_cents)
    commitment = Commitment.objects.create(
        envelope=envelope,
        amount_cents=amount_cents,
        label=label,
        reference=reference,
        committed_at=at,
    )
    _enter(envelope, commitment, Movement.COMMIT, amount_cents, reference, by, at)
    return commitment


@transaction.atomic
def release(
    *, commitment: Commitment, amount_cents: int, document: str, by: Actor, at: datetime
) -> Entry:
    """Give back a part of a commitment that is not certified. Raises BadAmount."""
    _check_positive(amount_cents)
    free = Q(certified_cents__lte=F("amount_cents") - amount_cents)
    given = Commitment.objects.filter(free, pk=commitment.pk).update(
        amount_cents=F("amount_cents") - amount_cents
    )
    if not given:
        raise BadAmount(_("On ne désengage pas ce qui est déjà certifié."))
    Envelope.objects.filter(pk=commitment.envelope_id).update(
        committed_cents=F("committed_cents") - amount_cents
    )
    return _enter(
        commitment.envelope, commitment, Movement.RELEASE, amount_cents, document, by, at
    )


@transaction.atomic
def certify(
    *, commitment: Commitment, amount_cents: int, document: str, by: Actor, at: datetime
) -> Entry:
    """
    Certify that what was bought for that amount came. Raises BadAmount beyond the commitment.
    """
    _check_positive(amount_cents)
    room = Q(certified_cents__lte=F("amount_cents") - amount_cents)
    done = Commitment.objects.filter(room, pk=commitment.pk).update(
        certified_cents=F("certified_cents") + amount_cents
    )
    if not done:
        raise BadAmount(
            _("Le service fait dépasserait l’engagement %(reference)s : vérifiez les quantités.")
            % {"reference": commitment.reference}
        )
    Envelope.objects.filter(pk=commitment.envelope_id).update(
        certified_cents=F("certified_cents") + amount_cents
    )
    return _enter(
        commitment.envelope, commitment, Movement.CERTIFY, amount_cents, document, by, at
    )


def _check_positive(amount_cents: int) -> None:
    if amount_cents <= 0:
        raise BadAmount(_("Le montant doit être supérieur à zéro."))
    if amount_cents > MOST_CENTS:
        raise BadAmount(_("Montant impossible : vérifiez les quantités et les prix."))


def _too_small(envelope: Envelope, amount_cents: int) -> EnvelopeTooSmall:
    envelope.refresh_from_db()
    return EnvelopeTooSmall(
        _(
            "Il reste %(left)s sur l’enveloppe « %(label)s » ; il en faudrait %(asked)s."
            " Réduisez le montant ou demandez un abondement."
        )
        % {
            "left": euros(envelope.available_cents),
            "label": envelope.label,
            "asked": euros(amount_cents),
        },
        envelope.available_cents,
    )


def _enter(
    envelope: Envelope,
    commitment: Commitment | None,
    movement: Movement,
    amount_cents: int,
    document: str,
    by: Actor,
    at: datetime,
) -> Entry:
    entry = Entry.objects.create(
        envelope=envelope,
        commitment=commitment,
        movement=movement,
        amount_cents=amount_cents,
        document=document[:120],
        at=at,
        by_kind=by.actor_kind,
        by_id=by.actor_id,
    )
    journal.record(
        verb=f"budget.{movement.lower()}",
        subject=envelope,
        by=by,
        at=at,
        facts={"entry": entry.pk, "amount_cents": amount_cents},
    )
    return entry
