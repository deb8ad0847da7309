"""Who gets what, in which order, and why. Needs and persons appear by identifier."""

from django.db import models
from django.db.models import Q

from traitdunion.allocation.states import AwardState, Decision, WaveState
from traitdunion.base.models import BaseModel


class Wave(BaseModel):
    """One round: the whole queue as it was computed, from which rows, with which money."""

    census = models.ForeignKey("census.Census", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=WaveState.choices, default=WaveState.PROPOSED)
    seed = models.CharField(max_length=200)
    # SHA-256 of the rows that were ranked, sorted; the same rows, seed and rules give the same
    # queue.
    input_digest = models.CharField(max_length=64)
    rules = models.JSONField()
    proposed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    # Needs of the least filled combination of what its rows say; none for a former wave. Under the
    # threshold of small cells the rows are not published.
    smallest_cell = models.PositiveIntegerField(null=True)
    # Neighbourhoods that had not answered: a share of the money is kept for them (`rules`).
    unanswered = models.PositiveIntegerField(default=0)
    reserve_released_at = models.DateTimeField(null=True)
    reserve_release_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reserve_released_at__isnull=True) | ~Q(reserve_release_reason=""),
                name="release_says_why",
            ),
            models.UniqueConstraint(
                fields=["census", "number"],
                condition=~Q(state="CANCELLED"),
                name="wave_once",
            ),
            models.UniqueConstraint(
                fields=["census"], condition=Q(state="PROPOSED"), name="one_proposal_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class InputRow(BaseModel):
    """
    One need as it entered a wave, column by column as `traitdunion allocate` reads them.

    Rows are added, never changed or removed (triggers see to it): the draw can be redone.
    """

    append_only = True

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey("census.Need", on_delete=models.PROTECT, related_name="+")
    neighbourhood = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10)
    degree = models.PositiveSmallIntegerField()
    priority = models.FloatField()
    household = models.CharField(max_length=16, blank=True)
    cite_educative = models.CharField(max_length=60, blank=True)
    served_before = models.PositiveIntegerField()
    ceiling = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10)
    # The event that carries the digest of these rows.
    told_by = models.UUIDField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "need"], name="input_once")]

    def __str__(self) -> str:
        return str(self.need_id)


class Line(BaseModel):
    """One need in a wave's queue: its place, its key, its decision, its reason."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+")
    need = models.ForeignKey("census.Need", on_delete=models.PROTECT, related_name="+")
    neighbourhood = models.ForeignKey(
        "territories.Neighbourhood", null=True, on_delete=models.PROTECT, related_name="+"
    )
    rank = models.PositiveIntegerField()
    degree = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices)
    source = models.CharField(max_length=60, blank=True)
    cost_cents = models.BigIntegerField()
    reason = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "need"], name="line_once"),
            models.UniqueConstraint(fields=["wave", "rank"], name="rank_once"),
        ]
        indexes = [
            models.Index(fields=["wave", "decision", "rank"], name="line_by_decision"),
            models.Index(fields=["need"], name="line_by_need"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}"


class Award(BaseModel):
    """A right to be lent something; what it costs is taken from a named purse."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey("census.Need", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    relay = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    neighbourhood = models.ForeignKey(
        "territories.Neighbourhood", null=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.ForeignKey("programme.Source", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    degree = models.PositiveSmallIntegerField()
    cost_cents = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=AwardState.choices, default=AwardState.AWARDED)
    awarded_at = models.DateTimeField()
    lapses_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    is_out_of_turn = models.BooleanField(default=False)
    # Published: a reason of the situation, never of the child.
    out_of_turn_reason = models.CharField(max_length=300, blank=True)
    # The award whose place it took, when that one was not handed over in time.
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # Of an award that lapsed or was declined: since then its relay says that the need stands.
    reconfirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["need"],
                condition=Q(state__in=("AWARDED", "HANDED_OVER")),
                name="one_standing_award_a_need",
            ),
            models.CheckConstraint(
                condition=Q(is_out_of_turn=False) | ~Q(out_of_turn_reason=""),
                name="out_of_turn_says_why",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(replaces__isnull=False),
                name="a_place_passes_once",
            ),
            models.CheckConstraint(
                condition=Q(reconfirmed_at__isnull=True) | Q(state__in=("LAPSED", "DECLINED")),
                name="only_what_ended_is_reconfirmed",
            ),
        ]
        indexes = [models.Index(fields=["relay", "state"], name="award_by_relay")]

    def __str__(self) -> str:
        return str(self.pk)


class Review(BaseModel):
    """A request to look again at a decision, and the written answer."""

    need = models.ForeignKey("census.Need", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    question = models.CharField(max_length=1_000)
    answer = models.CharField(max_length=2_000, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["need"],
                condition=Q(answered_at__isnull=True),
                name="one_open_review_a_need",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
