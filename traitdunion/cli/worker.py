"""``worker``: long work as it comes, messages that wait, and what falls due."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks_db.management.commands.db_worker import Worker

from traitdunion.allocation import operations as allocation
from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.census import operations as census_operations
from traitdunion.census import queries as censuses
from traitdunion.census.states import State
from traitdunion.cli import console, health
from traitdunion.gateways import geocoder
from traitdunion.gateways import operations as gateways
from traitdunion.grants.operations import answering as grants_answering
from traitdunion.grants.operations import letters
from traitdunion.grants.operations import paying as grants_paying
from traitdunion.journal import operations as journal_operations
from traitdunion.journal import queries as journal
from traitdunion.mentoring import operations as mentoring
from traitdunion.partners import operations as partners
from traitdunion.people import operations as people
from traitdunion.programme import queries as programme
from traitdunion.programme.schema import JournalTable
from traitdunion.territories import queries as territories

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.5
LISTS_LAST = timedelta(days=7)
# As docs/reference/api.md promises to programs that ask again.
ANSWERS_LAST = timedelta(days=30)


@dataclass
class Duty:
    """Something done again and again, every so many seconds."""

    name: str
    every_seconds: int
    do: Callable[[datetime], int]
    last: float = float("-inf")

    def is_due(self, clock: float) -> bool:
        return clock - self.last >= self.every_seconds


def _send_messages(at: datetime) -> int:
    return gateways.send_waiting(by=ROBOT, at=at)


def _lapse_awards(at: datetime) -> int:
    return allocation.lapse(by=ROBOT, at=at)


def _close_censuses(at: datetime) -> int:
    return census_operations.close_due(by=ROBOT, at=at)


def _settle_follow_ups(at: datetime) -> int:
    """Pairs tolerated without a check end; on the last day nobody is left without a plan."""
    current = programme.current_or_none()
    if current is None:
        return 0
    rules = programme.plan(current)
    ended = mentoring.end_tolerance(by=ROBOT, at=at)
    return ended + mentoring.plan_last_day(rules=rules, by=ROBOT, at=at)


def _place_addresses(at: datetime) -> int:
    """Only where the installation lets addresses out, and while a census is open."""
    current = programme.current_or_none()
    census = censuses.current_or_none(current.pk) if current else None
    if not (settings.GEOCODER_URL and census and census.state == State.OPEN):
        return 0
    plan = programme.plan(current)
    return census_operations.place_waiting(
        census=census,
        plan=plan,
        generation=territories.layer_state(plan.programme.neighbourhood_generation).used,
        geocode=partial(geocoder.search, url=settings.GEOCODER_URL),
        by=ROBOT,
        at=at,
    )


def _forget_lists(at: datetime) -> int:
    """The page promises seven days; then the names of a sent list are gone."""
    return people.forget_lists(sent_before=at - LISTS_LAST, by=ROBOT, at=at)


def _forget_answers(at: datetime) -> int:
    return partners.forget_answers(answered_before=at - ANSWERS_LAST, by=ROBOT, at=at)


def _post_digests(at: datetime) -> int:
    """On Mondays, what waits for each coordinator of a mentoring network."""
    current = programme.current_or_none()
    if current is None:
        return 0
    link = f"{settings.PUBLIC_URL}{reverse('mentoring:desk')}"
    return mentoring.post_digests(plan=programme.plan(current), link=link, by=ROBOT, at=at)


def _seal(at: datetime) -> int:
    return journal_operations.seal(by=ROBOT, at=at)


def _mail_seal(at: datetime) -> int:
    """The latest seal, once a day, to those who keep it elsewhere."""
    last = journal.last_seal()
    if last is None or not settings.SEAL_RECIPIENTS:
        return 0
    return gateways.post_daily(
        recipients=settings.SEAL_RECIPIENTS,
        template="seal",
        context={
            "number": last.number,
            "hash": last.hash,
            "at": f"{timezone.localtime(last.at):%d/%m/%Y %H:%M}",
            "events": last.events_so_far,
        },
        by=ROBOT,
        at=at,
    )


def _seal_every_seconds() -> int:
    """Twice within the delay that the programme states: one turn may be missed."""
    current = programme.current_or_none()
    within = programme.plan(current).journal if current else JournalTable()
    return within.seal_within_minutes * 30


def _draw_letters(at: datetime) -> int:
    """Decisions on grants: drawn one by one, so that a stop loses none."""
    current = programme.current_or_none()
    if current is None:
        return 0
    return letters.draw_waiting(
        plan=programme.plan(current), public_url=settings.PUBLIC_URL, by=ROBOT, at=at
    )


def _settle_grants(at: datetime) -> int:
    """What the reconciliation noted as paid is told to the association."""
    return grants_paying.settle(by=ROBOT, at=at)


def _remind_grants(at: datetime) -> int:
    """Legal days of payment, reports that fall due: once each."""
    late = grants_paying.remind(by=ROBOT, at=at)
    return late + grants_answering.remind_reports(by=ROBOT, at=at)


def duties() -> list[Duty]:
    """What falls due without anybody asking."""
    return [
        Duty("seals", _seal_every_seconds(), _seal),
        Duty("seal_copies", 3_600, _mail_seal),
        Duty("messages", 5, _send_messages),
        Duty("letters", 5, _draw_letters),
        Duty("grants_paid", 60, _settle_grants),
        Duty("grants_due", 3_600, _remind_grants),
        Duty("addresses", 300, _place_addresses),
        Duty("lapse", 900, _lapse_awards),
        Duty("follow-ups", 3_600, _settle_follow_ups),
        Duty("closings", 900, _close_censuses),
        Duty("lists", 3_600, _forget_lists),
        Duty("answers", 3_600, _forget_answers),
        Duty("digests", 1_800, _post_digests),
    ]


def run(argv: list[str]) -> int:
    """Work until stopped; with ``--once``, do what waits and leave."""
    parser = console.parser("worker", _("Exécute les travaux longs et envoie les messages."))
    parser.add_argument("--once", action="store_true", help=_("fait ce qui attend, puis s’arrête"))
    arguments = parser.parse_args(argv)
    try:
        ready = health.migrations_are_done()
    except DatabaseError:
        ready = False
    if not ready:
        return console.refuse(console.not_ready())
    done = _work(once=arguments.once)
    says = _("%(tasks)s travaux faits, %(messages)s messages partis.") % done
    console.answer(done, as_json=arguments.json, summary=says)
    return console.DONE


def _work(*, once: bool) -> dict[str, int]:
    known, identity = duties(), get_random_string(32)
    done = {"tasks": 0, **{duty.name: 0 for duty in known}}
    while True:
        worker = _drain(identity)
        done["tasks"] += worker._run_tasks
        for duty in known:
            if worker.running and duty.is_due(time.monotonic()):
                done[duty.name] += _perform(duty)
        if once or not worker.running:
            return done
        close_old_connections()
        time.sleep(PAUSE_SECONDS)


def _drain(identity: str) -> Worker:
    """Run every task that waits; a first signal lets the task end, a second one does not."""
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=identity,
        excluded_queue_names=[],
    )
    worker.configure_signals()
    worker.run()
    return worker


def _perform(duty: Duty) -> int:
    """One duty that fails does not stop the others; it is tried again next time."""
    duty.last = time.monotonic()
    try:
        return duty.do(now())
    except Exception:
        log.exception("duty %s failed", duty.name)
        return 0
