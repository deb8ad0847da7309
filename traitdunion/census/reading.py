"""
From the lists that schools already have to rows that can be recorded, or a reason why not.

The columns of SIECLE, ONDE and Pronote exports are recognised whatever their names' case, accents
and
order. A cell that says nothing stays unknown: it never becomes a « no ».
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.identifiers import folded
from traitdunion.base.sheets import Row, Sheet, Unreadable
from traitdunion.engine import quality
from traitdunion.people import operations as people

ALIASES: Mapping[str, tuple[str, ...]] = {
    "last_name": (
        "nom", "nom de famille", "nom eleve", "nom de l eleve", "nom enfant", "nom usage",
        "nom d usage", "last name",
    ),
    "first_name": (
        "prenom", "prenoms", "prenom eleve", "prenom de l eleve", "prenom 1", "prenom enfant",
        "first name",
    ),
    "full_name": ("eleve", "nom et prenom", "nom prenom", "enfant"),
    "birth_date": (
        "date de naissance", "date naissance", "naissance", "ne le", "ne e le", "date naiss",
        "birth date",
    ),
    "school_class": ("classe", "division", "lib division", "libelle classe", "groupe"),
    "level": ("niveau", "mef", "libelle mef", "cycle"),
    "address": (
        "adresse", "adresse 1", "adresse eleve", "adresse resp legal1", "adresse resp legal 1",
        "ligne 1 adresse", "adresse ligne 1", "address",
    ),
    "postcode": ("code postal", "cp", "code postal resp legal1"),
    "city": ("commune", "ville", "localite", "commune resp legal1"),
    "lon": ("longitude", "lon", "lng"),
    "lat": ("latitude", "lat"),
    "guardian": (
        "responsable", "responsable legal", "responsable 1", "responsable legal 1",
        "nom resp legal1", "resp legal 1", "representant legal", "parent 1",
    ),
    "phone": (
        "telephone", "tel", "portable", "mobile", "telephone responsable", "tel resp legal1",
        "telephone 1", "tel portable", "tel mobile resp legal1",
    ),
    "email": ("courriel", "email", "mail", "mel", "courriel resp legal1"),
    "second_guardian": (
        "responsable 2", "responsable legal 2", "nom resp legal2", "resp legal 2", "parent 2",
        "nom resp legal 2", "deuxieme responsable",
    ),
    "second_phone": (
        "telephone 2", "tel resp legal2", "tel resp legal 2", "telephone responsable 2",
        "telephone resp legal 2", "telephone parent 2", "tel mobile resp legal2",
    ),
    "second_address": (
        "adresse resp legal2", "adresse resp legal 2", "adresse responsable 2",
        "adresse responsable legal 2", "adresse parent 2", "adresse du deuxieme responsable",
    ),
    "second_postcode": (
        "code postal resp legal2", "code postal resp legal 2", "code postal responsable 2",
        "code postal parent 2",
    ),
    "second_city": (
        "commune resp legal2", "commune resp legal 2", "commune responsable 2",
        "commune parent 2",
    ),
    "institution": (
        "service responsable", "etablissement responsable", "organisme responsable",
        "institution responsable", "service gardien", "service d aide sociale a l enfance",
        "service ase", "tuteur institutionnel",
    ),
    "language": ("langue", "langue parlee", "langue du foyer"),
    "screen": ("equipement", "ecran", "equipement du foyer", "ordinateur", "materiel au foyer"),
    "connection": ("connexion", "internet", "acces internet"),
    "need": ("besoin", "materiel demande", "demande", "type de besoin"),
    "household": ("foyer", "numero foyer", "fratrie", "household"),
    "signal": ("signalement", "decrochage", "risque de decrochage", "drop out"),
}  # fmt: skip
# What each recognised column is called on pages and in refused rows.
LABELS: Mapping[str, Any] = {
    "last_name": gettext_lazy("nom"),
    "first_name": gettext_lazy("prénom"),
    "full_name": gettext_lazy("nom et prénom"),
    "birth_date": gettext_lazy("date de naissance"),
    "school_class": gettext_lazy("classe"),
    "level": gettext_lazy("niveau"),
    "address": gettext_lazy("adresse"),
    "postcode": gettext_lazy("code postal"),
    "city": gettext_lazy("commune"),
    "lon": gettext_lazy("longitude"),
    "lat": gettext_lazy("latitude"),
    "guardian": gettext_lazy("responsable"),
    "phone": gettext_lazy("téléphone"),
    "email": gettext_lazy("courriel"),
    "second_guardian": gettext_lazy("deuxième responsable"),
    "second_phone": gettext_lazy("deuxième téléphone"),
    "second_address": gettext_lazy("adresse du deuxième responsable"),
    "second_postcode": gettext_lazy("code postal du deuxième responsable"),
    "second_city": gettext_lazy("commune du deuxième responsable"),
    "institution": gettext_lazy("service ou institution responsable"),
    "language": gettext_lazy("langue"),
    "screen": gettext_lazy("équipement du foyer"),
    "connection": gettext_lazy("connexion"),
    "need": gettext_lazy("matériel demandé"),
    "household": gettext_lazy("foyer"),
    "signal": gettext_lazy("signalement"),
}
SCREENS = {
    "aucun": 0, "aucune": 0, "rien": 0, "non": 0, "sans": 0, "0": 0, "aucun ecran": 0,
    "telephone": 1, "telephone seul": 1, "smartphone": 1, "telephone seulement": 1, "1": 1,
    "partage": 2, "ecran partage": 2, "ordinateur partage": 2, "2": 2,
    "oui": 3, "personnel": 3, "ordinateur": 3, "tablette": 3,
}  # fmt: skip
CONNECTIONS = {
    "aucune": True, "aucun": True, "non": True, "sans": True, "insuffisante": True,
    "insuffisant": True, "limitee": True, "mauvaise": True, "faible": True,
    "oui": False, "correcte": False, "bonne": False, "fibre": False, "adsl": False, "wifi": False,
}  # fmt: skip
NEEDS = {
    "tablette": "tablet", "tablet": "tablet", "ecran": "tablet", "ordinateur": "tablet",
    "cle 4g": "key_4g", "key 4g": "key_4g", "cle": "key_4g", "4g": "key_4g", "connexion": "key_4g",
    "les deux": "both", "both": "both", "tablette et cle 4g": "both", "tablette et cle": "both",
    "tablette cle 4g": "both",
}  # fmt: skip
# What a refused row is told to write; many other words are understood.
EXPECTED: Mapping[str, Any] = {
    "screen": gettext_lazy("aucun, téléphone seul, partagé ou personnel"),
    "connection": gettext_lazy("aucune, insuffisante ou correcte"),
    "need": gettext_lazy("tablette, clé 4G ou les deux"),
}
YES = {"oui", "o", "x", "1", "vrai", "yes", "true"}
NO = {"", "non", "n", "0", "faux", "no", "false"}
ENOUGH = 3
# Nothing at all, or a telephone: whatever the line, at least a tablet is lacking.
NO_SCREEN = (0, 1)
FORMULA = ("=", "+", "@")
OLDEST, YOUNGEST = 25, 2


class BadCell(Exception):
    """One cell cannot be used: its column, and the reason for the relay."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the relay says once for a list without those columns; None: each row must say."""

    kind: str | None = None
    degree: int | None = None


