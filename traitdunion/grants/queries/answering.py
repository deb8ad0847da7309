"""What is owed in return for a grant: reports, samples looked at, what was given back."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from traitdunion.base.errors import NotFound
from traitdunion.grants.models import (
    Control,
    ControlCase,
    Decision,
    ReportLine,
    Restitution,
    UseReport,
)
from traitdunion.grants.queries import deciding
from traitdunion.grants.states import Outcome, Purpose, ReportState, Side
from traitdunion.partners.states import Kind

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

# As form 15059 groups them; the labels are French like the form.
EXPENSES = (
    "60 – Achats", "61 – Services extérieurs", "62 – Autres services extérieurs",
    "64 – Charges de personnel", "65 – Autres charges",
)  # fmt: skip
# Those of the association that still answer for something.
OPEN = (ReportState.DUE, ReportState.TO_COMPLETE)


@dataclass(frozen=True, slots=True)
class Gap:
    """One line of the table: what was planned, what was done, the gap in cents and in percent."""

    label: str
    planned_cents: int
    real_cents: int

    @property
    def gap_cents(self) -> int:
        return self.real_cents - self.planned_cents

    @property
    def percent(self) -> float | None:
        """None where nothing was planned: nothing to compare with."""
        return 100 * self.gap_cents / self.planned_cents if self.planned_cents else None


def reports_seen_by(seat: "Seat | None") -> QuerySet[UseReport]:
    seen = deciding.decisions_seen_by(seat).order_by().values("pk")
    rows = UseReport.objects.filter(decision__in=seen, decision__withdrawn_at__isnull=True)
    rows = rows.select_related(
        "decision__application__organisation", "decision__application__authority",
        "decision__commitment",
    )  # fmt: skip
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def report(report_id: UUID, seat: "Seat | None") -> UseReport:
    """Raises NotFound."""
    found = reports_seen_by(seat).filter(pk=report_id).first()
    if found is None:
        raise NotFound
    return found


def report_of(decision: Decision) -> UseReport | None:
    return UseReport.objects.filter(decision=decision).first()


def lines_of(report: UseReport) -> list[ReportLine]:
    """The lines as they were filled in; before that, those that are known already."""
    kept = list(ReportLine.objects.filter(report=report).order_by("side", "position"))
    return kept or prefilled(report)


def prefilled(report: UseReport) -> list[ReportLine]:
    """What the application and the decision already say, so that nobody types it again."""
    application = report.decision.application
    total = report.decision.amount_cents + application.other_aid_cents
    found = [
        ReportLine(report=report, side=Side.EXPENSE, position=k, label=label)
        for k, label in enumerate(EXPENSES)
    ]
    found[0].planned_cents = total
    incomes = [
        (f"Subvention {application.authority.name}", report.decision.amount_cents),
        ("Autres aides déclarées", application.other_aid_cents),
        ("Ressources propres", 0),
    ]
    for k, (label, cents) in enumerate(incomes):
        found.append(
            ReportLine(
                report=report, side=Side.INCOME, position=k, label=label[:120],
                planned_cents=cents, real_cents=cents,
            )
        )  # fmt: skip
    return found


def gaps(lines: Iterable[ReportLine], side: str) -> list[Gap]:
    """The lines of a side, then their total."""
    found = [
        Gap(one.label, one.planned_cents, one.real_cents) for one in lines if one.side == side
    ]
    planned, real = sum(g.planned_cents for g in found), sum(g.real_cents for g in found)
    return [*found, Gap("Total", planned, real)]


def unspent_cents(report: UseReport, lines: Sequence[ReportLine]) -> int:
    """What came in beyond what went out, and is of the grant."""
    income = sum(one.real_cents for one in lines if one.side == Side.INCOME)
    spent = sum(one.real_cents for one in lines if one.side == Side.EXPENSE)
    return max(0, min(income - spent, report.decision.amount_cents))


def is_operating(report: UseReport) -> bool:
    return report.decision.application.purpose == Purpose.OPERATING


def late_reports(seat: "Seat | None", on: date) -> QuerySet[UseReport]:
    return reports_seen_by(seat).filter(state__in=OPEN, due_on__lt=on)


def reports_due_by(day: date) -> list[UseReport]:
    """Owed on that day or before, of which the association was not reminded."""
    rows = UseReport.objects.filter(
        state__in=OPEN, due_on__lte=day, reminded_at__isnull=True,
        decision__withdrawn_at__isnull=True,
    )  # fmt: skip
    rows = rows.select_related("decision__application__organisation")
    return list(rows.order_by("due_on", "pk"))


def returned_cents(decision: Decision) -> int:
    rows = Restitution.objects.filter(decision=decision)
    return rows.aggregate(n=Sum("amount_cents"))["n"] or 0


def restitutions(decision: Decision) -> list[Restitution]:
    return list(Restitution.objects.filter(decision=decision).order_by("received_at", "pk"))


# --- Samples


def to_control(authority_id: UUID, from_date: date, until_date: date) -> list[Decision]:
    """The grants among which a draw chooses, in the order of their numbers."""
    rows = Decision.objects.filter(
        application__authority=authority_id,
        outcome=Outcome.ACCEPTED,
        withdrawn_at__isnull=True,
        decided_at__date__gte=from_date,
        decided_at__date__lte=until_date,
    )
    return list(rows.order_by("number"))


def drawn(numbers: Sequence[str], seed: str, size: int) -> list[str]:
    """
    The numbers that a seed chooses, in their order: anybody may compute them again.

    >>> drawn(["S1", "S2", "S3"], "2020", 2)
    ['S3', 'S2']
    """
    return sorted(numbers, key=lambda one: hashlib.sha256(f"{seed}|{one}".encode()).hexdigest())[
        :size
    ]


def population_digest(numbers: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()


def controls_seen_by(seat: "Seat | None") -> QuerySet[Control]:
    rows = Control.objects.select_related("authority")
    if seat is None or seat.kind == Kind.ASSOCIATION:
        return rows.none()
    if not seat.perimeter.everything:
        rows = rows.filter(authority=seat.organisation.pk)
    return rows.order_by("-drawn_at", "pk")


def control(control_id: UUID, seat: "Seat | None") -> Control:
    """Raises NotFound."""
    found = controls_seen_by(seat).filter(pk=control_id).first()
    if found is None:
        raise NotFound
    return found


def cases_of(control: Control) -> list[ControlCase]:
    rows = ControlCase.objects.filter(control=control)
    rows = rows.select_related("decision__application__organisation")
    return list(rows.order_by("rank"))


def cases_seen_by(seat: "Seat | None") -> QuerySet[ControlCase]:
    seen = deciding.decisions_seen_by(seat).order_by().values("pk")
    rows = ControlCase.objects.filter(decision__in=seen)
    rows = rows.select_related(
        "control", "decision__application__organisation", "decision__application__authority"
    )
    return rows.order_by("control__drawn_at", "rank", "pk")


def case(case_id: UUID, seat: "Seat | None") -> ControlCase:
    """Raises NotFound."""
    found = cases_seen_by(seat).filter(pk=case_id).first()
    if found is None:
        raise NotFound
    return found
