"""Write docs/accessibilite/grille.md from the answers that the declaration's page counts."""

import csv
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ANSWERS = ROOT / "traitdunion" / "web" / "accessibility.csv"
GRID = ROOT / "docs" / "accessibilite" / "grille.md"
# Criteria that speak of documents to download.
PAPERS = ("13.3", "13.4", "13.5", "13.6")
WORDS = {"C": "conforme", "NC": "non conforme", "NA": "non applicable", "?": "à vérifier"}
HEAD = """# Grille RGAA 4.1

Notre propre examen, critère par critère, avec sa preuve ; aucun audit par un tiers n’a eu lieu.
Les réponses sont dans `traitdunion/web/accessibility.csv` ; cette page et le taux de la
déclaration en sont calculés (`python tools/accessibility_grid.py`).

**Échantillon.** Accueil, connexion, mot de passe oublié, contact, mentions légales, accessibilité,
données personnelles, plan du site, une page d’erreur ; et par métier : à faire aujourd’hui,
tableau de bord, recensement (quartiers, import, aperçu, besoin, doublon), proposition d’une vague
et « pourquoi ? », commande et réception, remise, retour, incident, fiche d’un appareil, fiche d’un
enfant ; un document PDF : la convention de prêt.

**Reste à faire par une personne.** Les parcours au lecteur d’écran et le valideur du W3C. La
colonne « Pages » dit où chaque critère a été regardé.
"""


def grid(lines: list[list[str]]) -> str:
    """The page in Markdown: the counts, then a table."""
    counts = {key: sum(line[1] == key for line in lines) for key in WORDS}
    rate = round(100 * counts["C"] / (len(lines) - counts["NA"]))
    said = ", ".join(f"{count} {WORDS[key]}" for key, count in counts.items())
    table = [
        "| Critère | Réponse | Intitulé | Pages | Preuve |",
        "|---|---|---|---|---|",
        *(
            f"| {n} | {WORDS[answer]} | {title} | {examined(n, proof)} | {proof} |"
            for n, answer, title, proof in lines
        ),
    ]
    result = f"**Résultat.** {said} ; {rate} % des critères applicables sont respectés."
    return "\n".join((HEAD, result, "", *table)) + "\n"


def examined(number: str, proof: str) -> str:
    """Where a criterion was looked at: every page by the tests, the sample, or the PDF."""
    if number in PAPERS:
        return "convention de prêt (PDF)"
    return "toutes" if "chaque page" in proof or "tests/screens" in proof else "échantillon"


def read() -> list[list[str]]:
    with ANSWERS.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=";", quoting=csv.QUOTE_NONE))[1:]


if __name__ == "__main__":
    GRID.parent.mkdir(parents=True, exist_ok=True)
    GRID.write_text(grid(read()), encoding="utf-8")
    sys.stderr.write(f"{GRID.relative_to(ROOT)}\n")
