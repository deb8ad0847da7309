"""The census by its pages: a list sent, seen, recorded; doubts settled; the closing."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.census.conftest import AT, World, listed, world
from traitdunion.base.actors import ROBOT
from traitdunion.census import operations
from traitdunion.census.closed import seed_after
from traitdunion.census.models import Ask, Duplicate, Import, Need
from traitdunion.census.states import NeedState
from traitdunion.journal.models import Event
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.people.models import ListFile
from traitdunion.people.queries import pseudonym

__all__ = ["world"]
AICHA = "DIALLO;Aïcha;04/05/2009;5e B;2.405;48.805;0612345678;aucun;aucune"
BAD = "MARTIN;Léo;31/02/2008;4e A;2.455;48.805;;aucun;aucune"
ON_THE_EDGE = AICHA.replace("2.405", "2.41005").replace("Aïcha", "Mariam")


@pytest.fixture(autouse=True)
def _april_2020(settings: object) -> None:
    settings.TRAITDUNION_NOW = AT


def sit(name: str, organisation: Organisation, role: str = Role.MANAGER) -> Client:
    user = User.objects.create(email=f"{name}@example.org", full_name=name)
    partners.seat(user=user, organisation=organisation, role=role, by=ROBOT, at=AT)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def chloe(world: World) -> Client:
    return sit("chloe", world.school)


@pytest.fixture
def alice(world: World) -> Client:
    return sit("alice", world.prefecture)


@pytest.fixture
def lea(world: World) -> Client:
    ministry = partners.create_organisation(
        kind=Kind.MINISTRY, name="Ministère", identifiers={}, by=ROBOT, at=AT
    )
    return sit("lea", ministry, Role.ADMINISTRATOR)


def send(client: Client, content: str, **choices: str) -> str:
    """Send a list; the address of its preview."""
    file = SimpleUploadedFile("liste.csv", content.encode())
    answer = client.post("/recensement/importer/", {"file": file, **choices})
    assert answer.status_code == 302, text(answer)
    return answer.url


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_list_is_seen_before_anything_is_written(chloe: Client) -> None:
    page = text(chloe.get(send(chloe, listed(AICHA, BAD))))

    assert "2 lignes lues, rien n’est encore enregistré" in page
    assert "date illisible" in page and "équipement du foyer" in page
    assert not Need.objects.exists() and not Import.objects.exists()


def test_a_list_that_was_seen_is_recorded_and_its_bytes_go(chloe: Client) -> None:
    preview = send(chloe, listed(AICHA, BAD))

    report = text(chloe.post(f"{preview}enregistrer/", follow=True))

    kept = ListFile.objects.get()
    assert "Liste enregistrée" in report and "lignes à corriger" in report
    assert (Need.objects.count(), kept.content) == (1, None)


def test_the_rows_to_mend_come_back_as_they_were_written(chloe: Client) -> None:
    preview = send(chloe, listed(AICHA, BAD))
    before = chloe.get(f"{preview}rejets/").content
    chloe.post(f"{preview}enregistrer/")

    after = chloe.get(f"{preview}rejets/")

    assert before == after.content
    assert "MARTIN;Léo;31/02/2008" in after.content.decode("utf-8-sig")
    assert after["Content-Disposition"] == 'attachment; filename="lignes-a-corriger.csv"'


def test_a_list_recorded_twice_is_refused_once(chloe: Client) -> None:
    preview = send(chloe, listed(AICHA))
    chloe.post(f"{preview}enregistrer/")

    again = chloe.post(f"{preview}enregistrer/")

    assert again.status_code == 409 and "déjà enregistrée" in text(again)
    assert Need.objects.count() == 1


def test_a_long_list_is_recorded_by_the_worker(chloe: Client) -> None:
    rows = [AICHA.replace("Aïcha", f"Prénom {chr(97 + n // 26)}{chr(97 + n % 26)}")
            for n in range(600)]  # fmt: skip
    preview = send(chloe, listed(*rows, *rows))

    page = chloe.post(f"{preview}enregistrer/", follow=True)

    assert page.redirect_chain[-1][0].startswith("/travaux/")
    assert Need.objects.count() == 600
    assert "600 besoins ajoutés" in text(page)


@pytest.mark.parametrize(
    ("content", "words"),
    [("%PDF-1.4", "PDF"), ("Classe\n5e B\n", "Nom"), ("a;b\n\0;1\n", "octet nul")],
)
def test_what_cannot_be_read_is_told_on_the_page(chloe: Client, content: str, words: str) -> None:
    answer = chloe.get(send(chloe, content))

    assert answer.status_code == 400
    assert words in text(answer) and "Cette liste ne peut pas être lue" in text(answer)


def test_another_school_never_sees_the_list(world: World, chloe: Client) -> None:
    preview = send(chloe, listed(AICHA))
    yanis = sit("yanis", world.other_school)

    assert yanis.get(preview).status_code == 404
    assert yanis.get(f"{preview}rejets/").status_code == 404
    assert yanis.post(f"{preview}enregistrer/").status_code == 404


def test_one_child_is_recorded_by_hand(chloe: Client) -> None:
    given = {
        "last_name": "Diallo", "first_name": "Aïcha", "birth_date": "2009-05-04",
        "school_class": "5e B", "address": "1 rue du Lin", "postcode": "94000", "city": "Trame",
        "degree": "0", "kind": "both",
    }  # fmt: skip

    page = chloe.post("/recensement/besoins/nouveau/", given, follow=True)

    need = Need.objects.get()
    assert (need.kind, need.degree, need.doubt) == ("both", 0, "ADDRESS")
    assert "Besoin enregistré" in text(page)


def test_lists_show_codes_and_never_a_name(chloe: Client, alice: Client) -> None:
    chloe.post(f"{send(chloe, listed(AICHA))}enregistrer/")
    need = Need.objects.get()

    for client in (chloe, alice):
        for path in ("/recensement/", "/recensement/besoins/", f"/recensement/besoins/{need.pk}/"):
            page = text(client.get(path))
            assert "DIALLO" not in page and "Aïcha" not in page
        assert "DIALLO" not in client.get("/recensement/besoins/?format=csv").content.decode()


def test_settling_an_address_opens_the_file_and_says_so(world: World, chloe: Client) -> None:
    world.take(listed(ON_THE_EDGE))
    need = Need.objects.get()
    path = f"/recensement/besoins/{need.pk}/adresse/"

    page = text(chloe.get(path))
    chloe.post(path, {"neighbourhood": str(world.north.pk), "proof": "plan consulté"})

    assert "Mariam" in page
    assert Event.objects.filter(verb="people.file_read").count() == 1
    assert Need.objects.get().state == NeedState.OPEN


def test_an_address_of_another_school_is_not_there(world: World, chloe: Client) -> None:
    world.take(listed(ON_THE_EDGE), relay=world.other_school)
    path = f"/recensement/besoins/{Need.objects.get().pk}/adresse/"

    assert chloe.get(path).status_code == 404
    assert not Event.objects.filter(verb="people.file_read").exists()


def test_a_double_across_two_schools_shows_whom_to_call_and_no_foreign_name(
    world: World, chloe: Client
) -> None:
    world.take(listed(AICHA.replace("0612345678", "")), relay=world.other_school)
    world.take(listed(AICHA.replace("DIALLO", "Diallo-Sow")), at=AT + timedelta(hours=1))
    pair = Duplicate.objects.get()

    page = text(chloe.get(f"/recensement/doublons/{pair.pk}/"))

    assert "Diallo-Sow" in page and "DIALLO" not in page
    assert world.other_school.phone in page


@pytest.mark.parametrize(("verdict", "left"), [("SAME", 1), ("DIFFERENT", 2)])
def test_a_person_says_whether_it_is_the_same_child(
    world: World, chloe: Client, verdict: str, left: int
) -> None:
    world.take(listed(AICHA, AICHA.replace("DIALLO", "DIALO")))
    pair = Duplicate.objects.get()

    chloe.post(f"/recensement/doublons/{pair.pk}/", {"verdict": verdict})

    assert Need.objects.filter(state=NeedState.OPEN).count() == left


def test_a_relay_withdraws_its_own_need_alone(world: World, chloe: Client) -> None:
    world.take(listed(AICHA))
    path = f"/recensement/besoins/{Need.objects.get().pk}/retirer/"
    yanis = sit("yanis", world.other_school)

    assert yanis.post(path).status_code == 404
    assert chloe.post(path).status_code == 302
    assert Need.objects.get().state == NeedState.WITHDRAWN


def test_the_board_lists_every_neighbourhood_silent_ones_first(
    world: World, chloe: Client, alice: Client
) -> None:
    world.take(listed(AICHA))

    page = text(alice.get("/recensement/"))

    assert page.index("QP094002") < page.index("QP094001")
    assert "1 / 2" in page and "pas encore sollicité" in page


def test_asking_keeps_whom_to_call_and_no_need_is_an_answer(world: World, alice: Client) -> None:
    ticked = {"neighbourhood": [str(world.south.pk)], "contact": str(world.school.pk)}

    alice.post("/recensement/sollicitations/", ticked)
    alice.post("/recensement/sans-besoin/", {"neighbourhood": [str(world.north.pk)]})

    page = text(alice.get("/recensement/"))
    assert Ask.objects.get(neighbourhood=world.south).contact == world.school
    assert "sollicité, sans réponse" in page and "déclare n’avoir aucun besoin" in page


def test_a_neighbourhood_of_elsewhere_cannot_be_ticked(world: World, lea: Client) -> None:
    paul = sit(
        "paul",
        partners.create_organisation(
            kind=Kind.PREFECTURE, name="Ailleurs", identifiers={}, by=ROBOT, at=AT
        ),
    )

    paul.post("/recensement/sollicitations/", {"neighbourhood": [str(world.south.pk)]})

    assert not Ask.objects.exists()


def test_the_census_closes_then_publishes_its_seed(
    world: World, lea: Client, settings: object
) -> None:
    assert "sera possible le 6 mai 2020" in text(lea.get("/recensement/cloture/"))
    settings.TRAITDUNION_NOW = AT + timedelta(days=30)

    lea.post("/recensement/cloture/clore/")
    closed_page = text(lea.get("/recensement/cloture/"))
    lea.post("/recensement/cloture/graine/", {"seed": "une graine choisie"})
    drawn = text(lea.get("/recensement/cloture/"))

    world.census.refresh_from_db()
    assert world.census.digest in closed_page and 'name="seed"' not in closed_page
    assert world.census.seed == seed_after(world.plan.allocation.seed, world.census.digest)
    assert world.census.seed in drawn and "choisie par personne" in closed_page


def test_what_is_settled_after_the_closing_is_on_its_page(world: World, lea: Client) -> None:
    world.take(listed(AICHA))
    at = AT + timedelta(days=30)
    operations.close(census=world.census, by=ROBOT, at=at)
    need = Need.objects.get()
    assert "Tranché depuis" not in text(lea.get("/recensement/cloture/"))

    operations.withdraw(need=need, reason="relay", by=ROBOT, at=at)

    page = text(lea.get("/recensement/cloture/"))
    assert f"{pseudonym(need.person_id)} : besoin retiré" in page


def test_a_prefecture_decides_a_ceiling_and_says_why(world: World, alice: Client) -> None:
    page = f"/recensement/quartiers/{world.north.pk}/plafond/"
    assert page in text(alice.get("/recensement/"))
    refused = alice.post(page, {"needs": 12, "reason": "x"})

    alice.post(page, {"needs": 12, "reason": "Deux immeubles relogés en avril"})

    assert "Écrivez la raison" in text(refused)
    board = text(alice.get("/recensement/"))
    assert "Deux immeubles relogés en avril" in board and "plafond de Quartier 1" in board


def test_a_relay_sees_no_ceiling_to_decide(world: World, chloe: Client) -> None:
    assert "plafond" not in text(chloe.get("/recensement/"))


def test_nothing_is_offered_to_a_relay_once_closed(world: World, chloe: Client) -> None:
    operations.close(census=world.census, by=ROBOT, at=AT + timedelta(days=30))

    assert "Envoyer une liste" not in text(chloe.get("/recensement/"))
    assert chloe.get(send(chloe, listed(AICHA))).status_code == 409


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_lists_open_in_a_spreadsheet(world: World, alice: Client, format_: str) -> None:
    world.take(listed(AICHA))

    for path in ("/recensement/", "/recensement/besoins/"):
        answer = alice.get(f"{path}?format={format_}")
        assert answer.status_code == 200
        assert f".{format_}" in answer["Content-Disposition"]


def test_home_says_what_waits(world: World, chloe: Client, alice: Client) -> None:
    world.take(listed(ON_THE_EDGE))

    assert "Adresses à vérifier" in text(chloe.get("/"))
    assert "Quartiers sans recensement" in text(alice.get("/"))


def test_an_installation_without_a_census_says_who_opens_it(
    world: World, chloe: Client, lea: Client
) -> None:
    world.census.delete()
    given = {"corrections_until": "2020-05-04", "closes_on": "2020-05-06"}

    waiting = text(chloe.get("/recensement/"))
    lea.post("/recensement/ouvrir/", given)

    assert "Aucun recensement n’est ouvert" in waiting
    assert "Envoyer une liste" in text(chloe.get("/recensement/"))


def test_waves_follow_one_another(world: World, lea: Client, settings: object) -> None:
    given = {"corrections_until": "2020-06-20", "closes_on": "2020-06-22"}
    assert lea.post("/recensement/ouvrir/", given).status_code == 409

    settings.TRAITDUNION_NOW = AT + timedelta(days=30)
    lea.post("/recensement/cloture/clore/")
    lea.post("/recensement/ouvrir/", given)

    assert "Recensement n° 2, ouvert" in text(lea.get("/recensement/"))
    assert (
        lea.post("/recensement/ouvrir/", {**given, "closes_on": "2020-06-01"}).status_code == 409
    )


def test_the_field_of_the_list_has_its_label(chloe: Client) -> None:
    page = text(chloe.get("/recensement/importer/"))

    assert re.search(r'<label[^>]*for="id_file"[^>]*>\s*Votre liste', page)
