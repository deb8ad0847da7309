"""What a person has to do today; each area says its own part."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: how many, where, and whether it presses (``now``, ``soon``, ``later``)."""

    title: Any
    count: int
    url: str
    urgency: str = "soon"
