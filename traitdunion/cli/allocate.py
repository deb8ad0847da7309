"""``allocate IN.csv OUT.csv --programme FILE``: who first, with which money; no database."""

import csv
import hashlib
import json
import re
from argparse import Namespace
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.base.sheets import Row, Sheet
from traitdunion.cli import console
from traitdunion.cli.writing import beside, opened, written
from traitdunion.engine import changes, drawing, queue
from traitdunion.engine.drawing import Columns, Drawn
from traitdunion.programme.schema import PlanRefused, read_allocation

COLUMNS = ("need", "rank", "degree", "key", "decision", "source", "cost_cents", "reason")
REQUIRED = ("need", "neighbourhood", "kind")
KNOWN = (
    *REQUIRED,
    "degree",
    "priority",
    "household",
    "cite_educative",
    "served_before",
    "ceiling",
    "state",
)
NUMBER = re.compile(r"\+?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"\d{1,15}(\.0+)?", re.ASCII)


class CannotAllocate(Refusal):
    """The files do not allow it; the sentence says why."""


class BadRow(Exception):
    """One row cannot be used."""


@dataclass
class Reading:
    """What the file gave: usable needs, rejected rows with their reason."""

    taken: list[list[Any]] = field(default_factory=lambda: [[] for _column in KNOWN])
    rejected: list[tuple[Row, str]] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)


def run(argv: list[str]) -> int:
    """Rank and share out; 0 done, 1 when rows were rejected, 2 when the files cannot be used."""
    console.without_tables()
    made = console.parser("allocate", _("Range les besoins et partage l’argent."))
    made.add_argument("input", type=Path, metavar="IN.csv")
    made.add_argument("output", type=Path, metavar="OUT.csv")
    made.add_argument("--programme", type=Path, required=True, metavar="FICHIER")
    made.add_argument("--seed", help="remplace la graine du programme")
    arguments = made.parse_args(argv)
    try:
        return _allocate(arguments)
    except Refusal as refusal:
        return console.refuse(refusal)
    except OSError as error:
        return console.refuse(console.unreachable(error, arguments.output))


def _allocate(arguments: Namespace) -> int:
    rules = _rules(arguments.programme, arguments.seed)
    with opened(arguments.input) as sheet:
        for notice in sheet.notices:
            console.say(notice)
        reading = _read(sheet)
        header = sheet.header
    try:
        drawn = drawing.draw(_columns(reading.taken), rules)
    except queue.Contradiction as error:
        raise CannotAllocate(
            _("« %(column)s » diffère dans un même quartier et degré : %(needs)s.")
            % {"column": error.column, "needs": ", ".join(error.needs)}
        ) from None
    _write(arguments.output, queue.lines(drawn, changes.of(drawn, rules), rules))
    _write_rejected(arguments.output, header, reading.rejected)
    document = _document(drawn, reading, rules)
    summary = _("%(served)s servis sur %(total)s besoins ; %(rejected)s lignes rejetées.") % {
        "served": document["decisions"]["served"],
        "total": len(drawn.queue),
        "rejected": len(reading.rejected),
    }
    console.answer(document, as_json=arguments.json, summary=summary)
    return console.FOUND if reading.rejected else console.DONE


