"""A state machine is a table of moves and one conditional UPDATE."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from traitdunion.base.errors import MoveRefused


def move(
    *,
    row: Model,
    to: str,
    moves: Mapping[Any, frozenset[Any]],
    refusal: str,
    field: str = "state",
    **changes: Any,
) -> None:
    """
    Move ``row`` to the state ``to`` if a listed move leads there, in one UPDATE that only one
    clerk can win.

    Args:
        row: the row as it was read; its ``field`` and the changed columns are refreshed on
            success.
        moves: state → the states that may follow it.
        refusal: the sentence for the person when the row is not where it should be.
        changes: other columns written by the same UPDATE.
    Raises: MoveRefused with ``refusal``.
    """
    came_from = [state for state, nexts in moves.items() if to in nexts]
    rows = type(row)._default_manager.filter(pk=row.pk, **{f"{field}__in": came_from})
    if not rows.update(**{field: to}, **changes):
        raise MoveRefused(refusal)
    for name, value in {field: to, **changes}.items():
        setattr(row, name, value)