@dataclass(frozen=True, slots=True)
class ReadNeed:
    """One usable row."""

    line: int
    child: people.NewChild
    kind: str
    degree: int
    level: str
    school_class: str
    drop_out_signal: bool
    # The list asks for nothing: a household without a screen of its own is put down for a tablet.
    is_assumed: bool = False


def recognised(sheet: Sheet, aliases: Mapping[str, tuple[str, ...]] = ALIASES) -> dict[str, int]:
    """
    Which known thing stands in which column.

    Raises: Unreadable when there is no child's name.
    """
    titles: dict[str, int] = {}
    for index, title in enumerate(sheet.header):
        titles.setdefault(folded(title), index)
    found = {}
    for name, words in aliases.items():
        column = next((titles[word] for word in words if word in titles), None)
        if column is not None:
            found[name] = column
    if "full_name" not in found and not {"last_name", "first_name"} <= found.keys():
        raise Unreadable(
            _("« %(name)s » : je ne trouve pas les colonnes « Nom » et « Prénom » (ou « Élève »).")
            % {"name": sheet.name}
        )
    return found


def read_row(row: Row, where: Mapping[str, int], defaults: Defaults, today: date) -> ReadNeed:
    """One row as a need. Raises BadCell."""
    cells = cells_of(row, where)
    kind, degree, is_assumed = _need(cells, defaults)
    school_class = cells.get("school_class", "")
    return ReadNeed(
        line=row.line,
        child=child_of(cells, today),
        kind=kind,
        degree=degree,
        level=(cells.get("level", "") or school_class.split(" ")[0])[:20],
        school_class=school_class[:20],
        drop_out_signal=_flag(cells.get("signal", "")),
        is_assumed=is_assumed,
    )


