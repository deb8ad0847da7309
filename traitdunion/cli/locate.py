"""``locate IN.csv OUT.csv``: in which neighbourhood each point of a file is, and how far in."""

import csv
import math
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
from django.db import DatabaseError
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from traitdunion.base.errors import Refusal
from traitdunion.base.sheets import Row, Sheet
from traitdunion.cli import console
from traitdunion.cli.writing import opened, written
from traitdunion.engine import france
from traitdunion.engine.outlines import BadOutlines
from traitdunion.engine.zones import Answers, Zones

ADDED = ("answer", "neighbourhood", "distance_m", "layer")
ANSWERS = ("in", "out", "review", "unknown")
BATCH = 50_000


class CannotLocate(Refusal):
    """The command cannot do what was asked; the sentence says why and what to do."""


@dataclass
class Tally:
    """What was answered, for the summary."""

    rows: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    shifted: list[int] = field(default_factory=list)
    commas: int = 0
    # Outside France, and inside it were longitude and latitude exchanged.
    turned: int = 0


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the coordinates are, and which columns of the file are kept."""

    lon: int
    lat: int
    kept: tuple[int, ...]


def run(argv: list[str]) -> int:
    """Locate the points of a file; 0 done, 2 when a file cannot be used."""
    arguments = _parser().parse_args(argv)
    prepare = console.without_tables if arguments.zones else console.with_tables
    prepare()
    try:
        if not 0 <= arguments.tolerance_m < math.inf:
            raise CannotLocate(_("--tolerance-m attend un nombre de mètres, 0 ou plus."))
        zones = _read_zones(arguments.zones) if arguments.zones else _loaded_zones()
        with opened(arguments.input) as sheet:
            tally = _locate(sheet, zones, arguments)
    except Refusal as refusal:
        return console.refuse(refusal)
    except DatabaseError:
        return console.refuse(console.not_ready())
    except OSError as error:
        return console.refuse(console.unreachable(error, arguments.output))
    _tell(sheet, zones, tally, arguments)
    return console.DONE


def _parser() -> console.Parser:
    parser = console.parser("locate", "Dit dans quel quartier prioritaire est chaque point.")
    parser.add_argument("input", type=Path, metavar="IN.csv", help="colonnes lon et lat (WGS84)")
    parser.add_argument("output", type=Path, metavar="OUT.csv")
    parser.add_argument("--zones", type=Path, metavar="FICHIER.geojson", help="sans base")
    parser.add_argument("--tolerance-m", type=float, default=0.0, metavar="T")
    parser.add_argument("--dry-run", action="store_true", help="n’écrit rien")
    return parser


def _read_zones(path: Path) -> Zones:
    try:
        return Zones.read(path)
    except BadOutlines as bad:
        raise CannotLocate(_reason(bad) % {"name": path.name, "detail": bad.detail}) from None


def _reason(bad: BadOutlines) -> str:
    sentences = {
        "bad_archive": _("« %(name)s » est une archive abîmée : téléchargez-la de nouveau."),
        "not_json": _("« %(name)s », ligne %(detail)s : ce n’est pas du GeoJSON."),
        "not_geojson": _("« %(name)s » n’est pas une collection GeoJSON de quartiers."),
        "empty": _("« %(name)s » ne contient aucun contour de quartier."),
        "no_code": _("« %(name)s », quartier n° %(detail)s : ni « code_qp » ni « code »."),
        "bad_outline": _("« %(name)s » : le contour de %(detail)s est illisible."),
        "not_degrees": _(
            "« %(name)s » : le contour de %(detail)s n’est pas en degrés WGS84 ; convertissez-le."
        ),
    }
    return sentences[bad.reason]


def _loaded_zones() -> Zones:
    """The contours of the programme's generation, as loaded in the database."""
    # Only here: without --zones the tables are needed, with it nothing of Django's is.
    from traitdunion.programme import queries as programme  # noqa: PLC0415
    from traitdunion.territories import arrays, queries  # noqa: PLC0415

    plan = programme.plan(programme.current())
    state = queries.layer_state(plan.programme.neighbourhood_generation)
    if not state.loaded:
        raise CannotLocate(
            _("Aucun quartier n’est chargé : « traitdunion territories load neighbourhoods »")
            + _(" ou l’option --zones FICHIER.geojson.")
        )
    if state.differs:
        console.say(
            _("Le programme est de la génération %(wanted)s ; les contours sont de %(used)s.")
            % {"wanted": state.wanted, "used": state.used}
        )
    return arrays.layer(state.used).zones


def _locate(sheet: Sheet, zones: Zones, arguments: Namespace) -> Tally:
    columns, tally = _columns(sheet), Tally()
    header = [sheet.header[index] for index in columns.kept]
    with (
        console.progress("Localisation") as advance,
        written(arguments.output, dry_run=arguments.dry_run) as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*header, *ADDED])
        for rows in _batches(sheet):
            lon, lat = _coordinates(rows, columns, tally)
            said = zones.answer(lon=lon, lat=lat, tolerance_m=arguments.tolerance_m)
            writer.writerows(_lines(rows, columns, said, zones))
            _count(tally, rows, said)
            tally.turned += int(france.turned(lon, lat).sum())
            advance(len(rows))
        _refuse_exchanged(tally)
    return tally


