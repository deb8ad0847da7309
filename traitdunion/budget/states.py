"""What a ledger entry does."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Movement(models.TextChoices):
    ALLOT = "ALLOT", _("crédits ouverts")
    COMMIT = "COMMIT", _("engagement")
    RELEASE = "RELEASE", _("désengagement")
    CERTIFY = "CERTIFY", _("service fait")
