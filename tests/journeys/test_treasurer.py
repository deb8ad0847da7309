"""
A volunteer treasurer at nine in the evening: an RNA number, no SIRET yet, a phone.

Twelve answers, a photograph of the bank slip, a link for the president to sign; the receipt has
the contact and the date on which silence means refusal, the State's form is already filled in.
"""

import io
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser import PHONE, Visit
from tests.grants import scene as scenes
from tests.grants.scene import IBAN, RNA, Scene
from tests.journeys.pages import BACKEND, post, told
from traitdunion.gateways.models import Message as Outbox
from traitdunion.grants.models import Application
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Identifier, Membership, Organisation

EVENING = datetime(2020, 5, 14, 19, 0, tzinfo=UTC)
WHO = {
    "number": RNA,
    "representative_name": "Aminata Sow",
    "representative_email": "presidente@example.org",
    "contact_phone": "06 12 34 56 78",
}
WHAT = {
    "purpose": "ACTION",
    "title": "Aide aux devoirs à distance",
    "summary": "Deux bénévoles appellent vingt familles chaque jour.",
    "neighbourhoods": "QP094001",
}
MONEY = {
    "requested_cents": "8 000",
    "other_aid": "Mairie 2 000",
    "iban": IBAN,
    "account_holder": "Coup de pouce",
}


@pytest.fixture
def scene(db: None, settings: object) -> Scene:
    settings.TRAITDUNION_NOW = EVENING
    return scenes.build()


def _at(user: object) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def _without_numbers(scene: Scene) -> None:
    Identifier.objects.filter(organisation=scene.association).delete()


def _text(pdf: bytes) -> str:
    read = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", read)


def _photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(out, "JPEG")
    return SimpleUploadedFile("rib.jpg", out.getvalue(), "image/jpeg")


def _fill(client: Client) -> str:
    started = client.post("/subventions/nouvelle/")
    base = started.url.removesuffix("association/")
    for screen, answers in (("association", WHO), ("projet", WHAT), ("argent", MONEY)):
        post(client, f"{base}{screen}/", answers)
    return base


def test_from_an_rna_number_to_the_receipt_and_the_form(scene: Scene) -> None:
    _without_numbers(scene)
    bakary = _at(scene.bakary)

    base = _fill(bakary)
    page = post(bakary, f"{base}pieces/", {"kind": "BANK_SLIP", "file": _photo()})

    assert "rib.jpg" in page and "le SIRET" in page and "en construction" in page
    receipt = _text(bakary.get(f"{base}recepisse.pdf").content)
    for word in ("14 juillet 2020", "Mme Durand", "01 49 56 60 00", "refus implicite"):
        assert word in receipt
    form = _text(bakary.get(f"{base}cerfa-12156.pdf").content)
    for word in ("12156", RNA, "Aminata Sow", "8 000,00", "Mairie", "10 000,00", "FR76 3000"):
        assert word in form
    assert "contrat d’engagement républicain" not in form


def test_the_president_signs_by_the_link_that_she_received(scene: Scene) -> None:
    base = _fill(_at(scene.bakary))
    message = Outbox.objects.get(recipient="presidente@example.org")
    link = message.context["link"].removeprefix(settings.PUBLIC_URL)

    president = Client()
    assert "8 000,00" in told(president.get(link)).replace("\u202f", " ")
    wrong = told(president.post(link, {"name": "Quelqu’un"}))
    said = post(president, link, {"name": "aminata SOW"})

    assert "Tapez votre nom" in wrong and "Signée par Aminata Sow" in said
    assert "demande signée" in told(_at(scene.jeanne).get(base))


def test_an_impatient_finger_makes_one_application_and_is_told(scene: Scene) -> None:
    bakary = _at(scene.bakary)
    base = _fill(bakary)

    again = bakary.post(f"{base}argent/", MONEY)
    second = bakary.post("/subventions/nouvelle/")
    third = bakary.post("/subventions/nouvelle/")

    assert again.status_code == 409 and "déjà déposée" in again.content.decode()
    assert second.url == third.url
    assert Application.objects.exclude(state="DRAFT").count() == 1


def test_a_treasurer_leaves_and_the_next_one_finds_everything(scene: Scene) -> None:
    base = _fill(_at(scene.bakary))
    seat = Membership.objects.get(user=scene.bakary)
    partners.end_membership(membership=seat, by=scene.jeanne, at=EVENING)

    assert "Aide aux devoirs" in told(_at(scene.jeanne).get(base))
    assert _at(scene.bakary).get(base).status_code == 403
    assert _at(scene.driss).get(base).status_code == 403


