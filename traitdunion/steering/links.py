"""Which steps of a trace somebody may follow: a link that answers "nothing" is not a link."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from traitdunion.budget import queries as budget
from traitdunion.equipment import queries as equipment
from traitdunion.grants.queries import deciding as grants
from traitdunion.lending import queries as lending
from traitdunion.partners import queries as partners
from traitdunion.steering.chain import Step, Trace
from traitdunion.steering.states import Thing
from traitdunion.supply import queries as supply
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

# What a seat sees of each kind of thing, and the column that holds a step's key.
SEEN: dict[str, tuple[Callable[[Any], Any], str]] = {
    Thing.ENVELOPE: (budget.envelopes_seen_by, "pk"),
    Thing.COMMITMENT: (budget.commitments_seen_by, "pk"),
    Thing.ORGANISATION: (partners.organisations_seen_by, "pk"),
    Thing.ORDER: (supply.orders_seen_by, "number"),
    Thing.GIFT: (supply.orders_seen_by, "number"),
    Thing.DEVICE: (equipment.devices_seen_by, "serial"),
    Thing.GRANT: (grants.decisions_seen_by, "number"),
    Thing.AGREEMENT: (lending.agreements_seen_by, "number"),
}


def followed_by(seat: "Seat", found: Trace) -> Trace:
    """The same trace, where only what this seat may open has a key."""
    steps = [*found.euros, *found.hands, *found.items]
    opens = {
        (thing, key)
        for thing in {step.thing for step in steps if step.key}
        for key in _seen(seat, thing, {step.key for step in steps if step.thing == thing})
    }
    return replace(
        found,
        euros=_linked(found.euros, opens),
        hands=_linked(found.hands, opens),
        items=_linked(found.items, opens),
    )


def _linked(steps: Iterable[Step], opens: set[tuple[str, str]]) -> list[Step]:
    return [step if (step.thing, step.key) in opens else replace(step, key="") for step in steps]


def _seen(seat: "Seat", thing: str, keys: set[str]) -> set[str]:
    if thing == Thing.NEIGHBOURHOOD:
        return {key for key in keys if sees_neighbourhood(seat, territories.neighbourhood(key))}
    if thing not in SEEN:
        return keys
    seen_by, column = SEEN[thing]
    rows = seen_by(seat).filter(**{f"{column}__in": keys - {""}}).order_by("pk")
    return {str(key) for key in rows.values_list(column, flat=True)}


def sees_neighbourhood(seat: "Seat | None", place: Any) -> bool:
    """Whether what was given in this neighbourhood is for this seat to follow."""
    if seat is None:
        return True
    rows = territories.within(
        territories.neighbourhoods(place.generation), perimeter=seat.perimeter
    )
    return bool(rows.filter(pk=place.pk).exists())
