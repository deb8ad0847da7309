"""Networks and their branches, agreements, places: declared, signed, advanced, paid, closed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.base.identifiers import drawn_number
from traitdunion.base.money import euros
from traitdunion.budget import operations as budget
from traitdunion.budget.refusals import check_amount
from traitdunion.budget.states import Document, Spending
from traitdunion.journal import operations as journal
from traitdunion.mentoring import queries
from traitdunion.mentoring.models import (
    CountCertificate,
    Network,
    NetworkAgreement,
    PlaceShare,
    PlacesPaid,
    YoungPerson,
)
from traitdunion.mentoring.states import AGREEMENT_MOVES, AgreementState
from traitdunion.partners.states import Kind

if TYPE_CHECKING:
    from traitdunion.budget.models import Envelope
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import Plan
    from traitdunion.territories.models import Department


class BadAgreement(Refusal):
    """Places, prices or dates that cannot be, or a network that is not one."""

    status = 400


class NothingToPay(Refusal):
    """No place was followed that is not paid already."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many places for a branch, or the head itself, in one département."""

    network: Network
    department: "Department"
    places: int


@transaction.atomic
def declare_network(
    *,
    organisation: "Organisation",
    by: Actor,
    at: datetime,
    head: Network | None = None,
    keeps_own_tool: bool = False,
) -> Network:
    """Say that an organisation is a network, or a branch of one. Raises BadAgreement."""
    if organisation.kind != Kind.MENTORING_NETWORK:
        raise BadAgreement(
            _("« %(name)s » n’est pas un réseau de mentorat : créez d’abord l’organisation.")
            % {"name": organisation.name}
        )
    if head is not None and head.head_id:
        raise BadAgreement(_("Une branche dépend d’une tête de réseau, pas d’une autre branche."))
    if Network.objects.filter(organisation=organisation).exists():
        raise BadAgreement(
            _("« %(name)s » est déjà déclarée comme réseau.") % {"name": organisation.name}
        )
    made = Network.objects.create(
        organisation=organisation, head=head, keeps_own_tool=keeps_own_tool
    )
    facts = {"organisation": str(organisation.pk), "head": str(head.pk) if head else None}
    journal.record(verb="mentoring.network_declared", subject=made, by=by, at=at, facts=facts)
    return made


