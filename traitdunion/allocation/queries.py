"""Reading waves, lines and awards."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from traitdunion.allocation.models import Award, Line, Review, Wave
from traitdunion.allocation.states import STANDING, AwardState, Decision, WaveState
from traitdunion.base.errors import NotFound
from traitdunion.partners import queries as partners

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


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
    """Needs that already hold an award, or whose family declined one."""
    rows = Award.objects.filter(need__census=census_id, state__in=STANDING)
    return set(rows.values_list("need_id", flat=True))


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
    return Award.objects.filter(wave=wave, is_out_of_turn=True, state__in=STANDING).count()


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
    return rows.order_by("lapses_on", "pk")


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


def to_order_by_relay() -> dict[tuple[UUID, str], int]:
    """Awards that wait for a device, by relay and kind, in the whole plan."""
    rows = Award.objects.filter(state=AwardState.AWARDED).order_by()
    counted = rows.values("relay", "kind").annotate(n=Count("pk"))
    return {(row["relay"], row["kind"]): row["n"] for row in counted}


def award_count() -> int:
    return Award.objects.count()


def check() -> Iterator[tuple[str, str, str]]:
    """
    Awards that their wave does not explain, and waves that promise more than their purses held.
    """
    served = {
        (row["wave"], row["source"]): row["total"]
        for row in Line.objects.filter(decision=Decision.SERVED)
        .values("wave", "source")
        .annotate(total=Sum("cost_cents"))
        .order_by("wave", "source")
    }
    for one in Wave.objects.exclude(state=WaveState.CANCELLED).order_by("proposed_at", "pk"):
        for source in one.rules["sources"]:
            if served.get((one.pk, source["name"]), 0) > source["amount_cents"]:
                yield "allocation_wave", str(one.pk), f"{source['name']} promises too much"
    lines = Line.objects.filter(decision=Decision.SERVED).values("wave", "need")
    explained = {(row["wave"], row["need"]) for row in lines}
    for award in Award.objects.filter(is_out_of_turn=False).order_by("awarded_at", "pk"):
        if (award.wave_id, award.need_id) not in explained:
            yield "allocation_award", str(award.pk), "no line of its wave serves this need"


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
    rows = Award.objects.filter(wave=wave, is_out_of_turn=True).select_related("neighbourhood")
    return list(rows.order_by("awarded_at", "pk"))


def by_neighbourhood(rows: QuerySet[Line]) -> list[dict[str, object]]:
    """What a selection of lines gives each neighbourhood, the least served first."""
    counted = (
        rows.order_by()
        .filter(neighbourhood__isnull=False)
        .values("neighbourhood__name")
        .annotate(
            needs=Count("pk"),
            served=Count("pk", filter=Q(decision=Decision.SERVED)),
            waiting=Count("pk", filter=Q(decision=Decision.WAITING)),
        )
    )
    found = [{"name": row["neighbourhood__name"], **row} for row in counted]
    return sorted(found, key=lambda row: (row["served"] / row["needs"], row["name"]))
