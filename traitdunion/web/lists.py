"""Every list of the service: sorted, paged, exported the same way, with or without JavaScript."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from traitdunion.base import sorting
from traitdunion.base.spreadsheets import write_csv, write_xlsx

PAGE_SIZE = 50
EXPORT_LIMIT = 100_000
# The fields that hold what people call things.
NAMES = {"name", "label"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows; ``value`` is what it exports."""

    text: Any
    url: str = ""
    level: str = ""
    value: Any = None
    # A second line, smaller.
    note: Any = ""

    @property
    def exported(self) -> Any:
        return self.text if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column.

    Attributes:
        show: from a row to its cell.
        order: how to sort by it: a field's path for a queryset, a key function for a list; None if
            not.
    """

    key: str
    label: Any
    show: Callable[[Any], Cell]
    order: Any = None
    is_number: bool = False
    # A number that is read out: it is never cut in two.
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    column: Column
    next_sort: str
    direction: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, ready for `components/_list.html`."""

    caption: str
    heads: list[Head]
    rows: list[list[tuple[Cell, Column]]]
    page: Page
    total: int


def listing(
    request: HttpRequest,
    *,
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Any] | QuerySet[Any],
) -> Listing:
    """The page of the list that the query string asks for (``tri``, ``page``)."""
    ordered = _sorted(rows, columns, request.GET.get("tri", ""))
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
    return Listing(
        caption=caption,
        heads=[_head(column, request.GET.get("tri", "")) for column in columns],
        rows=[[(c.show(row), c) for c in columns] for row in page.object_list],
        page=page,
        total=page.paginator.count,
    )


def exported(
    request: HttpRequest,
    *,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Any] | QuerySet[Any],
) -> HttpResponse | None:
    """The whole list as a file when the query string asks for one (``format=csv`` or ``xlsx``)."""
    wanted = request.GET.get("format")
    if wanted not in {"csv", "xlsx"}:
        return None
    ordered = _sorted(rows, columns, request.GET.get("tri", ""))[:EXPORT_LIMIT]
    header = [str(column.label) for column in columns]
    lines = [[_plain(column.show(row).exported) for column in columns] for row in ordered]
    if wanted == "csv":
        content, kind = write_csv(header, lines), "text/csv; charset=utf-8"
    else:
        content = write_xlsx(name, header, lines)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return attachment(content, f"{name}.{wanted}", kind)


def attachment(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file to keep, never opened in the page."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else str(value)


def _sorted(rows: Any, columns: Sequence[Column], asked: str) -> Any:
    column = next((c for c in columns if c.key == asked.lstrip("-") and c.order), None)
    if column is None:
        return rows
    descending = asked.startswith("-")
    if isinstance(rows, QuerySet):
        return rows.order_by(_ordered(column.order, descending), "pk")
    return sorted(rows, key=lambda row: sorting.key(column.order(row)), reverse=descending)


def _ordered(path: str, descending: bool) -> Any:
    """Numbers and dates as they are; names as a dictionary has them."""
    if path.rpartition("__")[2] in NAMES:
        by_name = sorting.by_name(path)
        return by_name.desc() if descending else by_name.asc()
    return f"-{path}" if descending else path


def _head(column: Column, asked: str) -> Head:
    if column.order is None:
        return Head(column, "", "")
    if asked == column.key:
        return Head(column, f"-{column.key}", "ascending")
    return Head(column, column.key, "descending" if asked == f"-{column.key}" else "none")
