"""
What an organisation gives in kind: it comes, it has a value, and nobody is paid.

It takes the road of every order, in one go: its value is the envelope's, commits it, is certified
as it comes, and is settled without a request to the accountant (docs/decisions/0020).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import check_serial, folded
from traitdunion.budget import operations as budget
from traitdunion.budget import queries as money
from traitdunion.budget.states import Origin
from traitdunion.journal import operations as journal
from traitdunion.partners import operations as partners
from traitdunion.partners import queries as organisations
from traitdunion.partners.states import Kind
from traitdunion.programme import queries as programme
from traitdunion.supply import queries
from traitdunion.supply.models import ManifestLine, PurchaseOrder
from traitdunion.supply.operations import ordering, receiving

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.models import Programme, Source

# How the programme file calls a purse of gifts, when it declares one.
IN_KIND = "in_kind"


class BadGift(Refusal):
    """A gift without a thing, a value or a number that can be."""

    status = 400


@dataclass(frozen=True, slots=True)
class GivenLine:
    """Things of one model, each with its serial number, and what one is worth."""

    kind: str
    label: str
    value_cents: int
    serials: tuple[str, ...]

    @property
    def cost_cents(self) -> int:
        return len(self.serials) * self.value_cents


@transaction.atomic
def record_gift(
    *,
    number: str,
    donor: "Organisation",
    owner: "Organisation",
    holder: "Organisation",
    lines: Sequence[GivenLine],
    running: "Programme",
    by: Actor,
    at: datetime,
) -> PurchaseOrder:
    """
    Enter what was given in the register, and its value in the owner's envelope of gifts.

    Args:
        number: of the deed that accepts the gift; it is the origin of each device.
        owner, holder: to whom it was given, and where it is.
    Raises: BadGift, BadOrder, BadIdentifier, SerialKnown, EnvelopeClosed (nothing is recorded).
    """
    given = [_checked(line) for line in lines]
    _check_each_once(given)
    envelope = budget.allot_gift(
        strand=programme.strand(running, money.EQUIPMENT),
        source=_purse(running),
        holder=owner,
        amount_cents=sum(line.cost_cents for line in given),
        document=number,
        by=by,
        at=at,
    )
    placed = ordering.order(
        number=number,
        buyer=owner,
        supplier=donor,
        market_reference=_("Don en nature"),
        envelopes=[envelope],
        lines=[_ordered(line, holder) for line in given],
        promised_on=timezone.localdate(at),
        plan=programme.plan(running),
        # Decided by the donor: nothing is spent, hence nobody has to sign.
        origin=Origin.ELSEWHERE,
        by=by,
        at=at,
    )
    _take(placed, holder, given, by, at)
    facts = {"donor": str(donor.pk), "amount_cents": sum(line.cost_cents for line in given)}
    journal.record(verb="supply.gift_recorded", subject=placed, by=by, at=at, facts=facts)
    placed.refresh_from_db()
    return placed


def _take(
    order: PurchaseOrder,
    holder: "Organisation",
    given: Sequence[GivenLine],
    by: Actor,
    at: datetime,
) -> None:
    """Announce, receive, certify and settle, all of it: what is in hand is no promise."""
    by_kind = {line.kind: line for line in queries.lines(order)}
    ManifestLine.objects.bulk_create(
        ManifestLine(order=order, line=by_kind[line.kind], serial=serial)
        for line in given
        for serial in line.serials
    )
    receiving.receive(
        order=order,
        delivery_point=holder,
        ticked=[serial for line in given for serial in line.serials],
        unannounced={},
        is_complete=True,
        by=by,
        at=at,
    )
    for line in queries.lines(order):
        # Two people are asked for so that nothing is paid that did not come: nothing is paid here.
        receiving.certify_received(line=line, by=by, at=at)
    for commitment in queries.commitments_of(order):
        budget.settle_gift(commitment=commitment, document=order.number, by=by, at=at)


@transaction.atomic
def donor_named(*, text: str, near: "Organisation", by: Actor, at: datetime) -> "Organisation":
    """The organisation of that number or whole name; created as a donor when nobody has it."""
    name = " ".join(text.split())
    if len(name) < 2:
        raise BadGift(_("Dites qui donne : le nom ou le numéro d’une organisation."))
    found: dict[str, UUID] = organisations.organisations_called([name])
    if name in found:
        return organisations.organisation(found[name])
    # Two organisations bear that name: the one that already gave is meant.
    known = organisations.of_kind(Kind.DONOR).filter(searchable=folded(name)[:200]).first()
    if known:
        return known
    return partners.create_organisation(
        kind=Kind.DONOR,
        name=name,
        identifiers={},
        department_id=near.department_id,
        by=by,
        at=at,
    )


def _purse(running: "Programme") -> "Source | None":
    """Only where the programme counts on gifts to serve needs: a purse promises awards."""
    return next((one for one in programme.sources(running) if one.kind == IN_KIND), None)


def _checked(line: GivenLine) -> GivenLine:
    serials = tuple(check_serial(one) for one in line.serials)
    if not serials:
        raise BadGift(_("Collez au moins un numéro de série."))
    if line.value_cents <= 0:
        raise BadGift(_("Dites ce que vaut un appareil : un montant supérieur à zéro."))
    return GivenLine(line.kind, line.label, line.value_cents, serials)


def _check_each_once(given: Sequence[GivenLine]) -> None:
    if not given:
        raise BadGift(_("Un don a au moins un appareil."))
    known: set[str] = set()
    for serial in (serial for line in given for serial in line.serials):
        if serial in known:
            raise BadGift(
                _("Le numéro de série %(serial)s est collé deux fois.") % {"serial": serial}
            )
        known.add(serial)


def _ordered(line: GivenLine, holder: "Organisation") -> ordering.NewLine:
    """No tax is due on what is given: both prices are its value."""
    return ordering.NewLine(
        delivery_point=holder,
        kind=line.kind,
        label=line.label,
        quantity=len(line.serials),
        price_excluding_tax_cents=line.value_cents,
        price_cents=line.value_cents,
    )
