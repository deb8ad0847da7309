"""Organisations and those who act for them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.gateways import operations as gateways
from traitdunion.partners import operations, queries, rights
from traitdunion.territories import queries as territories
from traitdunion.web.access import right
from traitdunion.web.lists import Cell, Column, exported, listing
from traitdunion.web.partners.forms import InviteForm, OrganisationForm

COLUMNS = (
    Column(
        "nom",
        gettext_lazy("Organisation"),
        lambda one: Cell(one.name, url=reverse("partners:other", args=[one.pk])),
        order="name",
    ),
    Column("type", gettext_lazy("Type"), lambda one: Cell(one.get_kind_display()), order="kind"),
    Column(
        "departement",
        gettext_lazy("Département"),
        lambda one: Cell(one.department_id or ""),
        order="department",
    ),
    Column("telephone", gettext_lazy("Téléphone"), lambda one: Cell(one.phone)),
)


@right(rights.may_see_team)
def organisation(request: Any) -> HttpResponse:
    """My organisation: its numbers, whom to call, who acts for it."""
    return _page(request, request.seat.organisation)


def _page(request: Any, one: Any) -> HttpResponse:
    mine = one.pk == request.seat.organisation.pk
    holds_tokens = mine and rights.may_invite(request.seat)
    context = {
        "organisation": one,
        "identifiers": queries.identifiers(one),
        "members": queries.members(one) if mine or request.seat.administers else [],
        "invitations": queries.open_invitations(one) if mine else [],
        "may_invite": rights.may_invite(request.seat) and (mine or request.seat.administers),
        "mine": mine,
        "holds_tokens": holds_tokens,
        "tokens": queries.tokens(one) if holds_tokens else [],
    }
    return render(request, "partners/organisation.html", context)


@right(rights.may_see_team)
def other(request: Any, organisation_id: UUID) -> HttpResponse:
    return _page(request, _seen(request, organisation_id))


def _seen(request: Any, organisation_id: UUID) -> Any:
    found = queries.organisations_seen_by(request.seat).filter(pk=organisation_id).first()
    if found is None:
        raise Http404
    return found


@right(rights.may_invite)
def invite(request: Any) -> HttpResponse:
    """Send a single-use link; it is shown too, for whoever has no mail at hand."""
    wanted = request.GET.get("organisation", "")
    one = _seen(request, UUID(wanted)) if wanted else request.seat.organisation
    if one.pk != request.seat.organisation.pk and not request.seat.administers:
        raise Http404
    form = InviteForm(request.POST or None, kind=one.kind)
    if request.method == "POST" and form.is_valid():
        at = now()
        _invitation, token = operations.invite(
            organisation=one, **form.cleaned_data, by=request.user, at=at
        )
        link = f"{settings.PUBLIC_URL}{reverse('accept_invitation', args=[token])}"
        gateways.post(
            to=form.cleaned_data["email"],
            template="invitation",
            context={"link": link, "organisation": one.name},
            language=get_language() or "fr",
            by=request.user,
            at=at,
        )
        context = {"link": link, "organisation": one}
        return render(request, "partners/invited.html", context)
    return render(request, "partners/invite.html", {"form": form, "organisation": one})


@right(rights.may_invite)
@require_POST
def end_membership(request: Any, membership_id: UUID) -> HttpResponse:
    mine = {m.pk: m for m in queries.members(request.seat.organisation)}
    if membership_id not in mine:
        raise Http404
    try:
        operations.end_membership(membership=mine[membership_id], by=request.user, at=now())
    except operations.LastManager as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("L’accès est terminé, dès maintenant."))
    return redirect("partners:organisation")


@right(rights.may_see_team)
def organisations(request: Any) -> HttpResponse:
    """The organisations of my territory."""
    rows = queries.organisations_seen_by(request.seat).order_by("searchable", "pk")
    text = request.GET.get("q", "").strip()
    if text:
        found = [one.pk for one in queries.search(request.seat, text, limit=500)]
        rows = rows.filter(pk__in=found)
    if file := exported(request, name="organisations", columns=COLUMNS, rows=rows):
        return file
    page = listing(request, caption=_("Organisations"), columns=COLUMNS, rows=rows)
    context = {
        "listing": page,
        "q": text,
        "may_create": rights.may_manage_organisations(request.seat),
    }
    return render(request, "partners/organisations.html", context)


@right(rights.may_manage_organisations)
def new_organisation(request: Any) -> HttpResponse:
    form = OrganisationForm(request.POST or None, names_region=request.seat.administers)
    if request.method == "POST" and form.is_valid():
        try:
            one = _create(request, form.cleaned_data)
        except Refusal as refusal:
            form.add_error("value", str(refusal))
        else:
            messages.success(
                request, _("L’organisation est créée : invitez sa personne responsable.")
            )
            return redirect("partners:other", one.pk)
    return render(request, "partners/new.html", {"form": form})


def _create(request: Any, data: dict[str, Any]) -> Any:
    commune = territories.commune(data["commune"]) if data["commune"] else None
    school = territories.school(data["value"].strip().upper()) if data["scheme"] == "UAI" else None
    place = school or commune
    region = data.get("region") or None
    nearby = None if region else request.seat.organisation.department
    return operations.create_organisation(
        kind=data["kind"],
        name=data["name"],
        identifiers={data["scheme"]: data["value"]},
        commune=commune or (school.commune if school else None),
        department=place.department if place else nearby,
        region_id=region,
        academy=school.academy if school else None,
        school=school,
        contact_name=data["contact_name"],
        phone=data["phone"],
        by=request.user,
        at=now(),
    )
