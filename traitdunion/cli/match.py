"""``match YOUNG.csv MENTORS.csv OUT.csv``: who is followed by whom, proven the best."""

import csv
import resource
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.base.sheets import open_sheet
from traitdunion.cli import console, people_files
from traitdunion.cli.people_files import Arrays, CannotMatch, People
from traitdunion.cli.writing import written
from traitdunion.engine import pairing, suitability
from traitdunion.engine.suitability import ON_SITE, Indexes
from traitdunion.programme.mentoring import PairingTable
from traitdunion.programme.schema import PlanRefused, read_pairing

COLUMNS = ("young", "mentor", "score")
TLS = {
    "ca": "autorité qui signe les certificats du répartiteur",
    "cert": "certificat de cette machine",
    "key": "clé de ce certificat",
}


def run(argv: list[str]) -> int:
    """Pair two files; 0 done, 1 when rows were rejected, 2 when a file cannot be used."""
    console.without_tables()
    arguments = _parser().parse_args(argv)
    try:
        return _match(arguments)
    except Refusal as refusal:
        return console.refuse(refusal)
    except OSError as error:
        return console.refuse(console.unreachable(error, arguments.output))


def _parser() -> console.Parser:
    made = console.parser("match", _("Forme les binômes : jeunes et mentors."))
    made.add_argument("young", type=Path, metavar="YOUNG.csv")
    made.add_argument("mentors", type=Path, metavar="MENTORS.csv")
    made.add_argument("output", type=Path, metavar="OUT.csv")
    made.add_argument(
        "--programme", type=Path, metavar="FICHIER", help="distance et bases de [mentoring]"
    )
    made.add_argument(
        "--previous", type=Path, metavar="PAIRS.csv", help="binômes qui existent, à garder"
    )
    made.add_argument(
        "--reasons", type=Path, metavar="FICHIER.csv", help="pourquoi chaque binôme, ou aucun"
    )
    made.add_argument(
        "--scheduler", metavar="tls://…", help="calcule sur les machines de ce répartiteur Dask"
    )
    for name in ("ca", "cert", "key"):
        made.add_argument(f"--tls-{name}", type=Path, metavar="FICHIER.pem", help=TLS[name])
    made.add_argument("--dry-run", action="store_true", help="n’écrit rien")
    return made


