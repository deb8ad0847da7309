"""Lists by pages: where the next one starts is the key of the last row, never a count of rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Schema

from traitdunion.base.errors import Refusal

LONGEST_PAGE = 200
Item = TypeVar("Item")


class BadCursor(Refusal):
    """The cursor is not one that this list gave."""

    status = 422


class Listing(Schema):
    """Which page of a list."""

    cursor: Annotated[str, Field(max_length=500, description="`next` of the page before")] = ""
    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE)] = 50


class Page(Schema, Generic[Item]):
    """One page; ``next`` is null on the last one."""

    items: list[Item]
    next: str | None = None


def page(rows: QuerySet[Any], asked: Listing, *order: str) -> dict[str, Any]:
    """
    The page of ``rows`` that starts after the cursor.

    Args:
        order: columns that are never null and together tell rows apart, ascending.
    Raises: BadCursor.
    """
    rows = rows.order_by(*order)
    salt = f"{rows.model._meta.label}:{','.join(order)}"
    if asked.cursor:
        rows = rows.filter(_after(order, _read(asked.cursor, salt)))
    found = list(rows[: asked.limit + 1])
    items, is_last = found[: asked.limit], len(found) <= asked.limit
    return {"items": items, "next": None if is_last else _written(items[-1], order, salt)}


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows whose key comes after those values, column by column."""
    first, rest = order[0], order[1:]
    beyond = Q(**{f"{first}__gt": values[0]})
    if not rest:
        return beyond
    # The first condition alone lets the index start at the right place.
    return Q(**{f"{first}__gte": values[0]}) & (beyond | _after(rest, values[1:]))


def _written(row: Any, order: Sequence[str], salt: str) -> str:
    return signing.dumps([_text(getattr(row, name)) for name in order], salt=salt)


def _text(value: Any) -> str | int:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def _read(cursor: str, salt: str) -> list[Any]:
    """A cursor is signed: what comes back is what this list wrote, or is refused."""
    try:
        return signing.loads(cursor, salt=salt)
    except signing.BadSignature:
        raise BadCursor(_("Ce curseur n’est pas de cette liste : reprenez à son début.")) from None
