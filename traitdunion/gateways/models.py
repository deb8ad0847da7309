"""What waits to leave: an outbox written in the transaction of the fact it tells."""

from django.db import models

from traitdunion.base.models import BaseModel


class Message(BaseModel):
    """
    An e-mail to send: to whom, which template, with what.

    ``context`` holds links, codes and dates; never the name of a child.
    """

    recipient = models.EmailField()
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    language = models.CharField(max_length=5, default="fr")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["sent_at", "created_at"], name="message_to_send")]

    def __str__(self) -> str:
        return f"{self.template} {self.created_at:%Y-%m-%d}"
