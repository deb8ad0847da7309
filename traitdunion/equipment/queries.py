"""Reading the register."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.base.identifiers import squeezed
from traitdunion.equipment.models import Custody, Device, SimCard
from traitdunion.equipment.states import State
from traitdunion.partners import queries as partners

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


class NoSuchDevice(NotFound):
    """No device under that number."""


def devices_seen_by(seat: "Seat | None") -> QuerySet[Device]:
    """
    Devices that the seat's organisation owns, holds or lent, and those of its territory.

    A device that a child holds is seen by the relay that lent it, which its loan's table knows;
    here the
    relay is found through the child, who is known to it.
    """
    if seat is None:
        return Device.objects.none()
    rows = Device.objects.select_related("owner", "holder_organisation")
    if seat.perimeter.everything:
        return rows.order_by("serial")
    mine = Q(owner=seat.organisation.pk) | Q(holder_person__known_to=seat.organisation.pk)
    area = partners.within(seat, "holder_organisation__")
    if not seat.is_relay:
        area |= partners.within(seat, "owner__")
    return rows.filter(mine | area).order_by("serial")


def device(number: str) -> Device:
    """
    The device of that serial number or IMEI, as it was typed or scanned. Raises NoSuchDevice.
    """
    clean = squeezed(number)
    rows = Device.objects.select_related("owner", "holder_organisation")
    # One after the other: asked for both at once, a database walks the whole register.
    one = rows.filter(serial=clean).first() or rows.filter(imei=clean).first()
    if one is None:
        raise NoSuchDevice(
            _(
                "Aucun appareil ne porte le numéro « %(number)s » : rescannez l’étiquette, en"
                " distinguant la lettre O du chiffre 0."
            )
            % {"number": number[:40]}
        )
    return one


def history(device: Device) -> list[Custody]:
    """Every place this device has been, oldest first."""
    return list(Custody.objects.filter(device=device).order_by("seq"))


def in_stock(organisation_id: UUID, kind: str | None = None) -> QuerySet[Device]:
    rows = Device.objects.filter(holder_organisation=organisation_id, state=State.IN_STOCK)
    return (rows.filter(kind=kind) if kind else rows).order_by("kind", "serial")


def stock_counts(organisation_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = Device.objects.filter(holder_organisation__in=organisation_ids, state=State.IN_STOCK)
    counted = rows.values("holder_organisation").annotate(n=Count("pk"))
    return {row["holder_organisation"]: row["n"] for row in counted.order_by()}


def held_by(person_ids: Sequence[UUID]) -> dict[UUID, list[Device]]:
    """What each of these children has in hand."""
    found: dict[UUID, list[Device]] = {}
    for row in Device.objects.filter(holder_person__in=person_ids).order_by("serial"):
        found.setdefault(row.holder_person_id, []).append(row)
    return found


def count_by_state(seat: "Seat | None") -> dict[str, int]:
    rows = devices_seen_by(seat).order_by("state").values("state")
    return {row["state"]: row["n"] for row in rows.annotate(n=Count("pk"))}


def known_serials(serials: Sequence[str]) -> set[str]:
    return set(Device.objects.filter(serial__in=serials).values_list("serial", flat=True))


def known_imeis(imeis: Sequence[str]) -> set[str]:
    return set(Device.objects.filter(imei__in=imeis).values_list("imei", flat=True))


def known_sims(iccids: Sequence[str]) -> set[str]:
    return set(SimCard.objects.filter(iccid__in=iccids).values_list("iccid", flat=True))


def sims_of(device: Device) -> list[SimCard]:
    return list(SimCard.objects.filter(device=device).order_by("iccid"))


def check() -> Iterator[tuple[str, str, str]]:
    """Devices whose place is not what their log says: (table, identifier, reason)."""
    last = {
        row["device"]: row
        for row in Custody.objects.values("device")
        .annotate(n=Count("pk"), top=Max("seq"))
        .order_by()
    }
    ends = {
        (row.device_id, row.seq): row
        for row in Custody.objects.order_by("id").iterator(chunk_size=5_000)
    }
    for device in Device.objects.order_by("serial").iterator(chunk_size=5_000):
        row = last.get(device.pk)
        if row is None or row["n"] != row["top"] or row["top"] != device.version:
            yield "equipment_device", str(device.pk), "its log has a gap"
            continue
        end = ends[device.pk, row["top"]]
        told = (end.state, end.to_organisation_id, end.to_person_id)
        if told != (device.state, device.holder_organisation_id, device.holder_person_id):
            yield "equipment_device", str(device.pk), "it is not where its log says"


def tally() -> Counter[str]:
    return Counter(dict(Device.objects.values_list("state").annotate(n=Count("pk")).order_by()))


def device_of_sim(iccid: str) -> Device | None:
    """The device that a SIM card is in."""
    card = SimCard.objects.filter(iccid=iccid, device__isnull=False).select_related("device")
    found = card.first()
    return found.device if found else None


def stock_by_state(organisation_id: UUID) -> list[tuple[str, int]]:
    """How many devices an organisation has in hand, by state."""
    rows = Device.objects.filter(holder_organisation=organisation_id).values("state")
    return [(row["state"], row["n"]) for row in rows.annotate(n=Count("pk")).order_by("state")]
