"""What the papers of a grant say, before they are drawn. Plain data, as for the other papers."""

from dataclasses import dataclass
from datetime import date

from traitdunion.documents.papers import Party


@dataclass(frozen=True, slots=True)
class Article:
    """A numbered part of an order or an agreement; a letter has parts without titles."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Signatory:
    """
    Who signs for the authority.

    Args:
        signature: drawing of the signature, as SVG; empty: room to sign by hand.
        stamp: drawing of the stamp, as SVG.
    """

    name: str
    title: str
    signature: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class DecisionPaper:
    """
    An order, an agreement or a letter; every page carries its code, so that paper is found again.

    Args:
        number: of the letter, read aloud and typed back.
        link: the page that says whether this paper is true.
        facts: label and value of what a treasurer looks for first.
        two_sign: an agreement is signed by the association too.
        appeal: how to contest it; empty when nobody would.
    """

    number: str
    template: str
    title: str
    authority: Party
    addressee: Party
    signatory: Signatory
    printed_on: date
    link: str
    opening: str
    articles: tuple[Article, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    closing: str = ""
    appeal: str = ""
    state_block: str = ""
    two_sign: bool = False
    representative: str = ""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a financial report, amounts already written as they are read."""

    label: str
    planned: str
    real: str
    gap: str
    percent: str


@dataclass(frozen=True, slots=True)
class UsePaper:
    """
    What was done with a grant: the financial report of a determined expense (the answers of form
    15059, three tables), or one page for the running of the association.

    Args:
        is_operating: the one-page form.
        expenses, incomes: the last line of each is the total.
        keys: how shared costs were divided; empty when none were.
    """

    number: str
    template: str
    association: Party
    identifiers: str
    authority: str
    decision: str
    title: str
    period: str
    granted: str
    printed_on: date
    due_on: date
    text: str
    expenses: tuple[ReportLine, ...]
    incomes: tuple[ReportLine, ...]
    surplus: str = ""
    keys: str = ""
    representative: str = ""
    is_operating: bool = False
    link: str = ""
