"""The figures of the dashboard that count needs: each names the list behind it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Figure(models.TextChoices):
    NEEDS = "besoins", _("recensés en quartier prioritaire")
    KEPT = "retenus", _("retenus")
    DOUBTFUL = "a-verifier", _("à vérifier")
    SERVED = "servis", _("servis par une attribution")
    WAITING = "en-attente", _("retenus, en attente")
