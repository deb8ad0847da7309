"""Young people and mentors, the pairs they make, what happens in them and after."""

from django.db import models
from django.db.models import F, Q

from traitdunion.base.models import BaseModel
from traitdunion.mentoring.models.agreements import Network, PlaceShare
from traitdunion.mentoring.states import (
    AlertKind,
    AlertState,
    EndPlan,
    EndState,
    Level,
    MentorState,
    Mode,
    Origin,
    PairEnd,
    ReferralState,
    YoungState,
)


class CountedChild(BaseModel):
    """
    One distinct young person, however many networks follow them: a pseudonym, and no name.

    Several rows of ``YoungPerson`` lead here when two networks list the same child.
    """

    # What appears in a certificate of count; made with the installation's key.
    code = models.CharField(max_length=12, db_index=True)
    department = models.ForeignKey(
        "territories.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    level = models.CharField(max_length=5, choices=Level.choices, blank=True)
    sessions = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["department", "level"], name="counted_by_place")]

    def __str__(self) -> str:
        return self.code


class YoungPerson(BaseModel):
    """A young person in mentoring, in one network or waiting for one. Names are in ``people``."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    child = models.ForeignKey(CountedChild, null=True, on_delete=models.PROTECT, related_name="+")
    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT, related_name="+")
    # The organisation that asked for a mentor, and the school to tell.
    referred_by = models.ForeignKey(
        "partners.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    school = models.ForeignKey(
        "partners.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    share = models.ForeignKey(PlaceShare, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        "territories.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The network's own identifier, by which its files find the same young person again.
    external_id = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.HERE)
    state = models.CharField(
        max_length=10, choices=YoungState.choices, default=YoungState.REFERRED
    )
    level = models.CharField(max_length=5, choices=Level.choices, blank=True)
    # Lists of Subject, language names, Slot, Mode and Signal.
    subjects = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    slots = models.JSONField(default=list)
    modes = models.JSONField(default=list)
    signals = models.JSONField(default=list)
    # 0 to 3, from the signals and the weights that the programme file publishes.
    priority = models.PositiveSmallIntegerField(default=0)
    # About a hundred metres: enough for a distance, too little for a door.
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    referred_at = models.DateTimeField()
    informed_at = models.DateTimeField(null=True)
    authorised_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "external_id"],
                condition=~Q(external_id=""),
                name="young_person_by_network_identifier",
            ),
            models.CheckConstraint(condition=Q(priority__lte=3), name="priority_up_to_three"),
            models.CheckConstraint(
                condition=~Q(state="FOLLOWED") | Q(network__isnull=False),
                name="followed_by_some_network",
            ),
            models.CheckConstraint(
                condition=~Q(state="ENDED") | Q(ended_on__isnull=False), name="ended_some_day"
            ),
            # What a network's own tool tells began under its own rules.
            models.CheckConstraint(
                condition=~Q(state__in=("WAITING", "FOLLOWED"), origin="HERE")
                | Q(authorised_at__isnull=False),
                name="authorised_before_a_mentor",
            ),
        ]
        indexes = [
            models.Index(fields=["network", "state"], name="young_person_by_network"),
            models.Index(fields=["child"], name="young_person_by_child"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Referral(BaseModel):
    """Somebody asks a network to follow a young person: a school, an association, a network."""

    young = models.ForeignKey(YoungPerson, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("partners.Organisation", on_delete=models.PROTECT, related_name="+")
    # None: whichever network has a place in the territory.
    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=ReferralState.choices, default=ReferralState.SENT
    )
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["young"], condition=Q(state="SENT"), name="one_open_referral"
            ),
            models.CheckConstraint(
                condition=Q(state="SENT") | Q(answered_at__isnull=False), name="answered_some_day"
            ),
        ]
        indexes = [models.Index(fields=["network", "state"], name="referral_by_network")]

    def __str__(self) -> str:
        return self.state


class Mentor(BaseModel):
    """An adult who gives time, from the application to the end."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    # None for a mentor who is known to the network's own tool alone.
    user = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Who answers for this mentor and the pairs; none: every coordinator of the network.
    coordinator = models.ForeignKey(
        "partners.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.HERE)
    state = models.CharField(
        max_length=12, choices=MentorState.choices, default=MentorState.APPLIED
    )
    applied_at = models.DateTimeField()
    interviewed_on = models.DateField(null=True)
    trained_on = models.DateField(null=True)
    # The day on which the last clear check ends; none without one. Copied from the checks.
    check_until = models.DateField(null=True)
    capacity = models.PositiveSmallIntegerField(default=1)
    # Open pairs; taken by one conditional UPDATE.
    taken = models.PositiveSmallIntegerField(default=0)
    levels = models.JSONField(default=list)
    subjects = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    slots = models.JSONField(default=list)
    modes = models.JSONField(default=list)
    department = models.ForeignKey(
        "territories.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    leave_from = models.DateField(null=True)
    leave_until = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "external_id"],
                condition=~Q(external_id=""),
                name="mentor_by_network_identifier",
            ),
            models.UniqueConstraint(
                fields=["network", "user"],
                condition=Q(user__isnull=False),
                name="mentor_once_a_network",
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="mentor_has_room"),
            # What a network's own tool tells is a fact: it may be beyond what was declared here.
            models.CheckConstraint(
                condition=Q(origin="IMPORTED") | Q(taken__lte=F("capacity")),
                name="mentor_not_overloaded",
            ),
            models.CheckConstraint(
                condition=~Q(state="ACTIVE", origin="HERE")
                | Q(interviewed_on__isnull=False, trained_on__isnull=False),
                name="active_is_trained",
            ),
        ]
        indexes = [
            models.Index(fields=["network", "state"], name="mentor_by_network"),
            models.Index(fields=["check_until"], name="mentor_by_check"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def room(self) -> int:
        return max(0, self.capacity - self.taken)


class HonourabilityCheck(BaseModel):
    """A check of a mentor: kind, dates, who, yes or no. Never the document. Only grows."""

    append_only = True

    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)
    verified_on = models.DateField()
    expires_on = models.DateField()
    is_clear = models.BooleanField()
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=40)
    by_id = models.UUIDField(null=True)
    told_by = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("verified_on")), name="check_lasts"
            )
        ]
        indexes = [models.Index(fields=["mentor", "verified_on"], name="check_by_mentor")]

    def __str__(self) -> str:
        return f"{self.kind} {self.expires_on:%Y-%m-%d}"


