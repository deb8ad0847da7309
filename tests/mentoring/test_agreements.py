"""Places are funded, advanced before the first is counted, and paid as they are followed."""

from datetime import UTC, date, datetime

import pytest

from tests.mentoring.ground import APRIL, AT, JULY, Ground, pair, session
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.budget import operations as budget
from traitdunion.mentoring import checking, operations, queries
from traitdunion.mentoring.models import NetworkAgreement, PlaceShare, YoungPerson
from traitdunion.mentoring.states import AgreementState, Definition

pytestmark = pytest.mark.django_db
CHILDREN = ("DIALLO;Aïcha;04/05/2009", "TRAORE;Issa;09/07/2010", "BEL;Zoé;22/01/2009")
AUGUST = datetime(2020, 8, 3, 9, tzinfo=UTC)


@pytest.fixture
def ground(db: None) -> Ground:
    return Ground()


def three_followed(ground: Ground) -> None:
    rows = [pair(f"B{k}", f"J{k}", child, mentor=f"M{k}") for k, child in enumerate(CHILDREN)]
    ground.pairs(*rows)
    ground.sessions(session("S0", "B0"), session("S1", "B1"))


def count(ground: Ground, agreement: NetworkAgreement, on: date = date(2020, 6, 15)) -> object:
    return operations.certify_count(
        on=on, agreement=agreement, plan=ground.plan, by=ground.alice, at=AT
    )


def test_signing_binds_the_whole_amount_and_no_more_than_the_envelope_holds(
    ground: Ground,
) -> None:
    agreement = ground.signed(places=10)
    too_large = ground.agreement(places=10_000)

    ground.envelope.refresh_from_db()
    assert agreement.state == AgreementState.SIGNED
    assert ground.envelope.committed_cents == 400_000
    with pytest.raises(budget.EnvelopeTooSmall):
        operations.sign_agreement(agreement=too_large, plan=ground.plan, by=ROBOT, at=AT)
    too_large.refresh_from_db()
    assert too_large.state == AgreementState.DRAFT


def test_who_may_not_sign_alone_leaves_it_waiting_and_it_is_signed_after_the_last_signature(
    ground: Ground,
) -> None:
    agreement = ground.agreement()

    decided = operations.sign_agreement(
        agreement=agreement, plan=ground.plan, by=ground.hugo, at=AT
    )
    again = operations.sign_agreement(agreement=agreement, plan=ground.plan, by=ground.hugo, at=AT)

    assert decided.request == again.request
    assert agreement.state == AgreementState.DRAFT
    budget.sign(request=decided.request, by=ground.alice, at=AT)
    operations.sign_agreement(agreement=agreement, plan=ground.plan, by=ground.hugo, at=AT)
    assert agreement.state == AgreementState.SIGNED
    assert agreement.commitment.amount_cents == 400_000


def test_the_advance_is_asked_for_before_the_first_place_and_set_off_afterwards(
    ground: Ground,
) -> None:
    agreement = ground.signed()

    paid = operations.advance(agreement=agreement, plan=ground.plan, by=ground.alice, at=AT)
    three_followed(ground)
    first = operations.pay_places(
        agreement=agreement, certificate=count(ground, agreement), plan=ground.plan,
        by=ground.alice, at=AT,
    )  # fmt: skip
    ground.sessions(session("S2", "B2"))
    second = operations.pay_places(
        agreement=agreement, certificate=count(ground, agreement), plan=ground.plan,
        by=ground.alice, at=AT,
    )  # fmt: skip

    # Two places at 400 € are within the 1,000 € advanced; the third is 200 € beyond.
    assert (paid.places, paid.paid_cents) == (0, 100_000)
    assert (first.places, first.worth_cents, first.paid_cents) == (2, 80_000, 0)
    assert (second.places, second.worth_cents, second.paid_cents) == (1, 40_000, 20_000)
    agreement.refresh_from_db()
    assert agreement.paid_places == 3
    assert list(checking.check()) == []


