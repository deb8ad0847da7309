"""
What the machine could not decide: addresses, look-alikes, one need by hand, a need withdrawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused
from traitdunion.census import queries
from traitdunion.census.models import Amendment, Census, Duplicate, Need
from traitdunion.census.operations.importing import Writer
from traitdunion.census.reading import ReadNeed
from traitdunion.census.reports import ImportReport
from traitdunion.census.states import NEED_MOVES, Amended, Doubt, NeedState, Verdict
from traitdunion.journal import operations as journal
from traitdunion.people import operations as people
from traitdunion.people import queries as persons
from traitdunion.people.operations.eligibility import Geocode
from traitdunion.people.states import Answer
from traitdunion.programme.schema import Plan

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation

# Addresses asked about in one turn.
ASKED_AT_ONCE = 1_000
DOUBTS = {Answer.REVIEW: Doubt.LIMIT, Answer.UNKNOWN: Doubt.ADDRESS}


@transaction.atomic
def record_need(
    *,
    census: Census,
    relay: "Organisation",
    read: ReadNeed,
    plan: Plan,
    generation: str,
    by: Actor,
    at: datetime,
) -> ImportReport:
    """Record one child by hand, by the same way as a list. Raises CensusClosed."""
    queries.check_open(census, plan, at)
    report = ImportReport(rows=1)
    writer = Writer(census, relay, plan, generation, by, at, report)
    writer.write([read], revives=True)
    writer.flag_duplicates()
    queries.check_open(census, plan, at)
    return report


@transaction.atomic
def settle_address(
    *,
    need: Need,
    neighbourhood_id: UUID | None,
    layer: str,
    by: Actor,
    at: datetime,
) -> Need:
    """
    A person says where the child lives: in that neighbourhood, or outside all of them.

    Raises: MoveRefused when the need is no longer in doubt.
    """
    people.confirm_eligibility(
        person_id=need.person_id, neighbourhood_id=neighbourhood_id, layer=layer, by=by, at=at
    )
    is_closed = queries.is_closed_for_good(need.census_id)
    to = NeedState.OPEN if neighbourhood_id else NeedState.OUT
    _leave_doubt(need, to, neighbourhood_id)
    facts = {"state": to, "neighbourhood": str(neighbourhood_id or "")}
    told = _Told("census.address_settled", Amended.ADDRESS, facts, by, at)
    told.of(need, is_closed=is_closed)
    return need


@dataclass(frozen=True, slots=True)
class _Told:
    """What was settled on a need: an event, and an amendment beside a list that is closed."""

    verb: str
    why: str
    facts: Mapping[str, Any]
    by: Actor
    at: datetime

    def of(self, need: Need, *, is_closed: bool) -> None:
        uid = uuid4()
        journal.record(
            verb=self.verb,
            subject=need,
            by=self.by,
            at=self.at,
            facts=self.facts,
            uid=uid,
            rows=[self._amendment(need, uid)] if is_closed else [],
        )

    def _amendment(self, need: Need, uid: UUID) -> Amendment:
        columns = ("state", "neighbourhood__code", "census_id")
        state, code, census_id = Need.objects.values_list(*columns).get(pk=need.pk)
        return Amendment.objects.create(
            census_id=census_id,
            need_id=need.pk,
            why=self.why,
            state=state,
            neighbourhood=code or "",
            at=self.at,
            told_by=uid,
        )


def _leave_doubt(need: Need, to: str, neighbourhood_id: UUID | None) -> None:
    if need.doubt not in {Doubt.LIMIT, Doubt.ADDRESS}:
        raise MoveRefused(_("L’adresse de ce besoin n’est pas en doute."))
    refusal = _("Ce besoin n’est plus en doute.")
    states.move(
        row=need,
        to=to,
        moves=NEED_MOVES,
        refusal=refusal,
        doubt=Doubt.NONE,
        neighbourhood_id=neighbourhood_id,
    )


@transaction.atomic
def settle_duplicate(*, duplicate: Duplicate, verdict: str, by: Actor, at: datetime) -> Duplicate:
    """
    Say whether two needs are the same child: the same withdraws the newer, different frees it.

    A child found in three lists keeps one need whatever the order in which its pairs are
    settled: the newer goes only where another need of the same child stands.
    Raises: MoveRefused when it is settled already.
    """
    moves = {Verdict.TO_SETTLE: frozenset({Verdict.SAME, Verdict.DIFFERENT})}
    refusal = _("Ce doublon est déjà tranché.")
    states.move(
        row=duplicate,
        to=verdict,
        moves=moves,
        refusal=refusal,
        field="verdict",
        settled_at=at,
    )
    _keep_one(duplicate.need, by, at)
    journal.record(
        verb="census.duplicate_settled",
        subject=duplicate,
        by=by,
        at=at,
        facts={"verdict": verdict},
    )
    return duplicate


def _keep_one(need: Need, by: Actor, at: datetime) -> None:
    if queries.is_withdrawn(need.pk):
        return
    if queries.same_child_stands_elsewhere(need):
        withdraw(need=need, reason="duplicate", by=by, at=at)
    elif not queries.has_open_duplicates(need.pk) and _free(need):
        told = _Told("census.need_freed", Amended.DUPLICATE, {}, by, at)
        told.of(need, is_closed=queries.is_closed_for_good(need.census_id))


def _free(need: Need) -> bool:
    """Back in the queue, unless its address is in doubt as well."""
    doubled = Need.objects.filter(
        pk=need.pk, state=NeedState.DOUBTFUL, doubt=Doubt.DUPLICATE, neighbourhood__isnull=False
    )
    return bool(doubled.update(state=NeedState.OPEN, doubt=Doubt.NONE))


@transaction.atomic
def withdraw(*, need: Need, reason: str, by: Actor, at: datetime) -> Need:
    """
    Take a need out of the census; `allocation.withdraw_need` also ends the award that it holds.

    Raises: MoveRefused when it is out already.
    """
    is_closed = queries.is_closed_for_good(need.census_id)
    refusal = _("Ce besoin est déjà retiré.")
    states.move(row=need, to=NeedState.WITHDRAWN, moves=NEED_MOVES, refusal=refusal, doubt="")
    told = _Told("census.need_withdrawn", Amended.WITHDRAWN, {"reason": reason}, by, at)
    told.of(need, is_closed=is_closed)
    return need


@transaction.atomic
def withdraw_person(*, person_id: UUID, by: Actor, at: datetime) -> list[Need]:
    """A family objects: close the file and take the child's needs out; return them."""
    people.object_to_processing(person_id=person_id, by=by, at=at)
    needs = queries.standing_needs_of(person_id)
    for need in needs:
        withdraw(need=need, reason="objection", by=by, at=at)
    return needs


