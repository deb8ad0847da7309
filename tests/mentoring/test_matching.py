"""Who is proposed to whom, why, and what the database refuses whoever asks."""

import random
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.mentoring.scene import AT, CHECK, DAY, LINES, Scene, log, mentor, pair, refer, welcome
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.budget import operations as budget
from traitdunion.mentoring import operations, queries
from traitdunion.mentoring.models import (
    Alert,
    HonourabilityCheck,
    Mentor,
    NetworkAgreement,
    Pair,
    PlaceShare,
    Proposal,
    YoungPerson,
)
from traitdunion.mentoring.models import Session as Held
from traitdunion.programme.models import Strand

MATHS = {"subjects": ("MATHS",), "slots": ("WED_PM",), "modes": ("REMOTE",)}


def propose(scene: Scene, at=AT):
    return operations.propose(network=scene.network, plan=scene.plan, by=scene.hugo, at=at)


@pytest.fixture
def waiting(scene: Scene) -> list[YoungPerson]:
    refer(scene, *LINES)
    return welcome(scene)


def test_a_proposal_says_what_the_two_share(scene, waiting) -> None:
    ines = mentor(scene, **MATHS)

    propose(scene)

    (one,) = Proposal.objects.filter(young__level="5E")
    assert one.mentor == ines
    assert one.reasons == [
        ["LEVEL", "5E"], ["SUBJECT", "MATHS"], ["SLOT", "WED_PM"], ["MODE", "REMOTE"],
    ]  # fmt: skip


def test_the_ones_most_at_risk_come_first_when_there_is_room_for_one(scene, waiting) -> None:
    mentor(scene, capacity=1, modes=("REMOTE",))

    found = propose(scene)

    (one,) = Proposal.objects.all()
    assert one.young.level == "6E"
    assert sorted(found.blocked.values()) == ["ROOM", "ROOM"]


def test_whoever_has_nobody_is_told_what_is_missing(scene, waiting) -> None:
    mentor(scene, capacity=3, subjects=("MATHS",), slots=("WED_PM",), modes=("REMOTE",))

    found = propose(scene)

    told = {YoungPerson.objects.get(pk=pk).level: why for pk, why in found.blocked.items()}
    assert told == {"6E": "SLOT", "3E": "SUBJECT"}


def test_one_click_pairs_everybody(scene, waiting) -> None:
    mentor(scene, capacity=3)
    propose(scene)

    made = operations.confirm(
        network=scene.network, choices={}, plan=scene.plan, by=scene.hugo, at=AT,
    )  # fmt: skip

    assert len(made) == 3
    assert set(YoungPerson.objects.values_list("state", flat=True)) == {"FOLLOWED"}
    assert Mentor.objects.get().taken == 3
    assert not Proposal.objects.exists()


def test_a_pair_that_stands_is_never_moved_by_the_match(scene, waiting) -> None:
    first = mentor(scene, capacity=1)
    standing = pair(scene, waiting[0], first)
    mentor(scene, "Karim", capacity=3)

    propose(scene)

    standing.refresh_from_db()
    assert standing.ended_on is None
    assert not Proposal.objects.filter(young=waiting[0]).exists()


def test_a_refusal_is_remembered(scene, waiting) -> None:
    ines = mentor(scene, capacity=3)
    operations.refuse(young=waiting[1], mentor=ines, by=scene.hugo, at=AT)

    propose(scene)

    assert not Proposal.objects.filter(young=waiting[1]).exists()
    assert Proposal.objects.count() == 2


def test_a_choice_made_by_hand_stays_when_the_match_is_run_again(scene, waiting) -> None:
    mentor(scene, capacity=3)
    karim = mentor(scene, "Karim", capacity=1, languages=("wolof",))
    operations.change_proposal(
        young=waiting[1], mentor=karim, plan=scene.plan, by=scene.hugo, at=AT
    )

    propose(scene)

    assert Proposal.objects.get(young=waiting[1]).mentor == karim
    assert not Proposal.objects.exclude(young=waiting[1]).filter(mentor=karim).exists()


def test_a_mentor_whose_check_expired_yesterday_is_neither_proposed_nor_paired(
    scene, waiting
) -> None:
    """The check lasts 180 days: made 181 days ago, it ended yesterday."""
    ines = mentor(scene, capacity=3, verified_on=(AT - 181 * DAY).date())
    assert ines.check_until == (AT - DAY).date()

    found = propose(scene)
    assert (found.proposed, set(found.blocked.values())) == (0, {"MENTORS"})
    with pytest.raises(operations.NoCurrentCheck):
        pair(scene, waiting[0], ines)

    assert not Pair.objects.exists()
    assert Mentor.objects.get().taken == 0


