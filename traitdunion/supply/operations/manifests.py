"""The supplier's list of serial numbers, loaded before the boxes come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.identifiers import (
    BadIdentifier,
    check_iccid,
    check_imei,
    check_serial,
    folded,
    squeezed,
)
from traitdunion.base.sheets import Row, Sheet, Unreadable
from traitdunion.equipment import queries as equipment
from traitdunion.equipment.states import Kind
from traitdunion.journal import operations as journal
from traitdunion.partners import queries as partners
from traitdunion.supply.models import Manifest, ManifestLine, OrderLine, PurchaseOrder

ALIASES: Mapping[str, tuple[str, ...]] = {
    "serial": ("numero de serie", "n de serie", "no serie", "serial", "serial number", "sn"),
    "imei": ("imei", "imei 1", "imei1"),
    "iccid": ("iccid", "carte sim", "sim", "numero de sim"),
    "place": ("uai", "lieu de livraison", "point de livraison", "destinataire", "siret", "code"),
    "kind": ("type", "materiel", "article", "modele", "designation"),
}
KEY_WORDS = ("cle", "key", "4g", "routeur", "hotspot")


@dataclass
class ManifestReport:
    """What a manifest brings: lines added, already known, rejected with their reason."""

    added: int = 0
    known: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@transaction.atomic
def load_manifest(
    *, order: PurchaseOrder, sheet: Sheet, dry_run: bool, by: Actor, at: datetime
) -> ManifestReport:
    """
    Load the announced serial numbers of an order; a wrong row is rejected alone, with its reason.

    Args:
        dry_run: say what would happen and write nothing.
    Raises: Unreadable when there is no column of serial numbers.
    """
    where = _columns(sheet)
    report = ManifestReport(notices=list(sheet.notices))
    places = _places(order)
    announced = set(ManifestLine.objects.filter(order=order).values_list("serial", flat=True))
    fresh: dict[str, ManifestLine] = {}
    taken = _numbers_taken()
    for row in sheet.rows():
        _take(row, where, order, places, announced, fresh, taken, report)
    report.added = len(fresh)
    if dry_run or not fresh:
        return report
    manifest = Manifest.objects.create(order=order, digest=sheet.digest, loaded_at=at)
    for line in fresh.values():
        line.manifest = manifest
    ManifestLine.objects.bulk_create(fresh.values(), batch_size=2_000)
    facts = {"added": report.added, "rejected": len(report.rejected)}
    journal.record(verb="supply.manifest_loaded", subject=order, by=by, at=at, facts=facts)
    return report


def _columns(sheet: Sheet) -> dict[str, int]:
    titles = {folded(title): index for index, title in enumerate(sheet.header)}
    found = {
        name: titles[alias]
        for name, words in ALIASES.items()
        for alias in words
        if alias in titles
    }
    if "serial" not in found:
        raise Unreadable(
            _("« %(name)s » : aucune colonne de numéros de série (« Numéro de série » ou « SN »).")
            % {"name": sheet.name}
        )
    return found


def _places(order: PurchaseOrder) -> list[OrderLine]:
    rows = OrderLine.objects.filter(order=order).select_related("delivery_point")
    return list(rows.order_by("delivery_point__name", "kind", "pk"))


def _numbers_taken() -> set[str]:
    """IMEIs and SIM cards of every manifest: two devices never share one."""
    rows = ManifestLine.objects.values_list("imei", "iccid").order_by("pk")
    return {number for pair in rows for number in pair if number}


def _take(
    row: Row,
    where: dict[str, int],
    order: PurchaseOrder,
    places: list[OrderLine],
    announced: set[str],
    fresh: dict[str, ManifestLine],
    taken: set[str],
    report: ManifestReport,
) -> None:
    values = {name: row.cells[index] for name, index in where.items()}
    try:
        line = _line(values, order, places)
    except BadIdentifier as error:
        report.rejected.append((row.line, str(error)))
        return
    if line is None:
        reason = _("lieu de livraison ou matériel absent de la commande")
        report.rejected.append((row.line, reason))
    elif line.serial in announced:
        report.known += 1
    elif line.serial in fresh:
        reason = _("numéro de série %(serial)s déjà lu plus haut") % {"serial": line.serial}
        report.rejected.append((row.line, reason))
    elif equipment.known_serials([line.serial]):
        reason = _("numéro de série %(serial)s déjà au registre") % {"serial": line.serial}
        report.rejected.append((row.line, reason))
    elif number := _shared_number(line, taken):
        reason = _("numéro %(number)s déjà porté par un autre appareil") % {"number": number}
        report.rejected.append((row.line, reason))
    else:
        fresh[line.serial] = line
        taken |= {line.imei, line.iccid}


def _shared_number(line: ManifestLine, taken: set[str]) -> str:
    """The IMEI or SIM card of this line that another device has, here or in the register."""
    numbers = [number for number in (line.imei, line.iccid) if number]
    known = equipment.known_imeis([line.imei]) if line.imei else set()
    known |= equipment.known_sims([line.iccid]) if line.iccid else set()
    return next((number for number in numbers if number in taken or number in known), "")


def _line(
    values: dict[str, str], order: PurchaseOrder, places: list[OrderLine]
) -> ManifestLine | None:
    serial = check_serial(values["serial"])
    imei = check_imei(values["imei"]) if values.get("imei") else ""
    iccid = check_iccid(values["iccid"]) if values.get("iccid") else ""
    found = _order_line(values, places)
    if found is None:
        return None
    return ManifestLine(order=order, line=found, serial=serial, imei=imei, iccid=iccid)


def _order_line(values: dict[str, str], places: list[OrderLine]) -> OrderLine | None:
    """
    The order's line that this row fills: by its delivery point and kind where they are given.
    """
    kind = _kind(values.get("kind", ""))
    fitting = [line for line in places if kind in (None, line.kind)]
    if code := squeezed(values.get("place", "")):
        codes = partners.codes([line.delivery_point_id for line in fitting])
        fitting = [line for line in fitting if codes.get(line.delivery_point_id) == code]
    return fitting[0] if fitting else None


def _kind(text: str) -> str | None:
    if not text:
        return None
    words = folded(text)
    return Kind.KEY_4G if any(word in words for word in KEY_WORDS) else Kind.TABLET
