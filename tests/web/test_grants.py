"""Alice reviews from her pages, Gaelle answers from hers, anybody reads who works where."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from tests.grants import scene as scenes
from tests.grants.scene import OTHER_IBAN, Scene
from tests.journeys.pages import BACKEND, post, table, told
from traitdunion.grants import queries
from traitdunion.grants.models import Application
from traitdunion.partners.models import Organisation
from traitdunion.territories.models import Commune

NOW = datetime(2020, 5, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def scene(db: None, settings: object) -> Scene:
    settings.TRAITDUNION_NOW = NOW
    cache.clear()
    return scenes.build()


def _at(user: object) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_alice_filters_exports_and_reviews(scene: Scene) -> None:
    one = scene.submitted()
    scene.submitted(scene.other, iban=OTHER_IBAN, title="Colis de livres")
    alice = _at(scene.alice)

    shown = told(alice.get("/subventions/?q=livres"))
    rows = table(alice, "/subventions/?format=csv&state=SUBMITTED")
    page = post(alice, f"/subventions/{one.number}/instruire/", {})
    mine = told(alice.get("/subventions/?mine=on"))

    assert "Colis de livres" in shown and one.number not in shown
    sent = set(Application.objects.values_list("number", flat=True))
    assert {row["Demande"] for row in rows} == sent
    assert "en instruction" in page and "Instruite par Alice" in page
    assert "Aucune association n’y est encore aidée : Les Tilleuls" in page
    assert one.number in mine and "Colis de livres" not in mine


def test_the_town_hall_is_asked_and_answers_from_its_first_page(scene: Scene) -> None:
    one = scene.under_review()
    alice, gaelle = _at(scene.alice), _at(scene.gaelle)
    base = f"/subventions/{one.number}/"

    asked = {"organisation": str(scene.town_hall.pk), "question": "", "due_on": "2020-05-30"}
    assert "attendu avant le 30/05/2020" in post(alice, f"{base}avis/", asked)
    assert "Avis à donner sur la demande de Coup de pouce" in told(gaelle.get("/"))
    empty = told(gaelle.post(f"{base}mon-avis/", {"stance": "RESERVED", "text": ""}))
    given = post(gaelle, f"{base}mon-avis/", {"stance": "RESERVED", "text": "Trop tôt."})

    assert "Dites pourquoi" in empty and "Avis réservé" in given
    assert "Trop tôt." in told(alice.get(base))
    # Neither the account nor the review is shown to those who are asked, nor the opinions to
    # whoever applies.
    seen = told(gaelle.get(base))
    assert one.iban not in seen and "Instruction" not in seen.partition("Quartiers")[2]
    assert "Trop tôt." not in told(_at(scene.bakary).get(base))


def test_a_correction_goes_and_comes_back_by_the_pages(scene: Scene) -> None:
    one = scene.under_review()
    alice, bakary = _at(scene.alice), _at(scene.bakary)
    base = f"/subventions/{one.number}/"

    post(alice, f"{base}correction/", {"text": "Précisez le titre."})
    assert "Précisez le titre." in told(bakary.get(base))
    what = {
        "purpose": "ACTION",
        "title": "Aide aux devoirs, le soir",
        "summary": "Comme avant.",
        "neighbourhoods": "QP094001",
    }
    post(bakary, f"{base}projet/", what)
    post(bakary, f"{base}corrigee/", {})
    post(bakary, f"{base}message/", {"text": "C’est fait."})

    page = told(alice.get(base))
    assert "Aide aux devoirs, le soir" in page and "C’est fait." in page
    assert "en instruction" in page


def test_points_simulations_and_ties(scene: Scene) -> None:
    scene.envelope(500_000)
    one = scene.under_review()
    alice = _at(scene.alice)
    base = f"/subventions/{one.number}/"

    assert "9 points sur 20" in post(alice, f"{base}points/", {"besoin": "6", "proximite": "3"})
    assert "8" in told(alice.get(base))
    rule = {"name": "Trois quarts", "percent": "75", "ceiling_cents": "", "least_points": "9"}
    simulated = post(alice, "/subventions/simulations/", rule)
    assert "6 000,00" in simulated.replace("\u202f", " ") and "dépasse l’enveloppe" in simulated
    post(alice, "/subventions/interets/", {"number": "Coup de pouce"})

    refused = alice.post(f"{base}points/", {"besoin": "1"})
    assert refused.status_code == 403 and "lien d’intérêt" in refused.content.decode()
    assert [line.points for line in queries.grid(one, scene.plan)] == [6, 3, None]
    wrong = told(alice.post("/subventions/interets/", {"number": "Inconnue"}))
    assert "aucune association" in wrong


def test_anybody_reads_where_nobody_works(scene: Scene) -> None:
    one = scene.under_review()
    Application.objects.filter(pk=one.pk).update(
        state="ACCEPTED", granted_cents=700_000, decided_at=NOW
    )

    page = told(Client().get("/subventions/annuaire/?departement=94"))
    alone = told(Client().get("/subventions/annuaire/?seuls=1"))

    assert (
        "Coup de pouce" in page
        and "Carte des quartiers"
        in Client().get("/subventions/annuaire/?departement=94").content.decode()
    )
    assert "Le Port" in alone and "Les Tilleuls" not in alone


def test_an_association_without_access_asks_for_one(scene: Scene) -> None:
    Commune.objects.create(code="94028", name="Créteil", department=scene.association.department)
    asked = {
        "number": "W941000077",
        "association": "Le Fil",
        "commune": "94028",
        "email": "fil@example.org",
    }
    anybody = Client()

    assert "fil@example.org" in told(anybody.post("/subventions/commencer/", asked))
    again = told(anybody.post("/subventions/commencer/", asked))
    wrong = told(anybody.post("/subventions/commencer/", {**asked, "commune": "99999"}))

    assert "déjà connue" in again and "aucune commune" in wrong
    assert Organisation.objects.get(name="Le Fil").department_id == "94"
    for _try in range(20):
        last = anybody.post("/subventions/commencer/", asked)
    assert last.status_code == 429