def _refuse_exchanged(tally: Tally) -> None:
    """Most points abroad, none in a neighbourhood, and at home the other way round."""
    known = tally.rows - tally.answers["unknown"]
    found = tally.answers["in"] + tally.answers["review"]
    if tally.turned * 2 > known and not found:
        raise CannotLocate(
            _(
                "« lon » et « lat » sont échangées : %(count)s points sur %(all)s tombent hors de"
                " France et y seraient dans l’autre sens ; renommez ces deux colonnes."
            )
            % {"count": tally.turned, "all": known}
        )


def _batches(sheet: Sheet) -> Iterator[tuple[Row, ...]]:
    rows = sheet.rows(blank=True)
    while batch := tuple(islice(rows, BATCH)):
        yield batch


def _columns(sheet: Sheet) -> Columns:
    titles = [title.lower() for title in sheet.header]
    if "lon" not in titles or "lat" not in titles:
        raise CannotLocate(
            _("« %(name)s » : colonnes « lon » et « lat » attendues, trouvé : %(header)s.")
            % {"name": sheet.name, "header": ", ".join(sheet.header)[:200]}
        )
    # A file that was located before is located again: the old answers leave.
    kept = tuple(index for index, title in enumerate(sheet.header) if title not in ADDED)
    return Columns(titles.index("lon"), titles.index("lat"), kept)


def _coordinates(
    rows: tuple[Row, ...], columns: Columns, tally: Tally
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon = [row.cells[columns.lon] for row in rows]
    lat = [row.cells[columns.lat] for row in rows]
    x, y = _numbers(lon), _numbers(lat)
    # More cells than columns: the coordinates may be those of a neighbour.
    shifted = [index for index, row in enumerate(rows) if row.overflows]
    x[shifted] = np.nan
    tally.shifted += [rows[index].line for index in shifted]
    tally.commas += sum("," in text for text in lon)
    return x, y


def _numbers(texts: list[str]) -> NDArray[np.float64]:
    """Each text as a number, NaN where it is none."""
    numbers = pl.Series(texts, dtype=pl.String).cast(pl.Float64, strict=False)
    return numbers.fill_null(np.nan).to_numpy(writable=True)


def _lines(
    rows: tuple[Row, ...], columns: Columns, said: Answers, zones: Zones
) -> Iterable[list[str]]:
    codes = [*zones.codes.tolist(), ""]
    answers = said.answer.tolist()
    found = said.neighbourhood.tolist()
    metres = said.distance_m.tolist()
    for row, answer, zone, distance in zip(rows, answers, found, metres, strict=True):
        kept = [row.cells[index] for index in columns.kept]
        yield [*kept, answer, codes[zone], _metres(distance), zones.layer]


def _metres(distance: float) -> str:
    """Metres to the millimetre, to the micrometre under one metre; empty when there are none."""
    if not math.isfinite(distance):
        return ""
    text = f"{distance:.3f}" if distance >= 1 else f"{distance:.6f}"
    return text.rstrip("0").rstrip(".")


def _count(tally: Tally, rows: tuple[Row, ...], said: Answers) -> None:
    tally.rows += len(rows)
    names, counts = np.unique(said.answer, return_counts=True)
    tally.answers.update(dict(zip(names.tolist(), counts.tolist(), strict=True)))


def _notices(sheet: Sheet, zones: Zones, tally: Tally) -> list[str]:
    notices = list(sheet.notices)
    if zones.missing:
        notices.append(
            _("Sans contour, donc jamais trouvés : %(codes)s.")
            % {"codes": ", ".join(zones.missing[:20])}
        )
    if tally.shifted:
        lines = ", ".join(str(line) for line in tally.shifted[:20])
        notices.append(
            _("Plus de cellules que de colonnes, lignes : %(lines)s.") % {"lines": lines}
        )
    if tally.commas:
        notices.append(
            _("%(count)s longitudes ont une virgule décimale : écrivez un point.")
            % {"count": tally.commas}
        )
    return notices


def _tell(sheet: Sheet, zones: Zones, tally: Tally, arguments: Namespace) -> None:
    notices = _notices(sheet, zones, tally)
    for notice in notices:
        console.say(notice)
    document = {
        "rows": tally.rows,
        "answers": {name: tally.answers[name] for name in ANSWERS},
        "layer": zones.layer,
        "zones": len(zones.codes),
        "repaired": int(zones.repaired.sum()),
        "tolerance_m": arguments.tolerance_m,
        "output": None if arguments.dry_run else str(arguments.output),
        "notices": notices,
        **console.cost(),
    }
    summary = _(
        "%(rows)s points : %(inside)s dedans, %(out)s dehors, %(review)s à vérifier, "
        "%(unknown)s non localisables (%(zones)s quartiers, dont %(repaired)s réparés)."
    ) % {
        "rows": tally.rows,
        "inside": tally.answers["in"],
        "out": tally.answers["out"],
        "review": tally.answers["review"],
        "unknown": tally.answers["unknown"],
        "zones": len(zones.codes),
        "repaired": int(zones.repaired.sum()),
    }
    console.answer(document, as_json=arguments.json, summary=summary)
