"""The figures of the dashboard that count needs: each names the list behind it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Figure(models.TextChoices):
    NEEDS = "besoins", _("recensés en quartier prioritaire")
    KEPT = "retenus", _("retenus")
    DOUBTFUL = "a-verifier", _("à vérifier")
    SERVED = "servis", _("servis par une attribution")
    WAITING = "en-attente", _("retenus, en attente")


class Thing(models.TextChoices):
    """What one link of a trace is."""

    ENVELOPE = "ENVELOPE", _("enveloppe")
    COMMITMENT = "COMMITMENT", _("engagement")
    PAYMENT = "PAYMENT", _("paiement")
    ORDER = "ORDER", _("commande")
    GIFT = "GIFT", _("don en nature")
    ORIGIN = "ORIGIN", _("origine")
    DEVICE = "DEVICE", _("appareil")
    HAND = "HAND", _("garde")
    AGREEMENT = "AGREEMENT", _("convention de prêt")
    NETWORK_AGREEMENT = "NETWORK_AGREEMENT", _("convention avec un réseau")
    AWARD = "AWARD", _("attribution")
    CHILD = "CHILD", _("enfant")
    ORGANISATION = "ORGANISATION", _("organisation")
    NEIGHBOURHOOD = "NEIGHBOURHOOD", _("quartier")
    GRANT = "GRANT", _("subvention")


class Leaf(models.TextChoices):
    """Where a euro is now; only the first ends at a child."""

    CHILD = "CHILD", _("appareils chez des enfants")
    WORKSHOP = "WORKSHOP", _("appareils prêtés à des organisations (ateliers)")
    STOCK = "STOCK", _("appareils en stock ou en route")
    REPAIR = "REPAIR", _("appareils en réparation")
    GONE = "GONE", _("appareils perdus, volés ou réformés")
    TO_COME = "TO_COME", _("appareils commandés, pas encore reçus")
    FOLLOWED = "FOLLOWED", _("places de mentorat, de jeunes suivis")
    GRANT = "GRANT", _("subventions à des associations")
    ORGANISATION = "ORGANISATION", _("autres engagements, qui s’arrêtent à une organisation")
    FORWARD = "FORWARD", _("engagements repris d’un exercice à l’autre")
