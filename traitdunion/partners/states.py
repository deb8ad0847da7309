"""Kinds of organisations, roles of people, schemes of identifiers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    MINISTRY = "MINISTRY", _("pilotage national")
    PREFECTURE = "PREFECTURE", _("préfecture")
    RECTORATE = "RECTORATE", _("rectorat")
    CITE_EDUCATIVE = "CITE_EDUCATIVE", _("cité éducative")
    SCHOOL = "SCHOOL", _("établissement scolaire")
    ASSOCIATION = "ASSOCIATION", _("association")
    LOCAL_AUTHORITY = "LOCAL_AUTHORITY", _("collectivité")
    SUPPLIER = "SUPPLIER", _("fournisseur")
    MENTORING_NETWORK = "MENTORING_NETWORK", _("réseau de mentorat")
    CONTROLLER = "CONTROLLER", _("organe de contrôle")
    # It gives in kind; nobody acts for it here.
    DONOR = "DONOR", _("donateur")


# Those that record needs, lend and take back.
RELAYS = frozenset({Kind.SCHOOL, Kind.ASSOCIATION, Kind.LOCAL_AUTHORITY})
# Those that decide over a territory.
DECIDERS = frozenset({Kind.MINISTRY, Kind.PREFECTURE, Kind.RECTORATE, Kind.CITE_EDUCATIVE})
# Those that may hold credits and buy.
BUYERS = frozenset({Kind.MINISTRY, Kind.PREFECTURE, Kind.RECTORATE, Kind.LOCAL_AUTHORITY})


class Role(models.TextChoices):
    ADMINISTRATOR = "ADMINISTRATOR", _("administration du service")
    MANAGER = "MANAGER", _("responsable")
    MEMBER = "MEMBER", _("membre")
    RECEIVER = "RECEIVER", _("remise du matériel")
    MENTOR = "MENTOR", _("mentor")
    TREASURER = "TREASURER", _("trésorerie")
    READER = "READER", _("lecture seule")


# Roles that may act for their organisation.
ACTING = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.MEMBER})
# Roles that may invite others.
INVITING = frozenset({Role.ADMINISTRATOR, Role.MANAGER})

# Roles that an organisation of a kind may give.
ROLES_OF = {
    Kind.MINISTRY: (Role.ADMINISTRATOR, Role.MEMBER, Role.READER),
    Kind.CONTROLLER: (Role.READER,),
    Kind.DONOR: (),
    Kind.SUPPLIER: (Role.MANAGER, Role.MEMBER),
    Kind.MENTORING_NETWORK: (Role.MANAGER, Role.MEMBER, Role.MENTOR),
    Kind.ASSOCIATION: (Role.MANAGER, Role.MEMBER, Role.RECEIVER, Role.TREASURER),
    Kind.SCHOOL: (Role.MANAGER, Role.MEMBER, Role.RECEIVER),
    Kind.LOCAL_AUTHORITY: (Role.MANAGER, Role.MEMBER, Role.RECEIVER),
    Kind.PREFECTURE: (Role.MANAGER, Role.MEMBER, Role.READER),
    Kind.RECTORATE: (Role.MANAGER, Role.MEMBER, Role.READER),
    Kind.CITE_EDUCATIVE: (Role.MANAGER, Role.MEMBER, Role.READER),
}


class Scheme(models.TextChoices):
    UAI = "UAI", "UAI"
    SIRET = "SIRET", "SIRET"
    RNA = "RNA", "RNA"
    RIDET = "RIDET", "RIDET"
    TAHITI = "TAHITI", "TAHITI"
