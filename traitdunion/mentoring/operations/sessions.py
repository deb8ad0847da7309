"""Sessions, logged in twenty seconds for several young people at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from traitdunion.base import hot
from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.journal import operations as journal
from traitdunion.mentoring import queries
from traitdunion.mentoring.models import Alert, Pair, Session
from traitdunion.mentoring.operations.counting import refresh_followed
from traitdunion.mentoring.states import AlertKind, AlertState, Mode

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan

# The clock of a telephone may be a little ahead.
AHEAD = timedelta(minutes=10)
LONGEST_MINUTES = 600


class BadSession(Refusal):
    """The session cannot have been as it was written."""

    status = 422


@dataclass(frozen=True, slots=True)
class Logged:
    """The sessions of one hour, and how many of them were there before."""

    sessions: list[Session]
    known: int


@transaction.atomic
def log_sessions(
    *,
    pairs: Sequence[Pair],
    started_at: datetime,
    minutes: int,
    mode: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> Logged:
    """
    Log an hour that a mentor spent with one or several young people; the same hour sent twice is
    one session.

    A session held when the check had ended is kept, and shown to the coordinator by an alert.
    Raises: BadSession; nothing is written then.
    """
    _check(pairs, started_at, minutes, mode, plan, at)
    there = _there(pairs, started_at)
    written = []
    for pair in pairs:
        if pair.pk not in there:
            session = _session(pair, started_at, minutes, mode, plan, by, at)
            written.append(session)
            _write(session, pair, by, at)
    if written:
        refresh_followed(children=[one.child_id for one in written], plan=plan, by=by, at=at)
    known = [there[pair.pk] for pair in pairs if pair.pk in there]
    return Logged([*written, *known], len(known))


def _check(
    pairs: Sequence[Pair],
    started_at: datetime,
    minutes: int,
    mode: str,
    plan: "Plan",
    at: datetime,
) -> None:
    if not pairs:
        raise BadSession(_("Cochez au moins un jeune."))
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise BadSession(_("Durée impossible : écrivez de 1 à 600 minutes."))
    if mode not in set(Mode):
        raise BadSession(_("Dites si la séance était à distance (REMOTE) ou sur place (ON_SITE)."))
    if started_at > at + AHEAD:
        raise BadSession(_("Cette séance n’a pas encore eu lieu : vérifiez le jour et l’heure."))
    day = queries.day_of(plan, started_at)
    for pair in pairs:
        if day < pair.made_on:
            raise BadSession(
                _("Cette séance est d’avant le binôme, fait le %(day)s : vérifiez le jour.")
                % {"day": f"{pair.made_on:%d/%m/%Y}"}
            )
        if pair.ended_on is not None and day > pair.ended_on:
            raise BadSession(
                _("Ce binôme a pris fin le %(day)s : cette séance est d’après.")
                % {"day": f"{pair.ended_on:%d/%m/%Y}"}
            )


def _there(pairs: Sequence[Pair], started_at: datetime) -> Mapping[object, Session]:
    rows = Session.objects.filter(pair__in=[one.pk for one in pairs], started_at=started_at)
    return {one.pair_id: one for one in rows.order_by("pk")}


def _session(
    pair: Pair,
    started_at: datetime,
    minutes: int,
    mode: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> Session:
    day = queries.day_of(plan, started_at)
    checked = pair.mentor.check_until is not None and day <= pair.mentor.check_until
    tolerated = pair.tolerated_until is not None and day <= pair.tolerated_until
    return Session(
        pair=pair,
        child_id=pair.young.child_id,
        network_id=pair.network_id,
        started_at=started_at,
        day=day,
        minutes=minutes,
        mode=mode,
        is_unchecked=not (checked or (tolerated and mode == Mode.REMOTE)),
        logged_at=at,
        logged_by=by.actor_id,
    )


def _write(session: Session, pair: Pair, by: Actor, at: datetime) -> None:
    try:
        with transaction.atomic():
            hot.add(session)
    except IntegrityError:
        raise BadSession(_("Cette séance vient d’être enregistrée.")) from None
    older = Q(last_session_on__isnull=True) | Q(last_session_on__lt=session.day)
    Pair.objects.filter(older, pk=pair.pk).update(last_session_on=session.day)
    facts = {"pair": str(pair.pk), "minutes": session.minutes}
    if session.is_unchecked:
        facts["unchecked"] = True
        _warn(pair, by, at)
    journal.record(verb="mentoring.session_logged", subject=session, by=by, at=at, facts=facts)


def _warn(pair: Pair, by: Actor, at: datetime) -> None:
    """One open alert is enough: the sessions themselves are listed."""
    opened = Alert.objects.filter(
        young=pair.young_id,
        kind=AlertKind.CHECK,
        state__in=(AlertState.OPEN, AlertState.TAKEN),
    )
    if not opened.exists():
        Alert.objects.create(
            young_id=pair.young_id,
            pair=pair,
            kind=AlertKind.CHECK,
            raised_at=at,
            raised_by=by.actor_id,
        )
