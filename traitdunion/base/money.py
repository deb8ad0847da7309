"""Money is an integer number of euro cents; this is the only place that writes it for a reader."""

import re

from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal

NARROW_SPACE = "\u202f"
# A comma before the cents, and points only between whole thousands; or a point before one or two
# digits, which no thousands have.
_COMMA = re.compile(r"-?(?:\d{1,12}|\d{1,3}(?:\.\d{3}){1,3})(?:,\d{1,2})?")
_POINT = re.compile(r"-?\d{1,12}\.\d{1,2}")


class NotAnAmount(Refusal):
    """The text is not an amount in euros."""


def euros(cents: int) -> str:
    """
    Write an amount as French readers expect it.

    >>> euros(123456)
    '1\\u202f234,56\\xa0€'
    >>> euros(-5)
    '-0,05\\xa0€'
    """
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", NARROW_SPACE)
    return f"{sign}{grouped},{rest:02d}\u00a0€"


def parse_euros(text: str) -> int:
    """
    Read an amount typed by a person, in cents; raise NotAnAmount on anything doubtful.

    A point before three digits is refused rather than guessed: « 12.345 » is twelve euros for some
    and twelve thousand for others. « 1.234,56 » and « 1234.56 » can be only one thing.

    >>> parse_euros("1 234,5 €")
    123450
    >>> parse_euros("1.234,56")
    123456
    >>> parse_euros("1234.56")
    123456
    """
    bare = re.sub(r"[\s\u00a0\u202f€]", "", text).replace("\u2212", "-")
    grouped = "." in bare and "," not in bare
    if not bare.isascii() or not (_POINT.fullmatch(bare) if grouped else _COMMA.fullmatch(bare)):
        raise NotAnAmount(
            _("« %(text)s » n’est pas un montant : écrivez-le en euros, par exemple 1234,56.")
            % {"text": text[:40]}
        )
    plain = bare.replace(".", ",") if grouped else bare.replace(".", "")
    whole, _comma, rest = plain.partition(",")
    sign = -1 if whole.startswith("-") else 1
    return int(whole) * 100 + sign * int((rest + "00")[:2])
