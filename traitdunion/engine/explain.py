"""
Why a need stands where it stands, and what would change that.

The sentences are French and complete; pages translate them by their text, so they stay here in one
place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


def phrase(text: str) -> str:
    """Mark a sentence for translation; the engine itself knows no language but the source's."""
    return text


SERVED = "served"
WAITING = "waiting"
CHECK = "check"
DOUBTFUL = "doubtful"

SENTENCES: Mapping[str, str] = {
    SERVED: phrase("Servi au rang %(rank)s et payé par « %(source)s »."),
    WAITING: phrase(
        "En attente au rang %(rank)s : les sources de ce degré sont épuisées ; environ %(missing)s"
        " de plus le serviraient."
    ),
    CHECK: phrase(
        "À contrôler : son quartier demande plus que son plafond ; il entre dans la file si le"
        " contrôle confirme le besoin."
    ),
    DOUBTFUL: phrase(
        "À vérifier : adresse à placer ou doublon à trancher ; il entre dans la file dès que le"
        " doute est levé."
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, its values, and the French sentence that they make."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    def french(self) -> str:
        """
        The sentence.

        >>> Reason(SERVED, {"rank": "1", "source": "plan"}).french()
        'Servi au rang 1 et payé par « plan ».'
        """
        return SENTENCES[self.code] % self.values


def amount(cents: int) -> str:
    """
    Euros for a sentence, whole when they are.

    >>> amount(18500), amount(1234567)
    ('185 €', '12 345,67 €')
    """
    whole, rest = divmod(cents, 100)
    grouped = f"{whole:,}".replace(",", " ")
    return f"{grouped} €" if rest == 0 else f"{grouped},{rest:02d} €"