BAD = [
    ("association", WHO, {"number": "73282932000075"}, "n’est pas un SIRET"),
    ("association", WHO, {"number": "W75"}, "n’est pas un numéro RNA"),
    ("association", WHO, {"contact_phone": "demain"}, "téléphone"),
    ("argent", MONEY, {"iban": "FR7630006000011234567890188"}, "n’est pas un IBAN"),
    ("argent", MONEY, {"iban": "BR1500000000000010932840814P2"}, "pays"),
    ("argent", MONEY, {"requested_cents": "12.345"}, "n’est pas un montant"),
    ("argent", MONEY, {"requested_cents": "0"}, "supérieur à zéro"),
    ("argent", MONEY, {"other_aid": "Mairie"}, "finissez la ligne"),
    ("projet", WHAT, {"neighbourhoods": "QP999999"}, "QP999999"),
]


@pytest.mark.parametrize(("screen", "answers", "wrong", "said"), BAD)
def test_a_wrong_answer_is_told_in_one_sentence_beside_its_field(
    scene: Scene, screen: str, answers: dict[str, str], wrong: dict[str, str], said: str
) -> None:
    _without_numbers(scene)
    bakary = _at(scene.bakary)
    base = bakary.post("/subventions/nouvelle/").url.removesuffix("association/")

    page = told(bakary.post(f"{base}{screen}/", {**answers, **wrong}))

    assert said in page and "À corriger" in page
    assert not Application.objects.get().requested_cents


def test_an_association_of_corsica_may_start_with_its_number(scene: Scene) -> None:
    _without_numbers(scene)
    bakary = _at(scene.bakary)
    url = bakary.post("/subventions/nouvelle/").url

    post(bakary, url, {**WHO, "number": "w2a 1000123"})

    assert Identifier.objects.get(scheme="RNA").value == "W2A1000123"


def test_a_hostile_piece_is_told_with_its_name(scene: Scene) -> None:
    bakary = _at(scene.bakary)
    base = _fill(bakary)
    file = SimpleUploadedFile("rib.pdf", b"%PDF-1.4 rien")

    page = post(bakary, f"{base}pieces/", {"kind": "BANK_SLIP", "file": file})

    assert "rib.pdf" in page and "abîmé" in page


def test_the_draft_keeps_what_can_be_read_and_waits_for_the_rest(scene: Scene) -> None:
    bakary = _at(scene.bakary)
    base = bakary.post("/subventions/nouvelle/").url.removesuffix("association/")

    answer = bakary.post(
        f"{base}brouillon/", {"step": "money", "requested_cents": "8 000", "iban": "FR76"}
    )

    assert "21:00" in answer.json()["said"]
    draft = Application.objects.get()
    assert (draft.requested_cents, draft.iban) == (800_000, "")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_on_a_phone_three_pages_and_twelve_fields_at_most(
    open_browser: Callable[..., Visit], settings: object
) -> None:
    settings.TRAITDUNION_NOW = EVENING
    scene = scenes.build()
    _without_numbers(scene)
    Organisation.objects.filter(pk=scene.association.pk).update(phone="", contact_name="")
    session = _at(scene.bakary).cookies["sessionid"].value
    visit = open_browser(session=session, size=PHONE)
    page = visit.page
    visit.go("/subventions/")
    began = time.monotonic()
    page.get_by_role("button", name="Demander une subvention").click()

    fields = 0
    for answers in (WHO, WHAT, MONEY):
        form = page.locator("form[data-draft]")
        names = form.locator("[name]").evaluate_all(
            "all => [...new Set(all.filter(e => e.type !== 'hidden').map(e => e.name))]"
        )
        fields += len(names)
        assert not visit.overflows() and not visit.barriers()
        for name, value in answers.items():
            field = form.locator(f"[name={name}]")
            if name in {"purpose", "neighbourhoods"}:
                form.locator(f"[name={name}][value={value}]").check(force=True)
            else:
                field.fill(value)
        if answers is WHAT:
            expect(page.locator("[data-saved]")).to_contain_text("Brouillon enregistré")
        form.get_by_role("button").first.click()
    expect(page.locator("main")).to_contain_text("est déposée")

    assert fields <= 12
    # Of the machine alone: ten minutes are for whoever types.
    assert time.monotonic() - began < 60
    assert Application.objects.get().state == "SUBMITTED"
    assert visit.complaints == []
