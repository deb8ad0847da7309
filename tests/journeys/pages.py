"""What the journeys share: somebody at a page, the words of an answer, a file taken away."""

import csv
import hashlib
import io
import re
from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader

from traitdunion.base.actors import ROBOT
from traitdunion.base.money import euros
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Role

BACKEND = "django.contrib.auth.backends.ModelBackend"


def on(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2020, month, day, hour, tzinfo=UTC)


def sit(name: str, organisation: Organisation, role: str = Role.MANAGER) -> Client:
    """Somebody new, seated, with the pages open."""
    user = User.objects.create(email=f"{name}@example.org", full_name=name.title())
    partners.seat(user=user, organisation=organisation, role=role, by=ROBOT, at=on(4, 20))
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def told(answer: Any) -> str:
    """The words of a page, spaces as one reads them."""
    assert answer.status_code == 200, answer.status_code
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)


def amount(cents: int) -> str:
    """An amount as ``told`` gives it back: its spaces are plain."""
    return re.sub(r"\s+", " ", euros(cents))


def post(client: Client, url: str, data: dict[str, Any]) -> str:
    """What the page says once the form is done; a form that comes back fails the test."""
    answer = client.post(url, data)
    assert answer.status_code == 302, told(answer)
    return told(client.get(answer.url))


def child(number: int, lon: float, lat: float = 48.805) -> str:
    """One row of a list; no two children alike."""
    letters = str.maketrans("0123456789", "ghijklmnop")
    word = hashlib.sha256(str(number).encode()).hexdigest().translate(letters)
    born = f"{1 + number % 28:02d}/{1 + number % 12:02d}/{2004 + number % 9}"
    return f"{word[:12]};{word[20:28]};{born};{lon:.4f};{lat}"


def send_list(client: Client, rows: list[str]) -> None:
    """A list of children without any screen: sent, seen, recorded."""
    content = "\n".join(("Nom;Prénom;Date de naissance;Longitude;Latitude", *rows)) + "\n"
    file = SimpleUploadedFile("liste.csv", content.encode())
    asked = {"file": file, "kind": "tablet", "degree": "0"}
    answer = client.post("/recensement/importer/", asked)
    assert answer.status_code == 302, told(answer)
    post(client, f"{answer.url}enregistrer/", {})


def table(client: Client, url: str) -> list[dict[str, str]]:
    """A list taken away as the spreadsheet that Excel opens."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def pdf(answer: Any) -> list[str]:
    """The words of each page of a paper."""
    assert answer.status_code == 200, answer.status_code
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]
