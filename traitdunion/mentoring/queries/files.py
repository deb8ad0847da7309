"""What a network sent, and the rows that it has to mend."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from traitdunion.mentoring.models import KeptAside, NetworkFile
from traitdunion.mentoring.queries.networks import networks_of

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


def files_of(seat: "Seat | None") -> QuerySet[NetworkFile]:
    """The files and calls of a seat’s networks, the latest first."""
    rows = NetworkFile.objects.filter(network__in=networks_of(seat))
    return rows.select_related("network__organisation").order_by("-sent_at", "pk")


def to_mend(seat: "Seat | None", kind: str = "") -> QuerySet[KeptAside]:
    """Rows kept aside that have not come back whole."""
    rows = KeptAside.objects.filter(network__in=networks_of(seat), settled_at__isnull=True)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("file", "network__organisation").order_by("kind", "line", "pk")
