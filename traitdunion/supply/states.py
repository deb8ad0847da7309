"""The life of an order, and of a line of a supplier's manifest."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    TO_SIGN = "TO_SIGN", _("attend des signatures")
    PLACED = "PLACED", _("commandée")
    PARTLY_RECEIVED = "PARTLY_RECEIVED", _("reçue en partie")
    RECEIVED = "RECEIVED", _("reçue")
    CANCELLED = "CANCELLED", _("annulée")


ORDER_MOVES: Mapping[str, frozenset[str]] = {
    # Nothing is committed before the last signature.
    OrderState.TO_SIGN: frozenset({OrderState.PLACED, OrderState.CANCELLED}),
    OrderState.PLACED: frozenset(
        {OrderState.PARTLY_RECEIVED, OrderState.RECEIVED, OrderState.CANCELLED}
    ),
    OrderState.PARTLY_RECEIVED: frozenset({OrderState.PARTLY_RECEIVED, OrderState.RECEIVED}),
    OrderState.RECEIVED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}


class Announced(models.TextChoices):
    """A serial number in a manifest, and what became of it."""

    ANNOUNCED = "ANNOUNCED", _("annoncé")
    RECEIVED = "RECEIVED", _("reçu")
    MISSING = "MISSING", _("manquant")
    SET_ASIDE = "SET_ASIDE", _("à contrôler, hors liste")
    UNEXPECTED = "UNEXPECTED", _("reçu sans être annoncé")
    REFUSED = "REFUSED", _("refusé, à rendre au fournisseur")


# What nobody announced is no device of ours before the buyer says so.
ASIDE_MOVES: Mapping[str, frozenset[str]] = {
    Announced.SET_ASIDE: frozenset({Announced.UNEXPECTED, Announced.REFUSED}),
}
