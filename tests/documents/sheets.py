"""Papers of an invented family, for the tests that print them."""

from datetime import date
from typing import Any

from traitdunion.documents.papers import Agreement, Item, Notice, Party

RELAY = Party(
    "Collège Rosa-Parks",
    "12 rue des Écoles\n94200 Valmont",
    "Mme Chloé Martin",
    "01 23 45 67 89",
    "du lundi au vendredi, 9 h – 17 h",
)
OWNER = Party("Préfecture du Val-d’Exemple", "1 place de la Préfecture\n94000 Exemple")
FATOU = Party("Fatou Traoré", "8 allée des Tilleuls\n94200 Valmont", phone="06 12 34 56 78")
LONG_NAME = "Marie-Antoinette-Joséphine de la Rochefoucauld-Mon"
FAR = Party(
    LONG_NAME,
    "Résidence des Grands-Champs, escalier B, 12 boulevard du Maréchal-de-Lattre\n94200 Valmont",
    phone="06 12 34 56 78",
)


def agreement(**changes: Any) -> Agreement:
    """A tablet lent to Amina, as it is signed at the gate."""
    usual = {
        "number": "P-7K3Q-9FMA",
        "template": "pret-2020-05",
        "child": "Amina Traoré",
        "school_class": "5e B",
        "guardians": (FATOU,),
        "relay": RELAY,
        "owner": OWNER,
        "items": (Item("Tablette 10 pouces", "R52N90ABCDE", "Coque, chargeur"),),
        "due_back_on": date(2020, 12, 18),
        "printed_on": date(2020, 5, 14),
        "purpose": "suivre la classe à la maison",
        "data_gb": 20,
    }
    return Agreement(**{**usual, **changes})


def notice(**changes: Any) -> Notice:
    """What Amina's family is told in May 2020."""
    usual = {
        "number": "N-1",
        "template": "information-2020-05",
        "child": "Amina Traoré",
        "relay": RELAY,
        "listed_on": date(2020, 5, 1),
        "due_on": date(2020, 5, 31),
        "printed_on": date(2020, 5, 4),
        "programme": "Continuité éducative",
        "controller": "Préfecture du Val-d’Exemple",
        "purpose": "Prêter un équipement",
        "legal_basis": "mission d’intérêt public (RGPD, article 6-1-e)",
        "data_categories": "Identité, classe, adresse",
        "kept": "Un an.",
        "officer": "dpd@example.org",
    }
    return Notice(**{**usual, **changes})