def cells_of(row: Row, where: Mapping[str, int]) -> dict[str, str]:
    """What stands under each known column. Raises BadCell."""
    if row.overflows:
        raise BadCell("", _("plus de cellules que de colonnes : vérifiez les séparateurs"))
    return {name: clean(row.cells[index], name) for name, index in where.items()}


def child_of(cells: Mapping[str, str], today: date) -> people.NewChild:
    """The child that a row names, and who answers for them. Raises BadCell."""
    first_name, last_name = _names(cells)
    return people.NewChild(
        first_name=first_name,
        last_name=last_name,
        birth_date=_birth(cells.get("birth_date", ""), today),
        household=cells.get("household", ""),
        guardians=_guardians(cells),
        address=cells.get("address", "")[:300],
        postcode=_postcode(cells.get("postcode", "")),
        city=cells.get("city", "")[:120],
        lon=_coordinate(cells.get("lon", ""), 180, "lon"),
        lat=_coordinate(cells.get("lat", ""), 90, "lat"),
    )


def clean(text: str, name: str) -> str:
    """Composed letters, no invisible character; a formula is refused rather than kept."""
    bare = text
    if not (text.isascii() and text.isprintable()):
        plain = unicodedata.normalize("NFC", text)
        bare = "".join(c for c in plain if unicodedata.category(c) not in {"Cc", "Cf"}).strip()
    if bare.startswith(FORMULA) and name not in {"phone", "second_phone"}:
        raise BadCell(name, _("la cellule commence par « %(sign)s »") % {"sign": bare[0]})
    return bare


def _names(cells: Mapping[str, str]) -> tuple[str, str]:
    first_name, last_name = cells.get("first_name", ""), cells.get("last_name", "")
    if not (first_name and last_name) and cells.get("full_name"):
        # « DUPONT MARTIN Léa » : what is in capitals is the family name.
        words = cells["full_name"].split()
        capitals = [word for word in words if word.isupper()]
        last_name = " ".join(capitals) or words[0]
        first_name = " ".join(w for w in words if w not in capitals) or " ".join(words[1:])
    if not first_name or not last_name:
        raise BadCell("last_name", _("il manque le nom ou le prénom"))
    if max(len(first_name), len(last_name)) > 80:
        raise BadCell("last_name", _("nom ou prénom de plus de 80 lettres"))
    if any(sign.isdigit() for sign in first_name + last_name):
        raise BadCell("last_name", _("un chiffre dans le nom ou le prénom"))
    return first_name, last_name


def _birth(text: str, today: date) -> date | None:
    if not text:
        return None
    born = quality.read_date(text)
    if born is None:
        raise BadCell("birth_date", _("date illisible : écrivez jour/mois/année"))
    if not YOUNGEST <= today.year - born.year <= OLDEST:
        raise BadCell("birth_date", _("cette date de naissance n’est pas celle d’un élève"))
    return born


