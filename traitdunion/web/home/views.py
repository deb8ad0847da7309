"""The first page: what there is to do today, or where to come in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traitdunion.base.clock import now
from traitdunion.partners import queries as partners
from traitdunion.programme import queries as programme
from traitdunion.web.access import public
from traitdunion.web.allocation import today as allocation
from traitdunion.web.budget import today as budget
from traitdunion.web.census import today as census
from traitdunion.web.grants import today as grants
from traitdunion.web.home import reading, territory
from traitdunion.web.lending import today as lending
from traitdunion.web.mentoring import today as mentoring
from traitdunion.web.networks import today as networks
from traitdunion.web.people import today as people
from traitdunion.web.supply import today as supply
from traitdunion.web.today import Task

# Areas in which something may wait for somebody; each says its own part.
TASKS: tuple[Callable[..., list[Task]], ...] = (
    lending.tasks,
    supply.tasks,
    census.tasks,
    allocation.tasks,
    people.tasks,
    mentoring.tasks,
    budget.tasks,
    networks.tasks,
    grants.tasks,
    territory.tasks,
)
URGENCIES = ("now", "soon", "later")


@public
def index(request: HttpRequest) -> HttpResponse:
    current = programme.current_or_none()
    context: dict[str, Any] = {"programme": current}
    if not request.user.is_authenticated:
        people_ = partners.demonstration_users() if settings.DEMONSTRATION else []
        context["personas"] = [(user, _first_seat(user)) for user in people_]
        return render(request, "home/welcome.html", context)
    context["tasks"] = tasks_of(request)
    if request.seat is not None:
        context["pages"] = reading.pages(request.seat)
    return render(request, "home/today.html", context)


def tasks_of(request: Any) -> list[Task]:
    """Everything that waits for this seat, the most pressing first."""
    if request.seat is None:
        return []
    found = [task for tasks in TASKS for task in tasks(request.seat, now())]
    waiting = [task for task in found if task.count]
    return sorted(waiting, key=lambda task: URGENCIES.index(task.urgency))


def _first_seat(user: Any) -> partners.Seat | None:
    seats = partners.seats(user)
    return seats[0] if seats else None
