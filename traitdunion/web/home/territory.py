"""What whoever decides over a territory keeps an eye on: money that ends, awards on their way."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.allocation import queries as allocation
from traitdunion.allocation import rights
from traitdunion.allocation.states import AwardState
from traitdunion.budget import queries as budget
from traitdunion.budget.states import Regime
from traitdunion.web.today import Task

# Less than one euro in ten is left.
NEARLY = 10


def tasks(seat: Any, at: datetime) -> list[Task]:
    held = [one for one in budget.held_by(seat.organisation.pk) if one.regime != Regime.IN_KIND]
    ending = sum(one.available_cents * NEARLY < one.authorized_cents for one in held)
    title = _("Enveloppes presque épuisées (moins d’un dixième disponible)")
    found = [Task(title, ending, reverse("budget:envelopes"), "soon")]
    if rights.may_propose(seat):
        awards = allocation.awards_seen_by(seat).filter(state=AwardState.AWARDED).count()
        title = _("Attributions confirmées qui attendent leur remise")
        found.append(Task(title, awards, reverse("allocation:waves"), "later"))
    return found
