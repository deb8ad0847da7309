"""The pile of signed papers, keyed back in the evening: each line stands or falls alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.lending import queries
from traitdunion.lending.models import Agreement
from traitdunion.lending.operations.handing_over import (
    hand_over,
    record_absence,
    record_refusal,
)
from traitdunion.lending.states import Outcome

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation


class SerialMissing(Refusal):
    """A hand-over is keyed with the number of what was handed over."""

    status = 400


class OutcomeMissing(Refusal):
    """A line is keyed with how its visit ended."""

    status = 400


@dataclass(frozen=True, slots=True)
class Keyed:
    """One line of the pile: an agreement, how its visit ended, what left with the family."""

    number: str
    outcome: str
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one keyed line; ``problem`` says why nothing was written for it."""

    line: Keyed
    agreement: Agreement | None = None
    problem: str = ""


def key_back(
    *,
    relay: "Organisation",
    lines: Sequence[Keyed],
    on: date | None,
    seen_again_on: date | None,
    by: Actor,
    at: datetime,
    known: Sequence[Agreement] = (),
) -> list[Answer]:
    """
    Write the outcomes of a hand-over day, line by line; a line refused stops no other.

    Args:
        on: the day of the signatures; none: today.
        seen_again_on: when absent families are seen again.
        known: agreements of this relay that were just read; the others are looked up.
    Returns: one answer a line, in order.
    """
    read = {one.number: one for one in known}
    answers = []
    for line in lines:
        try:
            one = read.get(line.number) or queries.agreement(line.number, relay.pk)
            done = _key(one, line, on, seen_again_on, by, at)
            answers.append(Answer(line, agreement=done))
        except Refusal as refusal:
            answers.append(Answer(line, problem=str(refusal)))
    return answers


def _key(
    one: Agreement,
    line: Keyed,
    on: date | None,
    seen_again_on: date | None,
    by: Actor,
    at: datetime,
) -> Agreement:
    match line.outcome:
        case Outcome.ABSENT:
            return record_absence(agreement=one, seen_again_on=seen_again_on, by=by, at=at)
        case Outcome.REFUSED:
            return record_refusal(agreement=one, by=by, at=at)
    if line.outcome not in Outcome.values:
        raise OutcomeMissing(
            _("Convention %(number)s : choisissez la suite, ou scannez aussi l’autre appareil.")
            % {"number": one.number}
        )
    if not line.serials:
        raise SerialMissing(
            _("Convention %(number)s : scannez le numéro de l’appareil remis.")
            % {"number": one.number}
        )
    hand_over(
        agreement=one,
        serials=line.serials,
        signature=Outcome(line.outcome).signature,
        signed_on=on,
        by=by,
        at=at,
    )
    return one
