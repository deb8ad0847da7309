"""``allocate IN.csv OUT.csv --programme FILE``: who first, with which money; no database."""

import csv
import hashlib
import json
import re
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.base.sheets import Row, Sheet, open_sheet
from traitdunion.cli import console
from traitdunion.engine import queue
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

    needs: list[queue.Need] = field(default_factory=list)
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
    with open_sheet(arguments.input, name=arguments.input.name) as sheet:
        for notice in sheet.notices:
            console.say(notice)
        reading = _read(sheet)
        header = sheet.header
    try:
        ranked = queue.allocate(reading.needs, rules)
    except queue.Contradiction as error:
        raise CannotAllocate(
            _("« %(column)s » diffère dans un même quartier et degré : %(needs)s.")
            % {"column": error.column, "needs": ", ".join(error.needs)}
        ) from None
    _write(arguments.output, ranked)
    _write_rejected(arguments.output, header, reading.rejected)
    document = _document(ranked, reading, rules)
    summary = _("%(served)s servis sur %(total)s besoins ; %(rejected)s lignes rejetées.") % {
        "served": document["decisions"]["served"],
        "total": len(ranked),
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
    for row in sheet.rows():
        cells = {name: row.cells[index] for name, index in where.items()}
        try:
            if row.overflows:
                raise BadRow(_("plus de cellules que de colonnes"))
            need = _need(cells)
            if need.need in seen:
                raise BadRow(_("identifiant déjà lu plus haut : %(id)s") % {"id": need.need})
        except BadRow as bad:
            reading.rejected.append((row, str(bad)))
            continue
        seen.add(need.need)
        reading.needs.append(need)
        reading.digests.append(json.dumps([cells.get(name, "") for name in KNOWN]))
    return reading


def _need(cells: Mapping[str, str]) -> queue.Need:
    state = cells.get("state") or queue.OPEN
    if not cells["need"]:
        raise BadRow(_("identifiant absent"))
    if state not in {queue.OPEN, queue.DOUBTFUL}:
        raise BadRow(_("état inconnu : « %(state)s »") % {"state": state[:20]})
    if not cells["neighbourhood"] and state == queue.OPEN:
        raise BadRow(_("quartier absent"))
    if cells["kind"] not in queue.KINDS:
        raise BadRow(_("matériel inconnu : « %(kind)s »") % {"kind": cells["kind"][:20]})
    return queue.Need(
        need=cells["need"],
        neighbourhood=cells["neighbourhood"],
        kind=cells["kind"],
        degree=_whole(cells, "degree") or 0,
        priority=_priority(cells.get("priority", "")),
        household=cells.get("household", ""),
        cite_educative=cells.get("cite_educative", ""),
        served_before=_whole(cells, "served_before"),
        ceiling=_whole(cells, "ceiling"),
        state=state,
    )


def _whole(cells: Mapping[str, str], name: str) -> int | None:
    text = cells.get(name, "")
    if not text:
        return None
    if not WHOLE.fullmatch(text):
        raise BadRow(
            _("%(name)s : « %(text)s » n’est pas un nombre entier positif")
            % {"name": name, "text": text[:20]}
        )
    return int(text.split(".")[0])


def _priority(text: str) -> float:
    if not text:
        return 0.0
    value = float(text.replace(",", ".")) if NUMBER.fullmatch(text) else -1.0
    if not isfinite(value) or value < 0:
        raise BadRow(
            _("priority : « %(text)s » n’est pas un nombre positif") % {"text": text[:20]}
        )
    return value


def _write(path: Path, ranked: Sequence[queue.Ranked]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in ranked:
            writer.writerow(
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
            )


def _write_rejected(
    output: Path, header: Sequence[str], rejected: Sequence[tuple[Row, str]]
) -> None:
    path = output.with_name(f"{output.stem}.rejected.csv")
    path.unlink(missing_ok=True)
    if not rejected:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["line", *header, "reason"])
        for row, reason in rejected:
            writer.writerow([row.line, *row.cells, reason])


def _document(
    ranked: Sequence[queue.Ranked], reading: Reading, rules: queue.Rules
) -> dict[str, Any]:
    by_place: dict[str, list[queue.Ranked]] = {}
    for one in ranked:
        by_place.setdefault(reading.needs[one.index].neighbourhood, []).append(one)
    digest = hashlib.sha256("\n".join(sorted(reading.digests)).encode()).hexdigest()
    return {
        "needs": len(ranked),
        "rejected": len(reading.rejected),
        "digest": digest,
        "seed": rules.seed,
        "decisions": _decisions(ranked),
        "sources": {
            source.name: _total([r for r in ranked if r.source == source.name])
            | {"amount_cents": source.amount_cents}
            for source in rules.sources
        },
        "degrees": {
            str(level): _decisions([r for r in ranked if r.degree == level])
            for level in sorted({r.degree for r in ranked})
        },
        "neighbourhoods": {place: _decisions(rows) for place, rows in sorted(by_place.items())},
    }


def _decisions(ranked: Sequence[queue.Ranked]) -> dict[str, int]:
    counted = Counter(one.decision for one in ranked)
    served = sum(one.cost_cents for one in ranked if one.source)
    names = ("served", "waiting", "check", "doubtful")
    return {name: counted[name] for name in names} | {"served_cents": served}


def _total(ranked: Sequence[queue.Ranked]) -> dict[str, int]:
    return {"served": len(ranked), "paid_cents": sum(one.cost_cents for one in ranked)}
