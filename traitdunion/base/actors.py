"""Who did it: a signed-in person, a link handed out on paper, or the machine itself."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Actor(Protocol):
    """
    What an operation needs to know of whoever asks: `partners.User` is one, and so are these.
    """

    @property
    def actor_kind(self) -> str: ...

    @property
    def actor_id(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True)
class Robot:
    """The worker, a command or the demonstration: no person behind it."""

    name: str = "robot"

    @property
    def actor_kind(self) -> str:
        return self.name

    @property
    def actor_id(self) -> UUID | None:
        return None


@dataclass(frozen=True, slots=True)
class Recalled:
    """Whoever asked for long work, as the task that does it later knows them."""

    actor_kind: str
    actor_id: UUID | None


ROBOT = Robot()
