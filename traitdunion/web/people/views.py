"""A child's file, for the relay that answers for it; the notices that families must get."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from traitdunion.allocation import operations as allocation
from traitdunion.base.clock import now
from traitdunion.documents import papers
from traitdunion.documents import render as documents
from traitdunion.people import operations, queries, rights
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.lists import attachment
from traitdunion.web.people.forms import AuthorisationForm

NOTICE_TEMPLATE = "information-2020-05"
# Printed for families, whatever the language of the page: not translated.
RECIPIENTS = (
    "Les personnes habilitées de l’établissement ou de l’association qui a fait la liste. "
    "La préfecture et le rectorat voient un code, jamais le nom."
)


def _known(request: Any, person_id: UUID) -> UUID:
    """A foreign child answers like one that does not exist."""
    if not queries.children_known_to(request.seat).filter(pk=person_id).exists():
        raise Http404
    return person_id


@right(rights.may_read_files)
def file(request: Any, person_id: UUID) -> HttpResponse:
    """One child's file; opening it is journaled."""
    child = operations.open_file(
        person_id=_known(request, person_id), purpose="file_page", by=request.user, at=now()
    )
    context = {
        "child": child,
        "form": AuthorisationForm(
            guardians=[(one.tie_id, one.name or one.phone) for one in child.guardians]
        ),
        "authorisations": queries.authorisations_of(person_id),
        "decisions": queries.decisions_on(person_id),
        "code": queries.pseudonym(person_id),
    }
    return render(request, "people/file.html", context)


@right(rights.may_read_files)
@require_POST
def authorisation(request: Any, person_id: UUID) -> HttpResponse:
    """Note what a parent said of an activity, whether it is yes or no."""
    ties = queries.guardianships_of(_known(request, person_id))
    form = AuthorisationForm(request.POST, guardians=[(tie, "") for tie in ties])
    if form.is_valid():
        operations.record_authorisation(
            person_id=person_id, **form.said(), by=request.user, at=now()
        )
        messages.success(request, _("L’autorisation est notée, avec le jour et l’heure."))
    else:
        messages.error(request, _("Choisissez l’activité, la réponse et comment elle a été dite."))
    return redirect("people:file", person_id)


@right(rights.may_read_files)
def objection(request: Any, person_id: UUID) -> HttpResponse:
    """A family objects, by telephone or in person: no reason is asked."""
    _known(request, person_id)
    if request.method == "POST":
        count = allocation.withdraw_person(person_id=person_id, by=request.user, at=now())
        done = _("L’opposition est enregistrée : %(count)s besoin(s) retiré(s) de la file.")
        messages.success(request, done % {"count": count})
        return redirect("census:needs")
    return render(request, "people/objection.html", {"code": queries.pseudonym(person_id)})


@right(rights.may_read_files)
def notices(request: Any) -> HttpResponse:
    due = queries.due_notices(request.seat.organisation.pk)
    context = {
        "due": due,
        "printed": sum(notice.printed_at is not None for notice in due),
        "today": now().date(),
    }
    return render(request, "people/notices.html", context)


@right(rights.may_read_files)
@require_POST
def print_notices(request: Any) -> HttpResponse:
    """One page a family, dated, as a PDF."""
    at = now()
    opened = operations.open_notices(relay_id=request.seat.organisation.pk, by=request.user, at=at)
    if not opened:
        messages.info(request, _("Aucun avis n’attend d’être imprimé."))
        return redirect("people:notices")
    plan = programme.plan(programme.current())
    relay = request.seat.organisation
    pages = [_paper(notice, child, relay, plan, at.date()) for notice, child in opened]
    return attachment(
        documents.information_notices(pages), "avis-d-information.pdf", "application/pdf"
    )


def _paper(notice: Any, child: Any, relay: Any, plan: Any, on: date) -> papers.Notice:
    """What the family is told: by whom, why, until when, and how to say no. Always in French."""
    strand = plan.strands["equipment"]
    joint = strand.joint_controllers
    return papers.Notice(
        number=queries.pseudonym(child.person_id),
        template=NOTICE_TEMPLATE,
        child=child.full_name,
        relay=papers.Party(
            relay.name,
            relay.address,
            relay.contact_name,
            relay.phone or plan.programme.help_phone,
            relay.opening_hours,
        ),
        listed_on=notice.due_on - timedelta(days=plan.lending.notice_days),
        due_on=notice.due_on,
        printed_on=on,
        programme=plan.programme.title,
        controller=strand.controller,
        joint_controllers=f"Avec : {' ; '.join(joint)}" if joint else "",
        purpose=strand.purpose,
        legal_basis=strand.legal_basis,
        data_categories=strand.data_categories,
        recipients=RECIPIENTS,
        kept=f"L’adresse : {plan.retention.address_days} jours. Le reste :"
        f" {strand.retention_days} jours. Puis tout est effacé.",
        officer=settings.DPO_CONTACT or "à compléter",
        rule_page=f"{settings.PUBLIC_URL}/programme/".split("://")[-1],
    )


@right(rights.may_read_files)
@require_POST
def notices_handed(request: Any) -> HttpResponse:
    at = now()
    done = operations.hand_out_notices(
        relay_id=request.seat.organisation.pk, on=at.date(), by=request.user, at=at
    )
    said = ngettext("%(n)s avis noté remis.", "%(n)s avis notés remis.", done) % {"n": done}
    messages.success(request, said)
    return redirect("people:notices")
