"""
The papers of whoever asks for a grant: the receipt, and the State's single form (CERFA 12156).

Plain data: the answers of three screens and what the administration already knows.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from traitdunion.documents.compiler import compile_pdf
from traitdunion.documents.papers import Party
from traitdunion.documents.render import written_day


@dataclass(frozen=True, slots=True)
class Asked:
    """What an association asks for; amounts are already written for a reader."""

    number: str
    association: Party
    numbers: Sequence[tuple[str, str]]
    representative: str
    phone: str
    purpose: str
    is_operating: bool
    title: str
    summary: str
    neighbourhoods: Sequence[str]
    starts_on: date
    ends_on: date
    requested: str
    other_aid: Sequence[tuple[str, str]]
    total: str
    iban: str
    account_holder: str
    authority: Party
    programme: str
    is_renewal: bool
    # What makes a contest possible, each only where the law says so at that date.
    submitted_on: date | None = None
    silence_on: date | None = None
    expected_on: date | None = None
    signed_by: str = ""
    signed_on: date | None = None
    needs_commitment: bool = False
    commits_to_republic: bool = False
    missing: Sequence[str] = ()
    appeal_months: int = 2


def receipt(asked: Asked) -> bytes:
    """One page: received on, by whom, until when, and what is still missing."""
    return compile_pdf("receipt", _told(asked))


def single_form(asked: Asked) -> bytes:
    """The State's form, its seven parts filled in with what is known."""
    return compile_pdf("single_form", _told(asked))


def _told(asked: Asked) -> dict[str, Any]:
    found = asdict(asked)
    return {
        name: (written_day(value) if value else "") if name.endswith("_on") else value
        for name, value in found.items()
    }
