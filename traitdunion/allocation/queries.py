"""Reading waves, lines and awards."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from traitdunion.allocation import checking
from traitdunion.allocation.models import Award, InputRow, Line, Review, Wave
from traitdunion.allocation.states import STANDING, AwardState, Decision, WaveState
from traitdunion.base.errors import NotFound
from traitdunion.partners import queries as partners
from traitdunion.territories import queries as territories

if TYPE_CHECKING:
    from traitdunion.census.models import Need
    from traitdunion.partners.queries import Seat
    from traitdunion.programme.models import Programme

BATCH = 5_000
# Fewer than that in a cell could point at a child.
SMALL = 5
RESTING = (AwardState.LAPSED, AwardState.DECLINED)


class NoSuchAward(NotFound):
    """No award under that identifier, for this relay."""


@dataclass(frozen=True, slots=True)
class RelayRate:
    """How many of a relay's awards reached a child."""

    relay_id: UUID
    name: str
    awarded: int
    handed_over: int
    lapsed: int

    @property
    def percent(self) -> int:
        due = self.handed_over + self.lapsed + self.awarded
        return round(100 * self.handed_over / due) if due else 0


def waves(census_id: UUID | None = None) -> QuerySet[Wave]:
    rows = Wave.objects.exclude(state=WaveState.CANCELLED).select_related("census")
    if census_id:
        rows = rows.filter(census=census_id)
    return rows.order_by("-proposed_at", "pk")


def wave(pk: UUID) -> Wave | None:
    return Wave.objects.filter(pk=pk).select_related("census").first()


def proposal(census_id: UUID) -> Wave | None:
    return Wave.objects.filter(census=census_id, state=WaveState.PROPOSED).first()


def waiting_proposal(programme_id: UUID) -> Wave | None:
    """The proposal of any census of the programme that waits for a decision."""
    rows = Wave.objects.filter(census__programme=programme_id, state=WaveState.PROPOSED)
    return rows.order_by("proposed_at", "pk").first()


def reserving_waves(programme_id: UUID) -> list[Wave]:
    """Confirmed waves that keep money for the neighbourhoods that had not answered."""
    rows = Wave.objects.filter(
        census__programme=programme_id,
        state=WaveState.CONFIRMED,
        unanswered__gt=0,
        reserve_released_at__isnull=True,
    )
    return list(rows.order_by("confirmed_at", "pk"))


def inputs_of(wave: Wave) -> list[InputRow]:
    """The rows that entered a wave, as they were ranked; none for a former wave."""
    return list(InputRow.objects.filter(wave=wave).order_by("need"))


def ranked_with(wave: Wave) -> dict[UUID, tuple[str, int, float]]:
    """The kind, degree and priority with which each need entered a wave."""
    rows = InputRow.objects.filter(wave=wave).order_by("need")
    return {
        pk: (kind, degree, priority)
        for pk, kind, degree, priority in rows.values_list("need", "kind", "degree", "priority")
    }


