"""What mentoring adds to each side of the world: a young person, a mentor, their pair."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.base.sheets import open_sheet
from traitdunion.mentoring import operations as mentoring
from traitdunion.mentoring.models import Alert, Mentor, Network, Pair, Referral, YoungPerson
from traitdunion.partners.models import Organisation, User
from traitdunion.people import operations as people
from traitdunion.people.models import Guardianship
from traitdunion.people.states import Means

HEADER = "Nom;Prénom;Date de naissance;Niveau;Matières;Responsable;Courriel"
# The first is followed; the second, nobody has answered for yet.
YOUNG = (
    "SISSOKO;Hawa;14/02/2008;4e;maths;Sira;sira{code}@example.org",
    "LEROY;Noé;03/12/2009;5e;lecture;Anne;anne{code}@example.org",
)


@dataclass
class Mentoring:
    """One of each thing that an address of mentoring may name."""

    network: Network
    young: YoungPerson
    mentor: Mentor
    pair: Pair
    alert: Alert
    referral: Referral
    secret: str


def follow(
    *, school: Organisation, network: Organisation, mentor: User | None, plan: Any, at: datetime
) -> Mentoring:
    """A school refers two young people; one is paired, the other's family is asked."""
    known, _made = Network.objects.get_or_create(organisation=network)
    both = {"plan": plan, "by": ROBOT, "at": at}
    lines = [line.format(code=school.department_id) for line in YOUNG]
    text = "\n".join((HEADER, *lines)) + "\n"
    mentoring.refer_list(
        sheet=open_sheet(io.BytesIO(text.encode()), name="jeunes.csv"),
        sender=school, network=known, **both,
    )  # fmt: skip
    followed, asked = YoungPerson.objects.filter(referred_by=school).order_by("level")
    referral = Referral.objects.get(young=followed)
    mentoring.accept_referral(referral=referral, network=known, by=ROBOT, at=at)
    mentoring.note_authorisation(
        young=followed, guardianship_id=None, is_given=True, means=Means.PHONE, **both
    )
    followed.refresh_from_db()
    volunteer = _mentor(known, mentor, both)
    pair = mentoring.make_pair(young=followed, mentor=volunteer, mode="REMOTE", **both)
    mentoring.log_sessions(pairs=[pair], started_at=at, minutes=60, mode="REMOTE", **both)
    alert = mentoring.raise_alert(young=followed, pair=pair, kind="DROP_OUT", by=ROBOT, at=at)
    tie = Guardianship.objects.get(child=asked.person_id)
    # A link lasts some weeks: this one is asked for today.
    both["at"] = now()
    people.verify_contact(guardianship_id=tie.pk, by=ROBOT, at=both["at"])
    question = mentoring.ask_guardian(
        young=asked, guardianship_id=tie.pk, means=Means.LINK, asked_by=school.pk,
        link="https://exemple.fr/%s", **both,
    )  # fmt: skip
    return Mentoring(
        known, followed, volunteer, pair, alert, Referral.objects.get(young=asked), question.secret
    )


def _mentor(network: Network, user: User | None, both: dict[str, Any]) -> Mentor:
    new = mentoring.NewMentor(
        name=user.full_name if user else "Nora", user_id=user.pk if user else None, capacity=3
    )
    act = {"by": both["by"], "at": both["at"]}
    one = mentoring.apply(network=network, new=new, **act)
    day = both["at"].date()
    mentoring.interview(mentor=one, on=day, is_kept=True, **act)
    mentoring.train(mentor=one, on=day, **act)
    kind = both["plan"].follow_up().check.kinds[0]
    mentoring.record_check(mentor=one, kind=kind, verified_on=day, is_clear=True, **both)
    return one
