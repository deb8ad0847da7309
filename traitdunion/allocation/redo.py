"""
What anybody needs to draw a wave again with `traitdunion allocate`: its rows, its rules, and the
digest that says that they are the ones.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from traitdunion.allocation.models import InputRow
from traitdunion.engine import queue as engine

# The columns that `traitdunion allocate` reads, in its order.
COLUMNS = (
    "need", "neighbourhood", "kind", "degree", "priority", "household", "cite_educative",
    "served_before", "ceiling", "state",
)  # fmt: skip


def kept(found: Iterable[InputRow]) -> list[engine.Need]:
    """The engine's rows again, from those that were kept."""
    return [
        engine.Need(
            need=str(one.need_id),
            neighbourhood=one.neighbourhood,
            kind=one.kind,
            degree=one.degree,
            priority=one.priority,
            household=one.household,
            cite_educative=one.cite_educative,
            served_before=one.served_before,
            ceiling=one.ceiling,
            state=one.state,
        )
        for one in found
    ]


def cells(row: engine.Need) -> tuple[str, ...]:
    """A row as the file has it, in the order of ``COLUMNS``."""
    return (
        row.need,
        row.neighbourhood,
        row.kind,
        str(row.degree),
        repr(float(row.priority)).removesuffix(".0"),
        row.household,
        row.cite_educative,
        str(row.served_before or 0),
        "" if row.ceiling is None else str(row.ceiling),
        row.state,
    )


def digest(given: Iterable[engine.Need]) -> str:
    """SHA-256 of the sorted rows: what ``traitdunion allocate --json`` says of their file."""
    texts = sorted(json.dumps(cells(one)) for one in given)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def smallest_cell(given: Sequence[engine.Need]) -> int:
    """
    How many needs share all that the file says of them, where they are fewest; 0 without a need.
    """
    homes = Counter(one.household for one in given if one.household)
    cases = Counter(
        (
            one.neighbourhood,
            one.kind,
            one.degree,
            one.priority,
            one.cite_educative,
            one.state,
            homes[one.household],
        )
        for one in given
    )
    return min(cases.values(), default=0)


def rules_of(seed: str, told: Mapping[str, Any]) -> engine.Rules:
    """The rules of a wave, from what it keeps of them."""
    sources = tuple(
        engine.Source(one["name"], one["amount_cents"], one["for"], one["fungible"])
        for one in told["sources"]
    )
    return engine.Rules(seed, told["last_degree"], told["prices_cents"], sources)


def toml_of(seed: str, told: Mapping[str, Any]) -> str:
    """The same as the file that ``traitdunion allocate --programme`` reads."""
    parts = ["[allocation]", f"seed = {json.dumps(seed)}", f"last_degree = {told['last_degree']}"]
    parts += ["", "[allocation.prices_cents]"]
    parts += [f"{kind} = {cents}" for kind, cents in told["prices_cents"].items()]
    for one in told["sources"]:
        parts += ["", "[[allocation.sources]]", f"name = {json.dumps(one['name'])}"]
        parts += [f"amount_cents = {one['amount_cents']}", f"for = {json.dumps(one['for'])}"]
        parts += [f"fungible = {json.dumps(one['fungible'])}"]
    return "\n".join(parts) + "\n"
