"""
Which purse pays which units: the same computation before an order is placed, and when it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from traitdunion.base.identifiers import folded
from traitdunion.base.money import euros
from traitdunion.budget.operations import EnvelopeTooSmall

if TYPE_CHECKING:
    from traitdunion.budget.models import Envelope

# Behind every purse of the programme.
LAST = 10_000


@dataclass(frozen=True, slots=True)
class Share:
    """So many units of a line, placed or not yet, paid by an envelope."""

    line: Any
    envelope: "Envelope"
    position: int
    quantity: int

    @property
    def cost_cents(self) -> int:
        return int(self.quantity * self.line.price_cents)


@dataclass(frozen=True, slots=True)
class Purse:
    """What an envelope would pay of an order, and what it would keep."""

    envelope: "Envelope"
    paid_cents: int

    @property
    def left_cents(self) -> int:
        return int(self.envelope.available_cents - self.paid_cents)


def shared(
    lines: Sequence[Any], envelopes: Sequence["Envelope"], *, as_fact: bool = False
) -> Iterator[Share]:
    """
    Each purse pays as many whole units as it holds, before the next one; a fact that goes beyond
    all of them falls on the last. Raises EnvelopeTooSmall.
    """
    purses = sorted(envelopes, key=_place)
    left = {one.pk: max(0, one.available_cents) for one in purses}
    for line in sorted(lines, key=_turn):
        units = line.quantity
        for position, purse in enumerate(purses):
            taken = min(units, left[purse.pk] // line.price_cents)
            if as_fact and purse is purses[-1]:
                taken = units
            if taken:
                left[purse.pk] -= taken * line.price_cents
                units -= taken
                yield Share(line, purse, position, taken)
        if units:
            raise _too_small(purses, units * line.price_cents, sum(left.values()))


def purses(lines: Sequence[Any], envelopes: Sequence["Envelope"]) -> list[Purse]:
    """What each envelope would pay, in the order in which they pay. Raises EnvelopeTooSmall."""
    paid = {one.pk: 0 for one in envelopes}
    for share in shared(lines, envelopes):
        paid[share.envelope.pk] += share.cost_cents
    return [Purse(one, paid[one.pk]) for one in sorted(envelopes, key=_place)]


def _turn(line: Any) -> tuple[str, UUID, str]:
    place = line.delivery_point
    return folded(place.name), place.pk, line.kind


def _place(envelope: "Envelope") -> tuple[int, str, UUID]:
    position = envelope.source.position if envelope.source else LAST
    return position, envelope.label, envelope.pk


def _too_small(purses: Sequence["Envelope"], lacking: int, left: int) -> EnvelopeTooSmall:
    names = " + ".join(f"« {one.label} »" for one in purses)
    return EnvelopeTooSmall(
        _(
            "%(names)s ne suffit pas : il manque %(lacking)s au moins. Réduisez les quantités ou"
            " demandez un abondement."
        )
        % {"names": names, "lacking": euros(max(1, lacking - left))},
        sum(max(0, one.available_cents) for one in purses),
    )
