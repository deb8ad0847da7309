"""What comes after each follow-up, so that nobody is lost from sight on the last day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import NotAllowed, Refusal
from traitdunion.base.identifiers import drawn_number
from traitdunion.documents import papers, render
from traitdunion.journal import operations as journal
from traitdunion.mentoring import queries
from traitdunion.mentoring.models import FollowUpEnd, Mentor, YoungPerson
from traitdunion.mentoring.operations.taking_over import welcome
from traitdunion.mentoring.states import (
    END_MOVES,
    HANDED_OVER,
    EndPlan,
    EndState,
)
from traitdunion.partners.states import Kind

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import Plan

CERTIFICATE_TEMPLATE = "mentorat-2020-06"
WANTED = {EndPlan.SCHOOL: Kind.SCHOOL, EndPlan.NETWORK: Kind.MENTORING_NETWORK}


class BadPlan(Refusal):
    """A plan that needs somebody to take over, or somebody who cannot."""

    status = 400


@transaction.atomic
def plan_after(
    *,
    young: YoungPerson,
    plan: str,
    ends_on: date,
    by: Actor,
    at: datetime,
    receiver: "Organisation | None" = None,
) -> FollowUpEnd:
    """
    Say what comes after a follow-up; whoever is to take over must accept. Raises BadPlan.
    """
    wanted = WANTED.get(EndPlan(plan))
    if wanted is not None and (receiver is None or receiver.kind != wanted):
        raise BadPlan(_("Dites quel établissement, ou quel réseau, prend la suite."))
    if plan == EndPlan.NETWORK and receiver and not queries.is_network(receiver.pk):
        raise BadPlan(_("Cette organisation n’est pas encore déclarée comme réseau."))
    if wanted is None and receiver is not None:
        raise BadPlan(
            _("Cette suite ne confie le jeune à personne : n’indiquez pas d’organisation.")
        )
    before = FollowUpEnd.objects.filter(
        young=young, state__in=(EndState.PROPOSED, EndState.SETTLED)
    ).first()
    if before is not None:
        states.move(
            row=before,
            to=EndState.REPLACED,
            moves=END_MOVES,
            refusal=_("Cette suite vient de changer : rouvrez la page."),
        )
    made = FollowUpEnd.objects.create(
        young=young,
        plan=plan,
        state=EndState.PROPOSED if plan in HANDED_OVER else EndState.SETTLED,
        ends_on=ends_on,
        receiver=receiver,
        decided_at=at,
    )
    facts = {"plan": plan, "young": str(young.pk), "ends_on": ends_on.isoformat()}
    facts |= {"receiver": str(receiver.pk)} if receiver else {}
    journal.record(verb="mentoring.end_planned", subject=made, by=by, at=at, facts=facts)
    return made


@transaction.atomic
def answer_end(
    *, end: FollowUpEnd, organisation: "Organisation", is_accepted: bool, by: Actor, at: datetime
) -> FollowUpEnd:
    """The school or the network that was asked accepts, or not. Raises NotAllowed, MoveRefused."""
    if end.receiver_id != organisation.pk:
        raise NotAllowed(_("Cette suite ne vous est pas proposée."))
    states.move(
        row=end,
        to=EndState.SETTLED if is_accepted else EndState.DECLINED,
        moves={EndState.PROPOSED: END_MOVES[EndState.PROPOSED]},
        refusal=_("Cette suite a déjà reçu une réponse."),
        answered_at=at,
    )
    if is_accepted and end.plan == EndPlan.NETWORK:
        welcome(end=end, by=by, at=at)
    verb = "mentoring.end_accepted" if is_accepted else "mentoring.end_declined"
    journal.record(verb=verb, subject=end, by=by, at=at, facts={"young": str(end.young_id)})
    return end


@transaction.atomic
def plan_remaining(*, young: Sequence[YoungPerson], rules: "Plan", by: Actor, at: datetime) -> int:
    """
    Give each of these that has none the plan that its sessions suggest: it goes on, or, without a
    session for as long as the programme says, it is lost from sight. Returns how many.
    """
    on = timezone.localtime(at).date()
    follow_up = rules.follow_up()
    silent = queries.silent_among([one.pk for one in young], on, follow_up.silent_days[1])
    without = queries.without_plan([one.pk for one in young])
    done = 0
    for one in young:
        if one.pk in without:
            plan = EndPlan.LOST if one.pk in silent else EndPlan.GOES_ON
            plan_after(young=one, plan=plan, ends_on=max(on, follow_up.ends_on), by=by, at=at)
            done += 1
    return done


@transaction.atomic
def plan_together(
    *,
    young: Sequence[YoungPerson],
    plan: str,
    receiver: "Organisation | None",
    rules: "Plan",
    by: Actor,
    at: datetime,
) -> int:
    """The same plan for several young people. Raises BadPlan; nothing is half planned."""
    ends_on = rules.follow_up().ends_on
    for one in young:
        plan_after(young=one, plan=plan, ends_on=ends_on, receiver=receiver, by=by, at=at)
    return len(young)


@transaction.atomic
def print_certificate(*, mentor: Mentor, plan: "Plan", by: Actor, at: datetime) -> bytes:
    """What a mentor gave, as a paper: months, young people, sessions, hours. No child is named."""
    given = queries.given_by(mentor)
    if not given.sessions:
        raise BadPlan(_("Ce mentor n’a encore tenu aucune séance : rien à attester."))
    organisation = mentor.network.organisation
    name = mentor.user.full_name if mentor.user else mentor.name
    paper = papers.MentorCertificate(
        number=drawn_number("A"),
        template=CERTIFICATE_TEMPLATE,
        mentor=name or mentor.external_id,
        network=papers.Party(
            name=organisation.name, address=organisation.address, contact=organisation.contact_name
        ),
        programme=plan.programme.title,
        first_on=given.first_on,
        last_on=given.last_on,
        young=given.young,
        sessions=given.sessions,
        hours=given.minutes // 60,
        printed_on=timezone.localtime(at).date(),
    )
    facts = {"number": paper.number, "sessions": given.sessions, "minutes": given.minutes}
    journal.record(verb="mentoring.certificate_printed", subject=mentor, by=by, at=at, facts=facts)
    return render.mentor_certificate(paper)


@transaction.atomic
def plan_last_day(*, rules: "Plan", by: Actor, at: datetime) -> int:
    """On the last day, and after it, nobody is left without a plan. Returns how many had none."""
    if timezone.localtime(at).date() < rules.follow_up().ends_on:
        return 0
    left = queries.orphans(queries.networks_known())
    return plan_remaining(young=list(left), rules=rules, by=by, at=at)
