"""What the census has for a person to do today."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.census import queries as census
from traitdunion.census import rights
from traitdunion.census.states import Asked, State
from traitdunion.programme import queries as programme
from traitdunion.territories import queries as territories
from traitdunion.web.today import Task

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


def tasks(seat: "Seat", at: datetime) -> list[Task]:
    """Doubts for a relay; silent neighbourhoods and the closing for those who decide."""
    found: list[Task] = []
    if rights.may_settle(seat):
        found += _doubts(seat)
    current = programme.current_or_none()
    latest = census.current_or_none(current.pk) if current else None
    if latest and latest.state == State.OPEN and rights.may_run_census(seat):
        found += _running(seat, latest, at)
    if latest and rights.may_run_census(seat):
        doubtful = census.counts(seat, latest)["DOUBTFUL"]
        title = _("Besoins encore à vérifier par les relais")
        found.append(Task(title, doubtful, f"{reverse('census:needs')}?etat=DOUBTFUL", "soon"))
    return found


def _doubts(seat: "Seat") -> list[Task]:
    return [
        Task(
            _("Adresses à vérifier"),
            census.to_settle(seat).count(),
            reverse("census:addresses"),
            "now",
        ),
        Task(
            _("Doublons probables à trancher"),
            census.duplicates_to_settle(seat).count(),
            reverse("census:duplicates"),
            "now",
        ),
    ]


def _running(seat: "Seat", latest: "census.Census", at: datetime) -> list[Task]:
    plan = programme.plan(latest.programme)
    generation = territories.layer_state(plan.programme.neighbourhood_generation).used
    rows = census.board(latest, seat, plan, generation)
    quiet = sum(row.asked in {Asked.SILENT, Asked.NOT_ASKED} for row in rows)
    due = census.may_close_on(latest, census.day_of(plan, at)) and rights.may_close(seat)
    return [
        Task(_("Quartiers sans recensement"), quiet, reverse("census:board"), "soon"),
        Task(_("Recensement à clore"), int(due), reverse("census:closing"), "now"),
    ]
