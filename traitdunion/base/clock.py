"""
The hour, read once at the edge and handed down as ``at``.

``TRAITDUNION_NOW`` moves it for demonstrations and tests; settings refuse it elsewhere.
"""

from datetime import datetime

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The instant at which this request, command or job happens."""
    moved: datetime | None = settings.TRAITDUNION_NOW
    return moved or timezone.now()