def test_a_check_that_ends_today_still_counts_today(scene, waiting) -> None:
    ines = mentor(scene, verified_on=(AT - 180 * DAY).date())

    assert pair(scene, waiting[0], ines).check_until == AT.date()


def test_the_database_refuses_a_pair_without_a_current_check(scene, waiting) -> None:
    ines = mentor(scene)
    facts = {"young": waiting[0], "mentor": ines, "network": scene.network, "mode": "REMOTE"}
    for until in (None, (AT - DAY).date()):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pair.objects.create(made_on=AT.date(), check_until=until, **facts)

    Pair.objects.create(made_on=AT.date(), check_until=AT.date(), **facts)


def test_a_session_of_a_mentor_whose_check_has_ended_is_kept_and_shown(scene, waiting) -> None:
    ines = mentor(scene, verified_on=(AT - 175 * DAY).date())
    one = pair(scene, waiting[0], ines)

    log(scene, one, started_at=AT + 6 * DAY)
    log(scene, one, started_at=AT + 7 * DAY)

    held = Held.objects.order_by("day")
    assert [session.is_unchecked for session in held] == [True, True]
    assert len(queries.unchecked_sessions([scene.network])) == 2
    (alert,) = Alert.objects.all()
    assert (alert.kind, alert.state, alert.pair) == ("CHECK", "OPEN", one)


def test_a_renewed_check_covers_the_pairs_that_are_open(scene, waiting) -> None:
    ines = mentor(scene, verified_on=(AT - 175 * DAY).date())
    one = pair(scene, waiting[0], ines)

    operations.record_check(
        mentor=ines, kind=CHECK, verified_on=AT.date(), is_clear=True, plan=scene.plan,
        by=scene.hugo, at=AT,
    )  # fmt: skip

    one.refresh_from_db()
    assert one.check_until == (AT + 180 * DAY).date()


def test_a_check_that_is_not_clear_ends_the_pairs_at_once(scene, waiting) -> None:
    ines = mentor(scene)
    one = pair(scene, waiting[0], ines)

    operations.record_check(
        mentor=ines, kind=CHECK, verified_on=AT.date(), is_clear=False, plan=scene.plan,
        by=scene.hugo, at=AT,
    )  # fmt: skip

    one.refresh_from_db()
    assert one.end_reason == "CHECK"
    assert YoungPerson.objects.get(pk=waiting[0].pk).state == "WAITING"
    with pytest.raises(operations.NoCurrentCheck):
        pair(scene, YoungPerson.objects.get(pk=waiting[0].pk), ines)


@pytest.mark.parametrize(("kind", "days"), [("Attestation sur l’honneur", 0), (CHECK, 1)])
def test_a_check_that_cannot_be_is_refused(scene, kind: str, days: int) -> None:
    ines = mentor(scene)

    with pytest.raises(operations.BadCheck):
        operations.record_check(
            mentor=ines, kind=kind, verified_on=AT.date() + timedelta(days=days), is_clear=True,
            plan=scene.plan, by=scene.hugo, at=AT,
        )  # fmt: skip

    assert HonourabilityCheck.objects.count() == 1


@pytest.mark.parametrize("capacity", [0, -1, 31])
def test_nobody_mentors_nobody(scene, capacity: int) -> None:
    with pytest.raises(operations.BadCapacity, match=str(capacity)):
        mentor(scene, capacity=capacity)

    assert not Mentor.objects.exists()


def test_a_mentor_on_leave_is_not_proposed_and_one_full_takes_nobody_more(scene, waiting) -> None:
    ines = mentor(scene, capacity=1)
    pair(scene, waiting[0], ines)

    with pytest.raises(operations.NoRoom):
        pair(scene, waiting[1], ines)
    with pytest.raises(operations.BadCapacity):
        operations.set_capacity(mentor=ines, capacity=0, by=scene.hugo, at=AT)

    karim = mentor(scene, "Karim", capacity=3)
    operations.go_on_leave(
        mentor=karim, leave_from=AT.date(), leave_until=None, by=scene.hugo, at=AT
    )
    assert propose(scene).proposed == 0


