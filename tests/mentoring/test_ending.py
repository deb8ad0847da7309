"""On the last day every follow-up has something after it, accepted by whoever takes it on."""

import io
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from tests.mentoring.ground import AT, JULY, Ground, pair, session
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused, NotAllowed
from traitdunion.mentoring import operations, queries
from traitdunion.mentoring.models import FollowUpEnd, Mentor, Network, YoungPerson
from traitdunion.mentoring.states import EndPlan, EndState, YoungState
from traitdunion.partners.states import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(db: None) -> Ground:
    made = Ground()
    made.pairs(pair(), pair("B2", "J2", "BEL;Zoé;22/01/2009", mentor="M2"))
    made.sessions(session(day="10/06/2020"), session("S2", "B2", "04/05/2020"))
    return made


def orphans() -> list[str]:
    return sorted(one.external_id for one in queries.orphans(Network.objects.all()))


def plan(ground: Ground, name: str, **said: object) -> FollowUpEnd:
    return operations.plan_after(
        young=ground.young(name), ends_on=JULY, by=ground.hugo, at=AT, **said
    )


def test_those_left_go_on_or_are_lost_from_sight_and_nobody_is_an_orphan(ground: Ground) -> None:
    young = list(queries.orphans(Network.objects.all()))
    assert orphans() == ["J1", "J2"]

    done = operations.plan_remaining(young=young, rules=ground.plan, by=ground.hugo, at=AT)

    plans = dict(FollowUpEnd.objects.values_list("young__external_id", "plan"))
    assert (done, orphans()) == (2, [])
    assert plans == {"J1": EndPlan.GOES_ON, "J2": EndPlan.LOST}


def test_on_the_last_day_the_worker_leaves_no_orphan(ground: Ground) -> None:
    before = operations.plan_last_day(rules=ground.plan, by=ROBOT, at=AT)

    done = operations.plan_last_day(
        rules=ground.plan, by=ROBOT, at=datetime(2020, 7, 31, 7, tzinfo=UTC)
    )

    assert (before, done, orphans()) == (0, 2, [])


def test_a_school_accepts_before_it_is_settled_and_a_refusal_makes_an_orphan_again(
    ground: Ground,
) -> None:
    school, other = (ground.organisation(Kind.SCHOOL, name) for name in ("Collège A", "B"))
    end = plan(ground, "J1", plan=EndPlan.SCHOOL, receiver=school)
    refused = plan(ground, "J2", plan=EndPlan.SCHOOL, receiver=school)
    said = {"by": ground.alice, "at": AT}
    with pytest.raises(NotAllowed):
        operations.answer_end(end=end, organisation=other, is_accepted=True, **said)

    operations.answer_end(end=end, organisation=school, is_accepted=True, **said)
    operations.answer_end(end=refused, organisation=school, is_accepted=False, **said)

    assert end.state == EndState.SETTLED
    assert orphans() == ["J2"]
    with pytest.raises(MoveRefused):
        operations.answer_end(end=end, organisation=school, is_accepted=False, **said)


def test_a_network_that_accepts_follows_the_same_child_and_the_family_is_asked_again(
    ground: Ground,
) -> None:
    end = plan(ground, "J1", plan=EndPlan.NETWORK, receiver=ground.second.organisation)

    operations.answer_end(
        end=end, organisation=ground.second.organisation, is_accepted=True, by=ground.alice, at=AT
    )

    taken = YoungPerson.objects.get(network=ground.second)
    assert (taken.child_id, taken.person_id) == (
        ground.young("J1").child_id, ground.young("J1").person_id
    )  # fmt: skip
    assert (taken.state, taken.authorised_at) == (YoungState.REFERRED, None)


@pytest.mark.parametrize("wanted", [EndPlan.SCHOOL, EndPlan.NETWORK])
def test_nobody_is_handed_over_to_nobody_nor_to_the_wrong_kind(
    ground: Ground, wanted: str
) -> None:
    supplier = ground.organisation(Kind.SUPPLIER, "Tablettes SA")

    for receiver in (None, supplier):
        with pytest.raises(operations.BadPlan):
            plan(ground, "J1", plan=wanted, receiver=receiver)

    assert orphans() == ["J1", "J2"]


def test_a_plan_that_changes_leaves_the_former_one_in_sight(ground: Ground) -> None:
    plan(ground, "J1", plan=EndPlan.SUMMER)

    plan(ground, "J1", plan=EndPlan.GOES_ON)

    states = FollowUpEnd.objects.order_by("decided_at", "state").values_list("plan", "state")
    assert set(states) == {("SUMMER", "REPLACED"), ("GOES_ON", "SETTLED")}


def test_a_mentor_leaves_with_a_paper_that_names_no_child(ground: Ground) -> None:
    mentor = Mentor.objects.get(external_id="M1")
    Mentor.objects.filter(pk=mentor.pk).update(name="Inès Cardoso")
    mentor.refresh_from_db()

    content = operations.print_certificate(mentor=mentor, plan=ground.plan, by=ground.hugo, at=AT)

    reader = PdfReader(io.BytesIO(content))
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"], "tagged, so that it can be heard"
    assert "Inès Cardoso" in text and "10 juin 2020" in text
    assert "Aïcha" not in text and "DIALLO" not in text


def test_a_mentor_who_held_no_session_has_nothing_to_attest(ground: Ground) -> None:
    ground.pairs(pair("B3", "J3", "KAYA;Deniz;02/03/2008", mentor="M3"))

    with pytest.raises(operations.BadPlan, match="aucune séance"):
        operations.print_certificate(
            mentor=Mentor.objects.get(external_id="M3"), plan=ground.plan, by=ground.hugo, at=AT
        )


def test_silence_is_counted_from_the_last_session(ground: Ground) -> None:
    young = [ground.young("J1").pk, ground.young("J2").pk]

    silent = [queries.silent_among(young, date(2020, 6, day), 30) for day in (2, 15)]

    assert silent == [set(), {ground.young("J2").pk}]
