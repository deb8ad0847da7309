"""A network's own tool: its pairs and sessions sent again and again; both counts on any day."""

import hashlib
import json
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.fields import Body, Cell
from traitdunion.api.lists import Listing, Page, page
from traitdunion.api.once import once
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.mentoring import network_files as reading
from traitdunion.mentoring import operations, queries, rights
from traitdunion.mentoring.states import FileKind
from traitdunion.programme import queries as programme

router = Router(tags=["mentoring"])

MOST_ROWS = 5_000


class BadRows(Refusal):
    """A row names something that is not read; the keys are those of a file."""

    status = 422


class NewNetworkFile(Body):
    """Pairs or sessions, as a file would have them: one object a row, every value a text."""

    kind: Literal["PAIRS", "SESSIONS"]
    rows: Annotated[
        list[dict[Cell, Cell]],
        Field(
            min_length=1,
            max_length=MOST_ROWS,
            description="keys: " + "; ".join(
                f"{kind} {', '.join(names)}" for kind, names in reading.COLUMNS.items()
            ),
        ),
    ]  # fmt: skip


class NetworkFile(Schema):
    """What a file or a call brought."""

    id: UUID
    kind: str
    digest: str
    sent_at: datetime
    rows: int
    new: int
    corrected: int
    same: int
    aside: int


class ToMend(Schema):
    """A row kept aside: its identifier and the reason, to mend in the network's own tool."""

    id: UUID
    kind: str
    external_id: str
    line: int
    reason: str


class Followed(Schema):
    """How many are followed on a day; the two counts always stand together."""

    on: date
    wide: int
    strict: int


class Day(Schema):
    """The day of a count."""

    on: Annotated[date | None, Field(description="today when it is not said")] = None


@router.get("/network-files", response=Page[NetworkFile], summary="What the network sent")
@right(rights.may_coordinate)
def network_files(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.files_of(request.auth.seat), asked, "sent_at", "pk")


@router.get(
    "/network-files/to-mend", response=Page[ToMend], summary="Rows kept aside, with their reasons"
)
@right(rights.may_coordinate)
def to_mend(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.to_mend(request.auth.seat), asked, "kind", "line", "pk")


@router.post("/network-files", response={201: NetworkFile}, summary="Send pairs or sessions")
@right(rights.may_coordinate)
@once
def send(request: Any, body: NewNetworkFile) -> NetworkFile:
    """
    A row known by its identifier is found again: sent twice, it changes nothing. What cannot be
    used is kept aside (`to-mend`) and the rest is recorded; free text has no key here.
    """
    _check_keys(body)
    content = json.dumps(body.rows, sort_keys=True, ensure_ascii=False).encode()
    done = operations.take_rows(
        network=queries.network_of(request.auth.seat),
        kind=body.kind,
        rows=enumerate(body.rows, 1),
        digest=hashlib.sha256(content).hexdigest(),
        plan=programme.plan(programme.current()),
        by=request.auth.by,
        at=now(),
    )
    return NetworkFile.from_orm(done)


def _check_keys(body: NewNetworkFile) -> None:
    known = reading.COLUMNS[FileKind(body.kind)].keys()
    for line, row in enumerate(body.rows, 1):
        if not row.keys() <= known:
            raise BadRows(
                _("Ligne %(line)s : une clé n’est pas lue ; les clés sont %(known)s.")
                % {"line": line, "known": ", ".join(known)}
            )


@router.get("/followed", response=Followed, summary="Young people followed on a day")
@right(rights.may_count)
def followed(request: Any, asked: Query[Day]) -> dict[str, Any]:
    """Each once, among those whom the seat may count: its networks, its territory, or all."""
    on = asked.on or now().date()
    scope = queries.scope_of(request.auth.seat)
    tally = queries.followed(on, scope) if scope else queries.Tally()
    return {"on": on, "wide": tally.wide, "strict": tally.strict}
