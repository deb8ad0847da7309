"""The two files of `match`: young people and mentors, as arrays without names."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.base.sheets import Row, Sheet, open_sheet
from traitdunion.cli import console
from traitdunion.engine.blocking import words
from traitdunion.engine.suitability import (
    ON_SITE,
    REMOTE,
    UNKNOWN,
    Indexes,
    Masks,
    Mentors,
    Young,
    unit_vectors,
)

YOUNG = ("id", "department", "priority", "level", "subjects", "languages", "slots", "mode")
MENTORS = ("id", "department", "capacity", "levels", "subjects", "languages", "slots", "modes")
POINT = ("lon", "lat")
OPTIONAL = {"department", "languages", "lon", "lat"}
LISTS = ("level", "levels", "subjects", "languages", "slots")
MODES: Mapping[str, int] = {
    **dict.fromkeys(("remote", "a distance", "distance", "online", "on line", "en ligne"), REMOTE),
    **dict.fromkeys(("visio", "telephone", "phone", "distanciel"), REMOTE),
    **dict.fromkeys(("on site", "onsite", "site", "sur place", "sur site"), ON_SITE),
    **dict.fromkeys(("presentiel", "presence", "in person", "face a face"), ON_SITE),
    **dict.fromkeys(("both", "any", "mixte", "mixed", "hybride", "les deux"), REMOTE | ON_SITE),
}
WHOLE = re.compile(r"\d{1,9}(\.0+)?", re.ASCII)
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?", re.ASCII)


class CannotMatch(Refusal):
    """The files do not allow it; the sentence says why."""


class BadRow(Exception):
    """One row cannot be used."""


@dataclass(frozen=True, slots=True)
class Person:
    """One row that can be used: words as they are compared, and a number of its own."""

    id: str
    number: int  # priority, or capacity
    department: str
    modes: int
    lon: float
    lat: float
    words: Mapping[str, tuple[str, ...]]


@dataclass
class People:
    """A file: those who can be used in the order of their ids, those who cannot."""

    name: str
    header: tuple[str, ...] = ()
    people: list[Person] = field(default_factory=list)
    rejected: list[tuple[Row, str]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.people]


def read_young(path: Path) -> People:
    """Everybody who looks for a mentor. Raises CannotMatch, Unreadable."""
    return _read(path, YOUNG, _a_young_person)


def read_mentors(path: Path) -> People:
    """Everybody who offers to be one. Raises CannotMatch, Unreadable."""
    return _read(path, MENTORS, _a_mentor)


def _read(
    path: Path, columns: Sequence[str], person: Callable[[Mapping[str, str]], Person]
) -> People:
    with open_sheet(path, name=path.name) as sheet:
        for notice in sheet.notices:
            console.say(notice)
        where = _columns(sheet, columns)
        found, seen = People(path.name, sheet.header), set()
        for row in sheet.rows():
            try:
                if row.overflows:
                    raise BadRow(_("plus de cellules que de colonnes"))
                one = person({name: row.cells[index] for name, index in where.items()})
                if one.id in seen:
                    raise BadRow(_("identifiant déjà lu plus haut : %(id)s") % {"id": one.id})
            except BadRow as bad:
                found.rejected.append((row, str(bad)))
                continue
            seen.add(one.id)
            found.people.append(one)
    found.people.sort(key=lambda one: one.id.encode())
    return found


def _columns(sheet: Sheet, columns: Sequence[str]) -> dict[str, int]:
    titles = [title.strip().lower() for title in sheet.header]
    where = {name: titles.index(name) for name in (*columns, *POINT) if name in titles}
    for name in columns:
        if name not in where and name not in OPTIONAL:
            raise CannotMatch(
                _("« %(file)s » : la colonne « %(name)s » manque.")
                % {"file": sheet.name, "name": name}
            )
    return where


def _a_young_person(cells: Mapping[str, str]) -> Person:
    priority = _number(cells, "priority")
    if priority > 3:
        raise BadRow(_("priority : %(number)s n’est pas entre 0 et 3") % {"number": priority})
    person = _person(cells, priority, cells["mode"])
    if len(person.words["level"]) != 1:
        raise BadRow(_("level : un seul niveau est attendu"))
    return person


def _a_mentor(cells: Mapping[str, str]) -> Person:
    return _person(cells, _number(cells, "capacity"), cells["modes"])


def _person(cells: Mapping[str, str], number: int, modes: str) -> Person:
    if not cells["id"]:
        raise BadRow(_("identifiant absent"))
    said = {name: _words(cells[name]) for name in LISTS if name in cells}
    for name, kept in said.items():
        if not kept and name not in OPTIONAL:
            raise BadRow(_("%(name)s : valeur absente") % {"name": name})
    ways, (lon, lat) = _modes(modes), _point(cells)
    if ways == ON_SITE and math.isnan(lon):
        raise BadRow(_("lon et lat : sans position, personne ne se rencontre sur place"))
    department = cells.get("department", "")
    return Person(cells["id"], number, department, ways, lon, lat, said)


def _number(cells: Mapping[str, str], name: str) -> int:
    text = cells[name]
    if not text:
        raise BadRow(_("%(name)s : valeur absente") % {"name": name})
    if not WHOLE.fullmatch(text):
        raise BadRow(
            _("%(name)s : « %(text)s » n’est pas un nombre entier positif")
            % {"name": name, "text": text[:20]}
        )
    return int(text.split(".")[0])


def _words(text: str) -> tuple[str, ...]:
    """What a list holds, each once, as it is compared: without case, spaces put right."""
    said = (" ".join(unicodedata.normalize("NFC", one).split()) for one in text.split("|"))
    return tuple(dict.fromkeys(one.casefold() for one in said if one))


def _modes(text: str) -> int:
    ways = 0
    for said in _words(text):
        plain = unicodedata.normalize("NFD", said).encode("ascii", "ignore").decode()
        found = MODES.get(" ".join(re.split(r"[\s_\-]+", plain)))
        if found is None:
            raise BadRow(
                _("« %(mode)s » : mode inconnu, écrivez remote ou on_site") % {"mode": said[:20]}
            )
        ways |= found
    if not ways:
        raise BadRow(_("mode : valeur absente"))
    return ways


def _point(cells: Mapping[str, str]) -> tuple[float, float]:
    texts = [cells.get(name, "") for name in POINT]
    if not all(texts):
        return math.nan, math.nan
    for name, text, limit in zip(POINT, texts, (180, 90), strict=True):
        if not NUMBER.fullmatch(text) or abs(float(text.replace(",", "."))) > limit:
            raise BadRow(
                _("%(name)s : « %(text)s » n’est pas une coordonnée en degrés")
                % {"name": name, "text": text[:20]}
            )
    lon, lat = (float(text.replace(",", ".")) for text in texts)
    return lon, lat


@dataclass(frozen=True, slots=True)
class Arrays:
    """What the engine is given, and the words of each bit for whoever reads the reasons."""

    young: Young
    mentors: Mentors
    priority: Indexes
    subjects: list[str]
    slots: list[str]
    levels: list[str]


def arrays(young: People, mentors: People) -> Arrays:
    """Both files over one vocabulary, in alphabetical order: the order of rows is forgotten."""
    both = [*young.people, *mentors.people]
    levels = _vocabulary(both, "level", "levels")
    subjects, slots = _vocabulary(both, "subjects"), _vocabulary(both, "slots")
    languages = _vocabulary(both, "languages")
    departments = sorted({one.department for one in both} - {""})
    shared = (("subjects", subjects), ("slots", slots), ("languages", languages))
    places = {name: number for number, name in enumerate(departments)}
    level_of = {name: number for number, name in enumerate(levels)}

    def ends(people: list[Person]) -> tuple[np.ndarray, Indexes, np.ndarray]:
        point = unit_vectors(
            np.array([one.lon for one in people], np.float64),
            np.array([one.lat for one in people], np.float64),
        )
        department = [places.get(one.department, UNKNOWN) for one in people]
        modes = np.array([one.modes for one in people], np.uint8)
        return modes, np.array(department, np.int32), point

    looking = Young(
        np.array([level_of[one.words["level"][0]] for one in young.people], np.int32),
        *(_masks(young.people, name, words_) for name, words_ in shared),
        *ends(young.people),
    )
    offering = Mentors(
        np.array([one.number for one in mentors.people], np.int64),
        _masks(mentors.people, "levels", levels),
        *(_masks(mentors.people, name, words_) for name, words_ in shared),
        *ends(mentors.people),
    )
    priority = np.array([one.number for one in young.people], np.int32)
    return Arrays(looking, offering, priority, subjects, slots, levels)


def _vocabulary(people: Sequence[Person], *names: str) -> list[str]:
    return sorted({word for one in people for name in names for word in one.words.get(name, ())})


def _masks(people: Sequence[Person], name: str, vocabulary: Sequence[str]) -> Masks:
    bit_of = {word: number for number, word in enumerate(vocabulary)}
    mask = np.zeros((len(people), words(len(vocabulary))), np.uint64)
    said = [(row, bit_of[w]) for row, one in enumerate(people) for w in one.words.get(name, ())]
    if said:
        rows, bits = np.array(said).T
        np.bitwise_or.at(mask, (rows, bits // 64), np.uint64(1) << (bits % 64).astype(np.uint64))
    return mask
