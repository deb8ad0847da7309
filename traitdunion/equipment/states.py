"""Where a device can be, and which moves lead there."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    TABLET = "tablet", _("tablette")
    KEY_4G = "key_4g", _("clé 4G")


class State(models.TextChoices):
    IN_STOCK = "IN_STOCK", _("en stock")
    IN_TRANSIT = "IN_TRANSIT", _("en transfert")
    LENT = "LENT", _("prêté")
    IN_REPAIR = "IN_REPAIR", _("en réparation")
    LOST = "LOST", _("perdu")
    STOLEN = "STOLEN", _("volé")
    RETIRED = "RETIRED", _("réformé")


MOVES: Mapping[str, frozenset[str]] = {
    State.IN_STOCK: frozenset(
        {
            State.IN_STOCK,
            State.IN_TRANSIT,
            State.LENT,
            State.IN_REPAIR,
            State.LOST,
            State.STOLEN,
            State.RETIRED,
        }
    ),
    State.IN_TRANSIT: frozenset({State.IN_STOCK, State.LOST, State.STOLEN}),
    State.LENT: frozenset({State.IN_STOCK, State.IN_REPAIR, State.LOST, State.STOLEN}),
    State.IN_REPAIR: frozenset({State.IN_STOCK, State.RETIRED, State.LOST}),
    # Found again: it comes back to whoever has it in hand.
    State.LOST: frozenset({State.IN_STOCK, State.STOLEN, State.RETIRED}),
    State.STOLEN: frozenset({State.IN_STOCK, State.RETIRED}),
    State.RETIRED: frozenset(),
}

# Nobody has it in hand.
NOWHERE = frozenset({State.LOST, State.STOLEN, State.RETIRED})


class Move(models.TextChoices):
    """What a line of the custody log tells."""

    REGISTERED = "REGISTERED", _("entré au registre")
    SENT = "SENT", _("expédié")
    RECEIVED = "RECEIVED", _("reçu")
    LENT = "LENT", _("remis")
    RETURNED = "RETURNED", _("rendu")
    TO_REPAIR = "TO_REPAIR", _("envoyé en réparation")
    REPAIRED = "REPAIRED", _("revenu de réparation")
    LOST = "LOST", _("déclaré perdu")
    STOLEN = "STOLEN", _("déclaré volé")
    FOUND = "FOUND", _("retrouvé")
    RETIRED = "RETIRED", _("réformé")
