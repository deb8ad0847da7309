"""The life of a piece of long work."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    WAITING = "WAITING", _("en attente")
    RUNNING = "RUNNING", _("en cours")
    DONE = "DONE", _("terminé")
    FAILED = "FAILED", _("arrêté")


MOVES: Mapping[str, frozenset[str]] = {
    # A worker that was killed leaves its work RUNNING; another one takes it up again.
    State.WAITING: frozenset({State.RUNNING, State.FAILED}),
    State.RUNNING: frozenset({State.RUNNING, State.DONE, State.FAILED}),
    State.DONE: frozenset(),
    State.FAILED: frozenset({State.RUNNING}),
}
