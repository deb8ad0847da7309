from datetime import UTC, date, datetime
from io import BytesIO

import pytest

from tests.budget.conftest import open_envelope
from traitdunion.base.actors import ROBOT
from traitdunion.base.sheets import open_sheet
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import queries as programme
from traitdunion.supply import operations
from traitdunion.supply.models import PurchaseOrder

AT = datetime(2020, 5, 4, 9, tzinfo=UTC)
LATER = datetime(2020, 5, 12, 9, tzinfo=UTC)
PRICE, BEFORE_TAX = 18_500, 15_417


class Market:
    """A préfecture with 1,000 € buys tablets for a school; Olga opens boxes, Alice certifies."""

    def __init__(self) -> None:
        self.envelope = open_envelope(100_000)
        self.buyer = self.envelope.holder
        self.school, self.other = _relay("Collège A"), _relay("Collège B")
        self.supplier = partners.create_organisation(
            kind=Kind.SUPPLIER, name="Tablettes SA", identifiers={}, by=ROBOT, at=AT
        )
        self.alice, self.olga = (
            User.objects.create(email=f"{name}@example.org", full_name=name)
            for name in ("alice", "olga")
        )
        partners.seat(user=self.alice, organisation=self.buyer, role=Role.MANAGER, by=ROBOT, at=AT)
        self.plan = programme.plan(programme.current())

    def order(self, number: str = "BC-1", **changes: object) -> PurchaseOrder:
        line = operations.NewLine(
            **{
                "delivery_point": self.school,
                "kind": "tablet",
                "label": "Tablette",
                "quantity": 4,
                "spares": 1,
                "price_excluding_tax_cents": BEFORE_TAX,
                "price_cents": PRICE,
                **changes,
            }
        )
        return operations.order(
            number=number,
            buyer=self.buyer,
            supplier=self.supplier,
            market_reference="M-2020-1",
            envelopes=[self.envelope],
            plan=self.plan,
            lines=[line],
            promised_on=date(2020, 5, 11),
            by=self.alice,
            at=AT,
        )

    def load(self, order: PurchaseOrder, *rows: str, dry_run: bool = False) -> object:
        text = "\n".join(("N° de série;IMEI;Carte SIM", *rows)) + "\n"
        with open_sheet(BytesIO(text.encode()), name="bordereau.csv") as sheet:
            return operations.load_manifest(
                order=order, sheet=sheet, dry_run=dry_run, by=self.alice, at=AT
            )

    def receive(
        self,
        order: PurchaseOrder,
        *ticked: str,
        found: tuple[str, ...] = (),
        whole: bool = False,
        kind: str = "tablet",
    ) -> operations.ReceiptReport:
        return operations.receive(
            order=order,
            delivery_point=self.school,
            ticked=ticked,
            unannounced=dict.fromkeys(found, kind),
            is_complete=whole,
            by=self.olga,
            at=LATER,
        )


def _relay(name: str) -> Organisation:
    return partners.create_organisation(
        kind=Kind.SCHOOL, name=name, identifiers={}, by=ROBOT, at=AT
    )


@pytest.fixture
def market(db: None) -> Market:
    return Market()
