"""
What is printed for a relay. Names are read from the children's files, by an act that leaves a
trace; they go to the paper and nowhere else.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from string import ascii_uppercase
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.census.states import Equipment
from traitdunion.documents import render
from traitdunion.documents.papers import (
    Agreement as AgreementPaper,
)
from traitdunion.documents.papers import (
    CollectiveAgreement,
    Delivery,
    Item,
    Label,
    Party,
    Tick,
    TickList,
)
from traitdunion.equipment import queries as register
from traitdunion.equipment.states import Kind
from traitdunion.journal import operations as journal
from traitdunion.lending import queries
from traitdunion.lending.models import Agreement, Transfer
from traitdunion.lending.states import TO_HAND_OVER
from traitdunion.partners import queries as partners
from traitdunion.people import operations as people

if TYPE_CHECKING:
    from traitdunion.equipment.models import Device
    from traitdunion.partners.models import Organisation
    from traitdunion.people.operations.files import ChildFile
    from traitdunion.programme.schema import Plan

PURPOSE = "suivre la classe et apprendre à la maison"
LIST_TEMPLATE = "liste-2020-05"
COLLECTIVE_TEMPLATE = "pret-collectif-2020-05"
TRANSFER_TEMPLATE = "transfert-2020-05"
ACCESSORIES = {Kind.TABLET: "Chargeur, housse", Kind.KEY_4G: "Carte SIM en place"}
THINGS = {
    Equipment.TABLET: (Kind.TABLET,),
    Equipment.KEY_4G: (Kind.KEY_4G,),
    Equipment.BOTH: (Kind.TABLET, Kind.KEY_4G),
}


class NothingToPrint(Refusal):
    """No paper would come out."""


@transaction.atomic
def print_pack(
    *, relay: "Organisation", plan: "Plan", public_url: str, by: Actor, at: datetime
) -> bytes:
    """The list of a relay's hand-over day and one agreement a child, in one file."""
    waiting = [one for one in queries.to_hand_over(relay.pk) if one.person_id]
    files = _files(waiting, "loan_pack", by, at)
    with override("fr"):
        ticks = TickList(
            relay=relay.name,
            template=LIST_TEMPLATE,
            printed_on=at.date(),
            lines=_ticks(waiting, files),
            help_line=" · ".join(filter(None, (relay.contact_name, _phone(relay, plan)))),
        )
        papers = _papers(waiting, files, plan, public_url, at)
    _trace(relay, "pack", len(papers), by, at)
    return render.pack(ticks, papers)


@transaction.atomic
def print_agreements(
    *, agreements: Sequence[Agreement], plan: "Plan", public_url: str, by: Actor, at: datetime
) -> bytes:
    """These agreements with families, or one with an organisation. Raises NothingToPrint."""
    if not agreements:
        raise NothingToPrint(_("Aucune convention à imprimer : préparez-les d’abord."))
    one = agreements[0]
    _trace(one.relay, "agreement", len(agreements), by, at)
    if one.organisation_id:
        return render.collective_agreement(_collective(one, public_url, at))
    files = _files(agreements, "loan_agreement", by, at)
    with override("fr"):
        return render.loan_agreements(_papers(agreements, files, plan, public_url, at))


@transaction.atomic
def print_labels(*, holder: "Organisation", by: Actor, at: datetime) -> bytes:
    """A label for each device of this stock. Raises NothingToPrint on an empty one."""
    devices = list(register.in_stock(holder.pk).select_related("owner"))
    if not devices:
        raise NothingToPrint(_("Aucun appareil en stock : il n’y a pas d’étiquette à imprimer."))
    _trace(holder, "labels", len(devices), by, at)
    labels = [
        Label(device.serial, device.label, device.owner.name, device.owner.phone or holder.phone)
        for device in devices
    ]
    return render.device_labels(labels)


@transaction.atomic
def print_delivery(*, transfer: Transfer, by: Actor, at: datetime) -> bytes:
    """The note that travels with a transfer."""
    lines = queries.transfer_lines(transfer)
    _trace(transfer.sender, "delivery", len(lines), by, at)
    return render.delivery_note(
        Delivery(
            number=transfer.number,
            template=TRANSFER_TEMPLATE,
            sender=_party(transfer.sender),
            receiver=_party(transfer.receiver),
            items=tuple(_item(line.device.kind, line.device.serial) for line in lines),
            printed_on=transfer.sent_at.date(),
        )
    )


def _trace(relay: "Organisation", paper: str, papers: int, by: Actor, at: datetime) -> None:
    facts = {"paper": paper, "papers": papers}
    journal.record(verb="lending.printed", subject=relay, by=by, at=at, facts=facts)


def _files(
    agreements: Sequence[Agreement], purpose: str, by: Actor, at: datetime
) -> "dict[UUID, ChildFile]":
    persons = [one.person_id for one in agreements if one.person_id]
    return people.names(person_ids=persons, purpose=purpose, by=by, at=at)


def _phone(relay: "Organisation", plan: "Plan") -> str:
    """Whom to call: the relay, or the number of the plan where the relay gave none."""
    return relay.phone or plan.programme.help_phone


