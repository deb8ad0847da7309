from datetime import UTC, datetime

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations
from traitdunion.budget.models import Envelope
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Kind
from traitdunion.programme import operations as programmes
from traitdunion.programme.models import Strand
from traitdunion.project.settings import PACKAGE

AT = datetime(2020, 4, 27, 9, tzinfo=UTC)
PLAN_FILE = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
EUROS = 100


def open_envelope(amount_cents: int) -> Envelope:
    """An envelope of the préfecture, for equipment."""
    programmes.load(toml=PLAN_FILE.read_text(), by=ROBOT, at=AT)
    prefecture = partners.create_organisation(
        kind=Kind.PREFECTURE, name="Préfecture", identifiers={}, by=ROBOT, at=AT
    )
    return operations.open_envelope(
        strand=Strand.objects.get(code="equipment"),
        source=None,
        holder=prefecture,
        label="Équipement",
        year=2020,
        amount_cents=amount_cents,
        by=ROBOT,
        at=AT,
    )


@pytest.fixture
def envelope(db: None) -> Envelope:
    return open_envelope(1_000 * EUROS)
