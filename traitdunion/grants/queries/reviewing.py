"""What those who review need: what else is known, who thinks what, what a batch would cost."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.base.identifiers import folded, squeezed
from traitdunion.budget import queries as money
from traitdunion.grants.models import (
    Application,
    ApplicationNeighbourhood,
    Assignment,
    ConflictOfInterest,
    Opinion,
    Score,
    Simulation,
    SimulationLine,
)
from traitdunion.grants.queries.applying import STRAND, neighbourhoods_of, seen_by
from traitdunion.grants.states import (
    PENDING,
    RECEIVED,
    ApplicationState,
    AssignmentKind,
)
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind

if TYPE_CHECKING:
    from traitdunion.partners.models import User
    from traitdunion.partners.queries import Seat
    from traitdunion.programme.schema import Plan
    from traitdunion.territories.models import Neighbourhood


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to look at: never a verdict."""

    sentence: str
    others: list[Application]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A line of the grid, and the points given so far."""

    code: str
    title: str
    most: int
    points: int | None


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulation, and what it would leave of the envelope."""

    simulation: Simulation
    count: int
    total_cents: int
    available_cents: int

    @property
    def left_cents(self) -> int:
        return self.available_cents - self.total_cents


def received(
    seat: "Seat | None", wanted: Mapping[str, Any] | None = None
) -> QuerySet[Application]:
    """
    The applications that an authority received, with their reviewer and points.

    Args:
        wanted: what the page filters by: ``state``, ``q``, ``neighbourhood``, ``reviewer``,
            ``purpose``, ``mine`` (reviewed or followed by that user).
    """
    reviewers = Assignment.objects.filter(
        application=OuterRef("pk"), kind=AssignmentKind.REVIEWER, ended_at__isnull=True
    )
    points = Score.objects.filter(application=OuterRef("pk")).order_by().values("application")
    rows = seen_by(seat).filter(state__in=RECEIVED)
    rows = rows.annotate(
        reviewer=Subquery(reviewers.values("user__full_name")[:1]),
        points=Subquery(points.annotate(total=Sum("points")).values("total")),
    )
    return _filtered(rows, wanted or {}).order_by("submitted_at", "pk")


