"""What lending asks of a seat today."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.allocation import queries as allocation
from traitdunion.lending import queries, rights
from traitdunion.partners.queries import Seat
from traitdunion.web.today import Task


def tasks(seat: Seat, at: datetime) -> list[Task]:
    """Awards to prepare, families to see, signatures to come, loans past their date."""
    if not rights.may_lend(seat):
        return []
    relay = seat.organisation.pk
    counts = queries.counts(relay)
    waiting = len(allocation.to_hand_over(relay)) - counts["to_hand_over"]
    today = reverse("lending:today")
    missing = f"{reverse('lending:agreements')}?etat=TO_SIGN"
    transfers = reverse("lending:transfers")
    broken = queries.open_incidents(relay).count()
    late = queries.late_loans(seat, at.date()).count()
    late_url = f"{reverse('lending:loans')}?etat=retard"
    return [
        Task(_("Conventions de prêt à préparer"), max(waiting, 0), today, "now"),
        Task(_("Prêts à remettre aux familles"), counts["to_hand_over"], today, "now"),
        Task(_("Signatures à venir"), counts["to_sign"], missing),
        Task(_("Transferts à recevoir"), counts["to_receive"], transfers),
        Task(_("Prêts dont la date est passée"), late, late_url, "now"),
        Task(_("Pannes, pertes et vols à suivre"), broken, reverse("lending:incidents")),
    ]