@transaction.atomic
def prepare_agreement(
    *,
    network: Network,
    funder: "Organisation",
    envelope: "Envelope",
    places: int,
    price_cents: int,
    advance_cents: int,
    counted_by: str,
    starts_on: date,
    ends_on: date,
    shares: Sequence[Share],
    by: Actor,
    at: datetime,
) -> NetworkAgreement:
    """
    Write an agreement down; nothing is committed before it is signed. Raises BadAgreement.
    """
    _check(network, funder, envelope, places, price_cents, advance_cents, starts_on, ends_on)
    _check_shares(network, places, shares)
    made = NetworkAgreement.objects.create(
        number=drawn_number("M"),
        network=network,
        funder=funder,
        envelope=envelope,
        places=places,
        price_cents=price_cents,
        advance_cents=advance_cents,
        counted_by=counted_by,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    PlaceShare.objects.bulk_create(
        PlaceShare(
            agreement=made,
            network=share.network,
            department=share.department,
            places=share.places,
        )
        for share in shares
    )
    facts = {"number": made.number, "places": places, "price_cents": price_cents}
    journal.record(verb="mentoring.agreement_prepared", subject=made, by=by, at=at, facts=facts)
    return made


def _check(
    network: Network,
    funder: "Organisation",
    envelope: "Envelope",
    places: int,
    price_cents: int,
    advance_cents: int,
    starts_on: date,
    ends_on: date,
) -> None:
    if places < 1 or price_cents < 1:
        raise BadAgreement(_("Une convention a au moins une place, et un prix par place."))
    check_amount(places * price_cents)
    if not 0 <= advance_cents <= places * price_cents:
        raise BadAgreement(
            _("L’avance dépasse la convention, qui vaut %(amount)s.")
            % {"amount": euros(places * price_cents)}
        )
    if ends_on < starts_on:
        raise BadAgreement(_("La convention finit avant de commencer : vérifiez les dates."))
    if envelope.holder_id != funder.pk:
        raise BadAgreement(_("Cette enveloppe n’est pas celle de qui signe."))
    if network.head_id:
        raise BadAgreement(
            _("On signe avec la tête du réseau ; ses branches reçoivent des parts.")
        )


def _check_shares(network: Network, places: int, shares: Sequence[Share]) -> None:
    if any(share.places < 1 for share in shares):
        raise BadAgreement(_("Une part compte au moins une place."))
    total = sum(share.places for share in shares)
    if total != places:
        raise BadAgreement(
            _("Les parts font %(total)s places et la convention %(places)s : répartissez-les.")
            % {"total": total, "places": places}
        )
    if len({(share.network.pk, share.department.pk) for share in shares}) != len(shares):
        raise BadAgreement(_("Une branche n’a qu’une part par département : additionnez-les."))
    if any(network.pk not in {share.network.pk, share.network.head_id} for share in shares):
        raise BadAgreement(_("Une part va au réseau qui signe ou à l’une de ses branches."))


@transaction.atomic
def sign_agreement(
    *, agreement: NetworkAgreement, plan: "Plan", by: Actor, at: datetime
) -> budget.Decided:
    """
    Commit the agreement's amount; it is signed once the commitment is there.

    Where the amount asks for other people's signatures it waits for them; asked again after the
    last one, it takes note of what they committed.
    Raises: MoveRefused, EnvelopeTooSmall.
    """
    if agreement.state != AgreementState.DRAFT:
        raise MoveRefused(_("Cette convention est déjà signée."))
    commitment = queries.commitment_of(agreement)
    decided = budget.Decided(commitment=commitment)
    if commitment is None:
        pending = queries.request_of(agreement)
        decided = budget.Decided(request=pending) if pending else _engage(agreement, plan, by, at)
    if decided.commitment is None:
        return decided
    states.move(
        row=agreement,
        to=AgreementState.SIGNED,
        moves=AGREEMENT_MOVES,
        refusal=_("Cette convention est déjà signée."),
        commitment=decided.commitment,
        signed_at=at,
    )
    facts = {"number": agreement.number, "amount_cents": agreement.amount_cents}
    journal.record(verb="mentoring.agreement_signed", subject=agreement, by=by, at=at, facts=facts)
    return decided


def _engage(agreement: NetworkAgreement, plan: "Plan", by: Actor, at: datetime) -> budget.Decided:
    name = agreement.network.organisation.name
    return budget.engage(
        envelope=agreement.envelope,
        amount_cents=agreement.amount_cents,
        label=_("Convention %(number)s, %(name)s") % {"number": agreement.number, "name": name},
        reference=agreement.number,
        plan=plan,
        spending=Spending.GRANTS,
        beneficiary_id=agreement.network.organisation_id,
        by=by,
        at=at,
    )


@transaction.atomic
def advance(*, agreement: NetworkAgreement, plan: "Plan", by: Actor, at: datetime) -> PlacesPaid:
    """
    Decide the advance and ask for its payment, before the first place is counted.

    Raises: MoveRefused when the agreement is not signed, NothingToPay.
    """
    held = _held(agreement)
    if (
        not held.advance_cents
        or PlacesPaid.objects.filter(agreement=held, certificate__isnull=True).exists()
    ):
        raise NothingToPay(
            _("L’avance de cette convention est déjà demandée, ou il n’y en a pas.")
        )
    budget.grant_advance(
        commitment=held.commitment,
        amount_cents=held.advance_cents,
        document=held.number,
        by=by,
        at=at,
    )
    return _paid(held, None, 0, 0, held.advance_cents, plan, by, at)


@transaction.atomic
def pay_places(
    *,
    agreement: NetworkAgreement,
    certificate: CountCertificate,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> PlacesPaid:
    """
    Certify the places that a count shows followed and not paid yet, and ask for what is due once
    the advance is set off.

    Raises: MoveRefused, BadAgreement for a certificate of something else, NothingToPay.
    """
    held = _held(agreement)
    if certificate.agreement_id != held.pk or certificate.places is None:
        raise BadAgreement(_("Ce certificat n’est pas celui de cette convention."))
    fresh = min(certificate.places, held.places) - held.paid_places
    if fresh < 1:
        raise NothingToPay(
            _("Toutes les places que compte ce certificat sont déjà payées ou avancées.")
        )
    NetworkAgreement.objects.filter(pk=held.pk).update(paid_places=F("paid_places") + fresh)
    agreement.paid_places = held.paid_places + fresh
    worth = fresh * held.price_cents
    budget.certify(
        commitment=held.commitment,
        amount_cents=worth,
        document=certificate.number,
        document_kind=Document.DECISION,
        by=by,
        at=at,
    )
    held.commitment.refresh_from_db()
    due = max(0, held.commitment.certified_cents - held.commitment.requested_cents)
    return _paid(held, certificate, fresh, worth, due, plan, by, at)


@transaction.atomic
def close_agreement(*, agreement: NetworkAgreement, by: Actor, at: datetime) -> int:
    """
    Settle an agreement whose last day has passed: what was never followed is given back to the
    envelope. Returns the cents that the network received beyond its places and owes.

    Raises: MoveRefused.
    """
    held = _held(agreement)
    if timezone.localtime(at).date() <= held.ends_on:
        raise MoveRefused(
            _("La convention court jusqu’au %(day)s : elle se solde ensuite.")
            % {"day": held.ends_on.strftime("%d/%m/%Y")}
        )
    commitment = held.commitment
    kept = max(commitment.certified_cents, commitment.requested_cents)
    if commitment.amount_cents > kept:
        budget.release(
            commitment=commitment,
            amount_cents=commitment.amount_cents - kept,
            document=held.number,
            by=by,
            at=at,
        )
    states.move(
        row=agreement,
        to=AgreementState.CLOSED,
        moves=AGREEMENT_MOVES,
        refusal=_("Cette convention est déjà soldée."),
        closed_at=at,
    )
    owed = max(0, commitment.requested_cents - commitment.certified_cents)
    facts = {"number": held.number, "places": held.paid_places, "owed_cents": owed}
    journal.record(verb="mentoring.agreement_closed", subject=agreement, by=by, at=at, facts=facts)
    return owed


@transaction.atomic
def take_places(*, young: Sequence[YoungPerson], on: date, by: Actor, at: datetime) -> int:
    """
    Give each of these a place of its network in its département, where one is free that day;
    return how many have one. The others are followed all the same, and no agreement pays.
    """
    free = queries.open_shares(on)
    held: Counter[UUID] = Counter()
    waiting: dict[tuple[UUID, str | None], list[YoungPerson]] = {}
    for one in young:
        if one.share_id is None and one.network_id is not None:
            waiting.setdefault((one.network_id, one.department_id), []).append(one)
    for place in sorted(waiting, key=str):
        people = waiting[place]
        for share_id in free.get(place, ()):
            taken = _take(share_id, len(people))
            for one in people[:taken]:
                one.share_id = share_id
            held[share_id] += taken
            people = people[taken:]
    saved = [one for one in young if one.share_id is not None and not one._state.adding]
    YoungPerson.objects.bulk_update(saved, ["share"], batch_size=500)
    journal.record_many(
        verb="mentoring.places_taken",
        subject_kind="mentoring.placeshare",
        subjects=[
            (share_id, {"places": count}) for share_id, count in sorted(held.items()) if count
        ],
        by=by,
        at=at,
    )
    return held.total()


def _take(share_id: UUID, wanted: int) -> int:
    """As many of these places as are free: a conditional UPDATE, again when others were first."""
    while wanted:
        places, taken = PlaceShare.objects.values_list("places", "taken").get(pk=share_id)
        count = min(wanted, places - taken)
        room = PlaceShare.objects.filter(pk=share_id, taken__lte=F("places") - count)
        if count < 1 or room.update(taken=F("taken") + count):
            return max(0, count)
    return 0


def _held(agreement: NetworkAgreement) -> NetworkAgreement:
    """The agreement, held until the end of the transaction. Raises MoveRefused unless signed."""
    rows = NetworkAgreement.objects.select_for_update(of=("self",)).select_related(
        "commitment", "network"
    )
    held = rows.get(pk=agreement.pk)
    if held.state != AgreementState.SIGNED:
        raise MoveRefused(_("Cette convention n’est pas signée, ou elle est déjà soldée."))
    return held


def _paid(
    agreement: NetworkAgreement,
    certificate: CountCertificate | None,
    places: int,
    worth_cents: int,
    paid_cents: int,
    plan: "Plan",
    by: Actor,
    at: datetime,
) -> PlacesPaid:
    request = None
    if paid_cents:
        agreement.commitment.refresh_from_db()
        request = budget.request_payment(
            commitment=agreement.commitment,
            amount_cents=paid_cents,
            counted_from=timezone.localtime(at).date(),
            plan=plan,
            invoice=certificate.number if certificate else agreement.number,
            by=by,
            at=at,
        )
    done = PlacesPaid.objects.create(
        agreement=agreement,
        certificate=certificate,
        request=request,
        places=places,
        worth_cents=worth_cents,
        paid_cents=paid_cents,
        at=at,
    )
    facts = {"number": agreement.number, "places": places, "paid_cents": paid_cents}
    journal.record(verb="mentoring.places_paid", subject=done, by=by, at=at, facts=facts)
    return done
