"""From a commitment to the young people whose places it paid, by number and count only."""

from uuid import UUID

from traitdunion.mentoring.models import NetworkAgreement


def agreement_of(commitment_id: UUID) -> NetworkAgreement | None:
    """The agreement with a network that this commitment signed."""
    rows = NetworkAgreement.objects.filter(commitment=commitment_id)
    return rows.select_related("network__organisation").first()


def agreement_numbered(number: str) -> NetworkAgreement | None:
    """A signed one: before, no euro is in it."""
    rows = NetworkAgreement.objects.filter(number=number, commitment__isnull=False)
    return rows.select_related("commitment__envelope__holder").first()
