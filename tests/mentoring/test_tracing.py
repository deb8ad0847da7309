"""From the euro to the places of young people followed, and no further: no child is named."""

import pytest

from tests.mentoring.ground import AT, Ground, pair, session
from traitdunion.mentoring import operations
from traitdunion.steering import tracing
from traitdunion.steering.states import Leaf, Thing

pytestmark = pytest.mark.django_db


def test_an_agreement_s_euros_end_at_places_followed_and_the_rest_at_the_network() -> None:
    ground = Ground()
    agreement = ground.signed()
    ground.pairs(pair())
    ground.sessions(session())
    terms = {"plan": ground.plan, "by": ground.alice, "at": AT}
    certificate = operations.certify_count(on=AT.date(), agreement=agreement, **terms)
    operations.pay_places(agreement=agreement, certificate=certificate, **terms)

    found = tracing.trace(agreement.number)

    assert {(end.leaf, end.count, end.amount_cents) for end in found.ends} == {
        (Leaf.FOLLOWED, 1, 40_000),
        (Leaf.ORGANISATION, 1, 360_000),
    }
    assert sum(end.amount_cents for end in found.ends) == found.total_cents
    assert [step.thing for step in found.hands] == [Thing.NETWORK_AGREEMENT, Thing.ORGANISATION]
    assert "DIALLO" not in str(found)
