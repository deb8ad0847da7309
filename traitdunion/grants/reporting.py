"""From a use report to its paper."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import override

from traitdunion.base.money import euros
from traitdunion.documents.grant_papers import ReportLine, UsePaper
from traitdunion.documents.grant_render import use_paper
from traitdunion.documents.papers import Party
from traitdunion.documents.render import written_day
from traitdunion.grants.models import UseReport
from traitdunion.grants.queries import answering as queries
from traitdunion.grants.states import Side
from traitdunion.partners import queries as partners

TEMPLATE = "compte-rendu-2020-04"


def report_pdf(*, report: UseReport, public_url: str, at: datetime) -> bytes:
    """The report as it is signed: three tables for a determined expense, one page otherwise."""
    with override("fr"):
        return use_paper(_paper(report, public_url, at))


def _paper(report: UseReport, public_url: str, at: datetime) -> UsePaper:
    decision, lines = report.decision, queries.lines_of(report)
    application = decision.application
    asker, today = application.organisation, timezone.localdate(at)
    numbers = [f"{one.scheme} {one.value}" for one in partners.identifiers(asker)]
    unspent = queries.unspent_cents(report, lines)
    return UsePaper(
        number=decision.number,
        template=TEMPLATE,
        association=Party(asker.name, asker.address, application.representative_name),
        identifiers=" · ".join(numbers),
        authority=application.authority.name,
        decision=f"{decision.get_form_display()} n° {decision.number}"
        f" du {written_day(timezone.localdate(decision.decided_at))}",
        title=application.title,
        period=f"Du {written_day(application.starts_on)} au {written_day(application.ends_on)}",
        granted=euros(decision.amount_cents),
        printed_on=today,
        due_on=report.due_on or today,
        text=report.text,
        expenses=_shown(queries.gaps(lines, Side.EXPENSE)),
        incomes=_shown(queries.gaps(lines, Side.INCOME)),
        surplus=f"Non dépensé : {euros(unspent)}." if unspent else "",
        keys=report.keys,
        representative=application.representative_name,
        is_operating=queries.is_operating(report),
        link=f"{public_url}/decisions/comptes-rendus/{report.pk}/",
    )


def _shown(found: list[queries.Gap]) -> tuple[ReportLine, ...]:
    return tuple(
        ReportLine(
            one.label,
            euros(one.planned_cents),
            euros(one.real_cents),
            euros(one.gap_cents),
            "—" if one.percent is None else f"{one.percent:.0f}\u00a0%",
        )
        for one in found
    )
