"""The columns of the money's lists, on pages and in exports alike."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from traitdunion.base.money import euros
from traitdunion.budget.states import Document, Origin, PaymentState, Regime
from traitdunion.programme.schema import Plan
from traitdunion.web.budget.acting import day, money, plan, today
from traitdunion.web.lists import Cell, Column

PAYMENT_LEVELS = {
    PaymentState.REQUESTED: "info",
    PaymentState.PAID: "good",
    PaymentState.CANCELLED: "plain",
}


@dataclass(frozen=True, slots=True)
class Node:
    """An envelope in its tree: the labels above it, the nearest last."""

    envelope: Any
    above: tuple[str, ...]


def tree(envelopes: list[Any]) -> list[Node]:
    """Each envelope under the one it comes from, as far as the list holds that one."""
    here = {one.pk for one in envelopes}
    under: dict[Any, list[Any]] = {}
    for one in envelopes:
        under.setdefault(one.parent_id if one.parent_id in here else None, []).append(one)
    found: list[Node] = []

    def walk(parent: Any, above: tuple[str, ...]) -> None:
        for one in under.get(parent, []):
            found.append(Node(one, above))
            walk(one.pk, (*above, one.label))

    walk(None, ())
    return found


def _name(node: Node) -> Cell:
    one = node.envelope
    under = gettext("sous « %(label)s »") % {"label": node.above[-1]} if node.above else ""
    note = ", ".join(part for part in (str(one.year), under) if part)
    return Cell(one.label, url=reverse("budget:envelope", args=[one.pk]), note=note)


def _standing(node: Node) -> Cell:
    one = node.envelope
    if one.excess_cents:
        return Cell(gettext("à régulariser"), level="bad")
    if one.is_closed:
        return Cell(gettext("close"), level="plain")
    return Cell(gettext("ouverte"), level="good")


def _received(node: Node) -> Cell:
    one = node.envelope
    cell = money(one.authorized_cents)
    if not one.delegated_cents:
        return cell
    note = gettext("dont %(amount)s délégués") % {"amount": euros(one.delegated_cents)}
    return Cell(cell.text, value=cell.value, note=note)


def _amount(key: str, label: Any, name: str) -> Column:
    """One counter; outside the State there are no payment credits to speak of."""

    def show(node: Node) -> Cell:
        if name.startswith("cp_") and node.envelope.regime != Regime.STATE:
            return Cell("—", value="")
        return money(getattr(node.envelope, name))

    return Column(key, label, show, lambda node: getattr(node.envelope, name), is_number=True)


def _text(key: str, label: Any, read: Any) -> Column:
    return Column(key, label, lambda node: Cell(read(node.envelope)))


NAME = Column("intitule", _("Enveloppe"), _name, lambda node: (node.envelope.label, node.above))
HOLDER = Column(
    "detenteur",
    _("Détenue par"),
    lambda node: Cell(node.envelope.holder.name),
    lambda node: node.envelope.holder.name,
)
STANDING = Column("etat", _("État"), _standing)
COMMITTED = _amount("engages", _("Engagé"), "committed_cents")
AVAILABLE = _amount("reste", _("AE disponibles"), "available_cents")
PAID = _amount("payes", _("Payé"), "paid_cents")
CP_AVAILABLE = _amount("cp-reste", _("CP disponibles"), "cp_available_cents")
ENVELOPES = (
    NAME,
    HOLDER,
    Column(
        "recus",
        _("AE reçues"),
        _received,
        lambda node: node.envelope.authorized_cents,
        is_number=True,
    ),
    COMMITTED,
    AVAILABLE,
    PAID,
    CP_AVAILABLE,
    STANDING,
)
# The page has room for what one looks at; the file has every counter and how it is filed.
ENVELOPES_FILE = (
    NAME,
    Column("sous", _("Sous"), lambda node: Cell(" › ".join(node.above))),
    HOLDER,
    _text("annee", _("Exercice"), lambda one: one.year),
    _text("volet", _("Volet"), lambda one: str(one.strand)),
    _text("source", _("Source"), lambda one: str(one.source or "")),
    _text("programme", _("Programme budgétaire"), lambda one: str(one.budget_programme or "")),
    _text("cf", _("Centre financier"), lambda one: one.cost_center),
    _text("df", _("Domaine fonctionnel"), lambda one: one.functional_domain),
    _text("activite", _("Activité"), lambda one: one.activity_code),
    _amount("recus", _("AE reçues"), "authorized_cents"),
    _amount("deleguees", _("AE déléguées"), "delegated_cents"),
    COMMITTED,
    AVAILABLE,
    _amount("service", _("Service fait"), "certified_cents"),
    _amount("cp", _("CP reçus"), "cp_granted_cents"),
    _amount("cp-delegues", _("CP délégués"), "cp_delegated_cents"),
    PAID,
    CP_AVAILABLE,
    STANDING,
)


def _document(one: Any) -> Cell:
    return Cell(one.document, note=Document(one.document_kind).label)


def _movement(one: Any) -> Cell:
    label = one.get_kind_display()
    notes = [one.reason] if one.reason else []
    if one.origin != Origin.HERE:
        notes.append(str(Origin(one.origin).label))
    url = reverse("budget:movement", args=[one.envelope_id, one.told_by]) if one.told_by else ""
    return Cell(label, url=url, note=" — ".join(notes))


MOVEMENTS = (
    Column(
        "date", _("Date"), lambda one: Cell(one.at.strftime("%d/%m/%Y"), value=one.at.isoformat())
    ),
    Column("mouvement", _("Mouvement"), _movement, order="kind"),
    Column("piece", _("Pièce"), _document, order="document"),
    Column(
        "engagement",
        _("Engagement"),
        lambda one: Cell(one.commitment.reference if one.commitment else "—"),
    ),
    Column(
        "montant",
        _("Montant"),
        lambda one: money(one.amount_cents),
        order="amount_cents",
        is_number=True,
    ),
)


def _commitment(one: Any) -> Cell:
    return Cell(one.label, url=reverse("budget:commitment", args=[one.pk]), note=one.reference)


def _filed(one: Any) -> Cell:
    note = gettext("commencé avant le programme") if one.origin == Origin.OPENING else ""
    return Cell(one.ej_number or "—", value=one.ej_number, note=note)


COMMITMENTS = (
    Column("objet", _("Engagement"), _commitment, order="label"),
    Column("ej", _("EJ"), _filed, order="ej_number"),
    Column(
        "beneficiaire",
        _("Bénéficiaire"),
        lambda one: Cell(one.beneficiary.name if one.beneficiary else "—"),
        order="beneficiary__name",
    ),
    Column("date", _("Le"), lambda one: day(one.committed_at.date()), order="committed_at"),
    Column(
        "montant",
        _("Engagé"),
        lambda one: money(one.amount_cents),
        order="amount_cents",
        is_number=True,
    ),
    Column(
        "service",
        _("Service fait"),
        lambda one: money(one.certified_cents),
        order="certified_cents",
        is_number=True,
    ),
    Column(
        "demande",
        _("Demandé"),
        lambda one: money(one.requested_cents),
        order="requested_cents",
        is_number=True,
    ),
    Column(
        "paye", _("Payé"), lambda one: money(one.paid_cents), order="paid_cents", is_number=True
    ),
)


def days_late(one: Any, on: date) -> int:
    if one.state != PaymentState.REQUESTED or one.due_on is None:
        return 0
    return max(0, (on - one.due_on).days)


def stuck_at(one: Any, on: date) -> str:
    """Where a payment waits, and for what."""
    if one.state == PaymentState.PAID:
        return gettext("payé le %(day)s") % {"day": one.paid_on.strftime("%d/%m/%Y")}
    if one.state == PaymentState.CANCELLED:
        return gettext("demande annulée")
    envelope = one.commitment.envelope
    if envelope.regime == Regime.STATE and envelope.cp_available_cents < one.amount_cents:
        return gettext("chez le détenteur : il manque des crédits de paiement")
    if not one.dp_number and envelope.regime == Regime.STATE:
        return gettext("chez le détenteur : demande à saisir dans Chorus, numéro DP attendu")
    waited = (on - one.requested_at.date()).days
    told = ngettext(
        "chez le comptable depuis %(days)s jour", "chez le comptable depuis %(days)s jours", waited
    )
    return told % {"days": waited}


def rule_title(one: Any, rules: Plan) -> str:
    return next((rule.title for rule in rules.rules if rule.code == one.rule), "")


def _payment(one: Any) -> Cell:
    url = reverse("budget:payment", args=[one.pk])
    return Cell(one.commitment.label, url=url, note=one.commitment.reference)


def _beneficiary(one: Any) -> Cell:
    paid = one.commitment.beneficiary
    return Cell(paid.name if paid else "—")


def _state(one: Any) -> Cell:
    late = days_late(one, today())
    if late:
        return Cell(
            ngettext("en retard de %(days)s jour", "en retard de %(days)s jours", late)
            % {"days": late},
            level="bad",
        )
    return Cell(one.get_state_display(), level=PAYMENT_LEVELS[PaymentState(one.state)])


def payment_columns() -> tuple[Column, ...]:
    """Read with the rules of law of the programme, once a list."""
    rules, on = plan(), today()
    return (
        Column("objet", _("Engagement"), _payment, order="commitment__label"),
        Column(
            "beneficiaire",
            _("Bénéficiaire"),
            _beneficiary,
        ),
        Column(
            "montant",
            _("Montant"),
            lambda one: money(one.amount_cents),
            order="amount_cents",
            is_number=True,
        ),
        Column("ej", _("EJ"), lambda one: Cell(one.commitment.ej_number or "—")),
        Column("dp", _("DP"), lambda one: Cell(one.dp_number or "—"), order="dp_number"),
        Column(
            "echeance",
            _("À payer avant le"),
            lambda one: Cell(
                one.due_on.strftime("%d/%m/%Y") if one.due_on else "—",
                value=one.due_on.isoformat() if one.due_on else "",
                note=rule_title(one, rules),
            ),
            order="due_on",
        ),
        Column("etat", _("État"), _state, order="state"),
        Column("ou", _("Où c’est"), lambda one: Cell(stuck_at(one, on))),
    )


# What the accountant's tool takes in: one line a request, plain titles, dates and amounts.
CHORUS = (
    Column("ej", "EJ", lambda one: Cell(one.commitment.ej_number)),
    Column("dp", "DP", lambda one: Cell(one.dp_number)),
    Column("cf", "Centre financier", lambda one: Cell(one.commitment.cost_center)),
    Column("df", "Domaine fonctionnel", lambda one: Cell(one.commitment.functional_domain)),
    Column("activite", "Activité", lambda one: Cell(one.commitment.activity_code)),
    Column("montant", "Montant", lambda one: Cell(_plain_amount(one.amount_cents))),
    Column("facture", "Facture", lambda one: Cell(one.invoice)),
    Column(
        "beneficiaire",
        "Bénéficiaire",
        lambda one: Cell(one.commitment.beneficiary.name if one.commitment.beneficiary else ""),
    ),
    Column("demande", "Demandé le", lambda one: Cell(one.requested_at.strftime("%d/%m/%Y"))),
    Column(
        "echeance", "Échéance", lambda one: Cell(f"{one.due_on:%d/%m/%Y}" if one.due_on else "")
    ),
)


def _plain_amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"
