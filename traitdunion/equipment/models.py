"""The register: every device, where it is now, and every place it has been."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.equipment.states import Kind, Move, State


class Device(BaseModel):
    """
    A tablet or a 4G key.

    In one place at every instant: an organisation, or a person, or nowhere when it is lost, stolen
    or
    retired. ``version`` counts its custody lines; a move takes the device at the version it read.
    """

    kind = models.CharField(max_length=10, choices=Kind.choices)
    serial = models.CharField(max_length=40, unique=True)
    imei = models.CharField(max_length=15, null=True, unique=True)
    label = models.CharField(max_length=120)
    owner = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    # Where it comes from: an order's number, or what was bought before the programme.
    origin = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=State.choices, default=State.IN_STOCK)
    holder_organisation = models.ForeignKey(
        "partners.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    holder_person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="one_place_at_every_instant",
                condition=(
                    Q(state__in=("LOST", "STOLEN", "RETIRED"))
                    & Q(holder_organisation__isnull=True, holder_person__isnull=True)
                )
                | (
                    Q(state="LENT")
                    & (
                        Q(holder_organisation__isnull=True, holder_person__isnull=False)
                        | Q(holder_organisation__isnull=False, holder_person__isnull=True)
                    )
                )
                | (
                    Q(state__in=("IN_STOCK", "IN_TRANSIT", "IN_REPAIR"))
                    & Q(holder_organisation__isnull=False, holder_person__isnull=True)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["holder_organisation", "state"], name="device_by_holder"),
            models.Index(fields=["holder_person"], name="device_by_person"),
            models.Index(fields=["owner", "state"], name="device_by_owner"),
        ]

    def __str__(self) -> str:
        return self.serial


class Custody(models.Model):
    """
    One line of a device's log. Rows are added, never changed or removed (triggers see to it).
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()
    move = models.CharField(max_length=12, choices=Move.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    from_organisation_id = models.UUIDField(null=True)
    from_person_id = models.UUIDField(null=True)
    to_organisation_id = models.UUIDField(null=True)
    to_person_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    # What the phone's clock said; order is given by ``seq``, never by it.
    device_time = models.DateTimeField(null=True)
    by_kind = models.CharField(max_length=40)
    by_id = models.UUIDField(null=True)
    document = models.CharField(max_length=80, blank=True)
    # The event that carries the digest of this line; none for those it found there.
    told_by = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "seq"], name="custody_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.move}"


class SimCard(BaseModel):
    """A SIM card: it costs as long as its plan runs, whoever has it."""

    iccid = models.CharField(max_length=22, unique=True)
    operator = models.CharField(max_length=60, blank=True)
    data_gb = models.PositiveIntegerField(default=0)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device"], condition=Q(device__isnull=False), name="one_sim_a_device"
            )
        ]

    def __str__(self) -> str:
        return self.iccid
