"""Agreements with networks: what was funded, what is taken, followed and paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.budget import queries as money
from traitdunion.budget.states import RequestState
from traitdunion.mentoring.models import (
    CountCertificate,
    FollowedSpan,
    Network,
    NetworkAgreement,
    NetworkFile,
    PlaceShare,
    PlacesPaid,
    Session,
    YoungPerson,
)
from traitdunion.mentoring.queries.networks import networks_of
from traitdunion.mentoring.states import AgreementState, Definition
from traitdunion.partners.states import Kind

if TYPE_CHECKING:
    from traitdunion.budget.models import Commitment, SignatureRequest
    from traitdunion.partners.queries import Seat


class NoSuchAgreement(NotFound):
    """No agreement with a network under that number, for this seat."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A report that the network owes; ``is_late`` once its day has passed without one."""

    due_on: date
    is_last: bool
    is_late: bool


def networks_known() -> QuerySet[Network]:
    """Every network, heads before their branches."""
    rows = Network.objects.select_related("organisation", "head__organisation")
    return rows.order_by(
        F("head__organisation__searchable").asc(nulls_first=True), "organisation__searchable", "pk"
    )


def agreements_seen_by(seat: "Seat | None") -> QuerySet[NetworkAgreement]:
    """
    Those it signed, those of its territory, its own for a network and for its branches.
    """
    rows = NetworkAgreement.objects.select_related(
        "network__organisation", "funder", "commitment", "envelope"
    ).order_by("-starts_on", "number")
    if seat is None:
        return rows.none()
    if seat.perimeter.everything:
        return rows
    own = Q(funder=seat.organisation.pk)
    if seat.kind == Kind.MENTORING_NETWORK:
        own |= Q(network__organisation=seat.organisation.pk)
    shares = PlaceShare.objects.filter(
        Q(network__organisation=seat.organisation.pk)
        | Q(department__in=seat.perimeter.departments)
    )
    return rows.filter(own | Q(pk__in=shares.values("agreement")))


def agreement(number: str, seat: "Seat | None") -> NetworkAgreement:
    """Raises NoSuchAgreement."""
    found = agreements_seen_by(seat).filter(number=number).first()
    if found is None:
        raise NoSuchAgreement(_("Cette convention n’existe pas."))
    return found


def shares_of(agreement: NetworkAgreement) -> list[PlaceShare]:
    rows = PlaceShare.objects.filter(agreement=agreement)
    rows = rows.select_related("network__organisation", "department")
    return list(rows.order_by("department", "network__organisation__searchable", "pk"))


def payments_of(agreement: NetworkAgreement) -> list[PlacesPaid]:
    rows = PlacesPaid.objects.filter(agreement=agreement)
    return list(rows.select_related("certificate", "request").order_by("at", "pk"))


def certificates_of(agreement: NetworkAgreement) -> list[CountCertificate]:
    rows = CountCertificate.objects.filter(agreement=agreement).defer("content")
    return list(rows.order_by("-at", "number"))


def open_shares(on: date) -> dict[tuple[UUID, str | None], list[UUID]]:
    """Shares with a free place that day, by network and département, the oldest first."""
    rows = PlaceShare.objects.filter(
        agreement__state=AgreementState.SIGNED,
        agreement__starts_on__lte=on,
        agreement__ends_on__gte=on,
        taken__lt=F("places"),
    ).order_by("agreement__starts_on", "agreement__number", "pk")
    found: dict[tuple[UUID, str | None], list[UUID]] = {}
    for pk, network, department in rows.values_list("pk", "network_id", "department_id"):
        found.setdefault((network, department), []).append(pk)
    return found


def commitment_of(agreement: NetworkAgreement) -> "Commitment | None":
    """The commitment that the last signature made, if it has come."""
    return money.commitments(agreement.envelope).filter(reference=agreement.number).first()


def request_of(agreement: NetworkAgreement) -> "SignatureRequest | None":
    """The signatures that it waits for, if it was asked for."""
    waiting = money.requests_of(agreement.envelope.holder_id)
    mine = (one for one in waiting if one.terms.get("reference") == agreement.number)
    return next((one for one in mine if one.state == RequestState.WAITING), None)


def duties(agreement: NetworkAgreement, on: date) -> list[Duty]:
    """The reports owed: one after each period, one at the end; late without a file since."""
    if agreement.state == AgreementState.DRAFT:
        return []
    ends = list(_periods(agreement))
    last = NetworkFile.objects.filter(
        Q(network=agreement.network) | Q(network__head=agreement.network)
    )
    sent = last.order_by("-sent_at").values_list("sent_at", flat=True).first()
    told_until = sent.date() if sent else agreement.starts_on
    found = [Duty(day, False, told_until < day < on) for day in ends]
    closing = agreement.ends_on + timedelta(days=agreement.last_report_days)
    return [*found, Duty(closing, True, closing < on and agreement.closed_at is None)]


def _periods(agreement: NetworkAgreement) -> Iterator[date]:
    day = agreement.starts_on + timedelta(days=agreement.report_every_days)
    while day < agreement.ends_on:
        yield day
        day += timedelta(days=agreement.report_every_days)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What a funder asks about one share: places, who is followed, how much was done."""

    number: str
    network: str
    department: str
    places: int
    taken: int
    wide: int
    strict: int
    sessions: int
    hours: int


def funder_report(seat: "Seat | None", on: date) -> list[ReportLine]:
    """One line a share of the seat’s networks, from what they sent; no name, no note."""
    shares = PlaceShare.objects.filter(network__in=networks_of(seat)).exclude(
        agreement__state=AgreementState.DRAFT
    )
    shares = shares.select_related("agreement", "network__organisation", "department")
    ordered = shares.order_by("agreement__number", "department", "network__organisation__name")
    return [_report_line(share, on) for share in ordered]


def _report_line(share: PlaceShare, on: date) -> ReportLine:
    children = YoungPerson.objects.filter(share=share, child__isnull=False).values("child")
    spans = FollowedSpan.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gt=on),
        child__in=children,
        network=share.network_id,
        from_on__lte=on,
    )
    grouped = spans.values("definition").order_by("definition").annotate(n=Count("pk"))
    counts = dict(grouped.values_list("definition", "n"))
    done = Session.objects.filter(
        pair__young__share=share, day__gte=share.agreement.starts_on, day__lte=on
    ).aggregate(sessions=Count("pk"), minutes=Sum("minutes"))
    return ReportLine(
        number=share.agreement.number,
        network=share.network.organisation.name,
        department=str(share.department),
        places=share.places,
        taken=share.taken,
        wide=counts.get(Definition.WIDE, 0),
        strict=counts.get(Definition.STRICT, 0),
        sessions=done["sessions"],
        hours=(done["minutes"] or 0) // 60,
    )
