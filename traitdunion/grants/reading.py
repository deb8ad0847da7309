"""What a treasurer types, read with care: an IBAN, other aid one a line."""

import re

from django.utils.translation import gettext as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from traitdunion.base.errors import Refusal
from traitdunion.base.money import NotAnAmount, parse_euros

# Accounts that the French Treasury pays by a plain transfer in euros (SEPA).
_COUNTRIES = """
AD AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MT NL NO PL PT RO SE
SI SK SM VA
"""
SEPA = frozenset(_COUNTRIES.split())
_AMOUNT = re.compile(
    r"^(?P<who>.*?)[\s:;–—-]*(?P<amount>-?\d[\d\s\u00a0\u202f.,]*)\s*(?:€|euros?)?$"
)


class BadIban(Refusal):
    """The account number is mistyped, or of a country that is not paid."""

    status = 400


def check_iban(text: str) -> str:
    """The IBAN, cleaned. Raises BadIban."""
    try:
        iban = IBAN(text)
    except SchwiftyException:
        raise BadIban(
            _("« %(iban)s » n’est pas un IBAN : recopiez-le depuis le relevé, la clé est fausse.")
            % {"iban": text[:40]}
        ) from None
    if iban.country_code not in SEPA:
        raise BadIban(
            _("Un compte de ce pays (%(country)s) ne peut pas être payé : donnez-en un en France.")
            % {"country": iban.country_code}
        )
    return str(iban.compact)


def other_aid_cents(text: str) -> int:
    """
    What other aid sums to, one a line. Raises NotAnAmount naming the line.

    >>> other_aid_cents("Mairie 2 000\\nCAF : 500,50 €")
    250050
    """
    return sum(cents for _who, cents in other_aid_lines(text))


def other_aid_lines(text: str) -> list[tuple[str, int]]:
    """Who gives, and how much, line by line. Raises NotAnAmount naming the line."""
    return [_line(line.strip()) for line in text.splitlines() if line.strip()]


def _line(line: str) -> tuple[str, int]:
    found = _AMOUNT.match(line)
    cents = parse_euros(found["amount"]) if found else -1
    if found is None or cents < 0:
        raise NotAnAmount(
            _("« %(line)s » : finissez la ligne par un montant, par exemple « Mairie 2 000 ».")
            % {"line": line[:60]}
        )
    return found["who"], cents
