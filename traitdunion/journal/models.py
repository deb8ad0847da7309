"""
Who did what, when, to what. Kinds and identifiers only: erasing a child must leave every event
true.
"""

import uuid

from django.db import models


class Event(models.Model):
    """One thing that happened; rows are added, never changed or removed (triggers see to it)."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=40)
    actor_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="event_by_subject"),
            models.Index(fields=["verb", "id"], name="event_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind}:{self.subject_id}"


class Seal(models.Model):
    """
    A stretch of the journal closed over: one changed byte in its events, or in a seal before it,
    and the hash no longer holds. Only grows.
    """

    append_only = True

    number = models.PositiveBigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64)
    # [first, last] of the identifiers that were there: sequences leave gaps, and a lower
    # identifier may be committed after a higher one; it then enters a later seal.
    ranges = models.JSONField()
    events = models.PositiveBigIntegerField()
    # The highest identifier sealed so far, by this seal or one before.
    top = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    # A short sum of each event: it proves nothing, it names the one that was changed.
    marks = models.BinaryField()
    # How many rows of each table the events tell, those of the seals before included.
    rows = models.JSONField()
    # First transaction not yet begun when the events were read; none on SQLite, one writer at a
    # time.
    horizon = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=40)
    by_id = models.UUIDField(null=True)
    hash = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class Head(models.Model):
    """One row, apart from the seals: how many there are, so that a missing last one is found."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seals = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_head")]

    def __str__(self) -> str:
        return str(self.seals)
