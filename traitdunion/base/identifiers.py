"""The numbers under which the administration knows schools, organisations and things."""

import re
import secrets
import unicodedata

from django.utils.translation import gettext as _
from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from traitdunion.base.errors import Refusal

# No letter that a reader or a scanner takes for a digit.
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_UAI = re.compile(r"(\d{7})([A-Z])")
# Corsica (W2A…, W2B…) and overseas (W9…) have letters or a digit where the SCDL pattern forgets
# them.
_RNA = re.compile(r"W\d[A-Z\d]\d{7}")
_WORDS = re.compile(r"[a-z0-9]+")
_OVERSEAS = re.compile(r"[A-Z\d]{6,10}")


class BadIdentifier(Refusal):
    """The number does not hold together."""


def squeezed(text: str) -> str:
    """Upper case, without blanks, points or dashes: what people add when they copy a number."""
    return re.sub(r"[\s\u00a0\u202f.\-]", "", text).upper()


def uai_letter(digits: str) -> str:
    """
    The check letter of a school's seven digits.

    >>> uai_letter("0940071")
    'S'
    """
    return UAI_LETTERS[int(digits) % 23]


def check_uai(text: str) -> str:
    """The school's number, cleaned. Raises BadIdentifier saying what is wrong with it."""
    value = squeezed(text)
    found = _UAI.fullmatch(value)
    if not found:
        raise BadIdentifier(
            _("« %(uai)s » n’est pas un UAI : il faut sept chiffres et une lettre, ex. 0940071S.")
            % {"uai": text[:20]}
        )
    digits, letter = found.groups()
    if letter != uai_letter(digits):
        raise BadIdentifier(
            _("UAI %(uai)s : la lettre finale ne correspond pas aux chiffres ; relisez le numéro.")
            % {"uai": value}
        )
    return value


def check_siret(text: str) -> str:
    """The SIRET, cleaned; knows La Poste's own rule. Raises BadIdentifier."""
    try:
        return str(siret.validate(text))
    except ValidationError:
        raise BadIdentifier(
            _("« %(siret)s » n’est pas un SIRET : il faut quatorze chiffres, clé juste.")
            % {"siret": text[:24]}
        ) from None


def check_rna(text: str) -> str:
    """The association's RNA number, cleaned. Raises BadIdentifier."""
    value = squeezed(text)
    if not _RNA.fullmatch(value):
        raise BadIdentifier(
            _("« %(rna)s » n’est pas un numéro RNA : W suivi de neuf signes, ex. W751234567.")
            % {"rna": text[:20]}
        )
    return value


def check_overseas(text: str) -> str:
    """A RIDET or TAHITI number, cleaned: their keys are not published. Raises BadIdentifier."""
    value = squeezed(text)
    if not _OVERSEAS.fullmatch(value):
        raise BadIdentifier(
            _("« %(number)s » n’est pas un numéro RIDET ou TAHITI : six à dix signes.")
            % {"number": text[:20]}
        )
    return value


def check_imei(text: str) -> str:
    """An IMEI, cleaned. Raises BadIdentifier."""
    value = squeezed(text)
    if not re.fullmatch(r"\d{15}", value) or not luhn.is_valid(value):
        raise BadIdentifier(
            _("« %(imei)s » n’est pas un IMEI : quinze chiffres, dont la clé doit tomber juste.")
            % {"imei": text[:24]}
        )
    return value


def check_iccid(text: str) -> str:
    """A SIM card's number, cleaned; its key is checked where it has one. Raises BadIdentifier."""
    value = squeezed(text).rstrip("F")
    keyed = len(value) in {19, 20}
    if not re.fullmatch(r"89\d{16,20}", value) or (keyed and not luhn.is_valid(value)):
        raise BadIdentifier(
            _("« %(iccid)s » n’est pas un numéro de carte SIM (89… sur 19 ou 20 chiffres).")
            % {"iccid": text[:26]}
        )
    return value


def check_serial(text: str) -> str:
    """A serial number, cleaned. Raises BadIdentifier on an empty or impossible one."""
    value = squeezed(text)
    if not re.fullmatch(r"[A-Z0-9/_]{4,40}", value):
        raise BadIdentifier(
            _("« %(serial)s » n’est pas un numéro de série : quatre lettres ou chiffres au moins.")
            % {"serial": text[:24]}
        )
    return value


def drawn_number(prefix: str) -> str:
    """A number that a person can type and that tells nothing: a letter, then seven signs."""
    return prefix + "".join(secrets.choice(SIGNS) for _place in range(7))


def folded(text: str) -> str:
    """
    The text as it is compared: no accent, no case, one blank between words.

    >>> folded("  Collège  Aimé-CÉSAIRE ")
    'college aime cesaire'
    """
    bare = text.lower()
    if not bare.isascii():
        plain = unicodedata.normalize("NFKD", bare)
        bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
        bare = bare.replace("œ", "oe").replace("æ", "ae")
    return " ".join(_WORDS.findall(bare))
