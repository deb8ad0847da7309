"""Certificates of count: the figure, the lines it comes from, their digest."""

import hashlib
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import drawn_number
from traitdunion.journal import operations as journal
from traitdunion.mentoring import queries, recount
from traitdunion.mentoring.models import CountCertificate, NetworkAgreement
from traitdunion.mentoring.queries import Scope

if TYPE_CHECKING:
    from traitdunion.mentoring.models import Network
    from traitdunion.programme.schema import Plan


class BadDay(Refusal):
    """A count of a day that has not come, or before the programme."""

    status = 400


@transaction.atomic
def certify_count(
    *,
    on: date,
    plan: "Plan",
    by: Actor,
    at: datetime,
    network: "Network | None" = None,
    agreement: NetworkAgreement | None = None,
) -> CountCertificate:
    """
    Count who was followed on a day, and keep the lines from which anybody counts again.

    Args:
        network: among those whom it follows alone; none: everybody, each once.
        agreement: among those who hold its places; the places to pay are counted too.
    Raises: BadDay.
    """
    if not plan.programme.start_date <= on <= at.date():
        raise BadDay(
            _("Choisissez un jour entre le %(first)s et aujourd’hui.")
            % {"first": plan.programme.start_date.strftime("%d/%m/%Y")}
        )
    network = agreement.network if agreement else network
    content = "".join(_lines(on, plan, network, agreement))
    counted = recount.recount(content)
    raw = content.encode()
    uid = uuid4()
    made = CountCertificate.objects.create(
        number=drawn_number("D"),
        network=network,
        agreement=agreement,
        on=on,
        definitions={code: asked.model_dump() for code, asked in plan.definitions().items()},
        places=counted.places,
        wide=counted.wide,
        strict=counted.strict,
        sessions=counted.sessions,
        content=zlib.compress(raw, 9),
        digest=hashlib.sha256(raw).hexdigest(),
        at=at,
        told_by=uid,
    )
    facts = {"number": made.number, "wide": made.wide, "strict": made.strict, "on": str(on)}
    facts |= {"digest": made.digest, "places": made.places}
    journal.record(
        verb="mentoring.count_certified",
        subject=made,
        by=by,
        at=at,
        facts=facts,
        uid=uid,
        rows=[made],
    )
    return made


def _lines(
    on: date, plan: "Plan", network: "Network | None", agreement: NetworkAgreement | None
) -> Iterator[str]:
    start = plan.programme.start_date
    rules = {
        code: recount.Rule(asked.sessions, asked.span_days, asked.window_days, start)
        for code, asked in plan.definitions().items()
    }
    period = (agreement.starts_on, agreement.ends_on) if agreement else None
    yield recount.head(on, rules, agreement.counted_by if agreement else "", period)
    networks = queries.family_of(network) if network else ()
    rows = queries.sessions_told(on, Scope(networks=networks))
    if agreement:
        rows = rows.filter(child__in=queries.young_of_agreement(agreement.pk))
    told = rows.order_by("child__code", "day", "pk")
    for code, network_id, day in told.values_list("child__code", "network_id", "day").iterator(
        chunk_size=5_000
    ):
        yield f"{code};{str(network_id)[:8]};{day.isoformat()}\n"
