"""From a device to its borrower, by identifier and number only."""

from uuid import UUID

from django.db.models import QuerySet

from traitdunion.lending.models import Agreement, Loan


def last_loan(device_id: UUID) -> Loan | None:
    """The loan that runs, else the last one."""
    rows = Loan.objects.filter(device=device_id).select_related("agreement")
    return rows.order_by("-started_at", "pk").first()


def agreement_numbered(number: str) -> Agreement | None:
    return Agreement.objects.filter(number=number).select_related("organisation").first()


def loans_under(agreement: Agreement) -> list[Loan]:
    rows = Loan.objects.filter(agreement=agreement).select_related("device")
    return list(rows.order_by("started_at", "pk")[:20])


def agreements_of_person(person_id: UUID) -> list[str]:
    """The numbers of a child's agreements, the oldest first."""
    rows = Agreement.objects.filter(person=person_id).order_by("prepared_at", "pk")
    return list(rows.values_list("number", flat=True)[:5])


def devices_lent_in(neighbourhood_id: UUID) -> QuerySet[Loan, UUID]:
    """The devices that children of a neighbourhood have now, as a subquery."""
    rows = Loan.objects.filter(
        ended_at__isnull=True, agreement__award__neighbourhood=neighbourhood_id
    )
    return rows.order_by().values_list("device", flat=True)
