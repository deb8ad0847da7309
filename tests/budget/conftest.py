"""A ministry, a rectorat under it, a town hall with its own purse: money as it flows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations
from traitdunion.budget.models import Commitment, Envelope
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import operations as programmes
from traitdunion.programme import queries as programme
from traitdunion.programme.models import Source, Strand
from traitdunion.programme.schema import Plan
from traitdunion.project.settings import PACKAGE

AT = datetime(2020, 4, 27, 9, tzinfo=UTC)
NEXT_YEAR = datetime(2021, 1, 15, 9, tzinfo=UTC)
PLAN_FILE = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
EUROS = 100
WHO: dict[str, Any] = {"by": ROBOT, "at": AT}


def organisation(kind: str, name: str) -> Organisation:
    return partners.create_organisation(kind=kind, name=name, identifiers={}, **WHO)


def somebody(name: str, holder: Organisation, role: str = Role.MANAGER) -> User:
    user = User.objects.create(email=f"{name}@example.org", full_name=name.title())
    partners.seat(user=user, organisation=holder, role=role, **WHO)
    return user


def open_envelope(amount_cents: int, kind: str = Kind.PREFECTURE, **changes: Any) -> Envelope:
    """An envelope of a préfecture, for equipment."""
    programmes.load(toml=PLAN_FILE.read_text(), by=ROBOT, at=AT)
    facts: dict[str, Any] = {
        "strand": Strand.objects.get(code="equipment"),
        "source": None,
        "holder": organisation(kind, "Préfecture"),
        "label": "Équipement",
        "year": 2020,
        "amount_cents": amount_cents,
    }
    return operations.open_envelope(**{**facts, **changes}, **WHO)


def commit(envelope: Envelope, cents: int, **changes: Any) -> Commitment:
    facts: dict[str, Any] = {"label": "Commande", "reference": "BC-1"} | WHO
    return operations.commit(envelope=envelope, amount_cents=cents, **{**facts, **changes})


def plan() -> Plan:
    return programme.plan(programme.current())


@pytest.fixture
def envelope(db: None) -> Envelope:
    return open_envelope(1_000 * EUROS)


@dataclass
class Tree:
    """1,000 € at the ministry, of which 600 € of AE and 400 € of CP went to the rectorat."""

    root: Envelope
    child: Envelope

    def fresh(self) -> "Tree":
        self.root.refresh_from_db()
        self.child.refresh_from_db()
        return self


@pytest.fixture
def tree(db: None) -> Tree:
    root = open_envelope(
        1_000 * EUROS, Kind.MINISTRY, source=None, label="Plan", cost_center="0147-ACAD"
    )
    Envelope.objects.filter(pk=root.pk).update(source=Source.objects.get(name="plan"))
    root.refresh_from_db()
    child = operations.open_under(
        parent=root,
        holder=organisation(Kind.RECTORATE, "Rectorat"),
        label="Plan, rectorat",
        ae_cents=600 * EUROS,
        cp_cents=400 * EUROS,
        document="Délégation 1",
        **WHO,
    )
    return Tree(root, child).fresh()