class Pair(BaseModel):
    """A young person and a mentor, from the day they are put together to the day it ends."""

    young = models.ForeignKey(YoungPerson, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.HERE)
    external_id = models.CharField(max_length=80, blank=True)
    made_on = models.DateField()
    # The day on which the mentor's check ends, as it was when the pair was made.
    check_until = models.DateField(null=True)
    # A pair that existed before the check was asked for may go on until then, remote and
    # supervised only.
    tolerated_until = models.DateField(null=True)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    is_supervised = models.BooleanField(default=False)
    # Kept up by whoever logs a session, so that silence is one read of an index.
    last_session_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=12, choices=PairEnd.choices, blank=True)

    class Meta:
        constraints = [
            # The rule of the plan that nobody may go round: no check, no pair.
            models.CheckConstraint(
                condition=Q(check_until__isnull=False, check_until__gte=F("made_on"))
                | Q(
                    origin="IMPORTED",
                    tolerated_until__isnull=False,
                    mode="REMOTE",
                    is_supervised=True,
                ),
                name="pair_needs_a_current_check",
            ),
            models.UniqueConstraint(
                fields=["young"], condition=Q(ended_on__isnull=True), name="one_open_pair"
            ),
            models.UniqueConstraint(
                fields=["network", "external_id"],
                condition=~Q(external_id=""),
                name="pair_by_network_identifier",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="")
                | Q(ended_on__gte=F("made_on")) & ~Q(end_reason=""),
                name="pair_ends_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["network", "ended_on", "last_session_on"], name="pair_by_silence"
            ),
            models.Index(fields=["mentor", "ended_on"], name="pair_by_mentor"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Session(BaseModel):
    """An hour that a mentor and a young person spent. No account of it is kept here."""

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="+")
    # Of the pair: counting among a million sessions reads no other table.
    child = models.ForeignKey(CountedChild, on_delete=models.PROTECT, related_name="+")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField()
    # The day in the programme's own zone.
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=10, choices=Mode.choices)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.HERE)
    # Held when the mentor's check had ended: kept, and shown to the coordinator.
    is_unchecked = models.BooleanField(default=False)
    logged_at = models.DateTimeField()
    logged_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pair", "started_at"], name="session_once"),
            models.UniqueConstraint(
                fields=["network", "external_id"],
                condition=~Q(external_id=""),
                name="session_by_network_identifier",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=600), name="session_of_some_minutes"
            ),
        ]
        indexes = [
            models.Index(fields=["child", "day"], name="session_by_child"),
            models.Index(fields=["network", "day"], name="session_by_network"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Alert(BaseModel):
    """Somebody worries about a young person, until somebody has dealt with it."""

    young = models.ForeignKey(YoungPerson, on_delete=models.PROTECT, related_name="+")
    pair = models.ForeignKey(Pair, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AlertKind.choices)
    state = models.CharField(max_length=10, choices=AlertState.choices, default=AlertState.OPEN)
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)
    taken_by = models.UUIDField(null=True)
    # The school reads it once the family knows that it will.
    family_told_on = models.DateField(null=True)
    shared_with = models.ForeignKey(
        "partners.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    shared_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["young", "kind"],
                condition=Q(state__in=("OPEN", "TAKEN")),
                name="one_open_alert_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True)
                | Q(family_told_on__isnull=False, shared_with__isnull=False),
                name="shared_with_the_family_told",
            ),
        ]
        indexes = [models.Index(fields=["state", "raised_at"], name="alert_by_state")]

    def __str__(self) -> str:
        return self.kind


class FollowUpEnd(BaseModel):
    """What comes after a young person's follow-up, and who accepted to take it on."""

    young = models.ForeignKey(YoungPerson, on_delete=models.PROTECT, related_name="+")
    plan = models.CharField(max_length=10, choices=EndPlan.choices)
    state = models.CharField(max_length=10, choices=EndState.choices)
    ends_on = models.DateField()
    # The school or the network that takes over.
    receiver = models.ForeignKey(
        "partners.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["young"],
                condition=Q(state__in=("PROPOSED", "SETTLED")),
                name="one_plan_after",
            ),
            models.CheckConstraint(
                condition=Q(plan__in=("SCHOOL", "NETWORK"), receiver__isnull=False)
                | ~Q(plan__in=("SCHOOL", "NETWORK")) & Q(receiver__isnull=True),
                name="handed_over_to_somebody",
            ),
        ]
        indexes = [models.Index(fields=["receiver", "state"], name="follow_up_end_by_receiver")]

    def __str__(self) -> str:
        return self.plan
