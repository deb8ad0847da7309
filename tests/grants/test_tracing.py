"""A grant number leads to its euros and to its association, both ways, and to no child."""

from typing import Any

import pytest

from tests.grants.bureau import Bureau
from traitdunion.grants.models import Letter
from traitdunion.partners import queries as partners
from traitdunion.steering import tracing
from traitdunion.steering.states import Leaf, Thing

pytestmark = pytest.mark.django_db


def things(steps: Any) -> list[str]:
    return [step.thing for step in steps]


def test_any_number_of_a_grant_leads_to_the_same_euros_and_association(db: None) -> None:
    bureau = Bureau()
    one = bureau.grant(bureau.application(bureau.association("Aux devoirs")))
    letter = Letter.objects.get(decision=one)

    found = [
        tracing.trace(number)
        for number in (one.number.lower(), one.application.number, letter.number)
    ]

    assert {trace.subject.label for trace in found} == {one.number}
    assert things(found[0].euros) == [Thing.COMMITMENT, Thing.ENVELOPE]
    assert [step.label for step in found[0].hands] == ["Aux devoirs"]
    (end,) = found[0].ends
    assert (end.leaf, end.amount_cents, end.has_child) == (Leaf.GRANT, 800_000, False)
    back = tracing.trace(str(one.commitment_id))
    assert things(back.hands) == [Thing.GRANT, Thing.ORGANISATION]


def test_another_prefecture_finds_nothing_under_that_number(db: None) -> None:
    bureau, other = Bureau(), Bureau(names=("paul", "pia", "mo"))
    one = bureau.grant(bureau.application(bureau.association()))

    with pytest.raises(tracing.NothingTraced):
        tracing.trace(one.number, seat=partners.seats(other.alice)[0])
    assert tracing.trace(one.number, seat=partners.seats(bureau.alice)[0])
