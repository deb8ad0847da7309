"""Families still to be told."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.people import queries, rights
from traitdunion.web.today import Task


def tasks(seat: Any, at: datetime) -> list[Task]:
    if not rights.may_read_files(seat):
        return []
    due = queries.due_notices(seat.organisation.pk)
    pressing = bool(due) and due[0].due_on <= (at + timedelta(days=7)).date()
    title = _("Avis d’information à remettre aux familles")
    urgency = "now" if pressing else "soon"
    return [Task(title, len(due), reverse("people:notices"), urgency)]
