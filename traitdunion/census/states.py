"""The life of a census, of what was asked of a neighbourhood, and of a need."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Of a census."""

    OPEN = "OPEN", _("ouvert")
    CLOSED = "CLOSED", _("clos")
    DRAWN = "DRAWN", _("graine publiée")


MOVES: Mapping[str, frozenset[str]] = {
    State.OPEN: frozenset({State.CLOSED}),
    State.CLOSED: frozenset({State.DRAWN}),
    State.DRAWN: frozenset(),
}


class Asked(models.TextChoices):
    """What is known of a neighbourhood: no census is not no need."""

    NOT_ASKED = "NOT_ASKED", _("pas encore sollicité")
    SILENT = "SILENT", _("sollicité, sans réponse")
    ANSWERED = "ANSWERED", _("a répondu")
    NO_NEED = "NO_NEED", _("déclare n’avoir aucun besoin")


class NeedState(models.TextChoices):
    OPEN = "OPEN", _("retenu")
    DOUBTFUL = "DOUBTFUL", _("à vérifier")
    OUT = "OUT", _("hors quartier prioritaire")
    WITHDRAWN = "WITHDRAWN", _("retiré")


NEED_MOVES: Mapping[str, frozenset[str]] = {
    NeedState.OPEN: frozenset({NeedState.DOUBTFUL, NeedState.OUT, NeedState.WITHDRAWN}),
    NeedState.DOUBTFUL: frozenset({NeedState.OPEN, NeedState.OUT, NeedState.WITHDRAWN}),
    NeedState.OUT: frozenset({NeedState.OPEN, NeedState.DOUBTFUL, NeedState.WITHDRAWN}),
    NeedState.WITHDRAWN: frozenset(),
}


class Equipment(models.TextChoices):
    TABLET = "tablet", _("tablette")
    KEY_4G = "key_4g", _("clé 4G")
    BOTH = "both", _("tablette et clé 4G")


class Degree(models.IntegerChoices):
    NOTHING = 0, _("aucun écran")
    PHONE_ONLY = 1, _("téléphone seul ou pas de connexion")
    SHARED = 2, _("écran partagé")


class Doubt(models.TextChoices):
    """Why a need waits for a person."""

    NONE = "", _("aucun")
    ADDRESS = "ADDRESS", _("adresse à placer")
    LIMIT = "LIMIT", _("adresse trop près d’une limite")
    DUPLICATE = "DUPLICATE", _("doublon probable")


class Verdict(models.TextChoices):
    """On two needs that look like the same child."""

    TO_SETTLE = "TO_SETTLE", _("à trancher")
    SAME = "SAME", _("même enfant")
    DIFFERENT = "DIFFERENT", _("enfants différents")


class Amended(models.TextChoices):
    """What was settled on a need after its census closed."""

    WITHDRAWN = "WITHDRAWN", _("besoin retiré")
    ADDRESS = "ADDRESS", _("adresse vérifiée")
    DUPLICATE = "DUPLICATE", _("doublon tranché")
