"""Every task of the worker: one small function each, which calls one operation."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tasks import task

from traitdunion.allocation import operations as allocation
from traitdunion.base.actors import ROBOT, Actor, Recalled
from traitdunion.base.clock import now
from traitdunion.census import operations as census
from traitdunion.census import queries as censuses
from traitdunion.gateways import geocoder
from traitdunion.jobs import operations
from traitdunion.jobs import queries as jobs
from traitdunion.jobs.running import running
from traitdunion.partners import queries as partners
from traitdunion.people import queries as persons
from traitdunion.programme import queries as programme
from traitdunion.territories import queries as territories


@task()
def record_list(work_id: str, list_id: str, relay_id: str) -> None:
    """Record a relay's long list, for whoever sent it."""
    with running(work_id) as work:
        current = programme.current()
        plan = programme.plan(current)
        asked = jobs.asked_by(UUID(work_id))
        report = census.record_list(
            kept=persons.list_file(UUID(list_id), UUID(relay_id)),
            census=censuses.current(current.pk),
            relay=partners.organisation(UUID(relay_id)),
            plan=plan,
            generation=territories.layer_state(plan.programme.neighbourhood_generation).used,
            progress=partial(work.tell, total=jobs.total(UUID(work_id))),
            by=Recalled("user", asked) if asked else ROBOT,
            at=now(),
        )
        said = _("%(added)s besoins ajoutés, %(rejected)s lignes à corriger.") % {
            "added": report.added,
            "rejected": len(report.rejected),
        }
        work.ends_with(said, reverse("census:preview", args=[list_id]))
    place_soon(by=ROBOT, at=now())


@task()
def place_addresses(work_id: str) -> None:
    """Ask the geocoder where the waiting addresses are, and decide again for those it placed."""
    with running(work_id) as work:
        current = programme.current()
        plan = programme.plan(current)
        turns = 1 + persons.waiting_address_count() // census.ASKED_AT_ONCE
        settled = 0
        for turn in range(turns):
            settled += census.place_waiting(
                census=censuses.current(current.pk),
                plan=plan,
                generation=territories.layer_state(plan.programme.neighbourhood_generation).used,
                geocode=partial(geocoder.search, url=settings.GEOCODER_URL),
                by=ROBOT,
                at=now(),
            )
            work.tell(turn + 1, turns)
        said = _("%(count)s besoins ne sont plus en doute.") % {"count": settled}
        work.ends_with(said, reverse("census:board"))


@task()
def propose_wave(work_id: str, census_id: str) -> None:
    """Compute the whole queue, for whoever asked."""
    with running(work_id) as work:
        current = programme.current()
        asked = jobs.asked_by(UUID(work_id))
        wave = allocation.propose(
            census=censuses.census(UUID(census_id)),
            plan=programme.plan(current),
            by=Recalled("user", asked) if asked else ROBOT,
            at=now(),
        )
        work.ends_with(_("La file est calculée."), reverse("allocation:wave", args=[wave.pk]))


def place_soon(*, by: Actor, at: datetime) -> None:
    """Leave waiting addresses to the worker; nothing leaves while no geocoder is set."""
    waiting = persons.waiting_address_count() if settings.GEOCODER_URL else 0
    if waiting:
        work = operations.open_work(
            kind="census.place_addresses", organisation_id=None, total=waiting, by=by, at=at
        )
        place_addresses.enqueue(str(work.pk))
