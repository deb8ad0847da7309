"""
The words of the ledger: what a movement does, in which ledger and on which account it is entered.

The State has two ledgers of rights, AE (what may be signed) and CP (what may be paid); a holder
outside it has one, its own money. What is owed to somebody is told apart, in a third. What is
given in kind has its value in the holder's own ledger, whoever the holder is, and moves no cash.
"""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Regime(models.TextChoices):
    STATE = "STATE", _("crédits de l’État (AE et CP)")
    OUTSIDE = "OUTSIDE", _("argent reçu et dépensé")
    IN_KIND = "IN_KIND", _("dons en nature, à leur valeur")


class Ledger(models.TextChoices):
    AE = "AE", _("autorisations d’engagement")
    CP = "CP", _("crédits de paiement")
    OWN = "OWN", _("argent du détenteur")
    DUE = "DUE", _("ce qui est dû")


class Account(models.TextChoices):
    """Debits are positive, credits negative; the entries of a movement sum to nothing."""

    GRANTED = "GRANTED", _("crédits reçus")
    AVAILABLE = "AVAILABLE", _("disponible")
    DELEGATED = "DELEGATED", _("délégué")
    COMMITTED = "COMMITTED", _("engagé")
    PAID = "PAID", _("payé")
    CARRIED = "CARRIED", _("reporté")
    LAPSED = "LAPSED", _("tombé")
    EXPENSE = "EXPENSE", _("service fait")
    PAYABLE = "PAYABLE", _("à payer")
    TREASURY = "TREASURY", _("trésorerie")
    # What a donor brought in place of money.
    DONATED = "DONATED", _("reçu en don")
    # What may be paid before the service is done: a right, not money.
    ADVANCE = "ADVANCE", _("avances accordées")
    OFF_BALANCE = "OFF_BALANCE", _("contrepartie des avances")


class MovementKind(models.TextChoices):
    ALLOT = "ALLOT", _("crédits ouverts")
    DELEGATE = "DELEGATE", _("délégation")
    WITHDRAW = "WITHDRAW", _("retrait de délégation")
    COMMIT = "COMMIT", _("engagement")
    RELEASE = "RELEASE", _("retrait d’engagement")
    CERTIFY = "CERTIFY", _("service fait")
    ADVANCE = "ADVANCE", _("avance accordée")
    PAY = "PAY", _("paiement")
    CARRY = "CARRY", _("report de crédits")
    FORWARD = "FORWARD", _("engagement repris l’année suivante")
    LAPSE = "LAPSE", _("crédits non reportés")
    REVERSE = "REVERSE", _("annulation")
    # The beneficiary of a grant gave a part back.
    RETURN = "RETURN", _("somme rendue")


class Document(models.TextChoices):
    """The paper that a movement stands on."""

    DECISION = "DECISION", _("décision")
    ORDER = "ORDER", _("commande")
    AGREEMENT = "AGREEMENT", _("convention")
    RECEIPT = "RECEIPT", _("réception")
    PAYMENT = "PAYMENT", _("paiement")
    EXTRACT = "EXTRACT", _("extrait Chorus")
    GIFT = "GIFT", _("don")


class Origin(models.TextChoices):
    """Where it was decided: what was decided elsewhere is recorded, never refused."""

    HERE = "HERE", _("décidé ici")
    ELSEWHERE = "ELSEWHERE", _("constaté dans Chorus ou ailleurs")
    OPENING = "OPENING", _("commencé avant le programme")


class Spending(models.TextChoices):
    """What a commitment buys: the legal delay of payment depends on it."""

    ORDERS = "orders", _("commande")
    GRANTS = "grants", _("subvention")
    OTHER = "other", _("autre dépense")


class PaymentState(models.TextChoices):
    REQUESTED = "REQUESTED", _("demande de paiement émise")
    PAID = "PAID", _("payée")
    CANCELLED = "CANCELLED", _("annulée")


PAYMENT_MOVES: Mapping[str, frozenset[str]] = {
    PaymentState.REQUESTED: frozenset({PaymentState.PAID, PaymentState.CANCELLED}),
    # The bank sends the money back: the request is open again, or falls when nothing covers it.
    PaymentState.PAID: frozenset({PaymentState.REQUESTED, PaymentState.CANCELLED}),
    PaymentState.CANCELLED: frozenset(),
}


class RequestState(models.TextChoices):
    WAITING = "WAITING", _("attend des signatures")
    SIGNED = "SIGNED", _("signée")
    REFUSED = "REFUSED", _("refusée")
    WITHDRAWN = "WITHDRAWN", _("retirée")


# What the ledger itself does once the last has signed; other kinds are other apps' affair.
SIGNED_COMMITMENT, SIGNED_DELEGATION = "budget.commitment", "budget.delegation"

REQUEST_MOVES: Mapping[str, frozenset[str]] = {
    RequestState.WAITING: frozenset(
        {RequestState.SIGNED, RequestState.REFUSED, RequestState.WITHDRAWN}
    ),
    RequestState.SIGNED: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}


class LineState(models.TextChoices):
    """What became of one line of a Chorus extract."""

    MATCHED = "MATCHED", _("déjà connue, même montant")
    NEW = "NEW", _("à enregistrer")
    DIFFERS = "DIFFERS", _("montant différent")
    UNKNOWN = "UNKNOWN", _("engagement inconnu")
    REPEATED = "REPEATED", _("ligne en double")
    WRONG_YEAR = "WRONG_YEAR", _("autre exercice")
    UNREADABLE = "UNREADABLE", _("illisible")
    POSTED = "POSTED", _("enregistrée")


class ExtractState(models.TextChoices):
    COMPARED = "COMPARED", _("comparé, rien n’est enregistré")
    CONFIRMED = "CONFIRMED", _("confirmé")
    ABANDONED = "ABANDONED", _("abandonné")


EXTRACT_MOVES: Mapping[str, frozenset[str]] = {
    ExtractState.COMPARED: frozenset({ExtractState.CONFIRMED, ExtractState.ABANDONED}),
    ExtractState.CONFIRMED: frozenset(),
    ExtractState.ABANDONED: frozenset(),
}
