"""What the papers say, on how many pages, to whoever reads or hears them."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.documents.sheets import FAR, LONG_NAME, OWNER, RELAY, agreement, notice
from traitdunion.documents import render
from traitdunion.documents.papers import (
    CollectiveAgreement,
    Delivery,
    Figure,
    Item,
    Label,
    Note,
    Rows,
    Tick,
    TickList,
)

pytestmark = pytest.mark.once


def pages(pdf: bytes) -> list[str]:
    """The text of each page, lines joined."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def tags(node: Any) -> set[str]:
    """The kinds of the elements of a tagged PDF."""
    node = node.get_object()
    children = node.get("/K", []) if isinstance(node, dict) else []
    children = children if isinstance(children, list) else [children]
    found = {str(node["/S"])} if isinstance(node, dict) and "/S" in node else set()
    for child in children:
        if not isinstance(child, int) and isinstance(child.get_object(), dict):
            found |= tags(child)
    return found


TICKS = (
    Tick("P-1", "Zoé Bel", "6e A", thing="Tablette"),
    Tick("P-2", "Amina Traoré", "CM2", thing="Tablette", household="A"),
    Tick("P-3", "Issa Traoré", "5e B", serial="R52N", household="A"),
)
NOTE = Note(
    "Proposition d’attribution",
    "note-2020-05",
    "Madame la préfète",
    "Le délégué",
    date(2020, 5, 6),
    "31 quartiers sur 47 ont répondu.",
    figures=(Figure("besoins", "890"),),
    tables=(Rows("Silencieux", ("Quartier", "Appeler"), (("Les Tilleuls", "01 00"),) * 45),),
    asked="Valider la vague 1.",
)
COLLECTIVE = CollectiveAgreement(
    "C-1", "collectif-2020-05", RELAY, OWNER, (Item("Tablette", "R1"),) * 60,
    date(2020, 12, 18), date(2020, 5, 1),
)  # fmt: skip
PAPERS = {
    "agreements": lambda: render.loan_agreements([agreement()]),
    "collective": lambda: render.collective_agreement(COLLECTIVE),
    "ticks": lambda: render.tick_list(TickList("École", "liste-2020-05", date(2020, 5, 1), TICKS)),
    "notices": lambda: render.information_notices([notice()]),
    "note": lambda: render.one_page_note(NOTE),
    "labels": lambda: render.device_labels([Label("R52N", "Tablette", "Préfecture")]),
    "delivery": lambda: render.delivery_note(
        Delivery("T-1", "t-1", OWNER, RELAY, (Item("Tablette", "R1"),), date(2020, 5, 1))
    ),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_tagged_titled_and_in_french_so_that_it_can_be_heard(paper: str) -> None:
    reader = PdfReader(BytesIO(PAPERS[paper]()))

    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"] and tags(root["/StructTreeRoot"]) - {"/Document"}
    assert str(root["/Lang"]).startswith("fr")
    assert reader.metadata.title and root["/ViewerPreferences"]["/DisplayDocTitle"]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_metadata_of_a_paper_names_nobody(paper: str) -> None:
    reader = PdfReader(BytesIO(PAPERS[paper]()))

    said = f"{reader.metadata} {reader.trailer['/Root']['/Metadata'].get_data()}"

    assert "Traor" not in said and "Amina" not in said and not reader.metadata.author


def test_an_agreement_says_what_a_mother_must_hear_before_she_signs() -> None:
    text = pages(render.loan_agreements([agreement()]))[0]

    for said in (
        "C’est un prêt",
        "C’est gratuit",
        "Un accident ne se paie pas",
        "portez plainte",
        "18 décembre 2020",
        "20 Go",
        "Mme Chloé Martin",
        "c’est Préfecture du Val-d’Exemple (propriétaire) qui en répond",
    ):
        assert said in text


def test_an_agreement_holds_what_the_circular_of_2001_asks() -> None:
    text = pages(render.loan_agreements([agreement()]))[0].replace("\xa0", " ")

    for field in (
        "Amina Traoré",
        "Fatou Traoré",
        "8 allée des Tilleuls",
        "Tablette 10 pouces",
        "R52N90ABCDE",
        "suivre la classe à la maison",
        "du jour de la remise au 18 décembre 2020",
        "prend soin du matériel",
        "pret-2020-05",
        "P-7K3Q-9FMA",
    ):
        assert field in text


def test_parents_who_live_apart_are_both_on_one_page_however_long_their_names() -> None:
    long = agreement(child=LONG_NAME, guardians=(FAR, FAR), relay=FAR, owner=FAR, signatures=2)

    read = pages(render.loan_agreements([long, agreement(), long]))

    assert len(read) == 3
    assert "Responsable 1 de l’enfant" in read[0] and "Responsable 2 de l’enfant" in read[0]


@pytest.mark.parametrize(("signatures", "boxes"), [(1, 2), (2, 3)])
def test_nobody_is_asked_to_sign_where_no_signature_is_required(
    signatures: int, boxes: int
) -> None:
    text = pages(render.loan_agreements([agreement(signatures=signatures)]))[0]

    assert text.count("Date et signature") == boxes


def test_the_algorithm_is_mentioned_when_it_prepared_the_award_and_only_then() -> None:
    drawn, given = pages(
        render.loan_agreements([agreement(rule_page="plan.example.org/regle"), agreement()])
    )

    assert "traitement algorithmique" in drawn and "plan.example.org/regle" in drawn
    assert "algorithmique" not in given


def test_the_block_of_the_state_is_not_there_unless_asked() -> None:
    without, with_block = pages(
        render.loan_agreements([agreement(), agreement(state_block="Préfet\ndu Val-d’Exemple")])
    )

    assert "RÉPUBLIQUE" not in without
    assert "RÉPUBLIQUE FRANÇAISE" in with_block


def test_what_a_family_is_called_is_text_and_never_a_command_of_the_printer() -> None:
    text = pages(render.loan_agreements([agreement(child='#panic("x") *a* $b$ <c> @d')]))[0]

    assert '#panic("x") *a* $b$ <c> @d' in text


def test_a_name_in_letters_we_cannot_draw_leaves_its_place_and_stops_no_other_page() -> None:
    read = pages(
        render.loan_agreements([agreement(child="Şahin Łukasz"), agreement(child="李 Li\x00")])
    )

    assert "Şahin Łukasz" in read[0]
    assert "☐ Li" in read[1]


def test_a_list_follows_the_classes_of_a_school_and_not_the_alphabet() -> None:
    text = " ".join(pages(PAPERS["ticks"]()))

    assert text.index("CM2") < text.index("6e A") < text.index("5e B")
    assert "foyer A" in text and "P-2" in text


def test_an_empty_list_says_that_nothing_waits() -> None:
    pdf = render.tick_list(TickList("École", "liste-2020-05", date(2020, 5, 1), ()))

    assert "Aucun prêt" in pages(pdf)[0]


def test_a_listed_family_is_told_by_whom_why_until_when_and_how_to_say_no() -> None:
    text = pages(PAPERS["notices"]())[0]

    for said in ("31 mai 2020", "Préfecture du Val-d’Exemple", "Vous opposer", "CNIL",
                 "dpd@example.org", "Elles viennent de : Collège Rosa-Parks"):  # fmt: skip
        assert said in text.replace("\xa0", " ")


def test_the_note_for_the_prefet_stays_on_one_page_with_forty_five_silent_neighbourhoods() -> None:
    read = pages(PAPERS["note"]())

    assert len(read) == 1 and "Décision demandée" in read[0]


def test_a_twenty_fifth_label_goes_to_a_second_sheet() -> None:
    labels = [Label(f"R52N{i:04d}", "Tablette", "Préfecture", "01 23") for i in range(25)]

    read = pages(render.device_labels(labels))

    assert len(read) == 2 and "R52N0024" in read[1]


def test_a_collective_loan_of_sixty_tablets_is_signed_once_at_the_end() -> None:
    read = pages(PAPERS["collective"]())

    assert len(read) > 1
    assert "Pour l’emprunteur" in read[-1] and " ".join(read).count("Pour l’emprunteur") == 1


def test_the_first_of_a_month_is_written_as_it_is_said() -> None:
    text = pages(render.loan_agreements([agreement(due_back_on=date(2020, 12, 1))]))[0]

    assert "1er décembre 2020" in text


def test_a_pack_is_the_list_then_one_agreement_a_child_in_the_same_order() -> None:
    ticks = TickList("École", "liste-2020-05", date(2020, 5, 1), TICKS)
    sheets = [agreement(number=line.number, child=line.child) for line in TICKS]

    read = pages(render.pack(ticks, sheets))

    assert len(read) == 4 and "Liste de remise" in read[0]
    assert [page.split("Classe")[0].strip() for page in read[1:]] == [
        "Prêt pour Amina Traoré",
        "Prêt pour Zoé Bel",
        "Prêt pour Issa Traoré",
    ]
