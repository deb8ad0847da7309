"""
What each paper says, before it is drawn. Plain data: no table of the database reaches a template.

Families read these papers: words are French and plain, dates are written in full.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named on a paper: the owner, the relay, an adult who answers for a child."""

    name: str
    address: str = ""
    # Whom to call there, and at what hours.
    contact: str = ""
    phone: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing lent. Empty numbers are left as lines to fill in by hand."""

    designation: str
    serial: str = ""
    accessories: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """
    The loan of one thing to one family (circular 2001-061), on one page.

    Args:
        number: what is read aloud and typed back; the QR code holds ``link``, or the number.
        template: which version of the words was signed.
        guardians: one or two adults with parental authority, or a service; an address each.
        signatures: how many of them must sign for the loan to start.
        state_block: the words of the State's block ("Préfet\\ndu Val-de-Marne"); empty: none.
        rule_page: where the published rule is, when an algorithm prepared the award; else empty.
    """

    number: str
    template: str
    child: str
    school_class: str
    guardians: tuple[Party, ...]
    relay: Party
    owner: Party
    items: tuple[Item, ...]
    due_back_on: date
    printed_on: date
    purpose: str = ""
    link: str = ""
    data_gb: int = 0
    signatures: int = 1
    state_block: str = ""
    rule_page: str = ""


@dataclass(frozen=True, slots=True)
class CollectiveAgreement:
    """The loan of several things to an organisation, for its workshops."""

    number: str
    template: str
    borrower: Party
    owner: Party
    items: tuple[Item, ...]
    due_back_on: date
    printed_on: date
    place: str = ""
    purpose: str = ""
    link: str = ""
    state_block: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of a relay's list: one child, one agreement."""

    number: str
    child: str
    school_class: str
    guardian: str = ""
    phone: str = ""
    thing: str = ""
    serial: str = ""
    # Children of one household are handed over in one visit.
    household: str = ""


@dataclass(frozen=True, slots=True)
class TickList:
    """A relay's hand-over day."""

    relay: str
    template: str
    printed_on: date
    lines: tuple[Tick, ...]
    help_line: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a family listed by a school must be told, within a month (GDPR article 14)."""

    number: str
    template: str
    child: str
    relay: Party
    listed_on: date
    due_on: date
    printed_on: date
    programme: str
    controller: str
    purpose: str
    legal_basis: str
    data_categories: str
    kept: str
    officer: str
    recipients: str = ""
    joint_controllers: str = ""
    school_class: str = ""
    rule_page: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A small table; the first column is text, the others are numbers already written."""

    title: str
    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A note that a préfet reads in one minute and signs: one page, whatever it holds."""

    title: str
    template: str
    addressee: str
    author: str
    printed_on: date
    summary: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Rows, ...] = ()
    remarks: tuple[str, ...] = ()
    asked: str = ""
    reference: str = ""
    state_block: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """What is stuck on a thing: its number, whose it is, whom to call if it is found."""

    serial: str
    designation: str
    owner: str
    phone: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What travels from one place to another, signed at both ends."""

    number: str
    template: str
    sender: Party
    receiver: Party
    items: tuple[Item, ...]
    printed_on: date
    link: str = ""


@dataclass(frozen=True, slots=True)
class MentorCertificate:
    """What a mentor gave, for whoever asks: a school, an employer. No young person is named."""

    number: str
    template: str
    mentor: str
    network: Party
    programme: str
    first_on: date
    last_on: date
    young: int
    sessions: int
    hours: int
    printed_on: date
