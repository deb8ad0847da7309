"""
From the euro to the child and back: any number, one page.

Where a chain ends at an organisation (an operating grant, devices for workshops) it says so and is
counted apart: no child is invented at its end.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from traitdunion.allocation import queries as awards
from traitdunion.allocation import tracing as allocation
from traitdunion.base.errors import NotFound
from traitdunion.base.identifiers import squeezed
from traitdunion.budget import queries as budget
from traitdunion.budget import tracing as money
from traitdunion.budget.states import Spending
from traitdunion.equipment import queries as equipment
from traitdunion.equipment.states import State
from traitdunion.grants import tracing as grants
from traitdunion.grants.queries import deciding as decisions
from traitdunion.lending import queries as loans
from traitdunion.lending import tracing as lending
from traitdunion.mentoring import tracing as mentoring
from traitdunion.partners import queries as partners
from traitdunion.people import queries as people
from traitdunion.steering import chain, links
from traitdunion.steering.chain import End, Step, Trace
from traitdunion.steering.states import Leaf, Thing
from traitdunion.supply import queries as orders
from traitdunion.supply import tracing as supply
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

PAGE = 50


class NothingTraced(NotFound):
    """Nothing has that number, for this seat."""


def trace(text: str, *, seat: "Seat | None" = None, after: str = "") -> Trace:
    """
    What a number leads to.

    Args:
        text: serial, IMEI, ICCID, EJ, DP, order, agreement, SIRET, RNA, UAI, neighbourhood, a
            child's code, or any identifier of this service.
        seat: who asks; a command asks for everything.
        after: where the page of items goes on.
    Raises: NothingTraced, for a foreign thing as for none.
    """
    wanted = text.strip()[:80]
    for find in FINDERS if wanted else ():
        found = find(wanted, seat, after)
        if found is not None:
            return found if seat is None else links.followed_by(seat, found)
    raise NothingTraced(
        _("Rien ne porte le numéro « %(number)s » : vérifiez-le, chiffre à chiffre.")
        % {"number": wanted[:40]}
    )


# --- A device


def _device(text: str, seat: "Seat | None", after: str) -> Trace | None:
    try:
        one = equipment.device(text)
    except NotFound:
        one = equipment.device_of_sim(squeezed(text))
    if one is None or not _sees(seat, equipment.devices_seen_by, one.pk):
        return None
    box = supply.box_of(one.pk)
    subject = Step(
        Thing.DEVICE, f"{one.label} {one.serial}", one.serial, one.registered_at.date(),
        box.line.price_cents if box else None, str(State(one.state).label),
    )  # fmt: skip
    euros = chain.bought(one, box)
    return Trace(subject, euros=euros, hands=chain.hands(one))


# --- Money


def _by_commitment_number(text: str, seat: "Seat | None", after: str) -> Trace | None:
    one = budget.commitment_numbered(squeezed(text))
    return _commitment(one, seat, after) if one else None


def _commitment(one: Any, seat: "Seat | None", after: str) -> Trace | None:
    if not _sees(seat, budget.commitments_seen_by, one.pk):
        return None
    units = supply.units(Q(commitment=one.pk))
    ends = chain.ends(units)
    if not units and one.amount_cents:
        ends = _without_devices(one)
    devices = supply.devices_paid_by(one.pk, after)
    items = [
        Step(
            Thing.DEVICE, f"{box.line.label} {box.serial}", box.serial,
            amount_cents=box.line.price_cents, note=box.device.get_state_display(),
        )
        for box in devices[:PAGE]
    ]  # fmt: skip
    return Trace(
        chain.commitment_step(one),
        euros=chain.paid_by(one)[1:],
        hands=_beneficiary(one),
        ends=ends,
        total_cents=one.amount_cents,
        items=items,
        after=devices[PAGE - 1].serial if len(devices) > PAGE else "",
    )


def _without_devices(commitment: Any) -> list[End]:
    """The places of young people whom a network follows; the rest stops at an organisation."""
    agreement = mentoring.agreement_of(commitment.pk)
    places = agreement.paid_places if agreement else 0
    worth = places * agreement.price_cents if agreement else 0
    ends = [
        End(Leaf.FOLLOWED, places, worth),
        End(Leaf.ORGANISATION, 1, commitment.amount_cents - worth),
    ]
    return [end for end in ends if end.amount_cents]


def _network_agreement(text: str, seat: "Seat | None", after: str) -> Trace | None:
    """An agreement with a network is the commitment that signed it."""
    one = mentoring.agreement_numbered(squeezed(text))
    return _commitment(one.commitment, seat, after) if one else None


def _beneficiary(commitment: Any) -> list[Step]:
    order = supply.order_of(commitment.pk)
    agreement = mentoring.agreement_of(commitment.pk)
    steps = []
    if agreement:
        note = _("%(n)s places suivies et payées") % {"n": agreement.paid_places}
        steps.append(
            Step(
                Thing.NETWORK_AGREEMENT, agreement.number, agreement.number,
                agreement.starts_on, agreement.amount_cents, note,
            )
        )  # fmt: skip
    if order:
        thing, day = chain.way_in(commitment), order.placed_at.date()
        steps.append(Step(thing, order.number, order.number, day, note=order.get_state_display()))
    if decided := grants.decision_of(commitment.pk):
        steps.append(chain.grant_step(decided))
    if commitment.beneficiary:
        one = commitment.beneficiary
        steps.append(Step(Thing.ORGANISATION, one.name, str(one.pk)))
    return steps


def _grant(text: str, seat: "Seat | None", after: str) -> Trace | None:
    """By its number, that of its application or of its letter: it ends at whoever asked."""
    one = grants.decision_numbered(squeezed(text))
    if one is None or not _sees(seat, decisions.decisions_seen_by, one.pk):
        return None
    asker = one.application.organisation
    paid = one.commitment
    return Trace(
        chain.grant_step(one),
        euros=chain.paid_by(paid) if paid else [],
        hands=[Step(Thing.ORGANISATION, asker.name, str(asker.pk), note=one.application.title)],
        ends=[End(Leaf.GRANT, 1, paid.amount_cents)] if paid and paid.amount_cents else [],
        total_cents=paid.amount_cents if paid else None,
    )


def _order(text: str, seat: "Seat | None", after: str) -> Trace | None:
    """An order is the commitments that pay it."""
    one = supply.order_numbered(text)
    if one is None or not _sees(seat, orders.orders_seen_by, one.pk):
        return None
    paid = _in_order(supply.commitment_ids(one))
    units = supply.units(Q(line__order=one.pk))
    return Trace(
        Step(
            chain.way_in(paid[0] if paid else None), one.number, one.number, one.placed_at.date(),
            sum(each.amount_cents for each in paid), one.get_state_display(),
        ),
        euros=[step for each in paid for step in chain.paid_by(each)],
        ends=chain.ends(units),
        total_cents=sum(each.amount_cents for each in paid),
        items=[chain.commitment_step(each) for each in paid],
    )  # fmt: skip


def _in_order(commitment_ids: Sequence[UUID]) -> list[Any]:
    """These commitments, in the order given."""
    known = {one.pk: one for one in money.commitments_by_id(commitment_ids)}
    return [known[pk] for pk in commitment_ids if pk in known]


def _envelope(one: Any, seat: "Seat | None", after: str) -> Trace | None:
    if not _sees(seat, budget.envelopes_seen_by, one.pk):
        return None
    whole = money.itself_and_under(one)
    forwarded = money.brought_forward(whole)
    # A commitment that went from one year to the next lies in two envelopes: told as a whole.
    paid = Q(commitment__envelope__in=whole) & ~Q(commitment__in=forwarded)
    ends = chain.ends(supply.units(paid))
    devices = supply.funded(paid).values("commitment")
    others = money.committed_elsewhere(whole, devices=devices, forwarded=forwarded)
    for spending, count, cents in others:
        leaf = Leaf.GRANT if spending == Spending.GRANTS else Leaf.ORGANISATION
        ends.append(End(leaf, count, cents))
    if forwarded:
        ends.append(End(Leaf.FORWARD, len(forwarded), money.committed_in(whole, forwarded)))
    below, after = _below(one, after)
    return Trace(
        chain.envelope_step(one),
        euros=[chain.envelope_step(each) for each in reversed(budget.path(one)[:-1])],
        ends=[end for end in ends if end.amount_cents],
        total_cents=money.consumption(whole),
        items=below,
        after=after,
    )


def _below(envelope: Any, after: str) -> tuple[list[Step], str]:
    """The envelopes under it on the first page, then its own commitments, a page at a time."""
    items = [] if after else [chain.envelope_step(one) for one in budget.under(envelope)]
    rows = money.commitments_after(envelope, after, PAGE + 1)
    items += [chain.commitment_step(one) for one in rows[:PAGE]]
    return items, str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


# --- Who


def _organisation(one: Any, seat: "Seat | None", after: str) -> Trace | None:
    if not _sees(seat, partners.organisations_seen_by, one.pk):
        return None
    given = (
        list(budget.commitments_seen_by(seat).filter(beneficiary=one.pk)[:PAGE])
        if seat
        else (list(money.commitments_for(one.pk)[:PAGE]))
    )
    held = (
        [chain.envelope_step(each) for each in budget.held_by(one.pk)]
        if not seat
        else [
            chain.envelope_step(each)
            for each in budget.envelopes_seen_by(seat).filter(holder=one.pk)[:PAGE]
        ]
    )
    stock = equipment.stock_by_state(one.pk)
    hands = [
        Step(Thing.DEVICE, str(State(state).label), note=_("%(n)s appareils") % {"n": count})
        for state, count in stock
    ]
    return Trace(
        Step(Thing.ORGANISATION, one.name, str(one.pk), note=one.get_kind_display()),
        euros=[chain.commitment_step(each) for each in given],
        hands=hands,
        items=held,
    )


def _organisation_numbered(text: str, seat: "Seat | None", after: str) -> Trace | None:
    try:
        one = partners.organisation_by_code(text)
    except NotFound:
        return None
    return _organisation(one, seat, after)


def _neighbourhood(text: str, seat: "Seat | None", after: str) -> Trace | None:
    place = territories.neighbourhood(squeezed(text))
    if place is None or not links.sees_neighbourhood(seat, place):
        return None
    given = allocation.awards_by_source(place.pk)
    lent = supply.paid_for(lending.devices_lent_in(place.pk))
    known = {one.pk: one for one in money.commitments_by_id([one.commitment_id for one in lent])}
    items = [
        Step(
            Thing.COMMITMENT, known[one.commitment_id].label, str(one.commitment_id),
            amount_cents=one.amount_cents,
            note=_("%(n)s appareils chez des enfants de ce quartier") % {"n": one.count},
        )
        for one in lent[:PAGE]
    ]  # fmt: skip
    total = sum(one.amount_cents for one in lent)
    ends = [End(Leaf.CHILD, sum(one.count for one in lent), total)] if lent else []
    return Trace(
        Step(Thing.NEIGHBOURHOOD, str(place), place.code, note=place.department.name),
        euros=[
            Step(
                Thing.AWARD, one.source, amount_cents=one.amount_cents,
                note=_("%(n)s attributions : %(state)s") % {"n": one.count, "state": one.state},
            )
            for one in given
        ],
        ends=ends,
        total_cents=total,
        items=items,
    )  # fmt: skip


def _agreement(text: str, seat: "Seat | None", after: str) -> Trace | None:
    one = lending.agreement_numbered(squeezed(text))
    if one is None or not _sees(seat, loans.agreements_seen_by, one.pk):
        return None
    subject = chain.agreement_step(one)
    hands, euros = [], []
    for loan in lending.loans_under(one):
        box = supply.box_of(loan.device_id)
        hands.append(
            Step(
                Thing.DEVICE, f"{loan.device.label} {loan.device.serial}", loan.device.serial,
                loan.started_at.date(), box.line.price_cents if box else None,
                loan.device.get_state_display(),
            )
        )  # fmt: skip
        euros += chain.bought(loan.device, box)
    euros = (chain.right(one.award_id) if one.award_id else []) + euros
    return Trace(subject, euros=euros, hands=hands)


def _person(pk: UUID, seat: "Seat | None", after: str) -> Trace | None:
    """A child, by identifier: never by name, and never a name."""
    numbers = lending.agreements_of_person(pk)
    rights = allocation.awards_of_person(pk)
    if not numbers and not rights:
        return None
    traced = [found for number in numbers if (found := _agreement(number, seat, after))]
    if not traced and not any(_sees(seat, awards.awards_seen_by, one.pk) for one in rights):
        return None
    euros = [step for one in rights for step in chain.right(one.pk)] if not traced else []
    return Trace(
        Step(Thing.CHILD, people.pseudonym(pk), str(pk)),
        euros=euros + [step for one in traced for step in one.euros],
        hands=[step for one in traced for step in (one.subject, *one.hands)],
    )


def _identifier(text: str, seat: "Seat | None", after: str) -> Trace | None:
    """Any identifier of this service."""
    try:
        pk = UUID(text)
    except ValueError:
        return None
    lookups: tuple[tuple[Callable[[UUID], Any], Callable[..., Trace | None]], ...] = (
        (money.envelope_by_id, _envelope),
        (money.commitment_by_id, _commitment),
        (partners.organisation_or_none, _organisation),
    )
    for look_up, show in lookups:
        one = look_up(pk)
        if one is not None:
            return show(one, seat, after)
    award = allocation.award_or_none(pk)
    if award is not None:
        return _person(award.person_id, seat, after)
    return _person(pk, seat, after)


def _child(text: str, seat: "Seat | None", after: str) -> Trace | None:
    """The code under which a child appears on every page."""
    for pk in people.persons_coded(text):
        shown = _person(pk, seat, after)
        if shown:
            return shown
    return None


def _sees(seat: "Seat | None", seen_by: Callable[[Any], Any], pk: Any) -> bool:
    return seat is None or seen_by(seat).filter(pk=pk).exists()


FINDERS: tuple[Callable[[str, "Seat | None", str], Trace | None], ...] = (
    _identifier,
    _child,
    _by_commitment_number,
    _neighbourhood,
    _agreement,
    _order,
    _grant,
    _network_agreement,
    _organisation_numbered,
    _device,
)
