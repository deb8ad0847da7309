"""Alice reviews what she may, Gaelle gives the town hall's opinion, flags are never verdicts."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.grants.scene import AT, LATER, OTHER_IBAN, Scene, new_user
from traitdunion.base.errors import MoveRefused, NotFound
from traitdunion.gateways.models import Message as Outbox
from traitdunion.grants import operations, queries
from traitdunion.grants.models import Application, Assignment, Opinion, Score

DUE = date(2020, 6, 3)


def _ask(scene: Scene, application: Application, **changes: object) -> Opinion:
    asked = {"organisation": scene.town_hall, "question": "Connue ?", "due_on": DUE, **changes}
    return operations.ask_opinion(application=application, **asked, by=scene.alice, at=LATER)


def test_whoever_takes_it_up_reviews_it(scene: Scene) -> None:
    application = scene.under_review()

    assert application.state == "UNDER_REVIEW"
    assert queries.reviewer(application) == scene.alice
    with pytest.raises(MoveRefused):
        operations.begin_review(application=application, by=scene.alice, at=LATER)


def test_one_person_reviews_at_a_time_and_others_follow(scene: Scene) -> None:
    application = scene.under_review()
    paul = new_user("Paul", scene.prefecture)

    operations.assign(application=application, user=paul, by=scene.alice, at=LATER)
    follows = operations.follow(
        application=application, user=scene.alice, by=scene.alice, at=LATER
    )

    assert follows and queries.followers(application) == [scene.alice]
    assert queries.reviewer(application) == paul
    mine = queries.received(scene.seat(scene.alice), {"mine": scene.alice.pk})
    assert [one.reviewer for one in mine] == [paul.full_name]
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(
            application=application, user=scene.alice, kind="REVIEWER", started_at=LATER
        )


def test_gaelle_gives_the_opinion_of_the_town_hall_once(scene: Scene) -> None:
    opinion = _ask(scene, scene.under_review())
    assert Outbox.objects.filter(recipient="mairie@example.org").exists()
    give = {"opinion": opinion, "by": scene.gaelle, "at": LATER}

    with pytest.raises(operations.BadReview):
        operations.give_opinion(**give, stance="UNFAVOURABLE", text=" ")
    operations.give_opinion(**give, stance="FAVOURABLE", text="")

    opinion.refresh_from_db()
    assert (opinion.stance, opinion.given_by) == ("FAVOURABLE", scene.gaelle)
    with pytest.raises(MoveRefused):
        operations.give_opinion(**give, stance="RESERVED", text="Tout compte fait")


def test_those_asked_see_that_application_and_no_other(scene: Scene) -> None:
    asked = scene.under_review()
    other = scene.submitted(scene.other, iban=OTHER_IBAN)
    _ask(scene, asked)

    seat = scene.seat(scene.gaelle)

    assert queries.application(asked.number, seat) == asked
    with pytest.raises(NotFound):
        queries.application(other.number, seat)


def test_a_late_opinion_is_counted_and_a_past_deadline_refused(scene: Scene) -> None:
    application = scene.under_review()
    with pytest.raises(operations.BadReview):
        _ask(scene, application, due_on=LATER.date() - timedelta(days=1))
    _ask(scene, application)
    with pytest.raises(MoveRefused):
        _ask(scene, application)

    seat = scene.seat(scene.alice)

    assert queries.late_opinions(seat, DUE) == 0
    assert queries.late_opinions(seat, DUE + timedelta(days=1)) == 1
    assert [one.organisation for one in queries.opinions(application)] == [scene.town_hall]


def test_the_association_gives_no_opinion_on_itself(scene: Scene) -> None:
    with pytest.raises(operations.BadReview):
        _ask(scene, scene.under_review(), organisation=scene.association)


def test_points_follow_the_grid_of_the_programme(scene: Scene) -> None:
    application = scene.under_review()
    score = {"application": application, "plan": scene.plan, "by": scene.alice, "at": LATER}

    assert operations.score(**score, points={"besoin": 8, "proximite": 3}) == 11
    operations.score(**score, points={"besoin": 6})
    with pytest.raises(operations.BadReview):
        operations.score(**score, points={"besoin": 9})
    with pytest.raises(operations.BadReview):
        operations.score(**score, points={"inconnu": 1})

    assert [one.points for one in queries.grid(application, scene.plan)] == [6, 3, None]
    assert Score.objects.count() == 2
    assert queries.received(scene.seat(scene.alice)).get().points == 9


def test_a_declared_tie_is_enforced_everywhere(scene: Scene) -> None:
    application = scene.under_review()
    conflict = operations.declare_conflict(
        user=scene.alice, organisation=scene.association, by=scene.alice, at=LATER
    )

    assert queries.reviewer(application) is None
    attempts = (
        lambda: operations.score(
            application=application,
            points={"besoin": 1},
            plan=scene.plan,
            by=scene.alice,
            at=LATER,
        ),
        lambda: operations.assign(
            application=application, user=scene.alice, by=scene.alice, at=LATER
        ),
        lambda: operations.ask_correction(
            application=application, text="?", by=scene.alice, at=LATER
        ),
        lambda: operations.write(
            application=application, text="?", from_applicant=False, by=scene.alice, at=LATER
        ),
        lambda: _ask(scene, application),
    )
    for attempt in attempts:
        with pytest.raises(operations.InConflict):
            attempt()
    seen = queries.received(scene.seat(scene.alice))
    assert not queries.free_of_conflict(seen, scene.alice.pk).exists()
    operations.end_conflict(conflict=conflict, by=scene.alice, at=LATER)
    assert attempts[0]() == 1


def test_whoever_acts_for_an_association_is_tied_without_declaring(scene: Scene) -> None:
    assert queries.in_conflict(scene.bakary.pk, scene.association.pk)
    assert not queries.in_conflict(scene.bakary.pk, scene.other.pk)


def test_the_same_account_or_president_elsewhere_is_a_flag(scene: Scene) -> None:
    first = scene.under_review()
    twin = scene.submitted(scene.other)
    lonely = scene.fill(scene.start(scene.other), iban=OTHER_IBAN, representative_name="Léo Bel")

    told = {flag.sentence: flag.others for flag in queries.flags(first)}

    assert told == {
        "Même IBAN, autre association": [twin],
        "Même représentant, autre association": [twin],
    }
    assert [f.sentence for f in queries.flags(lonely)] == [
        "Autre demande en attente de la même association"
    ]


def test_a_simulation_is_named_and_never_gives_more_than_is_asked(scene: Scene) -> None:
    scene.envelope(1_000_000)
    application = scene.under_review()
    ask = {"authority": scene.prefecture, "by": scene.alice, "at": AT}

    made = operations.simulate(**ask, name="Tout", amounts={application: 800_000})

    (shown,) = queries.simulations(scene.seat(scene.alice), AT)
    assert (shown.simulation, shown.left_cents) == (made, 200_000)
    for wrong in (
        {"name": "Tout", "amounts": {application: 1}},
        {"name": " ", "amounts": {application: 1}},
        {"name": "Vide", "amounts": {}},
        {"name": "Trop", "amounts": {application: 800_001}},
    ):
        with pytest.raises(operations.BadSimulation):
            operations.simulate(**ask, **wrong)
    application.refresh_from_db()
    assert application.state == "UNDER_REVIEW" and application.granted_cents is None


def test_the_directory_shows_where_nobody_works(scene: Scene) -> None:
    application = scene.under_review()
    Application.objects.filter(pk=application.pk).update(
        state="ACCEPTED", granted_cents=700_000, decided_at=LATER
    )

    places = {one.neighbourhood.code: one for one in queries.places(scene.plan, "94")}

    assert [w.organisation for w in places["QP094001"].works] == ["Coup de pouce"]
    assert places["QP094002"].associations == 0
    dots = {dot.place.neighbourhood.code: dot for dot in queries.dots(list(places.values()))}
    assert (dots["QP094001"].x, dots["QP094002"].x) == (40, 960)


def test_the_database_holds_what_must_never_happen(scene: Scene) -> None:
    application = scene.under_review()
    rows = Application.objects.filter(pk=application.pk)

    for impossible in (
        {"state": "ACCEPTED"},
        {"state": "REFUSED"},
        {"granted_cents": 800_001},
        {"requested_cents": 0},
        {"requested_cents": None},
        {"other_aid_cents": -1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**impossible)
