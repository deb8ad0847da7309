"""Pairs as a network’s tool tells them: young people, mentors, checks, beginnings and ends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db.models import Count, Max, Min, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.journal import operations as journal
from traitdunion.mentoring.models import (
    HonourabilityCheck,
    Mentor,
    Network,
    Pair,
    Session,
    YoungPerson,
)
from traitdunion.mentoring.network_files import Aside, ReadCheck, ReadPair
from traitdunion.mentoring.operations.agreements import take_places
from traitdunion.mentoring.operations.counting import refresh_followed
from traitdunion.mentoring.operations.recognising import count_once
from traitdunion.mentoring.states import MentorState, Mode, Origin, PairEnd, YoungState
from traitdunion.people import operations as people
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan

READ, WRITE = 5_000, 500


@dataclass
class Taken:
    """What became of rows that could be read."""

    new: int = 0
    corrected: int = 0
    same: int = 0
    aside: list[Aside] = field(default_factory=list)
    identifiers: set[str] = field(default_factory=set)


@dataclass
class _Known:
    """What is there already, by the network’s identifiers; rows are added as they are read."""

    young: dict[str, YoungPerson]
    mentors: dict[str, Mentor]
    pairs: dict[str, Pair]
    # The open pair of each young person.
    open: dict[UUID, str]
    # The first session of each pair: it cannot begin later.
    first_session: dict[UUID, date]
    departments: frozenset[str]
    touched: set[Model] = field(default_factory=set)
    # Mentors of pairs that may have changed hands.
    left: set[UUID] = field(default_factory=set)


class _Refused(Exception):
    """The row cannot be used as it is."""


def take(
    *, network: Network, rows: Sequence[ReadPair], plan: "Plan", by: Actor, at: datetime
) -> Taken:
    """Record these pairs. Those that end come first: they make room for those that follow."""
    taken = Taken()
    known = _known(network, rows)
    persons = people.register_children(
        rows=[row.child for row in rows],
        relay_id=network.organisation_id,
        notice_days=plan.lending.notice_days,
        by=by,
        at=at,
    )
    listed = sorted(zip(rows, persons, strict=True), key=lambda one: one[0].ended_on is None)
    moved: dict[UUID, YoungPerson] = {}
    fresh: list[tuple[YoungPerson, date]] = []
    checks: dict[Mentor, ReadCheck] = {}
    for row, person_id in listed:
        try:
            _take_one(network, row, person_id, known, plan, taken, moved, fresh, checks, at)
        except _Refused as refused:
            taken.aside.append(Aside(row.line, row.external_id, str(refused)))
        else:
            taken.identifiers.add(row.external_id)
    _write(known, checks, by, at)
    _recount(list(moved.values()), plan, by, at)
    count_once(young=[one for one, _day in fresh], by=by, at=at)
    for day in sorted({day for _one, day in fresh}):
        take_places(young=[one for one, begun in fresh if begun == day], on=day, by=by, at=at)
    return taken


def _known(network: Network, rows: Sequence[ReadPair]) -> _Known:
    young = _by_identifier(YoungPerson, network, {row.young_id for row in rows})
    pairs = _by_identifier(Pair, network, {row.external_id for row in rows})
    open_pairs = Pair.objects.filter(network=network, ended_on__isnull=True)
    first = Session.objects.filter(pair__network=network).values("pair").annotate(on=Min("day"))
    return _Known(
        young=young,
        mentors=_by_identifier(Mentor, network, {row.mentor_id for row in rows}),
        pairs=pairs,
        open=dict(open_pairs.order_by("pk").values_list("young_id", "external_id")),
        first_session=dict(first.order_by("pair").values_list("pair", "on")),
        departments=frozenset(one.code for one in territories.departments()),
    )


def _by_identifier(model: type[Model], network: Network, wanted: set[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    names = sorted(wanted)
    for start in range(0, len(names), READ):
        rows = model._default_manager.filter(
            network=network, external_id__in=names[start : start + READ]
        )
        found.update({row.external_id: row for row in rows.order_by("pk")})
    return found


def _take_one(
    network: Network,
    row: ReadPair,
    person_id: UUID,
    known: _Known,
    plan: "Plan",
    taken: Taken,
    moved: dict[UUID, YoungPerson],
    fresh: list[tuple[YoungPerson, date]],
    checks: dict[Mentor, ReadCheck],
    at: datetime,
) -> None:
    mentor = known.mentors.get(row.mentor_id)
    if mentor is not None and row.check is not None and not row.check.is_clear:
        # The row is refused, and what it says of the mentor is kept.
        checks[mentor] = row.check
    until = _check_until(row, mentor)
    tolerated = _tolerated(row, until, plan, timezone.localtime(at).date())
    young = known.young.get(row.young_id)
    before = known.pairs.get(row.external_id)
    _judge(row, young, mentor, before, known)
    if young is None:
        young = _new_young(network, row, person_id, known, at)
        fresh.append((young, row.made_on))
    changed = _correct_young(young, row, person_id, known, moved)
    if mentor is None:
        mentor = _new_mentor(network, row, known, at)
    if row.check is not None and (mentor not in checks or _is_later(row.check, checks[mentor])):
        checks[mentor] = row.check
    values = {
        "young_id": young.pk,
        "mentor_id": mentor.pk,
        "made_on": row.made_on,
        "check_until": until,
        "tolerated_until": tolerated,
        "mode": row.mode,
        "is_supervised": row.is_supervised or tolerated is not None,
        "ended_on": row.ended_on,
        "end_reason": PairEnd.COMPLETED if row.ended_on else "",
    }
    if row.ended_on is None:
        known.open[young.pk] = row.external_id
    elif known.open.get(young.pk) == row.external_id:
        del known.open[young.pk]
    if before is None:
        pair = Pair(network=network, origin=Origin.IMPORTED, external_id=row.external_id, **values)
        known.pairs[row.external_id] = pair
        known.touched.add(pair)
        taken.new += 1
        return
    if _differs(before, values):
        for name, value in values.items():
            setattr(before, name, value)
        known.touched.add(before)
        changed = True
    taken.corrected += changed
    taken.same += not changed


def _judge(
    row: ReadPair,
    young: YoungPerson | None,
    mentor: Mentor | None,
    before: Pair | None,
    known: _Known,
) -> None:
    """Whether this row may be recorded beside what is known. Raises _Refused."""
    if row.department and row.department not in known.departments:
        raise _Refused(_("département : ce code n’existe pas"))
    if young is not None and row.ended_on is None:
        other = known.open.get(young.pk)
        if other is not None and other != row.external_id:
            raise _Refused(
                _("ce jeune est déjà dans le binôme %(other)s, encore ouvert : donnez-lui une fin")
                % {"other": other or _("fait dans le service")}
            )
    if before is None:
        return
    first = known.first_session.get(before.pk)
    if first is not None and first < row.made_on:
        raise _Refused(_("début : une séance de ce binôme est d’avant ce jour"))
    same = (
        young is not None
        and mentor is not None
        and ((before.young_id, before.mentor_id) == (young.pk, mentor.pk))
    )
    if first is not None and not same:
        raise _Refused(
            _(
                "ce binôme a des séances et change de jeune ou de mentor : donnez-lui un autre"
                " identifiant"
            )
        )
    known.left.add(before.mentor_id)


def _check_until(row: ReadPair, mentor: Mentor | None) -> date | None:
    """The day on which the check ends: as the row says, else as the mentor’s is known."""
    if row.check is not None:
        if not row.check.is_clear:
            raise _Refused(_("contrôle défavorable : ce binôme ne peut pas être repris"))
        return row.check.expires_on if row.check.expires_on >= row.made_on else None
    if mentor is not None and mentor.check_until and mentor.check_until >= row.made_on:
        return mentor.check_until
    return None


def _tolerated(row: ReadPair, until: date | None, plan: "Plan", today: date) -> date | None:
    """Until when a pair without a current check goes on. Raises _Refused when it may not."""
    if until is not None:
        return None
    rule = plan.follow_up().check
    day = rule.required_from.strftime("%d/%m/%Y")
    if row.made_on >= rule.required_from:
        raise _Refused(
            _("pas de contrôle d’honorabilité en cours au début : exigé depuis le %(day)s")
            % {"day": day}
        )
    if row.mode != Mode.REMOTE and row.ended_on is None:
        raise _Refused(
            _("sans contrôle, un binôme d’avant le %(day)s ne continue qu’à distance")
            % {"day": day}
        )
    if rule.tolerated_until < today and row.ended_on is None:
        raise _Refused(
            _("sans contrôle, ce binôme s’arrête le %(day)s : donnez-lui un contrôle, ou une fin")
            % {"day": rule.tolerated_until.strftime("%d/%m/%Y")}
        )
    return rule.tolerated_until


def _new_young(
    network: Network, row: ReadPair, person_id: UUID, known: _Known, at: datetime
) -> YoungPerson:
    made = YoungPerson(
        pk=uuid4(),
        person_id=person_id,
        network=network,
        external_id=row.young_id,
        origin=Origin.IMPORTED,
        state=YoungState.FOLLOWED,
        level=row.level,
        department_id=row.department or network.organisation.department_id,
        referred_at=at,
    )
    known.young[row.young_id] = made
    return made


def _correct_young(
    young: YoungPerson,
    row: ReadPair,
    person_id: UUID,
    known: _Known,
    moved: dict[UUID, YoungPerson],
) -> bool:
    """Level, département, name: what the tool corrected. Returns whether something changed."""
    changed = False
    if young.person_id != person_id and young.pk not in moved:
        young.person_id = person_id
        moved[young.pk] = young
        changed = True
    if row.level and row.level != young.level:
        young.level = row.level
        changed = True
    if row.department and row.department != young.department_id:
        young.department_id = row.department
        changed = True
    if changed or young._state.adding:
        known.touched.add(young)
    return changed


def _new_mentor(network: Network, row: ReadPair, known: _Known, at: datetime) -> Mentor:
    made = Mentor(
        pk=uuid4(),
        network=network,
        external_id=row.mentor_id,
        origin=Origin.IMPORTED,
        state=MentorState.ACTIVE,
        applied_at=at,
        modes=[row.mode],
        department_id=row.department or network.organisation.department_id,
    )
    known.mentors[row.mentor_id] = made
    known.touched.add(made)
    return made


def _is_later(one: ReadCheck, other: ReadCheck) -> bool:
    return (one.verified_on, one.expires_on) > (other.verified_on, other.expires_on)


def _differs(before: Pair, values: Mapping[str, object]) -> bool:
    return any(getattr(before, name) != value for name, value in values.items())


def _write(known: _Known, checks: Mapping[Mentor, ReadCheck], by: Actor, at: datetime) -> None:
    """All the rows that are new or changed: first those that others point to."""
    for model in (YoungPerson, Mentor):
        rows = [one for one in known.touched if isinstance(one, model)]
        _save(model, rows)
    _write_checks(checks, by, at)
    pairs = [one for one in known.touched if isinstance(one, Pair)]
    # Ends before beginnings: one open pair a young person, at every instant.
    _save(Pair, sorted(pairs, key=lambda one: one.ended_on is None))
    _settle_states({one.young_id for one in pairs}, {one.mentor_id for one in pairs} | known.left)


def _save(model: type[Model], rows: Iterable[Model]) -> None:
    listed = list(rows)
    fresh = [one for one in listed if one._state.adding]
    known = [one for one in listed if not one._state.adding]
    names = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    model._default_manager.bulk_update(known, names, batch_size=200)
    model._default_manager.bulk_create(fresh, batch_size=WRITE)


def _write_checks(checks: Mapping[Mentor, ReadCheck], by: Actor, at: datetime) -> None:
    """The checks that are not known yet; a mentor carries the day on which the last one ends."""
    known = _known_checks([mentor.pk for mentor in checks])
    told = [
        (mentor, check)
        for mentor, check in checks.items()
        if (mentor.pk, check.kind, check.verified_on, check.expires_on, check.is_clear)
        not in known
    ]
    rows = {
        mentor.pk: HonourabilityCheck(
            mentor=mentor,
            kind=check.kind,
            verified_on=check.verified_on,
            expires_on=check.expires_on,
            is_clear=check.is_clear,
            at=at,
            by_kind=by.actor_kind,
            by_id=by.actor_id,
            told_by=uuid4(),
        )
        for mentor, check in told
    }
    HonourabilityCheck.objects.bulk_create(rows.values(), batch_size=WRITE)
    journal.record_many(
        verb="mentoring.check_recorded",
        subject_kind="mentoring.mentor",
        subjects=[
            (pk, {"expires_on": row.expires_on.isoformat(), "is_clear": row.is_clear})
            for pk, row in rows.items()
        ],
        rows={pk: (row.told_by, [row]) for pk, row in rows.items()},
        by=by,
        at=at,
    )
    for mentor, check in told:
        last = max(mentor.check_until or check.expires_on, check.expires_on)
        mentor.check_until = last if check.is_clear else None
    Mentor.objects.bulk_update([one for one, _check in told], ["check_until"], batch_size=WRITE)


def _known_checks(mentors: Sequence[UUID]) -> set[tuple[object, ...]]:
    columns = ("mentor_id", "kind", "verified_on", "expires_on", "is_clear")
    found: set[tuple[object, ...]] = set()
    for start in range(0, len(mentors), READ):
        rows = HonourabilityCheck.objects.filter(mentor__in=mentors[start : start + READ])
        found.update(rows.order_by("pk").values_list(*columns))
    return found


def _settle_states(young: set[UUID], mentors: set[UUID]) -> None:
    """Who is followed and who is not any more; how many open pairs each mentor has."""
    people_ids, mentor_ids = sorted(young), sorted(mentors)
    for start in range(0, len(people_ids), READ):
        rows = YoungPerson.objects.filter(pk__in=people_ids[start : start + READ])
        open_pairs = Pair.objects.filter(ended_on__isnull=True)
        rows.filter(pk__in=open_pairs.values("young")).update(
            state=YoungState.FOLLOWED, ended_on=None
        )
        ended = rows.exclude(pk__in=open_pairs.values("young")).order_by("pk")
        last = Pair.objects.filter(young__in=ended.values("pk")).values("young").order_by("young")
        days = dict(last.annotate(on=Max("ended_on")).values_list("young", "on"))
        gone = [
            YoungPerson(pk=pk, state=YoungState.ENDED, ended_on=day) for pk, day in days.items()
        ]
        YoungPerson.objects.bulk_update(gone, ["state", "ended_on"], batch_size=WRITE)
    for start in range(0, len(mentor_ids), READ):
        some = Mentor.objects.filter(pk__in=mentor_ids[start : start + READ]).order_by("pk")
        grouped = Pair.objects.filter(
            mentor__in=mentor_ids[start : start + READ], ended_on__isnull=True
        ).values("mentor")
        counts = dict(
            grouped.order_by("mentor").annotate(n=Count("pk")).values_list("mentor", "n")
        )
        changed = [one for one in some if one.taken != counts.get(one.pk, 0)]
        for one in changed:
            one.taken = counts.get(one.pk, 0)
        Mentor.objects.bulk_update(changed, ["taken"], batch_size=WRITE)


def _recount(moved: Sequence[YoungPerson], plan: "Plan", by: Actor, at: datetime) -> None:
    """A name was corrected: the young person may be one whom another network lists, or no more."""
    known = [one for one in moved if one.child_id is not None]
    before = {one.child_id for one in known}
    YoungPerson.objects.filter(pk__in=[one.pk for one in known]).update(child=None)
    for one in known:
        one.child_id = None
    count_once(young=known, by=by, at=at)
    for one in known:
        Session.objects.filter(pair__young=one.pk).update(child=one.child_id)
    after = {one.child_id for one in known}
    refresh_followed(children=[pk for pk in before | after if pk], plan=plan, by=by, at=at)