def _match(arguments: Namespace) -> int:
    began = time.perf_counter()
    rules = _rules(arguments.programme)
    young = people_files.read_young(arguments.young)
    mentors = people_files.read_mentors(arguments.mentors)
    given = people_files.arrays(young, mentors)
    base = np.array(rules.bases, np.int64)[given.priority]
    previous = _previous(arguments.previous, young, mentors)
    with _runner(arguments) as run:
        pairs = pairing.pair(
            given.young,
            given.mentors,
            base,
            reach_km=rules.distance_km,
            previous=previous,
            run=run,
        )
    _write(arguments, young, mentors, pairs, given, rules)
    document = _document(pairs, base, previous) | {
        "young": len(young.people),
        "mentors": len(mentors.people),
        "places": sum(one.number for one in mentors.people),
        "rejected": len(young.rejected) + len(mentors.rejected),
        "distance_km": rules.distance_km,
        "wall_seconds": round(time.perf_counter() - began, 3),
        "cpu_seconds": round(time.process_time(), 3),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    console.answer(document, as_json=arguments.json, summary=_summary(document))
    return console.FOUND if document["rejected"] else console.DONE


@contextmanager
def _runner(arguments: Namespace) -> Iterator[pairing.Runner]:
    """Who computes: the threads of this process, or the machines of a scheduler."""
    if arguments.scheduler is None:
        yield pairing.in_threads
        return
    try:
        # Only here: the package comes with the extra, which a single machine does not need.
        from traitdunion.jobs import scale  # noqa: PLC0415
    except ModuleNotFoundError:
        raise CannotMatch(_("--scheduler demande « pip install traitdunion[cluster] ».")) from None
    papers = scale.Papers(arguments.tls_ca, arguments.tls_cert, arguments.tls_key)
    with scale.machines(arguments.scheduler, papers) as run:
        yield run


def _rules(path: Path | None) -> PairingTable:
    if path is None:
        return PairingTable()
    try:
        return read_pairing(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise CannotMatch(
            _("« %(name)s » n’est pas un texte en UTF-8 : enregistrez-le ainsi.")
            % {"name": path.name}
        ) from None
    except PlanRefused as refusal:
        raise CannotMatch(f"« {path.name} » : {refusal}") from None


def _previous(path: Path | None, young: People, mentors: People) -> Indexes:
    """The mentor of each young person in a file of pairs; those who have left are forgotten."""
    found = np.full(len(young.people), -1, np.int32)
    if path is None:
        return found
    rows = {name: row for row, name in enumerate(young.ids)}
    others = {name: row for row, name in enumerate(mentors.ids)}
    with open_sheet(path, name=path.name) as sheet:
        for name in COLUMNS[:2]:
            if name not in sheet.header:
                raise CannotMatch(
                    _("« %(file)s » : la colonne « %(name)s » manque.")
                    % {"file": sheet.name, "name": name}
                )
        at = [sheet.header.index(name) for name in COLUMNS[:2]]
        for row in sheet.rows():
            who, mentor = (row.cells[index] for index in at)
            if who in rows and mentor in others:
                found[rows[who]] = others[mentor]
    return found


def _document(pairs: pairing.Pairs, base: pairing.Ints, previous: Indexes) -> dict[str, Any]:
    paired = pairs.mentor >= 0
    missing_bases, missing_scores = divmod(pairs.gap, pairing.BASE)
    return {
        "pairs": int(paired.sum()),
        "unmatched": int((~paired).sum()),
        "bases": int(base[paired].sum()),
        "scores": int(pairs.score[paired].sum()),
        "kept": int((paired & (pairs.mentor == previous)).sum()),
        "existing": int((previous >= 0).sum()),
        "candidates": pairs.looked_at,
        "solved": len(pairs.candidates.young),
        "rounds": pairs.rounds,
        "territories": pairs.territories,
        "proven": pairs.proven,
        "gap": {"bases": missing_bases, "scores": missing_scores},
    }


def _summary(document: dict[str, Any]) -> str:
    proof = _("optimum prouvé") if document["proven"] else _("optimum non prouvé")
    said = _(
        "%(pairs)s binômes pour %(young)s jeunes et %(places)s places ; bases %(bases)s, "
        "scores %(scores)s, %(proof)s ; %(rejected)s lignes rejetées."
    )
    return said % (document | {"proof": proof})


def _write(
    arguments: Namespace,
    young: People,
    mentors: People,
    pairs: pairing.Pairs,
    given: Arrays,
    rules: PairingTable,
) -> None:
    dry_run = arguments.dry_run
    ids, others = young.ids, mentors.ids
    told = zip(ids, pairs.mentor.tolist(), pairs.score.tolist(), strict=True)
    rows = ((name, others[at], score) for name, at, score in told if at >= 0)
    if arguments.reasons:
        reasons = _reasons(ids, others, pairs, given, rules.distance_km)
        _save(arguments.reasons, ("young", "mentor", "reason"), reasons, dry_run=dry_run)
    _save(arguments.output, COLUMNS, rows, dry_run=dry_run)
    if not dry_run:
        _save_rejected(arguments.output, (young, mentors))


def _save(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, dry_run: bool
) -> None:
    with written(path, dry_run=dry_run) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _save_rejected(output: Path, files: Sequence[People]) -> None:
    """What could not be used: its file, its line, its cells, and why."""
    path = output.with_name(f"{output.name.removesuffix('.gz').removesuffix('.csv')}.rejected.csv")
    path.unlink(missing_ok=True)
    titles = list(dict.fromkeys(title for one in files for title in one.header))
    rows = [
        (one.name, row.line, *(dict(zip(one.header, row.cells, strict=True)).get(t, "")
                               for t in titles), reason)
        for one in files
        for row, reason in one.rejected
    ]  # fmt: skip
    if rows:
        _save(path, ("file", "line", *titles, "reason"), rows, dry_run=False)


def _reasons(
    ids: Sequence[str],
    others: Sequence[str],
    pairs: pairing.Pairs,
    given: Arrays,
    distance_km: float,
) -> Iterator[tuple[str, str, str]]:
    """In the words of the files: what a pair has in common, or what stops somebody."""
    alone = np.flatnonzero(pairs.mentor < 0).astype(np.int32)
    stops = suitability.stopped_by(given.young, given.mentors, alone, distance_km)
    why = dict(zip(alone.tolist(), stops.tolist(), strict=True))
    for row, (name, at) in enumerate(zip(ids, pairs.mentor.tolist(), strict=True)):
        if at < 0:
            yield name, "", _stopped(why[row], given, row, distance_km)
        else:
            yield name, others[at], _met(given, row, at, distance_km)


def _met(given: Arrays, row: int, at: int, distance_km: float) -> str:
    """« même matière : maths ; mardi 18 h ; à 1,2 km »."""
    young, mentors = given.young, given.mentors
    subjects = _shared(young.subjects[row] & mentors.subjects[at], given.subjects)
    slots = _shared(young.slots[row] & mentors.slots[at], given.slots)
    away = suitability.apart_km(young.point, row, mentors.point, at)
    both = young.modes[row] & mentors.modes[at]
    where = _("à distance")
    if both & ON_SITE and away <= distance_km:
        where = _("à %(km)s km") % {"km": f"{away:.1f}".replace(".", ",")}
    return _("même matière : %(subjects)s ; %(slots)s ; %(where)s") % {
        "subjects": ", ".join(subjects),
        "slots": ", ".join(slots),
        "where": where,
    }


def _shared(mask: suitability.Masks, vocabulary: Sequence[str]) -> list[str]:
    return [
        word
        for number, word in enumerate(vocabulary)
        if int(mask[number // suitability.WORD]) >> (number % suitability.WORD) & 1
    ]


def _stopped(reason: int, given: Arrays, row: int, distance_km: float) -> str:
    said = {
        suitability.NO_MENTOR: _("aucun mentor n’a de place"),
        suitability.NO_LEVEL: _("aucun mentor du niveau %(level)s"),
        suitability.NO_SUBJECT: _("à ce niveau, aucun mentor des matières %(subjects)s"),
        suitability.NO_SLOT: _("parmi ceux qui conviennent, aucun n’est libre : %(slots)s"),
        suitability.NO_MODE: _("parmi ceux qui conviennent, aucun ne se rencontre de cette façon"),
        suitability.TOO_FAR: _("parmi ceux qui conviennent, aucun à moins de %(km)s km"),
        suitability.NO_PLACE: _(
            "des mentors conviennent ; toutes leurs places vont à d’autres jeunes, de priorité au"
            " moins égale ou sans autre choix"
        ),
    }[reason]
    return said % {
        "level": given.levels[given.young.level[row]],
        "subjects": ", ".join(_shared(given.young.subjects[row], given.subjects)),
        "slots": ", ".join(_shared(given.young.slots[row], given.slots)),
        "km": f"{distance_km:g}".replace(".", ","),
    }
