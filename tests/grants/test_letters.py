"""The letter is seen before it leaves, leaves once, and is known when it comes back signed."""

import io
from typing import Any

import pypdfium2
import pytest
from django.core import mail
from PIL import Image
from pypdf import PdfReader

from tests.grants.bureau import AT, EUROS, URL, Bureau
from traitdunion.base.actors import ROBOT
from traitdunion.gateways import operations as gateways
from traitdunion.grants import wording
from traitdunion.grants.models import Letter, LetterTemplate, SignedPage
from traitdunion.grants.operations import deciding, letters
from traitdunion.grants.operations.deciding import Terms
from traitdunion.grants.previewing import preview
from traitdunion.grants.queries import deciding as queries
from traitdunion.grants.states import DecisionForm, LetterKind, Outcome
from traitdunion.grants.wording import BadWords, Words
from traitdunion.partners import queries as partners

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau(db: None) -> Bureau:
    return Bureau()


def text(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def draw(bureau: Bureau, **changes: Any) -> int:
    return letters.draw_waiting(
        **{"plan": bureau.plan, "public_url": URL, "by": ROBOT, "at": AT, **changes}
    )


def scanned(*pdfs: bytes, turned: int = 0) -> bytes:
    """What a scanner gives of these papers: pictures, no text."""
    sheets = [
        page.render(scale=150 / 72, grayscale=True).to_pil().rotate(turned)
        for pdf in pdfs
        for page in pypdfium2.PdfDocument(pdf)
    ]
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:], resolution=150)
    return out.getvalue()


def seat(bureau: Bureau, name: str = "alice") -> Any:
    return partners.seats(getattr(bureau, name))[0]


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (300, 120), (20, 20, 120, 255)).save(out, "PNG")
    return out.getvalue()


def test_alice_reads_the_letter_before_it_leaves_and_nothing_is_written(bureau: Bureau) -> None:
    asked = bureau.application(bureau.association("Aux devoirs !"))

    pdf = preview(
        application=asked, terms=Terms(Outcome.ACCEPTED, 750_000, form=DecisionForm.ORDER),
        plan=bureau.plan, public_url=URL, at=AT,
    )  # fmt: skip

    assert "APERÇU" in text(pdf) and "Aux devoirs !" in text(pdf) and "7 500,00 €" in text(pdf)
    assert "•••• 0185" in text(pdf) and "30007941" not in text(pdf)
    assert "républicain" not in text(pdf), "not before its decree of 2021"
    assert not Letter.objects.exists()


def test_the_worker_draws_each_letter_once_and_tells_the_association(bureau: Bureau) -> None:
    one = bureau.grant(bureau.application(bureau.association()))

    assert (draw(bureau), draw(bureau)) == (1, 0)
    gateways.send_waiting(by=ROBOT, at=AT)

    letter = Letter.objects.get(decision=one)
    one.refresh_from_db()
    content = queries.content_of(letter)
    assert letter.number in text(content) and one.number in text(content)
    assert one.notified_at == AT and len(letter.digest) == 64
    (sent,) = mail.outbox
    assert sent.to == ["contact1@example.org"] and f"/decisions/{one.pk}/" in sent.body


def test_a_refusal_by_letter_says_its_reason_and_how_to_appeal(bureau: Bureau) -> None:
    one = deciding.decide(
        application=bureau.application(bureau.association()),
        terms=Terms(Outcome.REFUSED, reason="Action hors des quartiers."),
        envelope=None, plan=bureau.plan, by=bureau.alice, at=AT,
    )  # fmt: skip

    draw(bureau)

    told = text(queries.content_of(Letter.objects.get(decision=one)))
    assert "Action hors des quartiers." in told and "tribunal administratif" in told


def test_new_words_are_a_new_version_and_queued_letters_keep_theirs(bureau: Bureau) -> None:
    first = bureau.grant(bureau.application(bureau.association("A")))
    words = Words("", "{autorite} décide :", "# Article 1\nPour {association}.", "", "A. Martin")
    saved = [
        letters.save_words(
            authority=bureau.authority, kind=LetterKind.ORDER, words=words, signature=png(),
            stamp=b"", by=bureau.alice, at=AT,
        )
        for _each in range(2)
    ]  # fmt: skip
    second = bureau.grant(bureau.application(bureau.association("B")))

    draw(bureau)

    before, after = (
        text(queries.content_of(Letter.objects.get(decision=d))) for d in (first, second)
    )
    assert [one.version for one in saved] == [1, 2]
    assert "modèle arrete-2020-04" in before and "v2" in after and "A. Martin" in after


def test_words_that_name_nothing_or_a_signature_that_is_no_picture_are_refused(
    bureau: Bureau,
) -> None:
    facts: dict[str, Any] = {
        "authority": bureau.authority, "kind": LetterKind.ORDER, "stamp": b"",
        "by": bureau.alice, "at": AT,
    }  # fmt: skip

    with pytest.raises(BadWords, match=r"« \{assoc\} » ne désigne rien"):
        letters.save_words(words=Words("", "{assoc}", "x"), signature=b"", **facts)
    with pytest.raises(letters.BadDrawing, match="images PNG ou JPEG"):
        letters.save_words(words=Words("", "x", "x"), signature=b"<svg onload=1>", **facts)
    assert not LetterTemplate.objects.exists()


def test_what_an_association_calls_itself_is_never_taken_for_a_name(bureau: Bureau) -> None:
    assert wording.filled("{association}", {"association": "{montant}"}) == "{montant}"


def test_a_pile_of_signed_letters_goes_back_to_each_grant_by_its_code(bureau: Bureau) -> None:
    grants = [bureau.grant(bureau.application(bureau.association(f"A{k}"))) for k in range(2)]
    draw(bureau)
    papers = [queries.content_of(Letter.objects.get(decision=one)) for one in grants]
    blank = io.BytesIO()
    Image.new("L", (1240, 1754), 250).save(blank, "PDF", resolution=150)
    pile = scanned(papers[1], papers[0], blank.getvalue(), turned=180)

    found = letters.reattach(
        content=pile, name="pile.pdf", seat=seat(bureau), by=bureau.alice, at=AT
    )
    again = letters.reattach(
        content=pile, name="pile.pdf", seat=seat(bureau), by=bureau.alice, at=AT
    )

    kept = [Letter.objects.get(decision=one) for one in grants]
    assert found.letters == {kept[0].number: 1, kept[1].number: 1}
    assert (found.without_code, again.letters, again.known_already) == ([3], {}, 2)
    assert all(one.signed_at == AT for one in kept)
    assert bytes(SignedPage.objects.get(letter=kept[0]).content).startswith(b"\xff\xd8")


def test_a_letter_of_another_prefecture_is_not_attached(bureau: Bureau) -> None:
    bureau.grant(bureau.application(bureau.association()))
    draw(bureau)
    pile = scanned(queries.content_of(Letter.objects.get()))
    other = Bureau(names=("paul", "pia", "mo"))

    found = letters.reattach(
        content=pile, name="pile.pdf", seat=seat(other), by=other.alice, at=AT
    )

    assert (found.letters, found.unknown) == ({}, [1]) and not SignedPage.objects.exists()


def test_an_amount_of_money_is_in_the_letter_as_it_is_in_the_ledger(bureau: Bureau) -> None:
    one = bureau.grant(bureau.application(bureau.association()), 6_000, advance_cents=200_000)

    draw(bureau)

    told = text(queries.content_of(Letter.objects.get(decision=one)))
    assert "6 000,00 €" in told and "2 000,00 €" in told and "4 000,00 €" in told
    assert one.commitment.amount_cents == 6_000 * EUROS
