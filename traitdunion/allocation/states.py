"""The life of a wave, of an award, of a request for review."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class WaveState(models.TextChoices):
    PROPOSED = "PROPOSED", _("proposée")
    CONFIRMED = "CONFIRMED", _("confirmée")
    CANCELLED = "CANCELLED", _("abandonnée")


WAVE_MOVES: Mapping[str, frozenset[str]] = {
    WaveState.PROPOSED: frozenset({WaveState.CONFIRMED, WaveState.CANCELLED}),
    WaveState.CONFIRMED: frozenset(),
    WaveState.CANCELLED: frozenset(),
}


class AwardState(models.TextChoices):
    AWARDED = "AWARDED", _("attribué")
    HANDED_OVER = "HANDED_OVER", _("remis")
    LAPSED = "LAPSED", _("caduc, passé au suivant")
    DECLINED = "DECLINED", _("refusé par la famille")
    WITHDRAWN = "WITHDRAWN", _("retiré")


AWARD_MOVES: Mapping[str, frozenset[str]] = {
    AwardState.AWARDED: frozenset(
        {AwardState.HANDED_OVER, AwardState.LAPSED, AwardState.DECLINED, AwardState.WITHDRAWN}
    ),
    AwardState.HANDED_OVER: frozenset(),
    AwardState.LAPSED: frozenset(),
    AwardState.DECLINED: frozenset(),
    AwardState.WITHDRAWN: frozenset(),
}

# An award that holds its place: a child has one of these at most.
STANDING = (AwardState.AWARDED, AwardState.HANDED_OVER)


class Decision(models.TextChoices):
    """What the queue says of a need."""

    SERVED = "served", _("servi")
    WAITING = "waiting", _("en attente")
    CHECK = "check", _("à contrôler")
    DOUBTFUL = "doubtful", _("à vérifier")
