"""Names in the order of a dictionary, accents and case apart, whatever the database."""

from functools import reduce
from typing import Any

from django.db.models import F, Func

from traitdunion.base.identifiers import folded

# The letters that begin or fill French names, in both cases, for a database may not lower them.
# SQLite refuses more than twenty-five replacements in one expression.
PLAIN = {"a": "àâÀÂ", "c": "çÇ", "e": "éèêëÉÈÊ", "i": "îÎ", "o": "ôÔ", "oe": "œŒ"}
PAIRS = [(letter, plain) for plain, letters in PLAIN.items() for letter in letters]
SINGLE = [pair for pair in PAIRS if len(pair[1]) == 1]


class _Plain(Func):
    """A text without accents nor case."""

    arity = 1

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **context: Any
    ) -> Any:
        nested = reduce(_replaced, PAIRS, "%(expressions)s")
        return super().as_sql(compiler, connection, template=f"LOWER({nested})", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same in one pass, which is much faster there."""
        longer = [pair for pair in PAIRS if pair not in SINGLE]
        text = reduce(_replaced, longer, "%(expressions)s")
        accented, plain = ("".join(letters) for letters in zip(*SINGLE, strict=True))
        template = f"LOWER(TRANSLATE({text}, '{accented}', '{plain}'))"
        return super().as_sql(compiler, connection, template=template, **context)


def _replaced(text: str, pair: tuple[str, str]) -> str:
    return f"REPLACE({text}, '{pair[0]}', '{pair[1]}')"


def by_name(path: str) -> Func:
    """
    What to order a queryset by, so that « Les Écheveaux » comes before « Les Teinturiers ».

    Args:
        path: of a field that holds a name, e.g. ``relay__name``.
    """
    return _Plain(F(path))


def key(value: Any) -> Any:
    """The same for what is sorted here: texts are compared folded, wherever they are in a key."""
    if isinstance(value, str):
        return folded(value)
    if isinstance(value, tuple | list):
        return tuple(key(one) for one in value)
    return value
