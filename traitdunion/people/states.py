"""Answers on an address, kinds of people, what a parent said."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Answer(models.TextChoices):
    """Whether an address is in a priority neighbourhood; unknown is never turned into no."""

    IN = "in", _("dans un quartier prioritaire")
    OUT = "out", _("hors quartier prioritaire")
    REVIEW = "review", _("à vérifier : trop près d’une limite")
    UNKNOWN = "unknown", _("adresse non placée")


class Method(models.TextChoices):
    GIVEN_POINT = "GIVEN_POINT", _("coordonnées du recensement")
    GEOCODED = "GEOCODED", _("adresse placée par le géocodeur")
    NO_POINT = "NO_POINT", _("aucun point")
    PERSON = "PERSON", _("vérifié par une personne")


class Kind(models.TextChoices):
    CHILD = "CHILD", _("enfant ou jeune")
    GUARDIAN = "GUARDIAN", _("responsable")


class Activity(models.TextChoices):
    LOAN = "LOAN", _("prêt d’un équipement")
    MENTORING = "MENTORING", _("accompagnement par un mentor")


class Means(models.TextChoices):
    IN_PERSON = "IN_PERSON", _("de vive voix")
    PAPER = "PAPER", _("sur papier")
    PHONE = "PHONE", _("par téléphone")
    LINK = "LINK", _("par un lien")
