"""What binds an envelope, what it gives back, what had begun before, what was done of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from traitdunion.base.money import euros
from traitdunion.budget import operations, rights
from traitdunion.budget.states import Document, Spending
from traitdunion.web.access import right
from traitdunion.web.budget.acting import (
    Act,
    acted,
    own_commitment,
    own_envelope,
    plan,
    today,
    who,
)
from traitdunion.web.budget.commitment_forms import (
    AmountForm,
    EjForm,
    EngageForm,
    RequestForm,
    TakeOverForm,
)
from traitdunion.web.budget.giving import left, signed_or_waiting

Data = Mapping[str, Any]


@right(rights.may_commit)
def engage(request: Any, envelope_id: UUID) -> HttpResponse:
    one = own_envelope(request, envelope_id)
    form = EngageForm(request.POST or None)

    def do(data: Data) -> str:
        beneficiary = data["beneficiary"]
        decided = operations.engage(
            envelope=one,
            amount_cents=data["amount"],
            label=data["label"],
            reference=data["reference"],
            spending=data["spending"],
            beneficiary_id=beneficiary.pk if beneficiary else None,
            plan=plan(),
            **who(request),
        )
        return signed_or_waiting(decided.request, _("L’engagement est pris."))

    act = Act(
        title=_("Engager une dépense"),
        button=_("Engager"),
        back=reverse("budget:envelope", args=[one.pk]),
        parent=one.label,
        facts=left(one),
        told=[
            _("Pour des tablettes et des clés 4G, passez une commande : elle engage elle-même.")
        ],
    )
    return acted(request, form, act, do)


@right(rights.may_commit)
def take_over(request: Any, envelope_id: UUID) -> HttpResponse:
    """A fact: recorded whatever is left, the excess shown."""
    one = own_envelope(request, envelope_id)
    form = TakeOverForm(request.POST or None)

    def do(data: Data) -> str:
        operations.take_over(
            envelope=one,
            amount_cents=data["amount"],
            certified_cents=data["certified"] or 0,
            paid_cents=data["paid"] or 0,
            signed_on=data["signed_on"],
            label=data["label"],
            reference=data["reference"],
            ej_number=data["ej_number"],
            spending=data["spending"],
            beneficiary=data["beneficiary"],
            plan=plan(),
            **who(request),
        )
        return _("L’engagement est repris ; il est compté à part et avec le reste.")

    act = Act(
        title=_("Reprendre un engagement d’avant le programme"),
        button=_("Reprendre"),
        back=reverse("budget:envelope", args=[one.pk]),
        parent=one.label,
        facts=left(one),
        told=[
            _(
                "Ce qui a été signé ailleurs est un fait : il est enregistré même s’il dépasse"
                " l’enveloppe, et le dépassement reste affiché « à régulariser »."
            )
        ],
    )
    return acted(request, form, act, do)


def _facts(one: Any) -> list[tuple[str, str]]:
    return [
        (_("Engagé"), euros(one.amount_cents)),
        (_("Service fait"), euros(one.certified_cents)),
        (_("Avances accordées"), euros(one.advanced_cents)),
        (_("Payé"), euros(one.paid_cents)),
    ]


def _act(one: Any, title: str, button: str, *told: str) -> Act:
    back = reverse("budget:commitment", args=[one.pk])
    return Act(title, button, back, one.reference, _facts(one), told)


@right(rights.may_commit)
def number(request: Any, commitment_id: UUID) -> HttpResponse:
    one = own_commitment(request, commitment_id)
    form = EjForm(request.POST or None, initial={"ej_number": one.ej_number})

    def do(data: Data) -> str:
        operations.number(commitment=one, ej_number=data["ej_number"], **who(request))
        return _("Le numéro EJ est noté.")

    return acted(request, form, _act(one, _("Noter le numéro EJ"), _("Noter")), do)


@right(rights.may_commit)
def release(request: Any, commitment_id: UUID) -> HttpResponse:
    one = own_commitment(request, commitment_id)
    form = AmountForm(request.POST or None)
    lost = today().year > one.year or one.envelope.is_closed
    told = (
        _("L’exercice de cet engagement est passé : les AE désengagées sont perdues.")
        if lost
        else _("Dans l’année de l’engagement, les AE désengagées redeviennent disponibles.")
    )

    def do(data: Data) -> str:
        operations.release(
            commitment=one,
            amount_cents=data["amount"],
            document=data["document"],
            **who(request),
        )
        return _("L’engagement est réduit.")

    act = _act(one, _("Désengager"), _("Désengager"), told)
    return acted(request, form, act, do)


@right(rights.may_commit)
def advance(request: Any, commitment_id: UUID) -> HttpResponse:
    one = own_commitment(request, commitment_id)
    form = AmountForm(request.POST or None)

    def do(data: Data) -> str:
        operations.grant_advance(
            commitment=one,
            amount_cents=data["amount"],
            document=data["document"],
            **who(request),
        )
        return _("L’avance est accordée : elle peut être demandée en paiement.")

    told = _("Une avance se paie avant le service fait ; elle ne dépasse jamais l’engagement.")
    return acted(request, form, _act(one, _("Accorder une avance"), _("Accorder"), told), do)


@right(rights.may_commit)
def certify(request: Any, commitment_id: UUID) -> HttpResponse:
    """Orders of devices are certified line by line, where they were received."""
    one = own_commitment(request, commitment_id)
    form = AmountForm(request.POST or None)

    def do(data: Data) -> str:
        operations.certify(
            commitment=one,
            amount_cents=data["amount"],
            document=data["document"],
            document_kind=Document.RECEIPT,
            **who(request),
        )
        return _("Le service fait est constaté.")

    told = (
        _("Si c’est une commande de matériel, certifiez-la plutôt ligne par ligne, à sa page.")
        if one.spending == Spending.ORDERS
        else _("Ne constatez que ce qui a réellement été fait ou livré.")
    )
    act = _act(one, _("Constater le service fait"), _("Constater"), told)
    return acted(request, form, act, do)


@right(rights.may_commit)
def request_payment(request: Any, commitment_id: UUID) -> HttpResponse:
    one = own_commitment(request, commitment_id)
    proposed = euros(one.payable_cents) if one.payable_cents else ""
    form = RequestForm(request.POST or None, initial={"amount": proposed, "counted_from": today()})

    def do(data: Data) -> str:
        asked = operations.request_payment(
            commitment=one,
            amount_cents=data["amount"],
            counted_from=data["counted_from"],
            invoice=data["invoice"],
            dp_number=data["dp_number"],
            plan=plan(),
            **who(request),
        )
        if asked.due_on is None:
            return _("Le paiement est demandé.")
        return _("Le paiement est demandé ; il est dû au plus tard le %(day)s.") % {
            "day": asked.due_on.strftime("%d/%m/%Y")
        }

    told = _("On demande ce qui est certifié ou avancé, une seule fois : %(left)s aujourd’hui.")
    act = _act(
        one,
        _("Demander un paiement"),
        _("Demander"),
        told % {"left": euros(one.payable_cents)},
    )
    return acted(request, form, act, do)
