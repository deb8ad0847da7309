"""One agreement for each award that waits at a relay, ready to be printed and signed."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from traitdunion.allocation import queries as allocation
from traitdunion.allocation.states import AwardState
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.base.identifiers import drawn_number
from traitdunion.equipment import queries as equipment
from traitdunion.journal import operations as journal
from traitdunion.lending.models import Agreement
from traitdunion.lending.states import TO_HAND_OVER, AgreementState
from traitdunion.people import queries as people

if TYPE_CHECKING:
    from traitdunion.allocation.models import Award
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import LendingTable

OVER = (AgreementState.REFUSED, AgreementState.ENDED)


class NoLongerAwarded(MoveRefused):
    """The award lapsed, was declined, or was handed over and given back."""


class HasOne(Refusal):
    """The child already has such a device, or is about to."""


class HasObjected(Refusal):
    """The family asked not to be in the plan."""


@transaction.atomic
def prepare(
    *, relay: "Organisation", rules: "LendingTable", by: Actor, at: datetime
) -> list[Agreement]:
    """
    Prepare an agreement for every award of this relay that has none; return the new ones.

    The agreements whose award no longer holds are closed on the way.
    """
    _close_lapsed(relay, by, at)
    waiting = allocation.to_hand_over(relay.pk)
    ready = set(
        Agreement.objects.filter(award__in=[award.pk for award in waiting])
        .exclude(state__in=(AgreementState.REFUSED, AgreementState.ENDED))
        .values_list("award_id", flat=True)
    )
    fresh = [_for_award(award, relay, rules, at) for award in waiting if award.pk not in ready]
    Agreement.objects.bulk_create(fresh, batch_size=2_000)
    journal.record_many(
        verb="lending.agreement_prepared",
        subject_kind="lending.agreement",
        subjects=[(one.pk, {"award": str(one.award_id)}) for one in fresh],
        by=by,
        at=at,
    )
    return fresh


def _for_award(
    award: "Award", relay: "Organisation", rules: "LendingTable", at: datetime
) -> Agreement:
    return Agreement(
        number=drawn_number("P"),
        relay=relay,
        award=award,
        person_id=award.person_id,
        kind=award.kind,
        template=rules.agreement_template,
        signatures_required=rules.signatures_required,
        prepared_at=at,
        due_back_on=rules.loan_end_date,
    )


def _close_lapsed(relay: "Organisation", by: Actor, at: datetime) -> None:
    gone = Agreement.objects.filter(relay=relay, state__in=TO_HAND_OVER, award__isnull=False)
    gone = gone.exclude(award__state=AwardState.AWARDED)
    closed = list(gone.order_by("pk").values_list("pk", flat=True))
    Agreement.objects.filter(pk__in=closed).update(state=AgreementState.ENDED)
    journal.record_many(
        verb="lending.agreement_lapsed",
        subject_kind="lending.agreement",
        subjects=[(pk, {}) for pk in closed],
        by=by,
        at=at,
    )


@transaction.atomic
def prepare_one(
    *, award: "Award", relay: "Organisation", rules: "LendingTable", by: Actor, at: datetime
) -> Agreement:
    """
    The agreement of one award, prepared now if it was not.

    Raises: NoLongerAwarded when it lapsed, was declined, or was handed over and given back.
    """
    rows = Agreement.objects.filter(award=award).exclude(state__in=OVER)
    found = rows.select_related("award", "person").first()
    if found:
        return found
    if award.state != AwardState.AWARDED:
        raise NoLongerAwarded(_("Cette attribution n’est plus à remettre."))
    try:
        with transaction.atomic():
            one = _for_award(award, relay, rules, at)
            one.save()
    except IntegrityError:
        # Somebody else prepared it at this instant.
        return rows.select_related("award", "person").get()
    facts = {"award": str(award.pk)}
    journal.record(verb="lending.agreement_prepared", subject=one, by=by, at=at, facts=facts)
    return one


@transaction.atomic
def prepare_without_award(
    *,
    relay: "Organisation",
    person_id: UUID,
    kind: str,
    reason: str,
    rules: "LendingTable",
    by: Actor,
    at: datetime,
) -> Agreement:
    """
    Lend to a child whom no wave served, from the relay's own stock, and say why.

    Args:
        reason: of the situation, never a story about the child; it is kept with the agreement and
            is not journaled.
    Raises: HasOne when the child holds such a device, HasObjected.
    """
    if people.has_objected([person_id]):
        raise HasObjected(_("Cette famille a demandé à ne pas être dans le plan."))
    held = equipment.held_by([person_id]).get(person_id, [])
    if any(device.kind == kind for device in held):
        raise HasOne(_("Cet enfant a déjà un appareil de cette sorte."))
    one = Agreement(
        number=drawn_number("P"),
        relay=relay,
        person_id=person_id,
        kind=kind,
        reason=reason,
        template=rules.agreement_template,
        signatures_required=rules.signatures_required,
        prepared_at=at,
        due_back_on=rules.loan_end_date,
    )
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError:
        raise HasOne(_("Un prêt de cette sorte est déjà ouvert pour cet enfant.")) from None
    journal.record(verb="lending.prepared_without_award", subject=one, by=by, at=at)
    return one


@transaction.atomic
def prepare_collective(
    *,
    relay: "Organisation",
    organisation: "Organisation",
    kind: str,
    due_back_on: date,
    template: str,
    by: Actor,
    at: datetime,
    received_by: str = "",
) -> Agreement:
    """An agreement to lend to an organisation, for workshops: no child is its borrower."""
    agreement = Agreement.objects.create(
        number=drawn_number("P"),
        relay=relay,
        organisation=organisation,
        kind=kind,
        template=template,
        received_by=received_by,
        prepared_at=at,
        due_back_on=due_back_on,
    )
    facts = {"organisation": str(organisation.pk)}
    journal.record(
        verb="lending.collective_prepared", subject=agreement, by=by, at=at, facts=facts
    )
    return agreement
