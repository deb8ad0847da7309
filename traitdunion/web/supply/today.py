"""Boxes to open, deliveries that are late, lines to certify."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.supply import queries, rights
from traitdunion.web.today import Task


def tasks(seat: Any, at: datetime) -> list[Task]:
    url = reverse("supply:orders")
    found = []
    if rights.may_receive(seat):
        waiting = queries.deliveries_to(seat.organisation.pk)
        late = sum(one.is_late(at.date()) for one in waiting)
        found.append(Task(_("Livraisons attendues à cocher"), len(waiting) - late, url, "soon"))
        found.append(Task(_("Livraisons en retard"), late, url, "now"))
    if rights.may_certify(seat):
        certify = len(queries.lines_to_certify(seat))
        found.append(Task(_("Lignes reçues à certifier"), certify, url, "now"))
        aside = queries.to_settle(seat).count()
        found.append(Task(_("Appareils hors liste à accepter ou refuser"), aside, url, "now"))
        late_orders = queries.late_orders(seat, at.date()).count()
        found.append(Task(_("Commandes en retard chez le fournisseur"), late_orders, url, "soon"))
    return found
