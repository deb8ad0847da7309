"""The life of an application for a grant, of an opinion, a decision, a payment and a report."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicationState(models.TextChoices):
    DRAFT = "DRAFT", _("brouillon")
    SUBMITTED = "SUBMITTED", _("en construction")
    UNDER_REVIEW = "UNDER_REVIEW", _("en instruction")
    ACCEPTED = "ACCEPTED", _("acceptée")
    REFUSED = "REFUSED", _("refusée")
    CLOSED = "CLOSED", _("classée sans suite")


APPLICATION_MOVES: Mapping[str, frozenset[str]] = {
    ApplicationState.DRAFT: frozenset({ApplicationState.SUBMITTED}),
    # Ineligible: said before any review.
    ApplicationState.SUBMITTED: frozenset(
        {ApplicationState.UNDER_REVIEW, ApplicationState.REFUSED, ApplicationState.CLOSED}
    ),
    ApplicationState.UNDER_REVIEW: frozenset(
        {
            ApplicationState.SUBMITTED,
            ApplicationState.ACCEPTED,
            ApplicationState.REFUSED,
            ApplicationState.CLOSED,
        }
    ),
    # An acceptance creates rights: it is reopened under conditions that the page recalls.
    ApplicationState.ACCEPTED: frozenset({ApplicationState.UNDER_REVIEW}),
    ApplicationState.REFUSED: frozenset({ApplicationState.UNDER_REVIEW}),
    ApplicationState.CLOSED: frozenset({ApplicationState.UNDER_REVIEW}),
}

# Those that wait for a decision.
PENDING = frozenset({ApplicationState.SUBMITTED, ApplicationState.UNDER_REVIEW})
# Those that the authority sees: a draft is its author's affair.
RECEIVED = frozenset(set(ApplicationState) - {ApplicationState.DRAFT})


class Purpose(models.TextChoices):
    """What the grant is for; it decides what is owed in return."""

    OPERATING = "OPERATING", _("fonctionnement de l’association")
    ACTION = "ACTION", _("une action précise")


class PieceKind(models.TextChoices):
    BANK_SLIP = "BANK_SLIP", _("relevé d’identité bancaire")
    MANDATE = "MANDATE", _("pouvoir donné au signataire")
    STATUTES = "STATUTES", _("statuts")
    ACCOUNTS = "ACCOUNTS", _("derniers comptes approuvés")
    OTHER = "OTHER", _("autre pièce")


class MessageKind(models.TextChoices):
    MESSAGE = "MESSAGE", _("message")
    # The applicant may change the application until it is answered.
    CORRECTION = "CORRECTION", _("correction demandée")


class SignatureKind(models.TextChoices):
    """How the legal representative committed the association."""

    LINK = "LINK", _("signée par lien")
    MANDATE = "MANDATE", _("signée en vertu d’un pouvoir joint")


class Stance(models.TextChoices):
    FAVOURABLE = "FAVOURABLE", _("favorable")
    RESERVED = "RESERVED", _("réservé")
    UNFAVOURABLE = "UNFAVOURABLE", _("défavorable")


class AssignmentKind(models.TextChoices):
    REVIEWER = "REVIEWER", _("instruit")
    FOLLOWER = "FOLLOWER", _("suit")


class Outcome(models.TextChoices):
    ACCEPTED = "ACCEPTED", _("accordée")
    REFUSED = "REFUSED", _("refusée")
    CLOSED = "CLOSED", _("classée sans suite")


class DecisionForm(models.TextChoices):
    ORDER = "ORDER", _("arrêté")
    AGREEMENT = "AGREEMENT", _("convention")
    # A refusal or a closing, told by a letter.
    LETTER = "LETTER", _("lettre")


class LetterKind(models.TextChoices):
    """Which words a letter takes; each authority may have its own, version after version."""

    ORDER = "ORDER", _("arrêté attributif")
    AGREEMENT = "AGREEMENT", _("convention")
    REFUSAL = "REFUSAL", _("refus")
    CLOSING = "CLOSING", _("classement sans suite")


class Channel(models.TextChoices):
    """How a payment leaves: the State’s accountant pays in Chorus, anybody else through a bank."""

    CHORUS = "CHORUS", _("comptable de l’État (Chorus)")
    BANK = "BANK", _("virement SEPA")


class Side(models.TextChoices):
    EXPENSE = "EXPENSE", _("dépenses")
    INCOME = "INCOME", _("recettes")


class ControlState(models.TextChoices):
    """Of one report that the draw chose: the association answers before anything is concluded."""

    DRAWN = "DRAWN", _("tiré au sort")
    ASKED = "ASKED", _("observations envoyées, réponse attendue")
    ANSWERED = "ANSWERED", _("réponse reçue")
    CLEARED = "CLEARED", _("conforme")
    TO_RETURN = "TO_RETURN", _("somme à rendre")


CONTROL_MOVES: Mapping[str, frozenset[str]] = {
    ControlState.DRAWN: frozenset({ControlState.ASKED, ControlState.CLEARED}),
    ControlState.ASKED: frozenset(
        {ControlState.ANSWERED, ControlState.CLEARED, ControlState.TO_RETURN}
    ),
    ControlState.ANSWERED: frozenset({ControlState.CLEARED, ControlState.TO_RETURN}),
    ControlState.CLEARED: frozenset(),
    ControlState.TO_RETURN: frozenset(),
}


class PaymentKind(models.TextChoices):
    ADVANCE = "ADVANCE", _("avance")
    BALANCE = "BALANCE", _("solde")
    WHOLE = "WHOLE", _("versement unique")


class GrantPaymentState(models.TextChoices):
    PREPARED = "PREPARED", _("prête à partir")
    SENT = "SENT", _("transmise au comptable")
    PAID = "PAID", _("versée")
    RETURNED = "RETURNED", _("rejetée par la banque")
    CANCELLED = "CANCELLED", _("annulée")


GRANT_PAYMENT_MOVES: Mapping[str, frozenset[str]] = {
    GrantPaymentState.PREPARED: frozenset({GrantPaymentState.SENT, GrantPaymentState.CANCELLED}),
    GrantPaymentState.SENT: frozenset(
        {GrantPaymentState.PAID, GrantPaymentState.RETURNED, GrantPaymentState.CANCELLED}
    ),
    GrantPaymentState.PAID: frozenset({GrantPaymentState.RETURNED}),
    GrantPaymentState.RETURNED: frozenset(
        {GrantPaymentState.PREPARED, GrantPaymentState.CANCELLED}
    ),
    GrantPaymentState.CANCELLED: frozenset(),
}


class ReportState(models.TextChoices):
    DUE = "DUE", _("attendu")
    SUBMITTED = "SUBMITTED", _("remis")
    ACCEPTED = "ACCEPTED", _("accepté")
    TO_COMPLETE = "TO_COMPLETE", _("à compléter")


REPORT_MOVES: Mapping[str, frozenset[str]] = {
    ReportState.DUE: frozenset({ReportState.SUBMITTED}),
    ReportState.SUBMITTED: frozenset({ReportState.ACCEPTED, ReportState.TO_COMPLETE}),
    ReportState.TO_COMPLETE: frozenset({ReportState.SUBMITTED}),
    ReportState.ACCEPTED: frozenset(),
}
