"""
What a network’s own tool exports: rows of pairs and of sessions, or a reason why not.

Only the columns named here are read; the others, free text first, never come in. A program sends
the same rows with the names of `PAIR` and `SESSION`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.identifiers import folded
from traitdunion.base.sheets import Sheet, Unreadable
from traitdunion.census import reading as census
from traitdunion.census.reading import BadCell
from traitdunion.engine.quality import read_date
from traitdunion.mentoring.reading import MODES, read_level
from traitdunion.mentoring.states import FileKind, Mode
from traitdunion.people.operations import NewChild

PAIR: Mapping[str, tuple[str, ...]] = {
    "pair": ("identifiant binome", "id binome", "binome", "numero binome", "pair", "pair id"),
    "young": ("identifiant jeune", "id jeune", "numero jeune", "young", "young id"),
    "last_name": ("nom", "nom de famille", "nom jeune", "nom du jeune", "last name"),
    "first_name": ("prenom", "prenom jeune", "prenom du jeune", "first name"),
    "birth_date": ("date de naissance", "naissance", "ne le", "birth date"),
    "level": ("niveau", "classe", "level"),
    "department": ("departement", "code departement", "dept", "department"),
    "postcode": ("code postal", "cp", "postcode"),
    "mentor": ("identifiant mentor", "id mentor", "numero mentor", "mentor", "mentor id"),
    "made_on": ("debut", "date de debut", "date debut", "debut du suivi", "made on", "start"),
    "ended_on": ("fin", "date de fin", "date fin", "fin du suivi", "ended on", "end"),
    "mode": ("mode", "modalite", "format"),
    "supervised": ("encadre", "suivi encadre", "encadrement", "supervised"),
    "check_kind": ("controle", "nature du controle", "type de controle", "check kind"),
    "check_verified_on": ("controle le", "date du controle", "verifie le", "check verified on"),
    "check_expires_on": (
        "controle valable jusqu au", "fin du controle", "expiration du controle",
        "check expires on",
    ),
    "check_is_clear": ("controle favorable", "avis du controle", "check is clear"),
}  # fmt: skip
SESSION: Mapping[str, tuple[str, ...]] = {
    "session": ("identifiant seance", "id seance", "numero seance", "session", "session id"),
    "pair": PAIR["pair"],
    "day": ("date", "date de la seance", "date seance", "jour", "day"),
    "hour": ("heure", "heure de debut", "horaire", "hour"),
    "minutes": ("duree", "duree en minutes", "minutes", "duree minutes"),
    "mode": PAIR["mode"],
}
COLUMNS = {FileKind.PAIRS: PAIR, FileKind.SESSIONS: SESSION}
REQUIRED = {
    FileKind.PAIRS: ("pair", "young", "last_name", "first_name", "mentor", "made_on"),
    FileKind.SESSIONS: ("pair", "day", "minutes"),
}
LABELS: Mapping[str, Any] = {
    "pair": gettext_lazy("identifiant binôme"),
    "young": gettext_lazy("identifiant jeune"),
    "last_name": gettext_lazy("nom"),
    "first_name": gettext_lazy("prénom"),
    "birth_date": gettext_lazy("date de naissance"),
    "level": gettext_lazy("niveau"),
    "department": gettext_lazy("département"),
    "postcode": gettext_lazy("code postal"),
    "mentor": gettext_lazy("identifiant mentor"),
    "made_on": gettext_lazy("début"),
    "ended_on": gettext_lazy("fin"),
    "mode": gettext_lazy("mode"),
    "supervised": gettext_lazy("encadré"),
    "check_kind": gettext_lazy("contrôle"),
    "check_verified_on": gettext_lazy("contrôle le"),
    "check_expires_on": gettext_lazy("contrôle valable jusqu’au"),
    "check_is_clear": gettext_lazy("contrôle favorable"),
    "session": gettext_lazy("identifiant séance"),
    "day": gettext_lazy("date"),
    "hour": gettext_lazy("heure"),
    "minutes": gettext_lazy("durée"),
}
YES, NO = {"oui", "o", "1", "x", "vrai", "yes", "true", "favorable"}, {"non", "n", "0", "no"}
QUOTED = re.compile(r"« [^»]* »")
LONGEST_IDENTIFIER = 80
LONGEST_SESSION = 600


@dataclass(frozen=True, slots=True)
class ReadCheck:
    """The check of a mentor as the network’s tool tells it."""

    kind: str
    verified_on: date
    expires_on: date
    is_clear: bool


@dataclass(frozen=True, slots=True)
class ReadPair:
    line: int
    external_id: str
    young_id: str
    mentor_id: str
    child: NewChild
    level: str
    department: str
    made_on: date
    ended_on: date | None
    mode: str
    is_supervised: bool
    check: ReadCheck | None


@dataclass(frozen=True, slots=True)
class ReadSession:
    line: int
    external_id: str
    pair_id: str
    day: date
    # None when the tool keeps the day alone.
    started_at: datetime | None
    minutes: int
    mode: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that cannot be used, and why; nothing else of it is kept."""

    line: int
    external_id: str
    reason: str


