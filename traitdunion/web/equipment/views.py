"""
The register: every device, where it is, and every place it has been. Children appear by code.
"""

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from traitdunion.base.identifiers import squeezed
from traitdunion.equipment import queries, rights
from traitdunion.equipment.states import State
from traitdunion.lending import queries as loans
from traitdunion.lending import rights as lending
from traitdunion.partners import queries as partners
from traitdunion.people.queries import pseudonym
from traitdunion.web.access import right
from traitdunion.web.equipment.forms import FilterForm
from traitdunion.web.lists import Cell, Column, exported, listing

LEVELS = {
    State.IN_STOCK: "info",
    State.IN_TRANSIT: "new",
    State.LENT: "good",
    State.IN_REPAIR: "warning",
    State.LOST: "bad",
    State.STOLEN: "bad",
    State.RETIRED: "plain",
}


def _holder(one: Any) -> Cell:
    if one.holder_person_id:
        return Cell(pseudonym(one.holder_person_id))
    return Cell(one.holder_organisation.name if one.holder_organisation else "—")


COLUMNS = (
    Column(
        "serie",
        gettext_lazy("Numéro de série"),
        lambda one: Cell(one.serial, url=reverse("equipment:device", args=[one.serial])),
        order="serial",
        is_code=True,
    ),
    Column("materiel", gettext_lazy("Matériel"), lambda one: Cell(one.label), order="label"),
    Column(
        "etat",
        gettext_lazy("État"),
        lambda one: Cell(one.get_state_display(), level=LEVELS[one.state]),
        order="state",
    ),
    Column("chez", gettext_lazy("Chez"), _holder),
    Column("proprietaire", gettext_lazy("Propriétaire"), lambda one: Cell(one.owner.name)),
    Column("origine", gettext_lazy("Origine"), lambda one: Cell(one.origin), order="origin"),
)


@right(rights.may_see_devices)
def devices(request: Any) -> HttpResponse:
    rows = queries.devices_seen_by(request.seat)
    form = FilterForm(request.GET)
    if form.is_valid():
        rows = _filtered(rows, form.cleaned_data)
    if file := exported(request, name="registre", columns=COLUMNS, rows=rows):
        return file
    context = {
        "form": form,
        "listing": listing(request, caption=_("Registre du matériel"), columns=COLUMNS, rows=rows),
    }
    return render(request, "equipment/devices.html", context)


def _filtered(rows: Any, asked: dict[str, str]) -> Any:
    if asked["state"]:
        rows = rows.filter(state=asked["state"])
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["serial"]:
        rows = rows.filter(serial__startswith=squeezed(asked["serial"]))
    return rows


@right(rights.may_see_devices)
def device(request: Any, serial: str) -> HttpResponse:
    one = queries.devices_seen_by(request.seat).filter(serial=squeezed(serial)).first()
    if one is None:
        raise Http404
    lines = queries.history(one)
    context = {
        "device": one,
        "level": LEVELS[one.state],
        "holder": _holder(one).text,
        "lines": _told(lines),
        "sims": queries.sims_of(one),
        "acts": _acts(request.seat, one),
    }
    return render(request, "equipment/device.html", context)


def _acts(seat: Any, one: Any) -> list[tuple[str, Any]]:
    """What this seat may do with this device now: the form's address, and its name."""
    lent = loans.open_loan_of(one.pk) if one.state == State.LENT else None
    is_here = one.holder_organisation_id == seat.organisation.pk and one.state == State.IN_STOCK
    is_lent = lent is not None and lent.agreement.relay_id == seat.organisation.pk
    found: list[tuple[str, Any]] = []
    if is_lent and lending.may_lend(seat):
        found += [("lending:give_back", _("Reprendre")), ("lending:replace", _("Remplacer"))]
    if is_here and lending.may_transfer(seat):
        found.append(("lending:send", _("Transférer")))
    if (is_here or is_lent) and lending.may_lend(seat):
        found.append(("lending:declare", _("Déclarer un incident")))
    return [(f"{reverse(name)}?serial={quote(one.serial)}", label) for name, label in found]


def _told(lines: list[Any]) -> list[tuple[Any, str]]:
    """Each line with where the device went, organisations by name and children by code."""
    ids = {line.to_organisation_id for line in lines if line.to_organisation_id}
    names = partners.names(ids)
    return [(line, _went(line, names)) for line in lines]


def _went(line: Any, names: dict[Any, str]) -> str:
    if line.to_person_id:
        return pseudonym(line.to_person_id)
    return names.get(line.to_organisation_id, "")
