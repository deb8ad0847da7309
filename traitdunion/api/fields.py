"""What bodies are made of, checked before anything is done with it."""

from datetime import UTC, datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, StringConstraints

# Beyond any budget of the State, and below what a database's integer holds.
MOST_CENTS = 10**15
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _visible(text: str) -> str:
    if not text.isprintable():
        raise ValueError("control characters are not text")
    return text


def _lines(text: str) -> str:
    """Several lines of text; a database may refuse what is not."""
    for line in text.split("\n"):
        _visible(line.removesuffix("\r").replace("\t", " "))
    return text


def _near(instant: datetime) -> datetime:
    # Compared as numbers of seconds: the first and last years cannot be moved to UTC.
    if not FIRST.year <= instant.year < LAST.year:
        raise ValueError("an instant between 2000 and 2100")
    return instant


def _text(longest: int, shortest: int = 1) -> Any:
    return Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=shortest, max_length=longest),
        AfterValidator(_visible),
    ]


Text40, Text80, Text120, Text200 = _text(40), _text(80), _text(120), _text(200)
Reason = _text(300, shortest=10)
# What somebody writes freely, on several lines.
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=4_000),
    AfterValidator(_lines),
]
# One value of a table that a program sends.
Cell = Annotated[str, StringConstraints(max_length=200), AfterValidator(_lines)]
Cents = Annotated[int, Field(strict=True, gt=0, le=MOST_CENTS)]
Instant = Annotated[AwareDatetime, AfterValidator(_near)]


class Body(Schema):
    """What is sent. A key that is not known is a mistake, not something to skip."""

    model_config = ConfigDict(extra="forbid")
