"""Applications that wait: to submit, to correct, to take up, to give an opinion on."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.grants import queries, rights
from traitdunion.grants.states import ApplicationState
from traitdunion.web.today import Task


def tasks(seat: Any, at: datetime) -> list[Task]:
    url = reverse("grants:index")
    found = []
    if rights.may_apply(seat):
        mine = queries.of_organisation(seat.organisation.pk)
        drafts = sum(one.state == ApplicationState.DRAFT for one in mine)
        asked = sum(bool(queries.open_correction(one)) for one in mine)
        found.append(Task(_("Demandes de subvention à finir"), drafts, url, "soon"))
        found.append(Task(_("Demandes de subvention à corriger"), asked, url, "now"))
    if rights.may_review(seat):
        new = queries.received(seat, {"state": ApplicationState.SUBMITTED}).count()
        late = queries.late_opinions(seat, at.date())
        found.append(Task(_("Demandes de subvention à instruire"), new, url, "now"))
        found.append(Task(_("Avis en retard sur des demandes de subvention"), late, url, "soon"))
    if rights.may_give_opinion(seat):
        for one in queries.opinions_to_give(seat):
            link = reverse("grants:opinion", args=[one.application.number])
            title = _("Avis à donner sur la demande de %(name)s") % {
                "name": one.application.organisation.name
            }
            found.append(Task(title, 1, link, "now"))
    return found
