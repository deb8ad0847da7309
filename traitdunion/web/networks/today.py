"""What networks, and those who fund them or take over from them, have to do today."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.mentoring import queries, rights
from traitdunion.mentoring.states import AgreementState
from traitdunion.partners.queries import Seat
from traitdunion.programme import queries as programme
from traitdunion.web.today import Task

# Plans for what comes after press in the last weeks.
LAST_WEEKS = timedelta(days=30)


def tasks(seat: Seat, at: datetime) -> list[Task]:
    """Rows to mend, follow-ups without a plan, agreements to sign, young people proposed."""
    found = []
    if rights.may_coordinate(seat):
        networks = queries.networks_of(seat)
        mend = queries.to_mend(seat).count()
        found.append(
            Task(_("Lignes à corriger dans mon outil"), mend, reverse("networks:to_mend"))
        )
        left = queries.orphans(networks).count()
        title = _("Jeunes suivis qui n’ont pas encore de suite")
        found.append(Task(title, left, reverse("networks:ends"), _urgency(at)))
    if rights.may_take_over(seat):
        proposed = queries.ends_to_answer(seat).count()
        title = _("Jeunes qu’un réseau vous propose de suivre")
        found.append(Task(title, proposed, reverse("networks:received"), "now"))
    if rights.may_fund(seat):
        drafts = queries.agreements_seen_by(seat).filter(
            state=AgreementState.DRAFT, funder=seat.organisation.pk
        )
        title = _("Conventions de mentorat à signer")
        found.append(Task(title, drafts.count(), reverse("networks:agreements")))
    return found


def _urgency(at: datetime) -> str:
    current = programme.current_or_none()
    if current is None:
        return "later"
    last = programme.plan(current).follow_up().ends_on
    return "now" if at.date() >= last - LAST_WEEKS else "later"