def _rules(path: Path, seed: str | None) -> queue.Rules:
    """The `[allocation]` table of the file, which may hold nothing else."""
    try:
        table = read_allocation(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise CannotAllocate(
            _("« %(name)s » n’est pas un texte en UTF-8 : enregistrez-le ainsi.")
            % {"name": path.name}
        ) from None
    except PlanRefused as refusal:
        raise CannotAllocate(f"« {path.name} » : {refusal}") from None
    sources = tuple(
        queue.Source(one.name, one.amount_cents, one.pays_for, one.fungible)
        for one in table.sources
    )
    drawn = table.seed if seed is None else seed
    return queue.Rules(drawn, table.last_degree, table.prices_cents, sources)


def _read(sheet: Sheet) -> Reading:
    where = {name: i for i, name in enumerate(h.strip() for h in sheet.header) if name in KNOWN}
    for name in REQUIRED:
        if name not in where:
            raise CannotAllocate(
                _("« %(file)s » : la colonne « %(name)s » manque.")
                % {"file": sheet.name, "name": name}
            )
    reading, seen = Reading(), set()
    at = [where.get(name, -1) for name in KNOWN]
    for row in sheet.rows():
        cells = [row.cells[index] if index >= 0 else "" for index in at]
        try:
            if row.overflows:
                raise BadRow(_("plus de cellules que de colonnes"))
            values = _values(*cells)
            if values[0] in seen:
                raise BadRow(_("identifiant déjà lu plus haut : %(id)s") % {"id": values[0]})
        except BadRow as bad:
            reading.rejected.append((row, str(bad)))
            continue
        seen.add(values[0])
        for column, value in zip(reading.taken, values, strict=True):
            column.append(value)
        reading.digests.append(json.dumps(cells))
    return reading


def _values(
    need: str,
    neighbourhood: str,
    kind: str,
    degree: str,
    priority: str,
    household: str,
    cite_educative: str,
    served_before: str,
    ceiling: str,
    state: str,
) -> tuple[Any, ...]:
    """The cells of a row as they are ranked, in the order of ``KNOWN``. Raises BadRow."""
    if not need:
        raise BadRow(_("identifiant absent"))
    if state not in {"", queue.OPEN, queue.DOUBTFUL}:
        raise BadRow(_("état inconnu : « %(state)s »") % {"state": state[:20]})
    if not neighbourhood and state != queue.DOUBTFUL:
        raise BadRow(_("quartier absent"))
    if kind not in queue.KINDS:
        raise BadRow(_("matériel inconnu : « %(kind)s »") % {"kind": kind[:20]})
    return (
        need,
        neighbourhood,
        kind,
        _whole(degree, "degree", 0),
        _priority(priority),
        household,
        bool(cite_educative),
        _whole(served_before, "served_before", drawing.NOT_GIVEN),
        _whole(ceiling, "ceiling", drawing.NOT_GIVEN),
        state != queue.DOUBTFUL,
    )


def _columns(taken: Sequence[list[Any]]) -> Columns:
    need, place, kind, degree, priority, home, cite, before, ceiling, is_open = taken
    places, of = _numbered(place)
    homes, household = _numbered(home)
    if homes[:1] == ("",):
        # The first number is that of no household at all.
        household = household - 1
    return Columns(
        need=need,
        places=places,
        place=of,
        kinds=queue.KINDS,
        kind=np.array([queue.KINDS.index(one) for one in kind], dtype=np.int64),
        degree=np.array(degree, dtype=np.int64),
        priority=np.array(priority, dtype=np.float64),
        household=household,
        is_cite=np.array(cite, dtype=np.bool_),
        served_before=np.array(before, dtype=np.int64),
        ceiling=np.array(ceiling, dtype=np.int64),
        is_open=np.array(is_open, dtype=np.bool_),
    )


def _numbered(texts: Sequence[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """The different texts, in order, and the place of each among them."""
    different = tuple(sorted(set(texts)))
    number = {text: index for index, text in enumerate(different)}
    return different, np.array([number[text] for text in texts], dtype=np.int64)


def _whole(text: str, name: str, absent: int) -> int:
    if not text:
        return absent
    if not WHOLE.fullmatch(text):
        raise BadRow(
            _("%(name)s : « %(text)s » n’est pas un nombre entier positif")
            % {"name": name, "text": text[:20]}
        )
    return int(text.split(".", maxsplit=1)[0])


def _priority(text: str) -> float:
    if not text:
        return 0.0
    value = float(text.replace(",", ".")) if NUMBER.fullmatch(text) else -1.0
    if not isfinite(value) or value < 0:
        raise BadRow(
            _("priority : « %(text)s » n’est pas un nombre positif") % {"text": text[:20]}
        )
    return value


def _write(path: Path, ranked: Iterable[queue.Ranked]) -> None:
    with written(path, dry_run=False) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(
            (
                one.need,
                one.rank,
                one.degree,
                one.key,
                one.decision,
                one.source,
                one.cost_cents,
                one.reason.french(),
            )
            for one in ranked
        )


def _write_rejected(
    output: Path, header: Sequence[str], rejected: Sequence[tuple[Row, str]]
) -> None:
    path = beside(output, "rejected")
    path.unlink(missing_ok=True)
    if not rejected:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["line", *header, "reason"])
        for row, reason in rejected:
            writer.writerow([row.line, *row.cells, reason])


def _document(drawn: Drawn, reading: Reading, rules: queue.Rules) -> dict[str, Any]:
    digest = hashlib.sha256("\n".join(sorted(reading.digests)).encode()).hexdigest()
    levels, degree = np.unique(drawn.degree, return_inverse=True)
    by_degree = _decisions(drawn, degree.reshape(-1), len(levels))
    by_place = _decisions(drawn, drawn.columns.place, len(drawn.columns.places))
    whole = np.zeros(len(drawn.queue), dtype=np.int64)
    return {
        "needs": len(drawn.queue),
        "rejected": len(reading.rejected),
        "digest": digest,
        "seed": rules.seed,
        "decisions": _decisions(drawn, whole, 1)[0],
        "sources": {
            source.name: {
                "served": int((drawn.paid == number).sum()),
                "paid_cents": int(drawn.cost[drawn.paid == number].sum()),
                "amount_cents": source.amount_cents,
            }
            for number, source in enumerate(rules.sources)
        },
        "degrees": {str(level): by_degree[n] for n, level in enumerate(levels)},
        "neighbourhoods": dict(zip(drawn.columns.places, by_place, strict=True)),
        **console.cost(),
    }


def _decisions(drawn: Drawn, group: np.ndarray, groups: int) -> list[dict[str, int]]:
    """For each group how many needs have each decision, and what was spent on them."""
    names = {
        "served": drawing.SERVED,
        "waiting": drawing.WAITING,
        "check": drawing.CHECK,
        "doubtful": drawing.DOUBTFUL,
    }
    counts = np.zeros((groups, len(names)), dtype=np.int64)
    np.add.at(counts, (group, drawn.decision), 1)
    served = drawn.decision == drawing.SERVED
    cents = np.zeros(groups, dtype=np.int64)
    np.add.at(cents, group[served], drawn.cost[served])
    return [
        {name: int(row[code]) for name, code in names.items()} | {"served_cents": int(total)}
        for row, total in zip(counts, cents, strict=True)
    ]
