"""
From a pasted list of young people to rows that can be recorded, or a reason why not.

Names and those who answer for them are read as in a census; what mentoring adds is in closed
lists of words. A word that is not known is refused with those that are: nothing is guessed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.identifiers import folded
from traitdunion.base.sheets import Row, Sheet
from traitdunion.census import reading as census
from traitdunion.census.reading import BadCell
from traitdunion.mentoring.states import Level, Mode, Signal, Slot, Subject
from traitdunion.people.operations import NewChild

OWN: Mapping[str, tuple[str, ...]] = {
    "level": ("niveau", "classe", "mef", "libelle mef", "division", "level"),
    "subjects": ("matieres", "matiere", "besoins", "besoin", "subjects"),
    "languages": ("langues", "langues parlees", "langue de l eleve", "languages"),
    "slots": ("creneaux", "creneau", "disponibilites", "disponibilite", "slots"),
    "modes": ("mode", "modes", "modalite", "modalites", "format"),
    "signals": ("signes", "signaux", "signes de decrochage", "decrochage", "signals"),
}
# What each column is called in a reason; the others are those of the census.
LABELS: Mapping[str, Any] = {
    **census.LABELS,
    "level": gettext_lazy("niveau"),
    "subjects": gettext_lazy("matières"),
    "languages": gettext_lazy("langues"),
    "slots": gettext_lazy("créneaux"),
    "modes": gettext_lazy("mode"),
    "signals": gettext_lazy("signes de décrochage"),
}
NOT_OURS = {"school_class", "screen", "connection", "need", "signal", "level"}
ALIASES = {name: words for name, words in census.ALIASES.items() if name not in NOT_OURS} | OWN

LEVELS = {
    "cp": Level.CP, "ce1": Level.CE1, "ce2": Level.CE2, "cm1": Level.CM1, "cm2": Level.CM2,
    "sixieme": Level.SIXTH, "cinquieme": Level.FIFTH, "quatrieme": Level.FOURTH,
    "troisieme": Level.THIRD, "seconde": Level.SECOND, "2de": Level.SECOND, "2nde": Level.SECOND,
    "premiere": Level.FIRST, "1re": Level.FIRST, "1ere": Level.FIRST, "terminale": Level.FINAL,
    "tle": Level.FINAL, "term": Level.FINAL, "cap": Level.VOCATIONAL, "bts": Level.HIGHER,
    "sup": Level.HIGHER, "l1": Level.HIGHER, "licence": Level.HIGHER,
}  # fmt: skip
# « 6e », « 6ème B », « 6 eme »: the number, its ending, then a class that says nothing more.
COLLEGE = re.compile(r"([3-6]) ?(?:e|eme|ieme)?(?: ?[a-z0-9]{1,2})?")
COLLEGE_LEVELS = {
    "6": Level.SIXTH, "5": Level.FIFTH, "4": Level.FOURTH, "3": Level.THIRD
}  # fmt: skip
SUBJECTS = {
    "francais": Subject.FRENCH, "maths": Subject.MATHS, "math": Subject.MATHS,
    "mathematiques": Subject.MATHS, "sciences": Subject.SCIENCE, "physique": Subject.SCIENCE,
    "svt": Subject.SCIENCE, "histoire": Subject.HISTORY, "geographie": Subject.HISTORY,
    "histoire geographie": Subject.HISTORY, "histoire geo": Subject.HISTORY,
    "histoire et geographie": Subject.HISTORY,
    "anglais": Subject.ENGLISH, "espagnol": Subject.LANGUAGE, "allemand": Subject.LANGUAGE,
    "langues": Subject.LANGUAGE, "autre langue": Subject.LANGUAGE, "lecture": Subject.READING,
    "methode": Subject.METHOD, "methodologie": Subject.METHOD, "organisation": Subject.METHOD,
    "methode et organisation": Subject.METHOD, "orientation": Subject.ORIENTATION,
}  # fmt: skip
MODES = {
    "distance": Mode.REMOTE, "a distance": Mode.REMOTE, "visio": Mode.REMOTE,
    "telephone": Mode.REMOTE, "remote": Mode.REMOTE, "sur place": Mode.ON_SITE,
    "presentiel": Mode.ON_SITE, "presence": Mode.ON_SITE, "on site": Mode.ON_SITE,
}  # fmt: skip
SIGNALS = {
    "sans contact": Signal.NO_CONTACT, "plus de contact": Signal.NO_CONTACT,
    "injoignable": Signal.NO_CONTACT, "absences": Signal.ABSENCES, "absent": Signal.ABSENCES,
    "absences repetees": Signal.ABSENCES, "sans ecran": Signal.NO_SCREEN,
    "aucun ecran": Signal.NO_SCREEN, "orientation": Signal.ORIENTATION,
    "classe d orientation": Signal.ORIENTATION, "interruption": Signal.INTERRUPTION,
    "interruption passee": Signal.INTERRUPTION, "descolarise": Signal.INTERRUPTION,
    "sans contact depuis le confinement": Signal.NO_CONTACT,
}  # fmt: skip
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
PARTS = {
    "matin": "AM", "am": "AM", "apres midi": "PM", "pm": "PM", "soir": "EV", "soiree": "EV"
}  # fmt: skip
ENGLISH_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
SEPARATORS = re.compile(r"[|,;/+]")
MOST_WORDS = 21


@dataclass(frozen=True, slots=True)
class Profile:
    """What a match looks at, in the words of `states`."""

    level: str = ""
    subjects: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadYoung:
    """One usable row."""

    line: int
    child: NewChild
    profile: Profile


def recognised(sheet: Sheet) -> dict[str, int]:
    """Which known thing stands in which column. Raises Unreadable without a name."""
    return census.recognised(sheet, ALIASES)


def read_row(row: Row, where: Mapping[str, int], today: date) -> ReadYoung:
    """One row as a young person. Raises BadCell."""
    cells = census.cells_of(row, where)
    return ReadYoung(row.line, census.child_of(cells, today), profile_of(cells))


def profile_of(cells: Mapping[str, str]) -> Profile:
    """What a match looks at, from what was written. Raises BadCell."""
    return Profile(
        level=read_level(cells.get("level", "")),
        subjects=_several(cells, "subjects", SUBJECTS, Subject),
        languages=tuple(dict.fromkeys(folded(one)[:40] for one in _words(cells, "languages"))),
        slots=tuple(dict.fromkeys(slot for one in _words(cells, "slots") for slot in _slots(one))),
        modes=_several(cells, "modes", MODES, Mode) or tuple(Mode),
        signals=_several(cells, "signals", SIGNALS, Signal),
    )


def read_level(text: str) -> str:
    """The level of a class as schools write it. Raises BadCell."""
    word = folded(text)
    if not word:
        raise BadCell("level", _("il manque le niveau : écrivez par exemple CM2, 6e ou 2de"))
    if (named := text.strip().upper()) in set(Level):
        return Level(named)
    known = LEVELS.get(word) or LEVELS.get(word.split()[0])
    if known:
        return known
    if found := COLLEGE.fullmatch(word):
        return COLLEGE_LEVELS[found[1]]
    raise BadCell(
        "level",
        _("« %(text)s » n’est pas un niveau connu : écrivez de CP à CM2, 6e à 3e, 2de à Tle, CAP")
        % {"text": text[:30]},
    )


def _words(cells: Mapping[str, str], name: str) -> list[str]:
    words = [one.strip() for one in SEPARATORS.split(cells.get(name, "")) if one.strip()]
    if len(words) > MOST_WORDS:
        raise BadCell(name, _("plus de %(most)s mots dans la cellule") % {"most": MOST_WORDS})
    return words


def _several(
    cells: Mapping[str, str], name: str, words: Mapping[str, Any], known: Any
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in _words(cells, name):
        value = words.get(folded(text)) or (text if text in set(known) else None)
        if value is None:
            raise _unknown(name, text, (one.label for one in known))
        found[str(value)] = None
    return tuple(found)


def _slots(text: str) -> list[str]:
    """« mercredi après-midi », or a whole day: « samedi »."""
    if text in set(Slot):
        return [text]
    day, _blank, part = folded(text).partition(" ")
    if day in DAYS and (not part or part in PARTS):
        start = ENGLISH_DAYS[DAYS.index(day)]
        found = [one for one in Slot if one.startswith(f"{start}_{PARTS.get(part, '')}")]
        if found:
            return [str(one) for one in found]
    raise _unknown("slots", text, (one.label for one in (Slot.WED_PM, Slot.THU_EV, Slot.SAT_AM)))


def _unknown(name: str, text: str, known: Iterable[Any]) -> BadCell:
    words = ", ".join(str(one) for one in known)
    said = _("« %(text)s » inconnu ; écrivez par exemple : %(known)s")
    return BadCell(name, said % {"text": text[:30], "known": words})
