"""What networks sent, how many are followed, and what was paid for it."""

from django.db import models
from django.db.models import F, Q

from traitdunion.base.models import BaseModel
from traitdunion.mentoring.models.agreements import Network, NetworkAgreement
from traitdunion.mentoring.models.following import CountedChild
from traitdunion.mentoring.states import (
    Definition,
    FileKind,
)


class NetworkFile(BaseModel):
    """A file or a call by which a network told its pairs or sessions. Its content is not kept."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=FileKind.choices)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    corrected = models.PositiveIntegerField()
    same = models.PositiveIntegerField()
    aside = models.PositiveIntegerField()
    # Headings of the columns that were not read: free text never comes in.
    ignored = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["network", "sent_at"], name="network_file_by_date")]

    def __str__(self) -> str:
        return f"{self.kind} {self.rows}"


class KeptAside(BaseModel):
    """
    A row that could not be used: its identifier and the reason, to mend in the network's tool.

    None of its values is kept. It is settled when the same identifier comes back whole.
    """

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(NetworkFile, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=FileKind.choices)
    external_id = models.CharField(max_length=80, blank=True)
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["network", "kind", "external_id"],
                condition=Q(settled_at__isnull=True),
                name="kept_aside_to_mend",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.line}"


class FollowedSpan(BaseModel):
    """
    From one day until the day before another, a child is followed by one of the two definitions.

    A counter: computed from the sessions (``engine/following.py``), recomputed by ``verify``.
    With a network, by its sessions alone; without, by those of all.
    """

    child = models.ForeignKey(CountedChild, on_delete=models.PROTECT, related_name="+")
    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT, related_name="+")
    definition = models.CharField(max_length=10, choices=Definition.choices)
    from_on = models.DateField()
    # The first day on which it no longer holds; none while nothing ends it.
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gt=F("from_on")),
                name="followed_some_day",
            )
        ]
        indexes = [
            models.Index(
                fields=["definition", "network", "from_on", "until_on"], name="followed_by_day"
            ),
            models.Index(fields=["child"], name="followed_by_child"),
        ]

    def __str__(self) -> str:
        return f"{self.definition} {self.from_on:%Y-%m-%d}"


class CountCertificate(BaseModel):
    """How many were followed on a day, by which definitions, from which file. Only grows."""

    append_only = True

    number = models.CharField(max_length=20, unique=True)
    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        NetworkAgreement, null=True, on_delete=models.PROTECT, related_name="+"
    )
    on = models.DateField()
    # The two definitions as the programme file said them that day.
    definitions = models.JSONField()
    # Of an agreement: the children followed at least one day of it, until that day.
    places = models.PositiveIntegerField(null=True)
    wide = models.PositiveIntegerField()
    strict = models.PositiveIntegerField()
    sessions = models.PositiveIntegerField()
    # The lines from which anybody counts again, compressed, and the digest of what they unpack to.
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    told_by = models.UUIDField(null=True, db_index=True)

    def __str__(self) -> str:
        return self.number


class PlacesPaid(BaseModel):
    """A payment of an agreement: the places certified by a count, or the advance before any."""

    agreement = models.ForeignKey(NetworkAgreement, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(
        CountCertificate, null=True, on_delete=models.PROTECT, related_name="+"
    )
    request = models.OneToOneField(
        "budget.PaymentRequest", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Places newly followed since the payment before; none for an advance.
    places = models.PositiveIntegerField(default=0)
    # What those places are worth, and what is paid once the advance is set off.
    worth_cents = models.BigIntegerField()
    paid_cents = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_cents__gte=0, worth_cents__gte=0), name="places_paid_not_negative"
            ),
            models.UniqueConstraint(
                fields=["agreement", "certificate"],
                condition=Q(certificate__isnull=False),
                name="certificate_paid_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