One = TypeVar("One", ReadPair, ReadSession)


@dataclass(frozen=True, slots=True)
class Read(Generic[One]):
    """What a file or a call brought: rows to record, rows to mend, columns left out."""

    rows: list[One]
    aside: list[Aside]
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What rows are judged by: today, the programme’s zone, the kinds of check it accepts."""

    today: date
    zone: str
    kinds: tuple[str, ...]


Cells = Mapping[str, str]


def cells_of(
    sheet: Sheet, kind: str
) -> tuple[Iterator[tuple[int, Cells | None]], tuple[str, ...]]:
    """
    The recognised cells of each row (None when the row has too many), and the other headings.

    Raises: Unreadable when a column that every row needs is not there.
    """
    titles: dict[str, int] = {}
    for index, title in enumerate(sheet.header):
        titles.setdefault(folded(title), index)
    where = {
        name: titles[word]
        for name, words in COLUMNS[FileKind(kind)].items()
        if (word := next((one for one in words if one in titles), None))
    }
    missing = [name for name in REQUIRED[FileKind(kind)] if name not in where]
    if missing:
        raise Unreadable(
            _("« %(name)s » : il manque la colonne « %(column)s ». Ajoutez-la à votre export.")
            % {"name": sheet.name, "column": LABELS[missing[0]]}
        )
    used = set(where.values())
    ignored = tuple(title for k, title in enumerate(sheet.header) if title and k not in used)
    rows = (
        (row.line, None if row.overflows else {n: row.cells[k] for n, k in where.items()})
        for row in sheet.rows()
    )
    return rows, ignored


def read_pairs(rows: Iterable[tuple[int, Cells | None]], ground: Ground) -> Read[ReadPair]:
    return _read(rows, "pair", lambda line, cells: _pair(line, cells, ground))


def read_sessions(rows: Iterable[tuple[int, Cells | None]], ground: Ground) -> Read[ReadSession]:
    return _read(rows, "session", lambda line, cells: _session(line, cells, ground))


def _read(
    rows: Iterable[tuple[int, Cells | None]], key: str, one: Callable[[int, Cells], One]
) -> Read[One]:
    found: list[One] = []
    aside: list[Aside] = []
    seen: dict[str, int] = {}
    for line, cells in rows:
        name = str((cells or {}).get(key, "")).strip()[:LONGEST_IDENTIFIER]
        try:
            if cells is None:
                raise BadCell("", _("plus de cellules que de colonnes : vérifiez les séparateurs"))
            if name and name in seen:
                raise BadCell(
                    key, _("cet identifiant est déjà en ligne %(line)s") % {"line": seen[name]}
                )
            found.append(one(line, cells))
        except BadCell as bad:
            column = f"{LABELS[bad.column]} : " if bad.column in LABELS else ""
            # What stood in the cell may be about somebody: the reason does without.
            reason = QUOTED.sub("« … »", bad.reason)
            aside.append(Aside(line, name, f"{column}{reason}"[:300]))
        seen.setdefault(name, line)
    return Read(found, aside)


def _pair(line: int, cells: Cells, ground: Ground) -> ReadPair:
    clean = {name: census.clean(text, name) for name, text in cells.items()}
    made_on = _day(clean, "made_on", ground, needed=True)
    ended_on = _day(clean, "ended_on", ground, needed=False, may_come=True)
    if made_on is None or (ended_on and ended_on < made_on):
        raise BadCell("ended_on", _("la fin est avant le début"))
    return ReadPair(
        line=line,
        external_id=_identifier(clean, "pair"),
        young_id=_identifier(clean, "young"),
        mentor_id=_identifier(clean, "mentor"),
        child=census.child_of(
            {name: clean.get(name, "") for name in ("last_name", "first_name", "birth_date")},
            ground.today,
        ),
        level=read_level(clean["level"]) if clean.get("level") else "",
        department=_department(clean),
        made_on=made_on,
        ended_on=ended_on,
        mode=_mode(clean),
        is_supervised=_flag(clean, "supervised", default=False),
        check=_check(clean, ground),
    )


def _session(line: int, cells: Cells, ground: Ground) -> ReadSession:
    clean = {name: census.clean(text, name) for name, text in cells.items()}
    day = _day(clean, "day", ground, needed=True)
    if day is None:
        raise BadCell("day", _("il manque la date"))
    return ReadSession(
        line=line,
        external_id=clean.get("session", "")[:LONGEST_IDENTIFIER],
        pair_id=_identifier(clean, "pair"),
        day=day,
        started_at=_hour(clean.get("hour", ""), day, ground),
        minutes=_minutes(clean.get("minutes", "")),
        mode=_mode(clean),
    )


def _identifier(clean: Cells, name: str) -> str:
    text = clean.get(name, "").strip()
    if not text:
        raise BadCell(name, _("il manque l’identifiant, par lequel la ligne est retrouvée"))
    if len(text) > LONGEST_IDENTIFIER:
        raise BadCell(name, _("identifiant de plus de %(most)s signes") % {"most": 80})
    return text


def _day(
    clean: Cells, name: str, ground: Ground, *, needed: bool, may_come: bool = False
) -> date | None:
    text = clean.get(name, "")
    if not text and not needed:
        return None
    found = read_date(text)
    if found is None:
        raise BadCell(name, _("date illisible : écrivez jour/mois/année"))
    if found > ground.today and not may_come:
        raise BadCell(name, _("cette date n’est pas encore venue"))
    if found.year < 2000:
        raise BadCell(name, _("date trop ancienne : vérifiez l’année"))
    return found


def _hour(text: str, day: date, ground: Ground) -> datetime | None:
    if not text:
        return None
    parts = text.lower().replace("h", ":").split(":")
    try:
        hour = time(int(parts[0]), int(parts[1] or 0) if len(parts) > 1 else 0)
    except ValueError:
        raise BadCell("hour", _("heure illisible : écrivez 17:30")) from None
    return datetime.combine(day, hour, tzinfo=ZoneInfo(ground.zone))


def _minutes(text: str) -> int:
    """« 90 », « 1h30 », « 1:30 »: minutes, since a bare number is one."""
    word = text.lower().replace(" ", "").removesuffix("min").removesuffix("mn")
    hours, sign, rest = word.partition("h" if "h" in word else ":")
    try:
        found = int(hours) * 60 + int(rest or 0) if sign else int(word)
    except ValueError:
        raise BadCell("minutes", _("durée illisible : écrivez un nombre de minutes")) from None
    if not 1 <= found <= LONGEST_SESSION:
        raise BadCell("minutes", _("une séance dure de 1 à 600 minutes"))
    return found


def _mode(clean: Cells) -> str:
    word = clean.get("mode", "")
    known = Mode.REMOTE if not word else MODES.get(folded(word))
    if known is None and word in set(Mode):
        known = Mode(word)
    if known is None:
        raise BadCell(
            "mode", _("« %(text)s » : écrivez à distance, ou sur place") % {"text": word}
        )
    return str(known)


def _flag(clean: Cells, name: str, *, default: bool) -> bool:
    word = folded(clean.get(name, ""))
    if not word:
        return default
    if word not in YES | NO | {"defavorable"}:
        raise BadCell(name, _("« %(text)s » : écrivez oui ou non") % {"text": word[:20]})
    return word in YES


def _department(clean: Cells) -> str:
    code = clean.get("department", "").upper().strip()
    postcode = clean.get("postcode", "").replace(" ", "")
    if not code and len(postcode) == 5:
        code = postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]
        code = ("2A" if postcode < "20200" else "2B") if code == "20" else code
    return code.zfill(2)[:3] if code else ""


def _check(clean: Cells, ground: Ground) -> ReadCheck | None:
    verified = _day(clean, "check_verified_on", ground, needed=False)
    expires = _day(clean, "check_expires_on", ground, needed=False, may_come=True)
    kind = clean.get("check_kind", "")
    if not (verified or expires or kind):
        return None
    known = {folded(one): one for one in ground.kinds}
    if folded(kind) not in known:
        raise BadCell(
            "check_kind",
            _("« %(text)s » n’est pas un contrôle du programme : %(known)s")
            % {"text": kind[:40], "known": ", ".join(ground.kinds)},
        )
    if verified is None or expires is None or expires < verified:
        raise BadCell("check_expires_on", _("donnez le jour du contrôle, et celui où il finit"))
    is_clear = _flag(clean, "check_is_clear", default=True)
    return ReadCheck(known[folded(kind)], verified, expires, is_clear)
