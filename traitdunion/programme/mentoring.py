"""What the programme file says of mentoring: who is followed, the check, the pairing."""

from datetime import date
from typing import Annotated, Literal, Self

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from traitdunion.programme.tables import Table


class DefinitionTable(Table):
    """What makes a young person followed on a day: so many sessions, how far apart, since when."""

    sessions: Annotated[int, Field(ge=1, le=100)] = 1
    # Days between the first of them and the last, at least.
    span_days: Annotated[int, Field(ge=0, le=365)] = 0
    # They are looked for in that many days before; without it, since the programme began.
    window_days: Annotated[int, Field(ge=1, le=1_000)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.window_days is not None and self.span_days >= self.window_days:
            raise ValueError(_("span_days doit tenir dans window_days"))
        return self


class CheckTable(Table):
    """The check of honourability: which kinds count, from when, until when old pairs go on."""

    kinds: list[Annotated[str, Field(min_length=1, max_length=80)]] = [
        "Attestation d’honorabilité",
        "Extrait de casier judiciaire (bulletin 3)",
    ]
    valid_days: Annotated[int, Field(ge=1, le=3_650)] = 180
    # A check that ends within so many days is among those to renew.
    notice_days: Annotated[int, Field(ge=1, le=365)] = 30
    # Pairs made from that day on need it; those that existed before are tolerated for a time.
    required_from: date
    tolerated_until: date


class PairingTable(Table):
    """What pairing needs of a programme file, which may hold nothing else."""

    # On site, the furthest apart that a pair may live.
    distance_km: Annotated[float, Field(gt=0, le=200)] = 5.0
    # What pairing somebody of each priority is worth, from 0 to 3.
    bases: list[Annotated[int, Field(ge=1, le=1_000)]] = [1, 2, 4, 8]

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if len(self.bases) != 4 or self.bases != sorted(self.bases):
            raise ValueError(_("bases compte quatre nombres, du plus petit au plus grand"))
        return self


class MentoringTable(PairingTable):
    """How the plan pairs, follows and counts."""

    check: CheckTable
    # Without it: as many sessions as targets.mentoring.sessions_min, since the programme began.
    wide: DefinitionTable | None = None
    strict: DefinitionTable = DefinitionTable(sessions=4, span_days=42, window_days=84)
    guardians_required: Annotated[int, Field(ge=1, le=2)] = 1
    authorisation_link_days: Annotated[int, Field(ge=1, le=90)] = 21
    # Days without a session after which a pair is silent, then very silent.
    silent_days: list[Annotated[int, Field(ge=1, le=365)]] = [14, 30]
    # What each drop-out signal weighs; three or more in all is the highest priority.
    signal_weights: dict[
        Literal["NO_CONTACT", "ABSENCES", "NO_SCREEN", "ORIENTATION", "INTERRUPTION"],
        Annotated[int, Field(ge=0, le=3)],
    ] = {"NO_CONTACT": 2, "ABSENCES": 1, "NO_SCREEN": 1, "ORIENTATION": 1, "INTERRUPTION": 2}
    # Why mentoring reads in the census that a child has no screen; without a reason it does not.
    shares_screen_because: Annotated[str, Field(max_length=2_000)] = ""
    # The day by which every follow-up has a plan for what comes after.
    ends_on: date

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(self.silent_days) != 2 or self.silent_days[0] >= self.silent_days[1]:
            raise ValueError(_("silent_days compte deux nombres de jours, le plus court d’abord"))
        return self
