"""What the acts of the demonstration share: its days, its cast, its chance."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from traitdunion.cli.demonstration.cast import Cast
from traitdunion.cli.demonstration.ground import Scenery
from traitdunion.programme.schema import Plan

PARIS = ZoneInfo("Europe/Paris")
TODAY = datetime(2020, 5, 14, 9, 30, tzinfo=PARIS)


def on(month: int, day: int, hour: int = 10) -> datetime:
    """An hour of spring 2020, in Paris."""
    return datetime(2020, month, day, hour, tzinfo=PARIS)


@dataclass
class Story:
    """What the acts share."""

    scenery: Scenery
    cast: Cast
    plan: Plan
    census: Any
    random: Random