def test_when_a_mentor_leaves_each_young_person_waits_again_and_is_proposed_another(
    scene, waiting
) -> None:
    ines, karim = mentor(scene), mentor(scene, "Karim", capacity=3)
    pair(scene, waiting[0], ines)

    ended = operations.leave(mentor=ines, on=AT.date(), by=scene.hugo, at=AT + DAY)
    found = propose(scene, AT + DAY)

    assert [one.end_reason for one in ended] == ["MENTOR_LEFT"]
    assert found.proposed == 3
    assert set(Proposal.objects.values_list("mentor", flat=True)) == {karim.pk}


def test_a_replacement_leaves_nobody_waiting_in_between(scene, waiting) -> None:
    ines, karim = mentor(scene), mentor(scene, "Karim", capacity=1)
    one = pair(scene, waiting[0], ines)

    made = operations.replace(
        pair=one, mentor=karim, reason="MENTOR_LEFT", plan=scene.plan, by=scene.hugo, at=AT + DAY
    )
    assert YoungPerson.objects.get(pk=waiting[0].pk).state == "FOLLOWED"
    assert Mentor.objects.get(pk=ines.pk).taken == 0

    other = pair(scene, waiting[1], ines)
    with pytest.raises(operations.NoRoom):
        operations.replace(
            pair=other, mentor=karim, reason="REPLACED", plan=scene.plan, by=scene.hugo, at=AT
        )
    assert Pair.objects.filter(ended_on__isnull=True).count() == 2
    with pytest.raises(MoveRefused):
        operations.end_pair(pair=one, reason="LOST", on=made.made_on, by=scene.hugo, at=AT + DAY)


def test_one_in_a_hundred_more_changes_under_two_in_a_hundred_of_the_former_pairs(scene) -> None:
    """Fifty young and mentors of many profiles, then one more of each, six times."""
    chance = random.Random(7)
    subjects, slots = ("MATHS", "FRENCH", "ENGLISH"), ("MON_EV", "TUE_EV", "WED_PM", "THU_EV")
    for k in range(50):
        mentor(
            scene, f"M{k}", capacity=1, subjects=chance.sample(subjects, 2),
            slots=chance.sample(slots, 2), modes=("REMOTE",),
        )  # fmt: skip
    words = {"MATHS": "maths", "FRENCH": "français", "ENGLISH": "anglais"}
    evenings = ("lundi soir", "mardi soir", "mercredi après-midi", "jeudi soir")

    def line(k: int) -> str:
        wanted, when = words[chance.choice(subjects)], chance.choice(evenings)
        name = "abcdefghij"[k // 10] + "abcdefghij"[k % 10]
        return f"NOM;Prénom{name};04/05/2009;5e;{wanted};{when};à distance;;;"

    refer(scene, *map(line, range(50)))
    welcome(scene)
    propose(scene)
    moved = held = 0
    for k in range(50, 56):
        former = dict(Proposal.objects.values_list("young", "mentor"))
        refer(scene, line(k))
        welcome(scene)
        propose(scene)
        now = dict(Proposal.objects.values_list("young", "mentor"))
        held += len(former)
        moved += sum(now.get(young) != before for young, before in former.items())

    assert held > 150
    assert moved < 0.02 * held


def test_a_pair_takes_one_funded_place_while_there_is_one(scene, waiting) -> None:
    """One place is funded in the département: the second pair is followed, and nobody pays it."""
    agreement = funded(scene, places=1)
    ines = mentor(scene, capacity=3)

    first, second = pair(scene, waiting[0], ines), pair(scene, waiting[1], ines)

    (share,) = PlaceShare.objects.filter(agreement=agreement)
    assert (share.places, share.taken) == (1, 1)
    assert (first.young.share_id, second.young.share_id) == (share.pk, None)


def funded(scene: Scene, *, places: int) -> NetworkAgreement:
    """A signed agreement, whatever the money behind it: its tables have their own tests."""
    strand = Strand.objects.get(code="mentoring")
    envelope = budget.open_envelope(
        strand=strand, source=None, holder=scene.school, label="Mentorat", year=2020,
        amount_cents=10**7, by=ROBOT, at=AT,
    )  # fmt: skip
    agreement = operations.prepare_agreement(
        network=scene.network, funder=scene.school, envelope=envelope, places=places,
        price_cents=40_000, advance_cents=0, counted_by="WIDE", starts_on=date(2020, 4, 20),
        ends_on=date(2020, 7, 31),
        shares=[operations.Share(scene.network, scene.school.department, places)],
        by=ROBOT, at=AT,
    )  # fmt: skip
    operations.sign_agreement(agreement=agreement, plan=scene.plan, by=ROBOT, at=AT)
    return agreement
