"""Putting a message in the outbox, and sending what waits there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from traitdunion.base.actors import Actor
from traitdunion.gateways.models import Message

TRIES = 5
DAY = timedelta(days=1)


def post(
    *, to: str, template: str, context: dict[str, Any], language: str, by: Actor, at: datetime
) -> Message:
    """
    Leave a message to be sent, in the transaction of the fact it tells.

    Args:
        template: name of ``messages/<template>.txt``; its first line is the subject.
        context: links, codes, dates; never a child's name.
    """
    return Message.objects.create(
        recipient=to, template=template, context=context, language=language, created_at=at
    )


def post_daily(
    *,
    recipients: Sequence[str],
    template: str,
    context: dict[str, Any],
    within: timedelta = DAY,
    by: Actor,
    at: datetime,
) -> int:
    """
    Leave the same message for each of them, unless it was left within a day, or as long as is
    asked; how many.
    """
    today = Message.objects.filter(template=template, created_at__gt=at - within)
    told = set(today.values_list("recipient", flat=True))
    waiting = [to for to in recipients if to not in told]
    for to in waiting:
        post(to=to, template=template, context=context, language="fr", by=by, at=at)
    return len(waiting)


def send_waiting(*, by: Actor, at: datetime, limit: int = 100) -> int:
    """Send what waits, oldest first; what fails stays for the next turn. Return how many left."""
    waiting = Message.objects.filter(sent_at__isnull=True, failures__lt=TRIES)
    sent = 0
    for message in waiting.order_by("created_at", "pk")[:limit]:
        sent += _send(message, at)
    return sent


def _send(message: Message, at: datetime) -> int:
    with translation.override(message.language):
        text = render_to_string(f"messages/{message.template}.txt", message.context)
    subject, _blank, body = text.strip().partition("\n")
    try:
        EmailMessage(subject.strip(), body.strip(), to=[message.recipient]).send()
    except OSError:
        Message.objects.filter(pk=message.pk).update(failures=message.failures + 1)
        return 0
    return Message.objects.filter(pk=message.pk, sent_at__isnull=True).update(sent_at=at)
