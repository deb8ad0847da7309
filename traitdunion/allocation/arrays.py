"""Needs of the census as the engine's rows, and the queue back as lines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from traitdunion.allocation.models import Line
from traitdunion.engine import queue as engine
from traitdunion.programme.schema import AllocationTable

DOUBTFUL = "DOUBTFUL"


def rules(table: AllocationTable, seed: str, amounts: Mapping[str, int]) -> engine.Rules:
    """The programme's rule with what each purse holds now."""
    sources = tuple(
        engine.Source(one.name, amounts.get(one.name, 0), one.pays_for, one.fungible)
        for one in table.sources
    )
    return engine.Rules(seed, table.last_degree, table.prices_cents, sources)


def rows(
    needs: Iterable[Any],
    *,
    cites: Mapping[UUID, str],
    served_before: Mapping[tuple[UUID, int], int],
    ceilings: Mapping[UUID, int],
) -> list[engine.Need]:
    """One engine row a need; `cites` names the cité éducative that covers a neighbourhood."""
    return [
        engine.Need(
            need=str(one.pk),
            neighbourhood=one.neighbourhood.code if one.neighbourhood_id else "",
            kind=one.kind,
            degree=one.degree,
            priority=one.priority,
            household=str(one.person.household_id or ""),
            cite_educative=cites.get(one.neighbourhood_id, ""),
            served_before=served_before.get((one.neighbourhood_id, one.degree)),
            ceiling=ceilings.get(one.neighbourhood_id),
            state=engine.DOUBTFUL if one.state == DOUBTFUL else engine.OPEN,
        )
        for one in needs
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


def digest_lines(given: Iterable[engine.Need]) -> list[str]:
    """What a digest of the ranked rows covers, one text a need, sorted."""
    return sorted(
        ";".join(
            (
                one.need,
                one.neighbourhood,
                one.kind,
                str(one.degree),
                f"{one.priority:g}",
                one.household,
                one.cite_educative,
                str(one.served_before or 0),
                "" if one.ceiling is None else str(one.ceiling),
                one.state,
            )
        )
        for one in given
    )
