"""A child's file: who answers for the child, what they authorised, what the agreement says."""

from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from tests.lending import scene as scenes
from tests.lending.scene import AT, Scene, build
from traitdunion.lending.models import Agreement
from traitdunion.people.models import Authorisation, Guardianship
from traitdunion.people.operations import NewGuardian

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def chloe(scene: Scene) -> Client:
    client = Client()
    client.force_login(scene.user("Chloe", scene.school), backend=BACKEND)
    return client


@pytest.fixture
def scene(settings: object) -> Scene:
    settings.TRAITDUNION_NOW = AT
    return build()


def test_what_a_mother_said_of_the_loan_is_on_the_file(scene: Scene) -> None:
    client, child = chloe(scene), scene.awards[0].person_id
    address = f"/familles/{child}/"
    before = client.get(address).content.decode()
    tie = Guardianship.objects.get(child=child)
    said = {"activity": "LOAN", "is_given": "non", "means": "PHONE", "guardian": str(tie.pk)}

    answer = client.post(f"{address}autorisation/", said, follow=True)

    kept = Authorisation.objects.get(child=child)
    assert "Aucune autorisation" in before
    assert (kept.is_given, kept.guardianship, kept.at) == (False, tie, AT)
    assert "refusé" in answer.content.decode()


def test_an_answer_without_its_means_is_not_noted(scene: Scene) -> None:
    child = scene.awards[0].person_id

    answer = chloe(scene).post(f"/familles/{child}/autorisation/", {"activity": "LOAN"})

    assert answer.status_code == 302
    assert not Authorisation.objects.exists()


def test_the_agreement_bears_the_service_and_the_address_of_each(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.TRAITDUNION_NOW = AT
    held = (
        NewGuardian("Aide sociale à l’enfance", is_institution=True),
        NewGuardian("Awa Traoré", address="3 place Hoche 93240 Stains"),
    )
    children = (scenes.CHILDREN[0]._replace(guardians=held), *scenes.CHILDREN[1:])
    monkeypatch.setattr(scenes, "CHILDREN", children)
    scene = build()
    client = chloe(scene)
    client.post("/prets/preparer/")
    one = Agreement.objects.get(award=scene.awards[0])

    pdf = client.post(f"/prets/conventions/{one.number}/imprimer/").content

    printed = " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    assert "Aide sociale à l’enfance" in printed
    assert "Awa Traoré" in printed and "3 place Hoche 93240 Stains" in printed
