"""Alice signs with a network and pays its places; Hugo sends his tool's files; Karim recounts."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.mentoring.ground import PAIRS, pair
from tests.web.world import World
from tests.web.world import build as build_world
from traitdunion.journal.models import Event
from traitdunion.mentoring import recount
from traitdunion.mentoring.models import NetworkAgreement

pytestmark = pytest.mark.django_db
AT = datetime(2020, 6, 20, 9, tzinfo=UTC)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def world(db: None, settings: object) -> World:
    settings.TRAITDUNION_NOW = AT
    return build_world()


@pytest.fixture
def signed_in(world: World) -> Callable[[str], Client]:
    def enter(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name], backend=BACKEND)
        return client

    return enter


def text(response: object) -> str:
    return response.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def test_alice_counts_and_pays_places_from_the_agreement_s_page(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    client, url = signed_in("alice"), f"/reseaux/conventions/{world.a.agreement.number}/"

    client.post(f"{url}suite/", {"step": "count"})
    client.post(f"{url}suite/", {"step": "pay"})

    page = text(client.get(url))
    # Binta of the network's file, and Hawa, whom the school referred.
    assert "places suivies : 2 ;" in page
    assert "800,00 € demandés au paiement" in page
    assert NetworkAgreement.objects.get(pk=world.a.agreement.pk).paid_places == 2


def test_alice_prepares_an_agreement_by_departement_and_a_wrong_line_is_said(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("alice")
    head, envelope = world.a.agreement.network_id, world.a.agreement.envelope_id
    typed = {
        "network": head, "envelope": envelope, "price": "400", "advance": "1 000",
        "counted_by": "STRICT", "starts_on": "2020-05-01", "ends_on": "2020-07-31",
    }  # fmt: skip

    wrong = client.post("/reseaux/conventions/nouvelle/", {**typed, "shares": "94 ; douze"})
    done = client.post("/reseaux/conventions/nouvelle/", {**typed, "shares": "94 ; 12"})

    assert "ligne 1 : écrivez" in text(wrong)
    assert done.status_code == 302
    made = NetworkAgreement.objects.get(state="DRAFT")
    assert (made.places, made.amount_cents, made.advance_cents) == (12, 480_000, 100_000)


def test_hugo_sends_a_file_and_sees_what_to_mend(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("hugo")
    rows = (PAIRS, pair("B7", "J7", "KANE;Awa;05/05/2009", mentor="M7"), pair("B8", mentor=""))
    file = SimpleUploadedFile("export.csv", "\n".join(rows).encode())

    page = client.post("/reseaux/fichiers/", {"kind": "PAIRS", "file": file}, follow=True)

    assert "1 nouvelles lignes, 0 corrigées, 0 inchangées, 1 mises de côté" in text(page)
    assert "il manque l’identifiant" in text(client.get("/reseaux/fichiers/a-corriger/"))
    report = client.get("/reseaux/rapport/?format=csv").content.decode("utf-8-sig")
    assert world.a.agreement.number in report
    assert "SISSOKO" not in report and "KANE" not in report


def test_a_file_that_is_not_a_table_is_said_in_one_sentence(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    file = SimpleUploadedFile("export.pdf", b"%PDF-1.7 ...")

    page = signed_in("hugo").post("/reseaux/fichiers/", {"kind": "PAIRS", "file": file})

    assert "est un fichier PDF" in text(page)


def test_both_counts_stand_together_and_a_certificate_is_recounted(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("karim")

    page = text(client.get("/reseaux/suivis/?on=2020-06-15"))
    client.post("/reseaux/suivis/certifier/", {"on": "2020-06-15"})
    listed = text(client.get("/reseaux/suivis/"))
    number = listed.partition("/reseaux/suivis/certificats/")[2].partition("/")[0]
    content = client.get(f"/reseaux/suivis/certificats/{number}/").content

    # Two of the network's file, and Hawa, whom both schools referred.
    assert "<strong>3</strong> jeunes au sens large, <strong>0</strong> au sens strict" in page
    assert hashlib.sha256(content).hexdigest() in listed
    again = recount.recount(content.decode())
    assert (again.wide, again.strict) == (3, 0)
    assert "SISSOKO" not in content.decode()


def test_chloe_accepts_the_young_person_whom_the_network_hands_over(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("chloe")
    asked = text(client.get("/reseaux/suites/recues/"))
    assert "Accepter" in asked and "SISSOKO" in asked
    read = Event.objects.filter(
        verb="people.file_read", subject_id=str(world.a.end.young.person_id)
    )
    assert read.count() == 1, "whoever reads a name leaves a trace"

    client.post(f"/reseaux/suites/recues/{world.a.end.pk}/", {"answer": "yes"})

    shown = text(client.get("/reseaux/suites/recues/"))
    assert "Aucune demande" in shown and "SISSOKO" in shown
    world.a.end.refresh_from_db()
    assert world.a.end.state == "SETTLED"


def test_hugo_gives_a_plan_to_everybody_left(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("hugo")
    rows = (PAIRS, pair("B7", "J7", "KANE;Awa;05/05/2009", mentor="M7"))
    file = SimpleUploadedFile("export.csv", "\n".join(rows).encode())
    client.post("/reseaux/fichiers/", {"kind": "PAIRS", "file": file})
    assert "J7" in text(client.get("/reseaux/suites/"))

    client.post("/reseaux/suites/toutes/")

    page = text(client.get("/reseaux/suites/"))
    assert "Chaque jeune suivi a une suite." in page
    assert "perdu de vue" in page
