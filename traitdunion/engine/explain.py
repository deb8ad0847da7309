"""
Why a need stands where it stands, and what would change that.

The sentences are French and complete, in one place; pages translate them by their text.
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
# Waiting, after another need of the same household.
SHARED = "shared"
# The last purse is not for all: a new one would be needed.
WAITING_NEW, SHARED_NEW = "waiting_new", "shared_new"

SENTENCES: Mapping[str, str] = {
    SERVED: phrase(
        "Servi au rang %(rank)s et payé par « %(source)s » ; un degré plus léger, une priorité"
        " plus basse ou moins d’argent dans cette source pourrait changer cette réponse."
    ),
    WAITING: phrase(
        "En attente au rang %(rank)s : l’argent s’arrête avant lui ; %(missing)s de plus dans"
        " « %(source)s » le serviraient, ou des désistements plus haut dans la file."
    ),
    SHARED: phrase(
        "En attente au rang %(rank)s, après le premier besoin de son foyer ; %(missing)s de plus"
        " dans « %(source)s » le serviraient, ou une correction si ces enfants ne vivent pas"
        " ensemble."
    ),
    WAITING_NEW: phrase(
        "En attente au rang %(rank)s : l’argent s’arrête avant lui ; une source de %(missing)s"
        " pour tous le servirait, ou des désistements plus haut dans la file."
    ),
    SHARED_NEW: phrase(
        "En attente au rang %(rank)s, après le premier besoin de son foyer ; une source de"
        " %(missing)s pour tous le servirait, ou une correction si ces enfants ne vivent pas"
        " ensemble."
    ),
    CHECK: phrase(
        "À contrôler au rang %(rank)s : son quartier demande plus que son plafond ; il est payé si"
        " le contrôle confirme le besoin et relève le plafond."
    ),
    f"{CHECK}_{SERVED}": phrase(
        "À contrôler au rang %(rank)s : son quartier demande plus que son plafond ; si le contrôle"
        " confirme tout ce que ce quartier demande, il est servi, au rang %(then)s."
    ),
    f"{CHECK}_{WAITING}": phrase(
        "À contrôler au rang %(rank)s : son quartier demande plus que son plafond ; si le contrôle"
        " confirme tout ce que ce quartier demande, il attend l’argent au rang %(then)s."
    ),
    DOUBTFUL: phrase(
        "À vérifier au rang %(rank)s : adresse à placer ou doublon à trancher ; il entre dans la"
        " file dès que le doute est levé."
    ),
    f"{DOUBTFUL}_{SERVED}": phrase(
        "À vérifier au rang %(rank)s : adresse à placer ou doublon à trancher ; le doute levé dans"
        " ce quartier, il est servi, au rang %(then)s."
    ),
    f"{DOUBTFUL}_{WAITING}": phrase(
        "À vérifier au rang %(rank)s : adresse à placer ou doublon à trancher ; le doute levé dans"
        " ce quartier, il attend l’argent au rang %(then)s."
    ),
    f"{DOUBTFUL}_{CHECK}": phrase(
        "À vérifier au rang %(rank)s : adresse à placer ou doublon à trancher ; le doute levé, il"
        " reste à contrôler, car son quartier a atteint son plafond."
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

        >>> Reason(DOUBTFUL, {"rank": "9"}).french()[:22]
        'À vérifier au rang 9 :'
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
