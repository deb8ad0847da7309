"""The links of a trace: how each thing, and each end, is told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from traitdunion.allocation import tracing as allocation
from traitdunion.budget import queries as budget
from traitdunion.budget.states import Regime
from traitdunion.equipment import queries as equipment
from traitdunion.equipment.states import State
from traitdunion.lending import tracing as lending
from traitdunion.partners import queries as partners
from traitdunion.people import queries as people
from traitdunion.steering.states import Leaf, Thing

# Where a device is, and whether a child is at the end.
PLACES = {
    State.IN_STOCK: Leaf.STOCK,
    State.IN_TRANSIT: Leaf.STOCK,
    State.IN_REPAIR: Leaf.REPAIR,
    State.LENT: Leaf.WORKSHOP,
    State.LOST: Leaf.GONE,
    State.STOLEN: Leaf.GONE,
    State.RETIRED: Leaf.GONE,
    "TO_COME": Leaf.TO_COME,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain."""

    thing: str
    label: str
    key: str = ""
    on: date | None = None
    amount_cents: int | None = None
    note: str = ""

    @property
    def thing_label(self) -> str:
        return str(Thing(self.thing).label)


@dataclass(frozen=True, slots=True)
class End:
    """Where some of the money is now: so many things, so many cents."""

    leaf: str
    count: int
    amount_cents: int

    @property
    def label(self) -> str:
        return str(Leaf(self.leaf).label)

    @property
    def has_child(self) -> bool:
        return self.leaf == Leaf.CHILD


@dataclass(frozen=True)
class Trace:
    """A thing, the euros it comes from, where they went."""

    subject: Step
    # From the thing up to the credits, and from the thing down to who has it.
    euros: list[Step] = field(default_factory=list)
    hands: list[Step] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    # What the ends sum to: the consumption of the envelope, the amount of the commitment.
    total_cents: int | None = None
    # One page of what lies directly under it; ``after`` asks for the next.
    items: list[Step] = field(default_factory=list)
    after: str = ""

    @property
    def with_children_cents(self) -> int:
        return sum(end.amount_cents for end in self.ends if end.has_child)

    @property
    def with_organisations_cents(self) -> int:
        return sum(end.amount_cents for end in self.ends if not end.has_child)


def bought(device: Any, box: Any | None) -> list[Step]:
    """The order and the euros that brought a device in, or what was there before."""
    if box is None:
        apart = _("acheté avant le programme : compté à part")
        return [Step(Thing.ORIGIN, device.origin, note=apart)]
    order, paid = box.order, box.funding.commitment if box.funding else None
    note = _("marché %(market)s, %(supplier)s") % {
        "market": order.market_reference,
        "supplier": order.supplier.name,
    }
    if is_gift(paid):
        note = _("donné par %(donor)s") % {"donor": order.supplier.name}
    cents = box.line.price_cents
    thing, day = way_in(paid), order.placed_at.date()
    steps = [Step(thing, order.number, order.number, day, cents, note)]
    return steps + paid_by(paid) if paid else steps


def is_gift(commitment: Any | None) -> bool:
    """Nobody was paid: the value of what was given stands in place of money."""
    return commitment is not None and commitment.envelope.regime == Regime.IN_KIND


def way_in(commitment: Any | None) -> str:
    """Whether what this commitment stands for was bought or given."""
    return Thing.GIFT if is_gift(commitment) else Thing.ORDER


def paid_by(commitment: Any) -> list[Step]:
    """The commitment, its payments, then the envelopes up to the credits."""
    steps = [commitment_step(commitment)]
    for one in budget.payments(commitment):
        number = one.dp_number or _("demande sans numéro")
        steps.append(
            Step(
                Thing.PAYMENT, number, one.dp_number, one.paid_on, one.amount_cents,
                one.get_state_display(),
            )
        )  # fmt: skip
    for envelope in reversed(budget.path(commitment.envelope)):
        steps.append(envelope_step(envelope))
    return steps


def commitment_step(one: Any) -> Step:
    note = f"EJ {one.ej_number}" if one.ej_number else ""
    return Step(
        Thing.COMMITMENT, one.label or one.reference, str(one.pk), one.committed_at.date(),
        one.amount_cents, note,
    )  # fmt: skip


def grant_step(one: Any) -> Step:
    """A decision on a grant: the chain ends at the association."""
    note = one.get_outcome_display()
    if one.withdrawn_at:
        note = _("%(outcome)s, décision reprise") % {"outcome": note}
    return Step(Thing.GRANT, one.number, one.number, one.decided_at.date(), one.amount_cents, note)


def envelope_step(one: Any) -> Step:
    source = one.source.title if one.source else ""
    return Step(
        Thing.ENVELOPE, f"{one.label} ({one.year})", str(one.pk), one.opened_at.date(),
        one.authorized_cents, source,
    )  # fmt: skip


def hands(device: Any) -> list[Step]:
    """Every place it has been; where a child has it, by code, and the award that gave it."""
    lines = equipment.history(device)
    names = partners.names([one.to_organisation_id for one in lines if one.to_organisation_id])
    steps = [_hand(one, names) for one in lines]
    loan = lending.last_loan(device.pk)
    if loan:
        steps.append(agreement_step(loan.agreement))
        if loan.agreement.award_id:
            steps += right(loan.agreement.award_id)
    return steps


def _hand(line: Any, names: dict[UUID, str]) -> Step:
    if line.to_person_id:
        who = _("un enfant, %(code)s") % {"code": people.pseudonym(line.to_person_id)}
    else:
        who = names.get(line.to_organisation_id, _("personne"))
    return Step(Thing.HAND, who, on=line.at.date(), note=line.get_move_display())


def agreement_step(one: Any) -> Step:
    if one.organisation_id:
        note = _("prêt à une organisation : la chaîne s’arrête là, aucun enfant n’est compté")
    else:
        note = people.pseudonym(one.person_id)
    return Step(Thing.AGREEMENT, one.number, one.number, one.prepared_at.date(), note=note)


def right(award_id: UUID) -> list[Step]:
    award = allocation.award_with_need(award_id)
    place = award.neighbourhood
    return [
        Step(
            Thing.AWARD, award.source.title, str(award.pk), award.awarded_at.date(),
            award.cost_cents, award.get_state_display(),
        ),
        Step(Thing.NEIGHBOURHOOD, str(place), place.code),
    ]  # fmt: skip


def ends(units: Iterable[Any]) -> list[End]:
    sums: dict[str, tuple[int, int]] = {}
    for one in units:
        leaf = Leaf.CHILD if one.with_child else PLACES[one.state]
        count, cents = sums.get(leaf, (0, 0))
        sums[leaf] = count + one.count, cents + one.amount_cents
    return [End(leaf, *sums[leaf]) for leaf in Leaf.values if leaf in sums]
