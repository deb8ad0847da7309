"""What a programme decides once: prices, purses, and the text from which tickets are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

FOR_CITES, FOR_ALL = "cites_educatives", "all"


@dataclass(frozen=True, slots=True)
class Source:
    """A purse: what it holds, for whose needs, and whether it may pay for others after its own."""

    name: str
    amount_cents: int
    pays_for: str
    fungible: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """
    The programme's rule: seed, last degree, price of each kind, purses in the order they pay.
    """

    seed: str
    last_degree: int
    prices_cents: Mapping[str, int]
    sources: tuple[Source, ...]