def place_waiting(
    *, census: Census, plan: Plan, generation: str, geocode: Geocode, by: Actor, at: datetime
) -> int:
    """
    Ask the geocoder about the addresses that wait, and decide again for those it placed.

    Returns: how many needs left their doubt.
    """
    placed = people.place_addresses(
        geocode=geocode,
        min_score=plan.eligibility.geocoder_min_score,
        limit=ASKED_AT_ONCE,
        by=by,
        at=at,
    )
    return _decide_again(census, plan, generation, placed, by, at) if placed else 0


@transaction.atomic
def _decide_again(
    census: Census,
    plan: Plan,
    generation: str,
    placed: Sequence[UUID],
    by: Actor,
    at: datetime,
) -> int:
    answers = people.decide_eligibility(
        person_ids=placed,
        generation=generation,
        tolerance_m=plan.eligibility.tolerance_m,
        by=by,
        at=at,
    )
    is_closed = queries.is_closed_for_good(census.pk)
    settled = 0
    for need in queries.needs_waiting_for_address(census, placed):
        settled += _apply(need, answers[need.person_id], is_closed, by, at)
    return settled


def _apply(
    need: Need, answer: persons.Eligibility, is_closed: bool, by: Actor, at: datetime
) -> int:
    if answer.answer in DOUBTS:
        doubt, place = DOUBTS[Answer(answer.answer)], answer.neighbourhood_id
        Need.objects.filter(pk=need.pk).update(doubt=doubt, neighbourhood=place)
        if place != need.neighbourhood_id:
            told = _Told("census.address_moved", Amended.ADDRESS, {}, by, at)
            told.of(need, is_closed=is_closed)
        return 0
    to = NeedState.OPEN if answer.answer == Answer.IN else NeedState.OUT
    _leave_doubt(need, to, answer.neighbourhood_id)
    facts = {"state": to, "method": answer.method}
    told = _Told("census.address_placed", Amended.ADDRESS, facts, by, at)
    told.of(need, is_closed=is_closed)
    return 1
