"""What waits to leave."""

from datetime import datetime, timedelta

from traitdunion.gateways.models import Message

# A message that has waited for longer than this tells of a worker or a mail server that is down.
PATIENCE = timedelta(minutes=15)


def late_messages(*, at: datetime) -> int:
    """Messages that should have left by now."""
    return Message.objects.filter(sent_at__isnull=True, created_at__lt=at - PATIENCE).count()
