"""A mentor, from the application to the end; the check of honourability is never skipped."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.journal import operations as journal
from traitdunion.mentoring import queries
from traitdunion.mentoring.models import HonourabilityCheck, Mentor, Network, Pair
from traitdunion.mentoring.operations.stopping import end_pair
from traitdunion.mentoring.reading import Profile
from traitdunion.mentoring.states import MENTOR_MOVES, MentorState, Mode, PairEnd

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan

MOST_PAIRS = 30
NOTHING_SAID = Profile()


class BadCapacity(Refusal):
    """A mentor follows one young person at least, and no more than is reasonable."""


class BadCheck(Refusal):
    """The check cannot be what was written."""


@dataclass(frozen=True, slots=True)
class NewMentor:
    """Somebody who offers time."""

    name: str
    email: str = ""
    phone: str = ""
    capacity: int = 1
    levels: tuple[str, ...] = ()
    profile: Profile = NOTHING_SAID
    user_id: UUID | None = None
    coordinator_id: UUID | None = None
    department_code: str | None = None
    lon: float | None = None
    lat: float | None = None


@transaction.atomic
def apply(*, network: Network, new: NewMentor, by: Actor, at: datetime) -> Mentor:
    """Somebody applies to a network. Raises BadCapacity."""
    _check_capacity(new.capacity, 0)
    profile = new.profile
    mentor = Mentor.objects.create(
        network=network,
        user_id=new.user_id,
        coordinator_id=new.coordinator_id,
        name=new.name.strip()[:120],
        email=new.email.strip().lower(),
        phone=new.phone.strip()[:30],
        applied_at=at,
        capacity=new.capacity,
        levels=list(new.levels),
        subjects=list(profile.subjects),
        languages=list(profile.languages),
        slots=list(profile.slots),
        modes=list(profile.modes or Mode),
        department_id=new.department_code or network.organisation.department_id,
        lon=None if new.lon is None else round(new.lon, 3),
        lat=None if new.lat is None else round(new.lat, 3),
    )
    journal.record(verb="mentoring.mentor_applied", subject=mentor, by=by, at=at)
    return mentor


@transaction.atomic
def interview(*, mentor: Mentor, on: date, is_kept: bool, by: Actor, at: datetime) -> Mentor:
    """The interview was held; the application goes on or stops. Raises MoveRefused."""
    to = MentorState.INTERVIEWED if is_kept else MentorState.DECLINED
    _move(mentor, to, interviewed_on=on)
    journal.record(verb="mentoring.mentor_interviewed", subject=mentor, by=by, at=at)
    return mentor


@transaction.atomic
def train(*, mentor: Mentor, on: date, by: Actor, at: datetime) -> Mentor:
    """Formed: with a current check, the mentor may be proposed. Raises MoveRefused."""
    _move(mentor, MentorState.ACTIVE, trained_on=on)
    journal.record(verb="mentoring.mentor_trained", subject=mentor, by=by, at=at)
    return mentor


@transaction.atomic
def record_check(
    *,
    mentor: Mentor,
    kind: str,
    verified_on: date,
    is_clear: bool,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> HonourabilityCheck:
    """
    Keep that a check was made: kind, dates, who, yes or no; never the document.

    A check that is not clear ends the mentor's pairs at once. Raises BadCheck.
    """
    rules, today = plan.follow_up().check, queries.day_of(plan, at)
    if kind not in rules.kinds:
        raise BadCheck(
            _("« %(kind)s » n’est pas un contrôle que le programme accepte : %(kinds)s.")
            % {"kind": kind[:60], "kinds": ", ".join(rules.kinds)}
        )
    if verified_on > today:
        raise BadCheck(_("Un contrôle ne se note pas avant d’être fait : vérifiez la date."))
    uid = uuid4()
    check = HonourabilityCheck.objects.create(
        mentor=mentor,
        kind=kind[:40],
        verified_on=verified_on,
        expires_on=verified_on + timedelta(days=rules.valid_days),
        is_clear=is_clear,
        at=at,
        by_kind=by.actor_kind,
        by_id=by.actor_id,
        told_by=uid,
    )
    mentor.check_until = check.expires_on if is_clear else None
    mentor.save(update_fields=["check_until"])
    facts = {"expires_on": check.expires_on.isoformat(), "clear": is_clear}
    journal.record(
        verb="mentoring.check_recorded",
        subject=mentor, by=by, at=at, facts=facts, uid=uid, rows=[check],
    )  # fmt: skip
    if is_clear:
        _renew_pairs(mentor)
    else:
        _end_pairs(mentor, PairEnd.CHECK, today, by, at)
    return check


def _renew_pairs(mentor: Mentor) -> None:
    """Open pairs carry the newer end of the check; those only tolerated are so no more."""
    Pair.objects.filter(mentor=mentor, ended_on__isnull=True).filter(
        made_on__lte=mentor.check_until
    ).update(check_until=mentor.check_until, tolerated_until=None)


@transaction.atomic
def set_capacity(*, mentor: Mentor, capacity: int, by: Actor, at: datetime) -> Mentor:
    """How many young people a mentor follows at once. Raises BadCapacity."""
    _check_capacity(capacity, mentor.taken)
    if not Mentor.objects.filter(pk=mentor.pk, taken__lte=capacity).update(capacity=capacity):
        raise BadCapacity(_("Ce mentor vient de recevoir un jeune de plus : relisez sa fiche."))
    mentor.capacity = capacity
    facts = {"capacity": capacity}
    journal.record(verb="mentoring.capacity_set", subject=mentor, by=by, at=at, facts=facts)
    return mentor


@transaction.atomic
def go_on_leave(
    *, mentor: Mentor, leave_from: date, leave_until: date | None, by: Actor, at: datetime
) -> Mentor:
    """A pause: nobody new is proposed meanwhile. Raises MoveRefused."""
    if leave_until is not None and leave_until < leave_from:
        raise MoveRefused(_("La pause finit avant de commencer : vérifiez les deux dates."))
    _move(mentor, MentorState.ON_LEAVE, leave_from=leave_from, leave_until=leave_until)
    journal.record(verb="mentoring.mentor_on_leave", subject=mentor, by=by, at=at)
    return mentor


@transaction.atomic
def come_back(*, mentor: Mentor, by: Actor, at: datetime) -> Mentor:
    """The pause is over. Raises MoveRefused."""
    _move(mentor, MentorState.ACTIVE, leave_from=None, leave_until=None)
    journal.record(verb="mentoring.mentor_back", subject=mentor, by=by, at=at)
    return mentor


@transaction.atomic
def leave(*, mentor: Mentor, on: date, by: Actor, at: datetime) -> list[Pair]:
    """
    A mentor goes; each young person followed waits for another, at the rank of their priority.

    Returns: the pairs that ended. Raises MoveRefused.
    """
    ended = _end_pairs(mentor, PairEnd.MENTOR_LEFT, on, by, at)
    _move(mentor, MentorState.ENDED, ended_on=on)
    facts = {"pairs": len(ended)}
    journal.record(verb="mentoring.mentor_left", subject=mentor, by=by, at=at, facts=facts)
    return ended


@transaction.atomic
def entrust(*, mentor: Mentor, coordinator_id: UUID | None, by: Actor, at: datetime) -> Mentor:
    """Say who answers for a mentor and the pairs."""
    mentor.coordinator_id = coordinator_id
    mentor.save(update_fields=["coordinator"])
    facts = {"coordinator": str(coordinator_id or "")}
    journal.record(verb="mentoring.mentor_entrusted", subject=mentor, by=by, at=at, facts=facts)
    return mentor


def _end_pairs(mentor: Mentor, reason: PairEnd, on: date, by: Actor, at: datetime) -> list[Pair]:
    rows = Pair.objects.filter(mentor=mentor, ended_on__isnull=True).order_by("pk")
    ended = [
        end_pair(pair=one, reason=reason, on=max(on, one.made_on), by=by, at=at) for one in rows
    ]
    mentor.refresh_from_db()
    return ended


def _check_capacity(capacity: int, taken: int) -> None:
    if not 1 <= capacity <= MOST_PAIRS:
        raise BadCapacity(
            _("Capacité %(given)s : un mentor suit de 1 à %(most)s jeunes.")
            % {"given": capacity, "most": MOST_PAIRS}
        )
    if capacity < taken:
        raise BadCapacity(
            _("Ce mentor suit déjà %(taken)s jeunes : terminez d’abord un suivi.")
            % {"taken": taken}
        )


def _move(mentor: Mentor, to: MentorState, **changes: object) -> None:
    states.move(
        row=mentor,
        to=to,
        moves=MENTOR_MOVES,
        refusal=_("Ce mentor n’en est pas à cette étape : relisez sa fiche."),
        **changes,
    )
