"""The life of a loan agreement, a transfer, an incident."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgreementState(models.TextChoices):
    PREPARED = "PREPARED", _("prêt à remettre")
    ABSENT = "ABSENT", _("famille absente")
    TO_SIGN = "TO_SIGN", _("remis, signature à venir")
    SIGNED = "SIGNED", _("signé")
    REFUSED = "REFUSED", _("refusé")
    ENDED = "ENDED", _("rendu ou clos")


AGREEMENT_MOVES: Mapping[str, frozenset[str]] = {
    AgreementState.PREPARED: frozenset(
        {
            AgreementState.ABSENT,
            AgreementState.TO_SIGN,
            AgreementState.SIGNED,
            AgreementState.REFUSED,
            AgreementState.ENDED,
        }
    ),
    AgreementState.ABSENT: frozenset(
        {
            AgreementState.ABSENT,
            AgreementState.TO_SIGN,
            AgreementState.SIGNED,
            AgreementState.REFUSED,
            AgreementState.ENDED,
        }
    ),
    AgreementState.TO_SIGN: frozenset({AgreementState.SIGNED, AgreementState.ENDED}),
    AgreementState.SIGNED: frozenset({AgreementState.ENDED}),
    AgreementState.REFUSED: frozenset(),
    AgreementState.ENDED: frozenset(),
}

TO_HAND_OVER = (AgreementState.PREPARED, AgreementState.ABSENT)
LENT = (AgreementState.TO_SIGN, AgreementState.SIGNED)


class Signature(models.TextChoices):
    PAPER = "paper", _("sur papier")
    SCREEN = "screen", _("nom tapé à l’écran")
    LATER = "later", _("plus tard")
    NONE = "none", _("sans signature (remise à distance)")


class Outcome(models.TextChoices):
    """How a visit ended, as it is ticked on the relay's list."""

    SIGNED = "signe", _("remis et signé")
    LATER = "plus-tard", _("remis, signera plus tard")
    UNSIGNED = "sans", _("remis sans signature")
    ABSENT = "absent", _("famille absente")
    REFUSED = "refus", _("la famille refuse")

    @property
    def signature(self) -> str:
        """What the agreement keeps of it."""
        return {
            Outcome.SIGNED: Signature.PAPER,
            Outcome.LATER: Signature.LATER,
        }.get(self, Signature.NONE)


class EndReason(models.TextChoices):
    RETURNED = "RETURNED", _("rendu")
    REPLACED = "REPLACED", _("remplacé")
    LOST = "LOST", _("perdu")
    STOLEN = "STOLEN", _("volé")
    LAPSED = "LAPSED", _("attribution caduque")


class Condition(models.TextChoices):
    """Of a device that comes back."""

    GOOD = "GOOD", _("en bon état")
    BROKEN = "BROKEN", _("à réparer")


class IncidentKind(models.TextChoices):
    BROKEN = "BROKEN", _("panne ou casse")
    LOST = "LOST", _("perte")
    STOLEN = "STOLEN", _("vol")


class TransferState(models.TextChoices):
    SENT = "SENT", _("expédié")
    RECEIVED = "RECEIVED", _("reçu")