def _filtered(rows: QuerySet[Application], wanted: Mapping[str, Any]) -> QuerySet[Application]:
    for name in ("state", "purpose"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    if text := str(wanted.get("q") or "").strip():
        rows = rows.filter(
            Q(organisation__searchable__contains=folded(text))
            | Q(number=squeezed(text))
            | Q(title__icontains=text)
        )
    if code := wanted.get("neighbourhood"):
        links = ApplicationNeighbourhood.objects.filter(
            application=OuterRef("pk"), neighbourhood__code=code
        )
        rows = rows.filter(Exists(links))
    if user := wanted.get("mine"):
        mine = Assignment.objects.filter(
            application=OuterRef("pk"), user=user, ended_at__isnull=True
        )
        rows = rows.filter(Exists(mine))
    return rows


def reviewer(application: Application) -> "User | None":
    rows = Assignment.objects.filter(
        application=application, kind=AssignmentKind.REVIEWER, ended_at__isnull=True
    )
    found = rows.select_related("user").first()
    return found.user if found else None


def followers(application: Application) -> "list[User]":
    rows = Assignment.objects.filter(
        application=application, kind=AssignmentKind.FOLLOWER, ended_at__isnull=True
    )
    return [one.user for one in rows.select_related("user").order_by("started_at", "pk")]


def opinions(application: Application) -> list[Opinion]:
    rows = Opinion.objects.filter(application=application)
    return list(rows.select_related("organisation", "given_by").order_by("due_on", "pk"))


def opinions_seen_by(seat: "Seat | None") -> QuerySet[Opinion]:
    """Those asked of one's organisation; an authority, ministry or controller, those they see."""
    rows = Opinion.objects.select_related("application__organisation", "organisation")
    if seat is None:
        return rows.none()
    if seat.kind in {Kind.PREFECTURE, Kind.MINISTRY, Kind.CONTROLLER}:
        return rows.filter(application__in=seen_by(seat))
    return rows.filter(organisation=seat.organisation)


def opinions_asked_of(seat: "Seat") -> QuerySet[Opinion]:
    """Those asked of the seat's own organisation."""
    rows = Opinion.objects.filter(organisation=seat.organisation)
    return rows.select_related("application")


def opinion_asked(application: Application, seat: "Seat") -> Opinion | None:
    rows = Opinion.objects.filter(application=application, organisation=seat.organisation)
    return rows.first()


def opinion_due_on(plan: "Plan", at: datetime) -> date:
    """The deadline that the programme proposes."""
    return timezone.localdate(at) + timedelta(days=plan.grants.opinion_days)


def in_conflict(user_id: UUID | None, organisation_id: UUID) -> bool:
    """Declared a tie with that association, or acts for it."""
    if user_id is None:
        return False
    declared = ConflictOfInterest.objects.filter(
        user=user_id, organisation=organisation_id, ended_at__isnull=True
    )
    return declared.exists() or bool(partners.role_in(user_id, organisation_id))


def conflicts_of(user_id: UUID) -> list[ConflictOfInterest]:
    rows = ConflictOfInterest.objects.filter(user=user_id, ended_at__isnull=True)
    return list(rows.select_related("organisation").order_by("declared_at", "pk"))


def free_of_conflict(rows: QuerySet[Application], user_id: UUID) -> QuerySet[Application]:
    """Those that somebody may review and decide."""
    tied = ConflictOfInterest.objects.filter(user=user_id, ended_at__isnull=True)
    return rows.exclude(organisation__in=tied.values("organisation"))


def grid(application: Application, plan: "Plan") -> list[Criterion]:
    """The criteria of the programme, with the points given."""
    rows = Score.objects.filter(application=application)
    given = dict(rows.values_list("criterion", "points"))
    return [
        Criterion(one.code, one.title, one.points, given.get(one.code))
        for one in plan.grants.criteria
    ]


def flags(application: Application) -> list[Flag]:
    """What else was asked by the same, or with the same account, address or representative."""
    others = Application.objects.filter(state__in=RECEIVED).exclude(pk=application.pk)
    same = others.filter(organisation=application.organisation_id)
    elsewhere = others.exclude(organisation=application.organisation_id)
    asked = [
        (_("Autre demande en attente de la même association"), same.filter(state__in=PENDING)),
        (
            _("Subvention déjà accordée à la même association"),
            same.filter(state=ApplicationState.ACCEPTED),
        ),
        (_("Même IBAN, autre association"), _same(elsewhere, "iban", application)),
        (_("Même adresse, autre association"), _same(elsewhere, "address_folded", application)),
        (
            _("Même représentant, autre association"),
            _same(elsewhere, "representative_folded", application),
        ),
    ]
    found = [(sentence, _listed(rows)) for sentence, rows in asked]
    return [Flag(sentence, rows) for sentence, rows in found if rows]


def _same(
    rows: QuerySet[Application], column: str, application: Application
) -> QuerySet[Application]:
    value = getattr(application, column)
    return rows.filter(**{column: value}) if value else rows.none()


def _listed(rows: QuerySet[Application], limit: int = 10) -> list[Application]:
    return list(rows.select_related("organisation").order_by("-submitted_at", "pk")[:limit])


def without_help(application: Application) -> "list[Neighbourhood]":
    """Those it serves where no association is helped yet."""
    links = ApplicationNeighbourhood.objects.filter(application__state=ApplicationState.ACCEPTED)
    helped = set(links.order_by().values_list("neighbourhood", flat=True))
    return [one for one in neighbourhoods_of(application) if one.pk not in helped]


def simulation(seat: "Seat", simulation_id: UUID) -> Simulation:
    """Raises NotFound."""
    found = Simulation.objects.filter(pk=simulation_id, authority=seat.organisation).first()
    if found is None:
        raise NotFound(_("Cette simulation n’existe pas."))
    return found


def simulations(seat: "Seat", at: datetime) -> list[Simulated]:
    """The authority's simulations, the latest first, each against its envelope of today."""
    left = available_cents(seat.organisation.pk, at.year)
    rows = Simulation.objects.filter(authority=seat.organisation).order_by("-made_at", "pk")
    lines = SimulationLine.objects.filter(simulation__authority=seat.organisation)
    sums = {
        pk: (count, total)
        for pk, count, total in lines.values("simulation")
        .annotate(count=Count("pk"), total=Sum("amount_cents"))
        .values_list("simulation", "count", "total")
        .order_by()
    }
    return [Simulated(one, *sums.get(one.pk, (0, 0)), left) for one in rows]


def simulated(simulation: Simulation) -> list[SimulationLine]:
    rows = SimulationLine.objects.filter(simulation=simulation)
    return list(
        rows.select_related("application__organisation").order_by(
            "application__submitted_at", "application"
        )
    )


def available_cents(authority_id: UUID, year: int) -> int:
    """What the authority may still grant this year."""
    held = money.held_by(authority_id)
    mine = (one for one in held if one.strand.code == STRAND and one.year == year)
    return sum(max(0, one.available_cents) for one in mine if not one.is_closed)


def late_opinions(seat: "Seat", today: date) -> int:
    rows = opinions_seen_by(seat).filter(given_at__isnull=True, due_on__lt=today)
    return rows.filter(application__state__in=PENDING).count()


def opinions_to_give(seat: "Seat") -> list[Opinion]:
    """What was asked of one's organisation and waits, the most pressing first."""
    rows = Opinion.objects.filter(organisation=seat.organisation, given_at__isnull=True)
    waiting = rows.filter(application__state__in=PENDING)
    return list(waiting.select_related("application__organisation").order_by("due_on", "pk"))


def named(applications: Iterable[Application]) -> dict[UUID, list[str]]:
    """The names of the neighbourhoods that each application serves."""
    links = ApplicationNeighbourhood.objects.filter(application__in=list(applications))
    found: dict[UUID, list[str]] = {}
    rows = links.order_by("neighbourhood__name", "pk")
    for pk, name in rows.values_list("application", "neighbourhood__name"):
        found.setdefault(pk, []).append(name)
    return found


def applications_among(seat: "Seat", numbers: Collection[str]) -> list[Application]:
    """Those received that bear one of these numbers."""
    rows = seen_by(seat).filter(number__in=numbers, state__in=RECEIVED)
    return list(rows.order_by("number"))
