"""Needs of the census as the engine's rows, and the queue back as lines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from traitdunion.allocation.models import InputRow, Line
from traitdunion.base import bulk
from traitdunion.engine import queue as engine

DOUBTFUL = "DOUBTFUL"


def rows(
    needs: Iterable[Any],
    *,
    keys: Mapping[UUID, tuple[str, str]],
    served_before: Mapping[tuple[UUID, int], int],
    ceilings: Mapping[UUID, int],
) -> list[engine.Need]:
    """One engine row a need; `keys` gives each one's household and cité éducative."""
    return [
        engine.Need(
            need=str(one.pk),
            neighbourhood=one.neighbourhood.code if one.neighbourhood_id else "",
            kind=one.kind,
            degree=one.degree,
            priority=one.priority,
            household=keys[one.pk][0],
            cite_educative=keys[one.pk][1],
            served_before=served_before.get((one.neighbourhood_id, one.degree), 0),
            ceiling=ceilings.get(one.neighbourhood_id),
            state=engine.DOUBTFUL if one.state == DOUBTFUL else engine.OPEN,
        )
        for one in needs
    ]


def inputs(wave_id: UUID, given: Sequence[engine.Need], told_by: UUID) -> list[InputRow]:
    """The engine's rows, to be kept."""
    return [
        InputRow(
            pk=pk,
            wave_id=wave_id,
            need_id=UUID(one.need),
            neighbourhood=one.neighbourhood,
            kind=one.kind,
            degree=one.degree,
            priority=one.priority,
            household=one.household,
            cite_educative=one.cite_educative,
            served_before=one.served_before or 0,
            ceiling=one.ceiling,
            state=one.state,
            told_by=told_by,
        )
        for pk, one in zip(bulk.new_ids(len(given)), given, strict=True)
    ]


def lines(wave_id: UUID, needs: Sequence[Any], ranked: Sequence[engine.Ranked]) -> list[Line]:
    """The queue as rows of the wave."""
    return [
        Line(
            wave_id=wave_id,
            need_id=needs[one.index].pk,
            neighbourhood_id=needs[one.index].neighbourhood_id,
            rank=one.rank,
            degree=one.degree,
            key=one.key,
            decision=one.decision,
            source=one.source,
            cost_cents=one.cost_cents,
            reason=one.reason.french(),
        )
        for one in ranked
    ]
