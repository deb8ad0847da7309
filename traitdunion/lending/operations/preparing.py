"""One agreement for each award that waits at a relay, ready to be printed and signed."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from traitdunion.allocation import queries as allocation
from traitdunion.allocation.states import AwardState
from traitdunion.base.actors import Actor
from traitdunion.base.identifiers import drawn_number
from traitdunion.journal import operations as journal
from traitdunion.lending.models import Agreement
from traitdunion.lending.states import TO_HAND_OVER, AgreementState

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import LendingTable


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
    fresh = [
        Agreement(
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
        for award in waiting
        if award.pk not in ready
    ]
    Agreement.objects.bulk_create(fresh, batch_size=2_000)
    journal.record_many(
        verb="lending.agreement_prepared",
        subject_kind="lending.agreement",
        subjects=[(one.pk, {"award": str(one.award_id)}) for one in fresh],
        by=by,
        at=at,
    )
    return fresh


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
def prepare_collective(
    *,
    relay: "Organisation",
    organisation: "Organisation",
    kind: str,
    due_back_on: date,
    template: str,
    by: Actor,
    at: datetime,
) -> Agreement:
    """An agreement to lend to an organisation, for workshops: no child is its borrower."""
    agreement = Agreement.objects.create(
        number=drawn_number("P"),
        relay=relay,
        organisation=organisation,
        kind=kind,
        template=template,
        prepared_at=at,
        due_back_on=due_back_on,
    )
    facts = {"organisation": str(organisation.pk)}
    journal.record(
        verb="lending.collective_prepared", subject=agreement, by=by, at=at, facts=facts
    )
    return agreement