def _party(organisation: "Organisation") -> Party:
    """An organisation as papers name it."""
    return Party(
        name=organisation.name,
        address=organisation.address,
        contact=organisation.contact_name,
        phone=organisation.phone,
        hours=organisation.opening_hours,
    )


def _papers(
    agreements: Sequence[Agreement],
    files: "Mapping[UUID, ChildFile]",
    plan: "Plan",
    public_url: str,
    at: datetime,
) -> list[AgreementPaper]:
    owners: dict[UUID, Party] = {}
    papers = []
    for one in agreements:
        if one.person_id not in files:
            continue
        if one.relay_id not in owners:
            owners[one.relay_id] = _owner(one.relay, plan)
        owner = owners[one.relay_id]
        papers.append(_paper(one, files[one.person_id], owner, plan, public_url, at))
    return papers


def _paper(
    one: Agreement,
    file: "ChildFile",
    owner: Party,
    plan: "Plan",
    public_url: str,
    at: datetime,
) -> AgreementPaper:
    has_data = one.kind in {Equipment.KEY_4G, Equipment.BOTH}
    drawn = one.award is not None and not one.award.is_out_of_turn
    return AgreementPaper(
        number=one.number,
        template=one.template,
        child=file.full_name,
        school_class=one.award.need.school_class if one.award else "",
        guardians=_guardians(file),
        relay=replace(_party(one.relay), phone=_phone(one.relay, plan)),
        owner=owner,
        items=_items(one),
        due_back_on=one.due_back_on,
        printed_on=at.date(),
        purpose=PURPOSE,
        link=f"{public_url}/prets/conventions/{one.number}/",
        data_gb=plan.lending.data_plan_gb if has_data else 0,
        signatures=one.signatures_required,
        rule_page=f"{public_url}/programme/".split("://")[-1] if drawn else "",
    )


def _guardians(file: "ChildFile") -> tuple[Party, ...]:
    """Each with their own address, or the child's; a line to fill in where nobody is known."""
    home = file.addresses[0] if file.addresses else ""
    known = [
        Party(who.name, who.address or ("" if who.is_institution else home), phone=who.phone)
        for who in file.guardians
    ]
    return tuple(known) or (Party("", " ".join(file.addresses)),)


def _items(one: Agreement) -> tuple[Item, ...]:
    """What is lent: with its number once handed over, with a line to write it on before."""
    waits = one.state in TO_HAND_OVER
    loans = [] if waits else [loan for loan in queries.loans_of(one) if not loan.ended_at]
    if loans:
        return tuple(_item(loan.device.kind, loan.device.serial) for loan in loans)
    return tuple(_item(kind, "") for kind in THINGS[Equipment(one.kind)])


def _item(kind: str, serial: str) -> Item:
    return Item(_words(Kind(kind).label), serial, ACCESSORIES[Kind(kind)])


def _words(label: object) -> str:
    """A label at the head of a line: 4G keeps its capital."""
    text = str(label)
    return text[:1].upper() + text[1:]


def _owner(relay: "Organisation", plan: "Plan") -> Party:
    """Who answers for what is lost: the owner of the stock, else the State in the département."""
    owners = {device.owner_id: device.owner for device in _stock(relay)}
    if len(owners) == 1:
        return _party(next(iter(owners.values())))
    state = partners.prefecture_of(relay.department_id) if relay.department_id else None
    return _party(state) if state else Party(plan.programme.decided_by)


def _stock(relay: "Organisation") -> "list[Device]":
    return list(register.in_stock(relay.pk).select_related("owner"))


def _ticks(agreements: Sequence[Agreement], files: "Mapping[UUID, ChildFile]") -> tuple[Tick, ...]:
    letters = _letters([file.household_id for file in files.values() if file.household_id])
    lines = []
    for one in agreements:
        file = files.get(one.person_id)
        if file is None:
            continue
        adult = file.guardians[0] if file.guardians else None
        lines.append(
            Tick(
                number=one.number,
                child=file.full_name,
                school_class=one.award.need.school_class if one.award else "",
                guardian=adult.name if adult else "",
                phone=adult.phone if adult else "",
                thing=_words(Equipment(one.kind).label),
                household=letters.get(file.household_id, ""),
            )
        )
    return tuple(lines)


def _letters(households: Sequence[UUID]) -> dict[UUID | None, str]:
    """A letter for each household that has several children on the list."""
    several = [home for home, children in Counter(households).items() if children > 1]
    return {home: _letter(k) for k, home in enumerate(several)}


def _letter(k: int) -> str:
    size = len(ascii_uppercase)
    return ascii_uppercase[k] if k < size else _letter(k // size - 1) + ascii_uppercase[k % size]


def _collective(one: Agreement, public_url: str, at: datetime) -> CollectiveAgreement:
    assert one.organisation is not None
    with override("fr"):
        items = _items(one)
    owners = [device.owner for device in _stock(one.relay)]
    return CollectiveAgreement(
        number=one.number,
        template=one.template,
        borrower=_party(one.organisation),
        owner=_party(owners[0] if owners else one.relay),
        items=items,
        due_back_on=one.due_back_on,
        printed_on=at.date(),
        link=f"{public_url}/prets/conventions/{one.number}/",
    )
