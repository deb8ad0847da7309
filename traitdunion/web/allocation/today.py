"""A proposal to confirm, questions to answer, awards about to lapse."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.allocation import queries, rights
from traitdunion.allocation.states import WaveState
from traitdunion.web.today import Task


def tasks(seat: Any, at: datetime) -> list[Task]:
    found = []
    if rights.may_propose(seat):
        waiting = [one for one in queries.waves() if one.state == WaveState.PROPOSED]
        url = reverse("allocation:waves")
        found.append(Task(_("Proposition d’attribution à confirmer"), len(waiting), url, "now"))
        reviews = len(queries.open_reviews(seat))
        url = reverse("allocation:reviews")
        found.append(Task(_("Demandes de réexamen sans réponse"), reviews, url, "soon"))
    if seat.is_relay and rights.may_see_waves(seat):
        soon = (at + timedelta(days=7)).date()
        near = [a for a in queries.to_hand_over(seat.organisation.pk) if a.lapses_on <= soon]
        url = reverse("lending:today")
        found.append(
            Task(_("Attributions qui deviendront caduques sous 7 jours"), len(near), url, "now")
        )
        resting = len(queries.resting_of(seat.organisation.pk))
        url = reverse("allocation:resting")
        found.append(
            Task(_("Places perdues : le besoin tient-il toujours ?"), resting, url, "soon")
        )
    return found
