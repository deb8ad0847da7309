"""Families that a school listed are told in time, on paper, one page each."""

from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from tests.lending.scene import AT, Scene, build
from traitdunion.people.models import InformationNotice

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(settings: object) -> Scene:
    settings.TRAITDUNION_NOW = AT
    return build()


@pytest.fixture
def chloe(scene: Scene) -> Client:
    client = Client()
    user = scene.user("Chloe", scene.school)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_each_listed_family_has_its_page_with_its_date(chloe: Client) -> None:
    response = chloe.post("/familles/avis/imprimer/")

    pages = [page.extract_text() for page in PdfReader(BytesIO(response.content)).pages]
    assert len(pages) == 3
    assert all("13 juin 2020" in page and "Vous opposer" in page for page in pages)
    assert any("Amina" in page for page in pages)
    assert InformationNotice.objects.filter(printed_at=AT).count() == 3


def test_whoever_only_hands_over_does_not_print_notices(scene: Scene) -> None:
    bursar = Client()
    user = scene.user("Marc", scene.school, "RECEIVER")
    bursar.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    assert bursar.post("/familles/avis/imprimer/").status_code == 403
