"""The papers of a grant: heard, found again, verified."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.documents.test_papers import pages, tags
from traitdunion.documents.grant_papers import (
    Article,
    DecisionPaper,
    ReportLine,
    Signatory,
    UsePaper,
)
from traitdunion.documents.grant_render import decision_paper, picture_svg, use_paper
from traitdunion.documents.papers import Party
from traitdunion.documents.scans import read_pile

pytestmark = pytest.mark.once

BAKARY = Party("Association « Aux devoirs ! »", "3 rue des Lilas\n94000 Créteil", "Bakary Diallo")
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
ORDER = DecisionPaper(
    number="L-7K3M9QX",
    template="arrete-2020-04",
    title="Arrêté portant attribution d’une subvention",
    authority=Party("Préfecture du Val-de-Marne", "21 avenue du Général-de-Gaulle"),
    addressee=BAKARY,
    signatory=Signatory("Alice Martin", "Pour le préfet,\nla déléguée", picture_svg(DOT, 1, 1)),
    printed_on=date(2020, 5, 20),
    link="https://t.example/verification/L-7K3M9QX",
    opening="Le préfet du Val-de-Marne arrête :",
    articles=(Article("Article 1", "Une subvention est attribuée."), Article("Article 2", "…")),
    facts=(("Montant", "8 000,00 €"), ("Versement au plus tard le", "19 juillet 2020")),
    state_block="Préfet\ndu Val-de-Marne",
)
LINE = ReportLine("Achats", "1 000,00 €", "1 200,00 €", "200,00 €", "20 %")
REPORT = UsePaper(
    number="CR-1", template="compte-rendu-2020-04", association=BAKARY, identifiers="SIRET …",
    authority="Préfecture", decision="Arrêté n° A-1", title="Aide aux devoirs",
    period="Du 1er mai au 31 août 2020", granted="8 000,00 €", printed_on=date(2020, 9, 1),
    due_on=date(2021, 6, 30), text="Quarante enfants.", expenses=(LINE,) * 6, incomes=(LINE,) * 4,
)  # fmt: skip


@pytest.mark.parametrize(
    "made", [lambda: decision_paper(ORDER), lambda: use_paper(REPORT)], ids=["decision", "report"]
)
def test_a_paper_of_a_grant_is_tagged_titled_and_in_french(made: Callable[[], bytes]) -> None:
    reader = PdfReader(BytesIO(made()))
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"] and {"/H1", "/Table"} <= tags(root["/StructTreeRoot"])
    assert str(root["/Lang"]).startswith("fr") and reader.metadata.title


def test_an_order_says_who_decides_for_whom_how_much_and_by_when() -> None:
    (page,) = pages(decision_paper(ORDER))

    for words in ("RÉPUBLIQUE FRANÇAISE", "Bakary Diallo", "8 000,00 €", "19 juillet 2020",
                  "Alice Martin", "20 mai 2020", ORDER.link, "modèle arrete-2020-04"):  # fmt: skip
        assert words in page


def test_every_page_of_a_long_agreement_is_found_again_by_its_code() -> None:
    parts = tuple(Article(f"Article {k}", "Les parties conviennent. " * 40) for k in range(9))
    long = replace(ORDER, articles=parts, two_sign=True, representative="Bakary Diallo")

    read = read_pile(decision_paper(long), "convention.pdf")

    assert len(read) >= 3
    assert {page.codes for page in read} == {(ORDER.link,)}


def test_a_refusal_says_how_to_appeal() -> None:
    text = " ".join(pages(decision_paper(replace(ORDER, appeal="Tribunal administratif."))))

    assert "Vous n’êtes pas d’accord ?" in text and "Tribunal administratif." in text


def test_the_operating_report_is_one_page_whatever_is_told() -> None:
    told = replace(REPORT, is_operating=True, text="Nous avons ouvert chaque soir. " * 120)

    (page,) = pages(use_paper(told))

    assert "Emploi de la subvention" in page and "30 juin 2021" in page


def test_the_report_of_a_determined_expense_shows_gaps_in_euros_and_percent() -> None:
    text = " ".join(pages(use_paper(replace(REPORT, surplus="Solde rendu : 120,00 €"))))

    assert "CERFA 15059" in text and "Écart en %" in text and "20 %" in text
    assert "Solde rendu : 120,00 €" in text
