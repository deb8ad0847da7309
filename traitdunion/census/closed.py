"""
The list as it closed: its lines, its digest, the seed that follows, what was settled since, and
whether the needs of today are still that list with those settlements.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from traitdunion.census.models import Amendment, Census, ClosedLine, Need
from traitdunion.census.states import NeedState, State

Wrong = tuple[str, str, str]
RANKED = (NeedState.OPEN, NeedState.DOUBTFUL)
NOTHING = hashlib.sha256(b"").hexdigest()
# Hexadecimal digits of a household's key: 64 bits, enough to tell some millions apart.
KEY_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Stands:
    """What may not change unseen in a need, once its census is closed."""

    kind: str
    degree: int
    priority: float
    state: str
    neighbourhood: str


def household_key(census_id: UUID, household_id: UUID | None) -> str:
    """The same for the children of a household, within one census, and for nobody else."""
    if household_id is None:
        return ""
    return hashlib.sha256(f"{census_id}:{household_id}".encode()).hexdigest()[:KEY_LENGTH]


def digest_of(lines: Iterable[ClosedLine]) -> str:
    """SHA-256 of the closed list: one text a need, sorted, whatever the order of the lines."""
    return hashlib.sha256("\n".join(sorted(map(_written, lines))).encode()).hexdigest()


def _written(line: ClosedLine) -> str:
    return ";".join(
        (
            str(line.need_id),
            line.neighbourhood,
            line.kind,
            str(line.degree),
            f"{line.priority:g}",
            line.household,
            line.cite_educative,
            line.state,
        )
    )


def seed_after(announced: str, digest: str) -> str:
    """
    The draw's seed: SHA-256 of ``announced:digest``, which nobody knows before the digest.

    >>> seed_after("graine", "00")[:12]
    'c3f44cbf9f51'
    """
    return hashlib.sha256(f"{announced}:{digest}".encode()).hexdigest()


def lines_of(census: Census) -> list[ClosedLine]:
    return list(ClosedLine.objects.filter(census=census).order_by("need"))


def line_count(census: Census) -> int:
    return ClosedLine.objects.filter(census=census).count()


def amendments(census: Census) -> list[Amendment]:
    """What was settled since the closing, in order."""
    rows = Amendment.objects.filter(census=census).select_related("need")
    return list(rows.order_by("id"))


def ranking_keys(census: Census) -> dict[UUID, tuple[str, str, str]]:
    """Of each closed line: its neighbourhood's code, its household's key, its cité éducative."""
    rows = ClosedLine.objects.filter(census=census).order_by("need")
    columns = ("need", "neighbourhood", "household", "cite_educative")
    return {pk: (code, home, cite) for pk, code, home, cite in rows.values_list(*columns)}


def check() -> Iterator[Wrong]:
    """Closed lists that no longer give their digest, and needs that changed without a trace."""
    for census in Census.objects.exclude(state=State.OPEN).order_by("number", "pk"):
        if not census.digest:
            yield "census_census", str(census.pk), "closed without a digest"
            continue
        lines = lines_of(census)
        # A former census kept no line; one that lost them is named by the journal.
        if not lines and census.digest != NOTHING:
            continue
        if digest_of(lines) != census.digest:
            yield "census_census", str(census.pk), "its closed list does not give its digest"
        yield from _changed(census, lines)


def _changed(census: Census, lines: Iterable[ClosedLine]) -> Iterator[Wrong]:
    """Needs that are neither as they closed nor as somebody settled them since."""
    wanted = {line.need_id: _closed(line) for line in lines}
    for change in amendments(census):
        before = wanted.get(change.need_id)
        if before is None:
            continue
        wanted[change.need_id] = Stands(
            before.kind, before.degree, before.priority, change.state, change.neighbourhood
        )
    found = _today(census)
    for pk, stands in wanted.items():
        if found.get(pk) != stands:
            yield "census_need", str(pk), "it is not as its census closed, and nothing says why"
    for pk, today in found.items():
        if pk not in wanted and today.state in RANKED:
            yield "census_need", str(pk), "it entered after its census closed"


def _closed(line: ClosedLine) -> Stands:
    return Stands(line.kind, line.degree, line.priority, line.state, line.neighbourhood)


def _today(census: Census) -> Mapping[UUID, Stands]:
    columns = ("pk", "kind", "degree", "priority", "state", "neighbourhood__code")
    rows = Need.objects.filter(census=census).order_by("pk").values_list(*columns)
    return {
        pk: Stands(kind, degree, priority, state, code or "")
        for pk, kind, degree, priority, state, code in rows.iterator(chunk_size=5_000)
    }