def test_a_place_is_never_paid_twice_nor_on_another_agreement_s_count(ground: Ground) -> None:
    agreement = ground.signed()
    three_followed(ground)
    other = ground.signed()
    certificate = count(ground, agreement)
    terms = {"plan": ground.plan, "by": ground.alice, "at": AT}
    operations.pay_places(agreement=agreement, certificate=certificate, **terms)

    with pytest.raises(operations.NothingToPay):
        operations.pay_places(agreement=agreement, certificate=count(ground, agreement), **terms)
    with pytest.raises(operations.BadAgreement):
        operations.pay_places(agreement=other, certificate=certificate, **terms)


def test_a_place_counted_strictly_is_not_paid_for_one_session(ground: Ground) -> None:
    agreement = ground.signed(counted_by=Definition.STRICT)
    three_followed(ground)

    certificate = count(ground, agreement)

    assert (certificate.wide, certificate.strict, certificate.places) == (2, 0, 0)


def test_a_place_is_taken_by_each_young_person_until_there_is_none(ground: Ground) -> None:
    ground.signed(places=2, advance_cents=0)

    three_followed(ground)

    share = PlaceShare.objects.get()
    assert (share.taken, share.places) == (2, 2)
    assert YoungPerson.objects.filter(share=None).count() == 1, "followed, and no place pays"
    assert list(checking.check()) == []


def test_a_branch_has_its_share_and_the_head_sees_it(ground: Ground) -> None:
    branch = ground.network("Un jeune, un mentor, Créteil", head=ground.first)
    shares = [
        operations.Share(ground.first, ground.department, 4),
        operations.Share(branch, ground.department, 6),
    ]
    agreement = ground.signed(shares=shares)

    ground.pairs(pair(), network=branch)

    taken = {one.network_id: one.taken for one in queries.shares_of(agreement)}
    assert taken == {ground.first.pk: 0, branch.pk: 1}
    with pytest.raises(operations.BadAgreement, match="tête de réseau"):
        ground.network("Sous-branche", head=branch)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"places": 0}, "au moins une place"),
        ({"advance_cents": 400_001}, "dépasse la convention"),
        ({"starts_on": JULY, "ends_on": APRIL}, "finit avant de commencer"),
        ({"shares": []}, "répartissez"),
    ],
)
def test_an_agreement_that_cannot_be_says_why(
    ground: Ground, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(operations.BadAgreement, match=said):
        ground.agreement(**changes)

    assert not NetworkAgreement.objects.exists()


def test_what_was_never_followed_goes_back_to_the_envelope_at_the_end(ground: Ground) -> None:
    agreement = ground.signed()
    operations.advance(agreement=agreement, plan=ground.plan, by=ground.alice, at=AT)
    three_followed(ground)
    terms = {"plan": ground.plan, "by": ground.alice, "at": AT}
    operations.pay_places(agreement=agreement, certificate=count(ground, agreement), **terms)
    with pytest.raises(MoveRefused):
        operations.close_agreement(agreement=agreement, by=ground.alice, at=AT)

    owed = operations.close_agreement(agreement=agreement, by=ground.alice, at=AUGUST)

    # 800 € followed, 1,000 € advanced: the network owes 200 €, and 3,000 € come back.
    ground.envelope.refresh_from_db()
    assert owed == 20_000
    assert ground.envelope.committed_cents == 100_000


def test_reports_are_owed_and_late_ones_are_shown(ground: Ground) -> None:
    agreement = ground.signed()

    before = queries.duties(agreement, date(2020, 6, 15))
    ground.pairs(pair())
    after = queries.duties(agreement, date(2020, 6, 15))

    assert [(one.due_on.day, one.is_late) for one in before] == [
        (20, True), (19, False), (19, False), (29, False)
    ]  # fmt: skip
    assert not any(one.is_late for one in after)
