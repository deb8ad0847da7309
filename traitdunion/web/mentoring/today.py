"""What mentoring asks of a seat today."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.mentoring import queries, rights
from traitdunion.partners.queries import Seat
from traitdunion.programme import queries as programme
from traitdunion.web.today import Task


def tasks(seat: Seat, at: datetime) -> list[Task]:
    """Alerts, silent pairs, checks, requests, young people who wait; what a school was told."""
    current = programme.current_or_none()
    if current is None:
        return []
    if rights.may_coordinate(seat):
        desk = queries.desk(queries.networks_of(seat), programme.plan(current), at)
        pairs = reverse("mentoring:pairs")
        return [
            Task(_("Alertes à traiter"), desk.alerts, reverse("mentoring:alerts"), "now"),
            Task(_("Binômes silencieux"), desk.silent, f"{pairs}?etat=silence", "now"),
            Task(_("Contrôles d’honorabilité à renouveler"), desk.checks,
                 reverse("mentoring:checks")),
            Task(_("Demandes d’accompagnement à répondre"), desk.referred,
                 reverse("mentoring:young")),
            Task(_("Jeunes qui attendent un mentor"), desk.waiting, reverse("mentoring:matching")),
        ]  # fmt: skip
    if rights.may_refer(seat):
        shared = [
            one for one in queries.alerts_shared_with(seat.organisation.pk)
            if one.state != "CLOSED"
        ]  # fmt: skip
        title = _("Alertes de mentorat partagées avec vous")
        return [Task(title, len(shared), reverse("mentoring:alerts"), "now")]
    return []
