"""What brings devices in: orders by delivery point, manifests, receipts, certificates."""

from django.db import models
from django.db.models import F, Q

from traitdunion.base.models import BaseModel
from traitdunion.equipment.states import Kind
from traitdunion.supply.states import Announced, OrderState


class PurchaseOrder(BaseModel):
    """An order to a supplier, under a market; what pays it is told line by line (Funding)."""

    number = models.CharField(max_length=40, unique=True)
    buyer = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    market_reference = models.CharField(max_length=80)
    # Of the first version, when one envelope paid a whole order: see migrations-under-way.md.
    commitment = models.OneToOneField(
        "budget.Commitment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=16, choices=OrderState.choices, default=OrderState.PLACED)
    placed_at = models.DateTimeField()
    promised_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["buyer", "state"], name="order_by_buyer")]

    def __str__(self) -> str:
        return self.number


class OrderLine(BaseModel):
    """So many devices of one model for one delivery point; spares belong to no child."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="+")
    delivery_point = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    label = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField()
    spares = models.PositiveIntegerField(default=0)
    # Of one device. Including tax is what the line costs: it is given, never computed from a rate.
    price_excluding_tax_cents = models.BigIntegerField()
    price_cents = models.BigIntegerField()
    received = models.PositiveIntegerField(default=0)
    certified = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "delivery_point", "kind"], name="order_line_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, spares__lte=F("quantity")), name="spares_within"
            ),
            models.CheckConstraint(
                condition=Q(price_excluding_tax_cents__gt=0)
                & Q(price_cents__gte=F("price_excluding_tax_cents")),
                name="tax_adds",
            ),
            models.CheckConstraint(
                condition=Q(received__lte=F("quantity"), certified__lte=F("received")),
                name="certified_within_received",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.label}"

    @property
    def cost_cents(self) -> int:
        return self.quantity * self.price_cents


class Funding(BaseModel):
    """
    So many units of a line are paid by that commitment: decided when it is signed, for good.

    A unit is never cut in two: each device was bought by the euros of one purse.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey("budget.Commitment", on_delete=models.PROTECT, related_name="+")
    # In the order in which the programme's purses pay.
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    certified = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "commitment"], name="funding_once"),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    received__lte=F("quantity"),
                    certified__lte=F("received"),
                ),
                name="funding_within_its_units",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"


class Manifest(BaseModel):
    """The supplier's list of what is in the boxes, before they come."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "digest"], name="manifest_once")]

    def __str__(self) -> str:
        return str(self.pk)


class ManifestLine(BaseModel):
    """
    One serial number: announced, then received or missing; or received without being announced.
    """

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="+")
    manifest = models.ForeignKey(Manifest, null=True, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    serial = models.CharField(max_length=40)
    imei = models.CharField(max_length=15, blank=True)
    iccid = models.CharField(max_length=22, blank=True)
    state = models.CharField(max_length=12, choices=Announced.choices, default=Announced.ANNOUNCED)
    # Which euros bought it, once it came.
    funding = models.ForeignKey(Funding, null=True, on_delete=models.PROTECT, related_name="+")
    # The device of the register that it became.
    device = models.OneToOneField(
        "equipment.Device", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "serial"], name="serial_once_an_order"),
        ]
        indexes = [
            models.Index(fields=["serial"], name="manifest_line_by_serial"),
            models.Index(fields=["funding", "serial"], name="manifest_line_by_funding"),
        ]

    def __str__(self) -> str:
        return self.serial


class Receipt(BaseModel):
    """Somebody at the delivery point ticked what came, on a day."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="+")
    delivery_point = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    received_by = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField()
    ticked = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    unexpected = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.pk)


class Certificate(BaseModel):
    """The buyer certifies what was received, by quantity: another person, another date."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    certified_by = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    certified_at = models.DateTimeField()
    quantity = models.PositiveIntegerField()
    amount_cents = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.quantity}"