def cites_of(wave: Wave, need_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The cité éducative with which each of these needs was ranked; empty for none."""
    found: dict[UUID, str] = {}
    for start in range(0, len(need_ids), BATCH):
        some = need_ids[start : start + BATCH]
        rows = InputRow.objects.filter(wave=wave, need__in=some).order_by("need")
        found |= dict(rows.values_list("need", "cite_educative"))
    if len(found) == len(need_ids):
        return found
    # A former wave kept no row: the cité éducative of today.
    today = territories.cite_of_neighbourhoods()
    lines = Line.objects.filter(wave=wave).order_by("rank").values_list("need", "neighbourhood")
    former = {pk: today.get(place, "") for pk, place in lines}
    return {pk: found.get(pk, former.get(pk, "")) for pk in need_ids}


def cite_of(wave: Wave, need: "Need") -> str:
    """The cité éducative with which a need is paid: as it was ranked, or else of today."""
    row = InputRow.objects.filter(wave=wave, need=need).first()
    if row:
        return row.cite_educative
    place = need.neighbourhood_id
    return territories.cite_of_neighbourhoods().get(place, "") if place else ""


def lines_seen_by(seat: "Seat | None", wave: Wave) -> QuerySet[Line]:
    """The lines of a wave that concern the seat: its own needs, or those of its territory."""
    rows = Line.objects.filter(wave=wave).select_related("need__relay", "neighbourhood")
    if seat is None:
        return rows.none()
    if seat.perimeter.everything:
        return rows.order_by("rank")
    mine = Q(need__relay=seat.organisation.pk)
    area = seat.perimeter
    if area.departments:
        mine |= Q(neighbourhood__department__in=area.departments)
    if area.neighbourhoods:
        mine |= Q(neighbourhood__in=area.neighbourhoods)
    if area.academies:
        mine |= Q(need__relay__academy__in=area.academies)
    return rows.filter(mine).order_by("rank")


def line_of(need_id: UUID) -> Line | None:
    """The latest line on a need, of a wave that was not abandoned."""
    rows = Line.objects.filter(need=need_id).exclude(wave__state=WaveState.CANCELLED)
    rows = rows.select_related("wave", "neighbourhood")
    return rows.order_by("-wave__proposed_at", "pk").first()


def decision_counts(rows: QuerySet[Line]) -> dict[str, int]:
    counted = rows.order_by().values("decision").annotate(n=Count("pk"))
    found = {row["decision"]: row["n"] for row in counted}
    return {decision: found.get(decision, 0) for decision in Decision.values}


def awards_seen_by(seat: "Seat | None") -> QuerySet[Award]:
    if seat is None:
        return Award.objects.none()
    rows = Award.objects.filter(partners.within(seat, "relay__"))
    return rows.select_related("relay", "neighbourhood", "source").order_by("-awarded_at", "pk")


def to_hand_over(relay_id: UUID) -> list[Award]:
    """Awards that wait at a relay, the soonest to lapse first."""
    rows = Award.objects.filter(relay=relay_id, state=AwardState.AWARDED)
    return list(rows.select_related("need").order_by("lapses_on", "pk"))


def award(pk: UUID) -> Award:
    """Raises NoSuchAward."""
    found = Award.objects.filter(pk=pk).select_related("relay", "need").first()
    if found is None:
        raise NoSuchAward(_("Cette attribution n’existe pas."))
    return found


def standing_award_of(need_id: UUID) -> Award | None:
    return Award.objects.filter(need=need_id, state__in=STANDING).first()


def standing_needs(census_id: UUID) -> set[UUID]:
    """Needs that already hold an award."""
    rows = Award.objects.filter(need__census=census_id, state__in=STANDING)
    return set(rows.values_list("need_id", flat=True))


def _resting() -> QuerySet[Award]:
    """Awards that ended without reaching their child, and whose relay said nothing since."""
    return Award.objects.filter(state__in=RESTING, reconfirmed_at__isnull=True)


def resting_needs(census_id: UUID) -> set[UUID]:
    """Needs that come back in the queue when their relay says that they still stand."""
    rows = _resting().filter(need__census=census_id)
    return set(rows.values_list("need_id", flat=True))


def rests(need_id: UUID) -> bool:
    return _resting().filter(need=need_id).exists() and standing_award_of(need_id) is None


def resting_of(relay_id: UUID) -> list[Award]:
    """Of a relay: awards whose need waits for its word to come back in the queue."""
    rows = _resting().filter(relay=relay_id).exclude(need__state="WITHDRAWN")
    standing = Award.objects.filter(state__in=STANDING).order_by().values("need")
    return list(rows.exclude(need__in=standing).select_related("need").order_by("ended_at", "pk"))


def served_before(programme_id: UUID) -> dict[tuple[UUID, int], int]:
    """
    How many needs earlier waves served, by neighbourhood and degree; what lapsed does not count.
    """
    rows = Award.objects.filter(need__census__programme=programme_id, state__in=STANDING)
    counted = rows.values("neighbourhood", "degree").annotate(n=Count("pk")).order_by()
    return {(row["neighbourhood"], row["degree"]): row["n"] for row in counted}


def awarded_cents_by_source(programme_id: UUID) -> dict[UUID, int]:
    """What standing awards take from each purse."""
    rows = Award.objects.filter(need__census__programme=programme_id, state__in=STANDING)
    sums = rows.values("source").annotate(total=Sum("cost_cents")).order_by()
    return {row["source"]: row["total"] for row in sums}


def to_order(seat: "Seat | None") -> dict[tuple[UUID, str], int]:
    """Awards that wait for a device, by relay and kind: what a buyer should order for whom."""
    rows = awards_seen_by(seat).filter(state=AwardState.AWARDED).order_by()
    counted = rows.values("relay", "kind").annotate(n=Count("pk"))
    return {(row["relay"], row["kind"]): row["n"] for row in counted}


def out_of_turn_count(wave: Wave) -> int:
    """Every exception of a wave: one that lapsed or was declined was made all the same."""
    return Award.objects.filter(wave=wave, is_out_of_turn=True).count()


def exceptions_allowed(wave: Wave, percent: int) -> int:
    """How many exceptions a wave may have: a share of what it served, one at least; 0 is none."""
    served = Line.objects.filter(wave=wave, decision=Decision.SERVED).count()
    return max(1, served * percent // 100) if percent else 0


def relay_rates(seat: "Seat | None") -> list[RelayRate]:
    """Each relay's awards handed over, the least advanced first."""
    counted = (
        awards_seen_by(seat)
        .order_by()
        .values("relay", "relay__name")
        .annotate(
            awarded=Count("pk", filter=Q(state=AwardState.AWARDED)),
            handed=Count("pk", filter=Q(state=AwardState.HANDED_OVER)),
            lapsed=Count("pk", filter=Q(state=AwardState.LAPSED)),
        )
    )
    rates = [
        RelayRate(row["relay"], row["relay__name"], row["awarded"], row["handed"], row["lapsed"])
        for row in counted
    ]
    return sorted(rates, key=lambda rate: (rate.percent, rate.name))


def overdue(on: date) -> QuerySet[Award]:
    """Awards not handed over within the programme's delay."""
    rows = Award.objects.filter(state=AwardState.AWARDED, lapses_on__lt=on)
    rows = rows.select_related("wave__census__programme", "source")
    return rows.order_by("lapses_on", "pk")


def programmes_overdue(on: date) -> list["Programme"]:
    """The programmes that have such awards."""
    found = {one.wave.census.programme_id: one.wave.census.programme for one in overdue(on)}
    return [found[pk] for pk in sorted(found)]


def next_lines(lapsed: Award) -> list[Line]:
    """
    Those of its wave and degree who wait, hold nothing, and did not let a place lapse themselves.
    """
    wave = lapsed.wave
    own = Line.objects.filter(wave=wave, need=lapsed.need_id).first()
    away = standing_needs(wave.census_id) | resting_needs(wave.census_id)
    rows = Line.objects.filter(
        wave=wave, degree=own.degree if own else lapsed.degree, decision=Decision.WAITING
    )
    return [line for line in rows.order_by("rank") if line.need_id not in away]


def open_reviews(seat: "Seat | None") -> list[Review]:
    rows = Review.objects.filter(answered_at__isnull=True)
    if seat is None:
        return []
    rows = rows.filter(partners.within(seat, "asked_by__")).select_related("need", "asked_by")
    return list(rows.order_by("due_on", "pk"))


def reviews_of(need_id: UUID) -> list[Review]:
    return list(Review.objects.filter(need=need_id).order_by("asked_at", "pk"))


def served_needs(census_id: UUID) -> QuerySet[Award]:
    """The needs of that census that hold a standing award, as a subquery of identifiers."""
    rows = Award.objects.filter(need__census=census_id, state__in=STANDING)
    return rows.order_by().values("need")


def waiting_lines(wave: Wave) -> list[Line]:
    """Needs of a wave that money did not reach, in the order of the queue."""
    rows = Line.objects.filter(wave=wave, decision=Decision.WAITING)
    return list(rows.select_related("need__relay").order_by("rank"))


def served_lines(wave: Wave, *, source: str, at_least_cents: int = 0) -> list[Line]:
    """What a purse serves in a wave, in the order of the queue."""
    rows = Line.objects.filter(
        wave=wave, decision=Decision.SERVED, source=source, cost_cents__gte=at_least_cents
    )
    return list(rows.select_related("need").order_by("rank"))


def to_order_by_relay() -> dict[tuple[UUID, str], int]:
    """Awards that wait for a device, by relay and kind, in the whole plan."""
    rows = Award.objects.filter(state=AwardState.AWARDED).order_by()
    counted = rows.values("relay", "kind").annotate(n=Count("pk"))
    return {(row["relay"], row["kind"]): row["n"] for row in counted}


def award_count() -> int:
    return Award.objects.count()


def lines_of(wave: Wave) -> QuerySet[Line]:
    return Line.objects.filter(wave=wave).order_by("rank")


def served_by_source(wave: Wave) -> list[dict[str, object]]:
    """How many needs each purse serves in a wave, and for how much, in the order they pay."""
    rows = Line.objects.filter(wave=wave, decision=Decision.SERVED).values("source")
    found = {row["source"]: row for row in rows.annotate(n=Count("pk"), total=Sum("cost_cents"))}
    names = [source["name"] for source in wave.rules["sources"]]
    return [found[name] for name in names if name in found]


def exceptions(wave: Wave) -> list[Award]:
    """Awards given out of turn, with the reason that is published."""
    rows = Award.objects.filter(wave=wave, is_out_of_turn=True)
    rows = rows.select_related("neighbourhood__department")
    return list(rows.order_by("awarded_at", "pk"))


def places_shown(wave: Wave, neighbourhood_ids: Collection[UUID]) -> set[UUID]:
    """Those of these neighbourhoods with enough needs in the wave that naming one shows nobody."""
    rows = Line.objects.filter(wave=wave, neighbourhood__in=neighbourhood_ids).order_by()
    counted = rows.values("neighbourhood").annotate(n=Count("pk")).filter(n__gte=SMALL)
    return {row["neighbourhood"] for row in counted}


def may_be_published(wave: Wave) -> bool:
    """Whether no combination of what the rows say is so rare that it could point at a child."""
    return (
        wave.state == WaveState.CONFIRMED
        and wave.smallest_cell is not None
        and wave.smallest_cell >= SMALL
    )


def by_neighbourhood(rows: QuerySet[Line]) -> list[dict[str, object]]:
    """What a selection of lines gives each neighbourhood, the least served first."""
    counted = (
        rows.order_by()
        .filter(neighbourhood__isnull=False)
        .values("neighbourhood", "neighbourhood__name", "neighbourhood__code")
        .annotate(
            needs=Count("pk"),
            served=Count("pk", filter=Q(decision=Decision.SERVED)),
            waiting=Count("pk", filter=Q(decision=Decision.WAITING)),
        )
    )
    found = [
        {"name": row["neighbourhood__name"], "code": row["neighbourhood__code"], **row}
        for row in counted
    ]
    return sorted(found, key=lambda row: (row["served"] / row["needs"], row["name"], row["code"]))


def check() -> Iterator[tuple[str, str, str]]:
    """Waves, queues and awards that no longer hold together: see `allocation.checking`."""
    yield from checking.check()
