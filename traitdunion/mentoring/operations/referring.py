"""A school, a cité éducative or an association asks for a mentor for young people it knows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import NotAllowed
from traitdunion.base.sheets import Sheet
from traitdunion.census import queries as census
from traitdunion.census.reading import BadCell
from traitdunion.journal import operations as journal
from traitdunion.mentoring import pairing, queries, reading
from traitdunion.mentoring.models import Network, Referral, YoungPerson
from traitdunion.mentoring.operations.recognising import count_once
from traitdunion.mentoring.states import (
    PRESENT,
    REFERRAL_MOVES,
    YOUNG_MOVES,
    Mode,
    ReferralState,
    YoungState,
)
from traitdunion.partners.states import Kind
from traitdunion.people import operations as people

if TYPE_CHECKING:
    from traitdunion.mentoring.reading import Profile, ReadYoung
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import Plan

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that could not be used: its line, its column, why, and its cells to mend."""

    line: int
    column: str
    reason: str
    cells: tuple[str, ...]


@dataclass(slots=True)
class Referred:
    """What a list brought."""

    added: int = 0
    corrected: int = 0
    elsewhere: int = 0
    aside: list[Aside] = field(default_factory=list)
    header: tuple[str, ...] = ()


@transaction.atomic
def refer_list(
    *,
    sheet: Sheet,
    sender: "Organisation",
    network: Network | None,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> Referred:
    """
    Refer every young person of a list; rows that cannot be used are kept aside, line by line.

    The same list twice adds nobody. Raises Unreadable when it is not a table with names.
    """
    where, today = reading.recognised(sheet), queries.day_of(plan, at)
    report = Referred(header=sheet.header)
    for rows in sheet.batches(BATCH):
        usable: dict[int, ReadYoung] = {}
        for row in rows:
            try:
                usable[row.line] = reading.read_row(row, where, today)
            except BadCell as bad:
                column = str(reading.LABELS.get(bad.column, bad.column))
                report.aside.append(Aside(row.line, column, str(bad), row.cells))
        if usable:
            _count(
                report,
                refer(
                    rows=list(usable.values()), sender=sender, network=network, plan=plan,
                    by=by, at=at,
                ),
            )  # fmt: skip
    return report


@transaction.atomic
def refer(
    *,
    rows: "Sequence[ReadYoung]",
    sender: "Organisation",
    network: Network | None,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> Referred:
    """
    Ask for a mentor for these young people.

    A child whom this organisation listed in the census is the same person; one who already waits
    or is followed is corrected, not added.

    Args:
        network: the one that is asked; None: any that has a place.
    """
    persons = people.register_children(
        rows=[row.child for row in rows],
        relay_id=sender.pk,
        notice_days=plan.lending.notice_days,
        by=by,
        at=at,
    )
    known = _present(persons)
    shared = _without_screen(persons, plan)
    told = [
        pairing.signals_of(row.profile.level, row.profile.signals, no_screen=person in shared)
        for row, person in zip(rows, persons, strict=True)
    ]
    ranks = pairing.priorities(told, plan.follow_up())
    done, fresh = Referred(), []
    for row, person, signals, rank in zip(rows, persons, told, ranks, strict=True):
        one = known.get(person)
        if one is None:
            one = known[person] = _new(row, person, sender, at)
            _describe(one, row.profile, signals, rank)
            fresh.append(one)
        elif one.referred_by_id == sender.pk and not one._state.adding:
            _describe(one, row.profile, signals, rank)
            one.save()
            done.corrected += 1
        else:
            done.elsewhere += one.referred_by_id != sender.pk
    YoungPerson.objects.bulk_create(fresh, batch_size=500)
    Referral.objects.bulk_create(
        [Referral(young=one, sender=sender, network=network, sent_at=at) for one in fresh],
        batch_size=500,
    )
    facts = {"sender": str(sender.pk)}
    journal.record_many(
        verb="mentoring.young_referred",
        subject_kind="mentoring.youngperson",
        subjects=[(one.pk, {**facts, "priority": one.priority}) for one in fresh],
        by=by,
        at=at,
    )
    done.added = len(fresh)
    return done


def _count(report: Referred, done: Referred) -> None:
    report.added += done.added
    report.corrected += done.corrected
    report.elsewhere += done.elsewhere


def _present(persons: Sequence[UUID]) -> dict[UUID, YoungPerson]:
    rows = YoungPerson.objects.filter(person__in=list(persons), state__in=PRESENT)
    return {one.person_id: one for one in rows.order_by("referred_at", "pk")}


def _without_screen(persons: Sequence[UUID], plan: "Plan") -> set[UUID]:
    """Those whom the census says have no screen, where the programme file says why it is told."""
    if not plan.follow_up().shares_screen_because:
        return set()
    return census.without_screen(list(persons))


def _new(row: "ReadYoung", person: UUID, sender: "Organisation", at: datetime) -> YoungPerson:
    child = row.child
    return YoungPerson(
        person_id=person,
        referred_by=sender,
        school=sender if sender.kind == Kind.SCHOOL else None,
        department_id=sender.department_id
        or (sender.cite_educative.department_id if sender.cite_educative else None),
        # A hundred metres: a distance needs no door.
        lon=None if child.lon is None else round(child.lon, 3),
        lat=None if child.lat is None else round(child.lat, 3),
        referred_at=at,
    )


def _describe(one: YoungPerson, profile: "Profile", signals: list[str], rank: int) -> None:
    one.level, one.priority, one.signals = profile.level, rank, signals
    one.subjects, one.languages = list(profile.subjects), list(profile.languages)
    one.slots, one.modes = list(profile.slots), list(profile.modes or Mode)


@transaction.atomic
def describe(
    *, young: YoungPerson, profile: "Profile", plan: "Plan", by: Actor, at: datetime
) -> YoungPerson:
    """Correct what a match looks at; the priority follows from the signs."""
    signals = pairing.signals_of(profile.level, profile.signals)
    (rank,) = pairing.priorities([signals], plan.follow_up())
    _describe(young, profile, signals, rank)
    young.save()
    journal.record(
        verb="mentoring.young_described", subject=young, by=by, at=at, facts={"priority": rank}
    )
    return young


@transaction.atomic
def accept_referral(*, referral: Referral, network: Network, by: Actor, at: datetime) -> None:
    """
    A network takes a young person on; they wait for a mentor once the family said yes.

    Raises: NotAllowed when another network was asked, MoveRefused when it was answered already.
    """
    if referral.network_id not in {None, network.pk}:
        raise NotAllowed(_("Cette demande a été adressée à un autre réseau."))
    _answer(referral, ReferralState.ACCEPTED, at)
    young = YoungPerson.objects.select_for_update().get(pk=referral.young_id)
    young.network = network
    young.save(update_fields=["network"])
    count_once(young=[young], by=by, at=at)
    if young.authorised_at and young.state == YoungState.REFERRED:
        _await_mentor(young)
    facts = {"network": str(network.pk)}
    journal.record(verb="mentoring.referral_accepted", subject=referral, by=by, at=at, facts=facts)


@transaction.atomic
def decline_referral(*, referral: Referral, by: Actor, at: datetime) -> None:
    """A network cannot; whoever asked may ask another. Raises MoveRefused."""
    _answer(referral, ReferralState.DECLINED, at)
    journal.record(verb="mentoring.referral_declined", subject=referral, by=by, at=at)


@transaction.atomic
def refer_again(
    *, young: YoungPerson, network: Network | None, by: Actor, at: datetime
) -> Referral:
    """Ask another network, once the first declined. Raises NotAllowed while one is asked."""
    if Referral.objects.filter(young=young, state=ReferralState.SENT).exists():
        raise NotAllowed(_("Un réseau n’a pas encore répondu : retirez d’abord cette demande."))
    if young.network_id:
        raise NotAllowed(_("Ce jeune a déjà un réseau."))
    made = Referral.objects.create(
        young=young, sender_id=young.referred_by_id, network=network, sent_at=at
    )
    journal.record(verb="mentoring.young_referred", subject=young, by=by, at=at)
    return made


def _await_mentor(young: YoungPerson) -> None:
    """The young person waits for a mentor; whoever calls it tells."""
    states.move(
        row=young,
        to=YoungState.WAITING,
        moves=YOUNG_MOVES,
        refusal=_("Ce jeune attend déjà un mentor, ou n’en veut plus."),
    )


def _answer(referral: Referral, to: ReferralState, at: datetime) -> None:
    states.move(
        row=referral,
        to=to,
        moves=REFERRAL_MOVES,
        refusal=_("Cette demande a déjà reçu sa réponse."),
        answered_at=at,
    )
