"""Chloé asks for mentors, families answer, Hugo pairs, Inès logs her hours: all of it on pages."""

import io
from datetime import date, datetime, timedelta
from typing import Any

from traitdunion.base.sheets import open_sheet
from traitdunion.cli.demonstration.cast import Cast
from traitdunion.mentoring import operations, queries
from traitdunion.mentoring.reading import Profile
from traitdunion.mentoring.states import AlertKind, Mode
from traitdunion.people.states import Means
from traitdunion.programme.schema import Plan

HEADER = "Nom;Prénom;Date de naissance;Classe;Matières;Créneaux;Mode;Signes;Responsable;Courriel"
CHILDREN = (
    ("SAUVAL", "Maya", "6e", "maths", "mercredi après-midi", "sans contact"),
    ("BRUNEL", "Adam", "5e", "maths|français", "mercredi après-midi", ""),
    ("KARMA", "Lina", "3e", "orientation", "samedi matin", "absences"),
    ("VALDI", "Noam", "4e", "anglais", "jeudi soir", ""),
    ("TORELLI", "Inaya", "CM2", "lecture", "mardi soir", "sans écran"),
    ("MERCIAN", "Elias", "2de", "maths", "samedi matin", "interruption"),
)
# The last family has not answered, and the one before was asked by nobody yet.
AUTHORISED = 5
WEDNESDAY = ("WED_AM", "WED_PM", "SAT_AM")


def play(cast: Cast, plan: Plan, *, referred_at: datetime, at: datetime) -> None:
    """From the list that Chloé pastes to what Hugo finds on his desk."""
    network = queries.network_of_organisation(cast.organisations["network"].pk)
    _refer(cast, network, plan, referred_at)
    day = {"by": cast.user("Hugo"), "at": referred_at + timedelta(days=1)}
    for referral in queries.referrals_to_answer([network]):
        operations.accept_referral(referral=referral, network=network, **day)
    young = queries.referred_by(cast.organisations["school"].pk)
    for one in young[:AUTHORISED]:
        operations.note_authorisation(
            young=one, guardianship_id=None, is_given=True, means=Means.PHONE, plan=plan,
            by=cast.user("Chloé"), at=day["at"],
        )  # fmt: skip
    _welcome(cast, network, plan, day)
    operations.propose(network=network, plan=plan, **day)
    made = operations.confirm(network=network, choices={}, plan=plan, **day)
    _meet(cast, made, plan, at)
    _mentor(cast, network, "Nadia Ferrand", plan, {**day, "at": at}, subjects=("READING", "MATHS"))
    operations.propose(network=network, plan=plan, by=cast.user("Hugo"), at=at)


def _refer(cast: Cast, network: Any, plan: Plan, at: datetime) -> None:
    rows = [
        f"{last};{first};{4 + number:02d}/05/2009;{level};{subjects};{slot};;{sign};"
        f"Famille {last.title()};famille.{number}@exemple.invalid"
        for number, (last, first, level, subjects, slot, sign) in enumerate(CHILDREN)
    ]
    text = io.BytesIO("\n".join((HEADER, *rows)).encode())
    with open_sheet(text, name="liste.csv") as sheet:
        operations.refer_list(
            sheet=sheet,
            sender=cast.organisations["school"],
            network=network,
            plan=plan,
            by=cast.user("Chloé"),
            at=at,
        )


def _welcome(cast: Cast, network: Any, plan: Plan, day: dict[str, Any]) -> None:
    """Inès is formed and checked; somebody else has only applied."""
    ines = cast.user("Inès")
    _mentor(cast, network, ines.full_name, plan, day, user=ines, capacity=3, slots=WEDNESDAY)
    new = operations.NewMentor(name="Paul Servin", email="paul.servin@exemple.invalid")
    operations.apply(network=network, new=new, **day)


def _mentor(
    cast: Cast,
    network: Any,
    name: str,
    plan: Plan,
    day: dict[str, Any],
    *,
    user: Any = None,
    capacity: int = 1,
    **said: Any,
) -> None:
    new = operations.NewMentor(
        name=name,
        capacity=capacity,
        user_id=user.pk if user else None,
        coordinator_id=cast.user("Hugo").pk,
        profile=Profile(**{"modes": (str(Mode.REMOTE),), **said}),
    )
    one = operations.apply(network=network, new=new, **day)
    on: date = day["at"].date()
    operations.interview(mentor=one, on=on, is_kept=True, **day)
    operations.train(mentor=one, on=on, **day)
    # Made in November: it ends in May, and is among those to renew.
    operations.record_check(
        mentor=one,
        kind=plan.follow_up().check.kinds[0],
        verified_on=date(2019, 11, 29),
        is_clear=True,
        plan=plan,
        **day,
    )


def _meet(cast: Cast, pairs: list[Any], plan: Plan, at: datetime) -> None:
    """Two hours with two young people, the third has not met her mentor; one worry."""
    ines = {"by": cast.user("Inès"), "at": at}
    for days in (6, 1):
        operations.log_sessions(
            pairs=pairs[:2],
            started_at=at - timedelta(days=days, hours=2),
            minutes=60,
            mode=Mode.REMOTE,
            plan=plan,
            **ines,
        )
    if pairs:
        operations.raise_alert(
            young=pairs[0].young, pair=pairs[0], kind=AlertKind.DROP_OUT, **ines
        )
