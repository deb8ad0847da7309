"""Mentoring on each side: an agreement, a pair from the network's own tool, a count, an end."""

import io
from datetime import UTC, date, datetime
from typing import Any

from tests.mentoring.ground import PAIRS, SESSIONS, pair, session
from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import open_sheet
from traitdunion.budget import operations as budget
from traitdunion.mentoring import operations
from traitdunion.mentoring.models import Mentor, Network, YoungPerson
from traitdunion.mentoring.states import Definition, EndPlan, FileKind
from traitdunion.programme.models import Strand

JUNE = datetime(2020, 6, 15, 9, tzinfo=UTC)
CHILDREN = {"94": "SISSOKO;Binta;03/05/2008", "75": "LOPEZ;Tomas;14/02/2007"}


def follow(world: Any, network: Any) -> None:
    """The one network follows somebody on each side, whom it hands over to the school."""
    declared = operations.declare_network(organisation=network, by=ROBOT, at=JUNE)
    for side in (world.a, world.b):
        side.agreement = _agreement(world, side, declared)
        code = side.department.code
        name = f"J{code}"
        _send(world, declared, FileKind.PAIRS, PAIRS, pair(
            f"B{code}", name, CHILDREN[code], mentor=f"M{code}", dept=code
        ))  # fmt: skip
        _send(world, declared, FileKind.SESSIONS, SESSIONS, session(f"S{code}", f"B{code}"))
        young = YoungPerson.objects.get(network=declared, external_id=name)
        side.end = operations.plan_after(
            young=young,
            plan=EndPlan.SCHOOL,
            ends_on=date(2020, 7, 31),
            receiver=side.school,
            by=ROBOT,
            at=JUNE,
        )
        side.mentor = Mentor.objects.get(network=declared, external_id=f"M{code}")
        side.count = operations.certify_count(
            on=JUNE.date(), network=declared, plan=world.plan, by=ROBOT, at=JUNE
        )


def _agreement(world: Any, side: Any, network: Network) -> Any:
    envelope = budget.open_envelope(
        strand=Strand.objects.get(code="mentoring"),
        source=None,
        holder=side.prefecture,
        label=f"Mentorat, {side.prefecture.name}",
        year=2020,
        amount_cents=5_000_000,
        by=ROBOT,
        at=JUNE,
    )
    made = operations.prepare_agreement(
        network=network,
        funder=side.prefecture,
        envelope=envelope,
        places=10,
        price_cents=40_000,
        advance_cents=0,
        counted_by=Definition.WIDE,
        starts_on=date(2020, 4, 20),
        ends_on=date(2020, 7, 31),
        shares=[operations.Share(network, side.department, 10)],
        by=ROBOT,
        at=JUNE,
    )
    operations.sign_agreement(agreement=made, plan=world.plan, by=ROBOT, at=JUNE)
    return made


def _send(world: Any, network: Network, kind: str, header: str, row: str) -> None:
    text = f"{header}\n{row}\n"
    with open_sheet(io.BytesIO(text.encode()), name="export.csv") as sheet:
        operations.load_file(
            network=network, kind=kind, sheet=sheet, plan=world.plan, by=ROBOT, at=JUNE
        )
