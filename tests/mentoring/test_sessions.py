"""Sessions in twenty seconds, silence that is seen, alerts that reach somebody."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mentoring.scene import (
    AT,
    DAY,
    LINES,
    Scene,
    log,
    mentor,
    pair,
    refer,
    somebody,
    welcome,
)
from traitdunion.base.errors import Refusal
from traitdunion.gateways.models import Message
from traitdunion.mentoring import operations, queries
from traitdunion.mentoring.models import Alert, Mentor, Pair, Session, YoungPerson
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Role


@pytest.fixture
def pairs(scene: Scene) -> list[Pair]:
    """Inès follows Aïcha and Issa."""
    refer(scene, *LINES)
    young = welcome(scene)
    ines = mentor(scene, user=scene.ines, capacity=3)
    return [pair(scene, one, ines) for one in young[1:]]


def test_one_hour_with_two_young_people_is_two_sessions_logged_at_once(scene, pairs) -> None:
    done = log(scene, *pairs, started_at=AT + DAY)

    assert (len(done.sessions), done.known) == (2, 0)
    assert {one.child_id for one in done.sessions} == {one.young.child_id for one in pairs}
    assert set(Pair.objects.values_list("last_session_on", flat=True)) == {(AT + DAY).date()}


def test_the_same_draft_sent_twice_is_one_session(scene, pairs) -> None:
    log(scene, pairs[0], started_at=AT + DAY)

    again = log(scene, *pairs, started_at=AT + DAY)

    assert again.known == 1
    assert Session.objects.count() == 2


def test_an_older_session_sent_late_does_not_make_a_pair_look_silent(scene, pairs) -> None:
    log(scene, pairs[0], started_at=AT + 9 * DAY)
    log(scene, pairs[0], started_at=AT + 2 * DAY, at=AT + 10 * DAY)

    assert Pair.objects.get(pk=pairs[0].pk).last_session_on == (AT + 9 * DAY).date()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"started_at": AT + DAY, "at": AT}, "pas encore eu lieu"),
        ({"started_at": AT - DAY}, "avant le binôme"),
        ({"started_at": AT + DAY, "minutes": 0}, "600 minutes"),
        ({"started_at": AT + DAY, "minutes": 601}, "600 minutes"),
        ({"started_at": AT + DAY, "mode": "PIGEON"}, "ON_SITE"),
    ],
)
def test_a_session_that_cannot_have_been_is_refused_in_one_sentence(
    scene, pairs, facts: dict, said: str
) -> None:
    with pytest.raises(operations.BadSession, match=said):
        log(scene, *pairs, **facts)

    assert not Session.objects.exists()


def test_a_session_after_the_pair_ended_is_refused(scene, pairs) -> None:
    operations.end_pair(
        pair=pairs[0], reason="AGREED", on=(AT + DAY).date(), by=scene.hugo, at=AT + DAY
    )

    with pytest.raises(operations.BadSession, match="pris fin"):
        log(scene, *pairs, started_at=AT + 2 * DAY)

    assert not Session.objects.exists()


def test_silence_is_seen_at_fourteen_days_and_at_thirty(scene, pairs) -> None:
    log(scene, pairs[0], started_at=AT + 10 * DAY)

    def silent(after: int, days: int) -> list:
        on = (AT + timedelta(days=after)).date()
        return [one.pk for one in queries.silent_pairs([scene.network], on=on, days=days)]

    assert silent(14, 14) == []
    # The other pair never met: its silence counts from the day it was made.
    assert silent(15, 14) == [pairs[1].pk]
    assert silent(25, 14) == [pairs[1].pk, pairs[0].pk]
    assert silent(31, 30) == [pairs[1].pk]


def test_an_alert_is_raised_once_taken_and_closed(scene, pairs) -> None:
    def worry() -> Alert:
        return operations.raise_alert(
            young=pairs[0].young, pair=pairs[0], kind="DROP_OUT", by=scene.ines, at=AT + DAY
        )

    assert worry() == worry()
    operations.take_alert(alert=worry(), by=scene.hugo, at=AT + DAY)
    operations.close_alert(alert=Alert.objects.get(), by=scene.hugo, at=AT + DAY)
    assert worry().state == "OPEN"
    assert Alert.objects.count() == 2


def test_the_school_is_told_once_the_family_knows(scene, pairs) -> None:
    alert = operations.raise_alert(
        young=pairs[0].young, pair=pairs[0], kind="DROP_OUT", by=scene.ines, at=AT + DAY
    )
    assert queries.alerts_shared_with(scene.school.pk) == []

    def share(told_on):
        return operations.share_alert(
            alert=alert, school=scene.school, family_told_on=told_on, by=scene.hugo, at=AT + DAY
        )

    with pytest.raises(operations.NotToShare):
        share((AT + 2 * DAY).date())
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.update(shared_at=AT, shared_with=scene.school)
    share((AT + DAY).date())

    assert queries.alerts_shared_with(scene.school.pk) == [alert]


def test_a_worry_about_a_childs_safety_is_not_mailed_around(scene, pairs) -> None:
    alert = operations.raise_alert(
        young=pairs[0].young, pair=pairs[0], kind="DANGER", by=scene.ines, at=AT
    )

    with pytest.raises(operations.NotToShare):
        operations.share_alert(
            alert=alert, school=scene.school, family_told_on=AT.date(), by=scene.hugo, at=AT
        )


def digest(scene: Scene, at) -> int:
    return operations.post_digests(plan=scene.plan, link="https://x", by=scene.hugo, at=at)


def test_on_monday_hugo_is_told_what_waits_once_and_without_a_name(scene, pairs) -> None:
    monday = AT + 21 * DAY

    assert digest(scene, monday - DAY) == 0
    assert (digest(scene, monday), digest(scene, monday + timedelta(hours=1))) == (1, 0)
    assert digest(scene, monday + 7 * DAY) == 1

    message = Message.objects.order_by("created_at").first()
    assert message.recipient == "hugo@example.org"
    assert (message.context["silent"], message.context["waiting"]) == (2, 1)
    assert "diallo" not in str(message.context).lower()


def test_while_a_coordinator_is_away_another_answers_for_the_pairs(scene, pairs) -> None:
    maud = somebody("Maud", scene.organisation, Role.MEMBER)
    ines = Mentor.objects.get()
    operations.entrust(mentor=ines, coordinator_id=scene.hugo.pk, by=scene.hugo, at=AT)
    monday = AT + 21 * DAY

    def told(at) -> dict:
        digest(scene, at)
        rows = Message.objects.filter(created_at=at)
        return {one.recipient.split("@")[0]: one.context["silent"] for one in rows}

    assert told(monday) == {"hugo": 2, "maud": 0}
    operations.announce_absence(
        network=scene.network, user_id=scene.hugo.pk, cover_id=maud.pk,
        from_on=monday.date(), until_on=(monday + 10 * DAY).date(), by=scene.hugo, at=monday,
    )  # fmt: skip
    assert told(monday + 7 * DAY) == {"maud": 2}
    with pytest.raises(Refusal):
        operations.announce_absence(
            network=scene.network, user_id=scene.hugo.pk, cover_id=scene.chloe.pk,
            from_on=AT.date(), until_on=AT.date(), by=scene.hugo, at=AT,
        )  # fmt: skip


def test_a_mentor_sees_their_own_pairs_and_a_stranger_none(scene, pairs) -> None:
    (ines,) = partners.seats(scene.ines)
    (chloe,) = partners.seats(scene.chloe)

    assert queries.pairs_seen_by(ines).count() == 2
    assert queries.young_seen_by(ines).count() == 2
    assert queries.pairs_seen_by(chloe).count() == 0
    assert queries.pairs_seen_by(None).count() == 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pair", "end", "session", "leave", "refuse", "agree", "check"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(0, 6),
    ),
    max_size=14,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_happens_to_a_follow_up_its_story_holds_together(scene, steps) -> None:
    """
    Whoever is followed has one open pair and a family that agreed; a mentor never has more than
    their room; no pair was made after its check; a last session is the last of the sessions.
    """
    with transaction.atomic():
        refer(scene, *LINES)
        welcome(scene)
        mentors = [mentor(scene, f"M{k}", capacity=k + 1) for k in range(3)]
        at = AT
        for what, who, whom, days in steps:
            at += days * DAY
            try:
                with transaction.atomic():
                    _happens(scene, what, scene.young[who], mentors[whom].pk, at)
            except Refusal:
                continue
            _holds_together()
        transaction.set_rollback(True)


def _happens(scene: Scene, what: str, young: YoungPerson, mentor_pk, at) -> None:
    one = Mentor.objects.get(pk=mentor_pk)
    opened = Pair.objects.filter(young=young, ended_on__isnull=True).select_related(
        "mentor", "young"
    )
    both = {"by": scene.hugo, "at": at}
    match what:
        case "pair":
            pair(scene, young, one, at)
        case "end" if opened:
            operations.end_pair(pair=opened[0], reason="REPLACED", on=at.date(), **both)
        case "session" if opened:
            log(scene, opened[0], started_at=at, at=at)
        case "leave":
            operations.leave(mentor=one, on=at.date(), **both)
        case "refuse" | "agree":
            operations.note_authorisation(
                young=young, guardianship_id=None, is_given=what == "agree", means="PHONE",
                plan=scene.plan, **both,
            )  # fmt: skip
        case "check":
            operations.record_check(
                mentor=one, kind=scene.plan.follow_up().check.kinds[0], verified_on=at.date(),
                is_clear=at.day % 2 == 0, plan=scene.plan, **both,
            )  # fmt: skip


def _holds_together() -> None:
    for young in YoungPerson.objects.order_by("pk"):
        opened = Pair.objects.filter(young=young, ended_on__isnull=True).count()
        assert opened == (young.state == "FOLLOWED")
        assert young.authorised_at is not None or young.state in {"REFERRED", "REFUSED"}
    for one in Mentor.objects.order_by("pk"):
        opened = Pair.objects.filter(mentor=one, ended_on__isnull=True).count()
        assert one.taken == opened <= one.capacity
        assert opened == 0 or one.state != "ENDED"
    for made in Pair.objects.order_by("pk"):
        assert made.check_until >= made.made_on
        days = Session.objects.filter(pair=made).order_by("day").values_list("day", flat=True)
        assert made.last_session_on == (list(days) or [None])[-1]