def _guardians(cells: Mapping[str, str]) -> tuple[people.NewGuardian, ...]:
    """At most two hold authority: the service that answers for the child stands first."""
    found = []
    email = cells.get("email", "")
    reached = {
        "phone": cells.get("phone", "")[:30],
        "email": email if "@" in email else "",
        "language": cells.get("language", "")[:40],
    }
    service, adult = cells.get("institution", "")[:80], cells.get("guardian", "")[:80]
    if service:
        own = {} if adult else reached
        found.append(people.NewGuardian(name=service, is_institution=True, **own))
    if adult or (not service and (reached["phone"] or email)):
        found.append(people.NewGuardian(name=adult, **reached))
    if cells.get("second_guardian"):
        phone = cells.get("second_phone", "")[:30]
        home = (
            cells.get("second_address", ""),
            _postcode(cells.get("second_postcode", "")),
            cells.get("second_city", ""),
        )
        found.append(
            people.NewGuardian(
                name=cells["second_guardian"][:80],
                phone=phone,
                address=" ".join(filter(None, home))[:300],
            )
        )
    return tuple(found[:2])


def _postcode(text: str) -> str:
    """Five digits; the zero that a spreadsheet ate is given back: no postcode has four."""
    digits = text.replace(" ", "")
    return digits.zfill(5) if digits.isdecimal() and len(digits) in {4, 5} else text[:10]


def _coordinate(text: str, limit: int, name: str) -> float | None:
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,3}([.,]\d+)?", text, re.ASCII):
        raise BadCell(name, _("coordonnée illisible : écrivez des degrés décimaux"))
    value = float(text.replace(",", "."))
    if abs(value) > limit:
        raise BadCell(name, _("coordonnée hors de la Terre : vérifiez-la, ou laissez-la vide"))
    return value


def _flag(text: str) -> bool:
    word = folded(text)
    if word not in YES | NO:
        raise BadCell("signal", _("« %(text)s » : écrivez oui, ou rien") % {"text": text[:20]})
    return word in YES


def _need(cells: Mapping[str, str], defaults: Defaults) -> tuple[str, int, bool]:
    """
    What is asked for, how badly, and whether the kind is assumed: a household with a phone only is
    not one with nothing.
    """
    screen = _word(cells, "screen", SCREENS)
    poorly_connected = _word(cells, "connection", CONNECTIONS)
    asked = _word(cells, "need", NEEDS)
    if screen is None and poorly_connected is None:
        degree = defaults.degree
    else:
        without_line = 1 if poorly_connected else ENOUGH
        degree = min(ENOUGH if screen is None else screen, without_line)
        if screen is None and not poorly_connected:
            degree = defaults.degree
    if degree is None:
        raise BadCell("screen", _("dites ce que le foyer a : aucun écran, téléphone, partagé"))
    if degree == ENOUGH:
        raise BadCell("screen", _("le foyer a un écran et une connexion : aucun besoin à retenir"))
    kind = asked or _implied(screen, poorly_connected) or defaults.kind
    if kind:
        return kind, degree, False
    if screen in NO_SCREEN:
        return "tablet", degree, True
    raise BadCell("need", _("dites le matériel demandé : tablette, clé 4G, ou les deux"))


def _implied(screen: int | None, poorly_connected: bool | None) -> str | None:
    """What the household lacks, when the list has no column that asks."""
    if screen is None or poorly_connected is None:
        return None
    lacks_screen = screen < ENOUGH
    if lacks_screen and poorly_connected:
        return "both"
    return "tablet" if lacks_screen else "key_4g"


def _word(cells: Mapping[str, str], name: str, words: Mapping[str, object]) -> object | None:
    text = cells.get(name, "")
    if not text:
        return None
    word = folded(text)
    if word not in words:
        known = EXPECTED[name]
        raise BadCell(
            name,
            _("« %(text)s » inconnu ; écrivez : %(known)s") % {"text": text[:30], "known": known},
        )
    return words[word]
