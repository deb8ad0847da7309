"""
The one conditional UPDATE by which counters change: found nothing, nothing is taken.

Its text depends on what changes and on which rules hold it, never on the amounts: it is made once
for each shape. Django's own expressions gave the same statement and cost ten times as much, in
the one place where every office waits for the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.db.models import Model

from traitdunion.budget.rules import Rules


@dataclass(frozen=True, slots=True)
class Shape:
    """
    What a change looks like, without its amounts.

    Attributes:
        changed: the counters that change.
        rooms: those it takes from, which must hold it.
        lowered: the counters that go down, and never below nothing.
        is_open: the year must be open.
        waits: nothing may be left to put right.
        asks: 1 when an unasked payment counts as asked for, -1 when it no longer does.
    """

    changed: tuple[str, ...]
    rooms: tuple[str, ...]
    lowered: tuple[str, ...]
    is_open: bool
    waits: bool
    asks: int


def counters_changed(
    model: type[Model],
    rules: Rules,
    shape: Shape,
    pk: UUID,
    deltas: Mapping[str, int],
    taken: Mapping[str, int],
    asked_cents: int,
) -> bool:
    """Change the counters of one row if every rule holds; False when one does not."""
    alias = router.db_for_write(model)
    connection = connections[alias]
    key = model._meta.pk.get_db_prep_value(pk, connection)
    parameters: list[Any] = [deltas[name] for name in shape.changed]
    if not shape.waits:
        parameters += [rules.change(room, deltas) for room in _rooms_of_excesses(rules)]
    if shape.asks:
        parameters.append(asked_cents)
    parameters.append(key)
    parameters += [taken[room] for room in shape.rooms]
    parameters += [-deltas[name] for name in shape.lowered]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, rules, shape, connection.vendor), parameters)
        return bool(cursor.rowcount)


@cache
def _statement(model: type[Model], rules: Rules, shape: Shape, vendor: str) -> str:
    largest = "MAX" if vendor == "sqlite" else "GREATEST"
    changes = [f"{name} = {name} + %s" for name in shape.changed]
    if not shape.waits:
        # What goes beyond once the amounts are changed: each room less what it is given now.
        for excess, rooms in rules.excesses.items():
            beyond = ", ".join(f"-({_sum(rules, room)}) - %s" for room in rooms)
            changes.append(f"{excess} = {largest}(0, {beyond})")
    if shape.asks > 0:
        changes.append(f"requested_cents = {largest}(requested_cents, paid_cents + %s)")
    elif shape.asks:
        changes.append("requested_cents = requested_cents + %s")
    holds = ["id = %s"]
    holds += [f"{_sum(rules, room)} >= %s" for room in shape.rooms]
    holds += [f"{name} >= %s" for name in shape.lowered]
    holds += ["closed_at IS NULL"] if shape.is_open else []
    holds += [f"{excess} = 0" for excess in rules.excesses] if shape.waits else []
    table = model._meta.db_table
    return f"UPDATE {table} SET {', '.join(changes)} WHERE {' AND '.join(holds)}"  # noqa: S608


def _sum(rules: Rules, room: str) -> str:
    plus, minus = rules.sides(room)
    return " + ".join(plus) + "".join(f" - {name}" for name in minus)


def _rooms_of_excesses(rules: Rules) -> list[str]:
    return [room for rooms in rules.excesses.values() for room in rooms]
