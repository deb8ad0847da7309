"""The relay's pages: the gate, the evening, what comes back; and those who must see nothing."""

from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from tests.lending.scene import AT, Scene, build
from traitdunion.equipment.models import Device
from traitdunion.journal.models import Event
from traitdunion.lending.models import Agreement, Incident, Loan, Transfer
from traitdunion.partners.models import Organisation

pytestmark = pytest.mark.django_db
TODAY, KEYING, RETURN = "/prets/", "/prets/saisie/", "/prets/retour/"
DAY = AT.date().isoformat()


@pytest.fixture(autouse=True)
def _may_2020(settings: object) -> None:
    settings.TRAITDUNION_NOW = AT


@pytest.fixture
def scene() -> Scene:
    return build()


def sit(scene: Scene, name: str, organisation: Organisation | None, role: str = "") -> Client:
    client = Client()
    user = scene.user(name, organisation, role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def chloe(scene: Scene) -> Client:
    return sit(scene, "Chloe", scene.school)


def text(response: object) -> str:
    return response.content.decode()


def page(number: str) -> str:
    return f"/prets/conventions/{number}/"


def test_a_head_prepares_prints_and_opens_an_agreement_by_scanning_it(
    scene: Scene, chloe: Client
) -> None:
    before = text(chloe.get(TODAY))
    chloe.post("/prets/preparer/")
    amina = Agreement.objects.get(award=scene.awards[0])
    scanned = f"https://plan.example.org/prets/conventions/{amina.number.lower()}/"

    response = chloe.get(TODAY, {"number": scanned})

    assert "3 attributions attendent leur convention" in before
    assert response.url == page(amina.number)


def test_a_number_that_nobody_printed_is_refused_in_words(scene: Scene, chloe: Client) -> None:
    scene.prepare()

    said = text(chloe.get(TODAY, {"number": "PZZZZZZZ"}))

    assert "Aucune convention" in said and "À corriger" in said


def test_the_pack_comes_out_as_a_file_whose_name_names_nobody(scene: Scene, chloe: Client) -> None:
    scene.prepare()

    response = chloe.post("/prets/dossier.pdf")

    assert response["Content-Disposition"] == 'attachment; filename="dossier-de-remise.pdf"'
    assert len(PdfReader(BytesIO(response.content)).pages) == 4


def test_names_are_shown_when_they_are_asked_for_and_the_reading_leaves_a_trace(
    scene: Scene, chloe: Client
) -> None:
    scene.prepare()

    hidden, shown = text(chloe.get(TODAY)), text(chloe.get(TODAY, {"noms": "1"}))

    assert "Amina" not in hidden and "Amina" in shown
    assert Event.objects.filter(verb="people.file_read").count() == 3


def test_whoever_only_hands_over_sees_codes_even_when_asking_for_names(scene: Scene) -> None:
    amina, *_ = scene.prepare()
    bursar = sit(scene, "Marc", scene.school, "RECEIVER")

    seen = text(bursar.get(TODAY, {"noms": "1"})) + text(bursar.get(page(amina.number)))

    assert "Amina" not in seen and "E-" in seen
    assert not Event.objects.filter(verb="people.file_read").exists()


def test_one_visit_hands_over_to_two_children_of_one_household(
    scene: Scene, chloe: Client
) -> None:
    (first, second), (amina, issa, _zoe) = scene.stock(2), scene.prepare()
    opened = text(chloe.get(page(amina.number)))

    chloe.post(
        f"{page(amina.number)}remise/",
        {
            "on": DAY,
            f"tablette-{amina.number}": first.serial,
            f"suite-{amina.number}": "signe",
            f"tablette-{issa.number}": second.serial,
            f"suite-{issa.number}": "plus-tard",
        },
    )

    assert "Une visite pour 2 enfants du même foyer" in opened
    assert Loan.objects.filter(ended_at__isnull=True).count() == 2
    assert Agreement.objects.get(pk=issa.pk).state == "TO_SIGN"


def test_in_the_evening_right_lines_are_written_and_wrong_ones_stay_with_their_reason(
    scene: Scene, chloe: Client
) -> None:
    (tablet,), (amina, issa, zoe) = scene.stock(), scene.prepare()

    response = chloe.post(
        KEYING,
        {
            "on": DAY,
            f"tablette-{amina.number}": tablet.serial,
            f"tablette-{issa.number}": "INCONNU1",
            f"suite-{zoe.number}": "absent",
        },
    )

    said = text(response)
    assert response.status_code == 409 and "2 lignes enregistrées" in said
    assert "INCONNU1" in said and f'href="#visite-{issa.number}"' in said
    assert Agreement.objects.get(pk=amina.pk).state == "SIGNED"
    assert Agreement.objects.get(pk=zoe.pk).state == "ABSENT"


def test_a_day_to_come_is_refused_beside_its_field(scene: Scene, chloe: Client) -> None:
    scene.prepare()

    said = text(chloe.post(KEYING, {"on": "2031-01-01"}))

    assert "pas encore venu" in said and 'href="#id_on"' in said


def test_a_signature_that_came_later_is_noted(scene: Scene, chloe: Client) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet, signature="later")
    waits = text(chloe.get(page(amina.number)))

    chloe.post(f"{page(amina.number)}signature/", {"on": DAY})

    assert "La signature est là" in waits
    assert Agreement.objects.get(pk=amina.pk).state == "SIGNED"


def test_a_tablet_is_taken_back_by_scanning_it(scene: Scene, chloe: Client) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)

    done = chloe.post(RETURN, {"serial": tablet.serial, "condition": "GOOD"}, follow=True)
    again = text(chloe.post(RETURN, {"serial": tablet.serial, "condition": "GOOD"}))

    assert f"{tablet.serial} est revenu" in text(done)
    assert "n’est pas prêté par votre organisation" in again


def test_a_theft_asks_for_its_complaint_and_a_loss_can_be_closed(
    scene: Scene, chloe: Client
) -> None:
    (tablet,) = scene.stock()
    asked = {"serial": tablet.serial, "kind": "STOLEN"}

    refused = text(chloe.post("/prets/incidents/declarer/", asked))
    chloe.post("/prets/incidents/declarer/", {**asked, "kind": "LOST"})
    incident = Incident.objects.get()
    chloe.post(f"/prets/incidents/{incident.pk}/clore/")

    assert "dépôt de plainte" in refused
    assert Device.objects.get(pk=tablet.pk).state == "IN_STOCK"


def test_a_dead_tablet_is_replaced_and_a_loan_extended(scene: Scene, chloe: Client) -> None:
    (dead, good), (amina, *_) = scene.stock(2), scene.prepare()
    scene.lend(amina, dead)

    chloe.post("/prets/remplacement/", {"serial": dead.serial, "by_serial": good.serial})
    loan = Loan.objects.get(ended_at__isnull=True)
    chloe.post(f"/prets/prolonger/{loan.pk}/", {"due_on": "2021-07-02"})

    loan.refresh_from_db()
    assert (loan.device_id, loan.due_on.isoformat()) == (good.pk, "2021-07-02")


def test_stock_travels_from_one_school_to_another_and_is_ticked(
    scene: Scene, chloe: Client
) -> None:
    (tablet,) = scene.stock()
    yanis = sit(scene, "Yanis", scene.other_school)

    chloe.post("/prets/transferts/nouveau/", {"code": "0940072T", "serials": tablet.serial})
    sent = Transfer.objects.get()
    yanis.post(f"/prets/transferts/{sent.number}/recevoir/", {"serial": tablet.serial})

    tablet.refresh_from_db()
    assert tablet.holder_organisation_id == scene.other_school.pk
    assert "reçu" in text(yanis.get(f"/prets/transferts/{sent.number}/"))


def test_a_school_lends_to_an_association_for_its_workshops(scene: Scene, chloe: Client) -> None:
    tablets = scene.stock(2)
    asked = {"code": "0940072T", "kind": "tablet", "due_back_on": "2020-12-18"}
    one = page(chloe.post("/prets/pret-collectif/", asked).url.split("/")[-2])
    number = one.split("/")[-2]

    serials = " ".join(tablet.serial for tablet in tablets)
    chloe.post(f"{one}remise/", {"on": DAY, f"tout-{number}": serials})

    assert Loan.objects.filter(agreement__number=number).count() == 2
    assert chloe.post(f"{one}imprimer/").content.startswith(b"%PDF")


def test_what_another_school_lends_answers_like_what_does_not_exist(
    scene: Scene, chloe: Client
) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)
    yanis = sit(scene, "Yanis", scene.other_school)
    loan = Loan.objects.get()

    answers = {
        yanis.get(page(amina.number)).status_code,
        yanis.post(f"{page(amina.number)}remise/", {"on": DAY}).status_code,
        yanis.post(f"{page(amina.number)}imprimer/").status_code,
        yanis.get(f"/prets/prolonger/{loan.pk}/").status_code,
        yanis.get(page("PZZZZZZZ")).status_code,
    }

    assert answers == {404}
    assert tablet.serial not in text(yanis.get("/prets/en-cours/"))
    assert tablet.serial in text(chloe.get("/prets/en-cours/"))


def test_the_prefecture_follows_loans_by_code_and_hands_nothing_over(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)
    alice = sit(scene, "Alice", scene.prefecture)

    seen = text(alice.get("/prets/en-cours/")) + text(alice.get(page(amina.number)))

    assert tablet.serial in seen and "E-" in seen and "Amina" not in seen
    assert alice.get(TODAY).status_code == 403
    assert alice.post(f"{page(amina.number)}imprimer/").status_code == 403


def test_somebody_without_a_seat_sees_nothing(scene: Scene) -> None:
    driss = sit(scene, "Driss", None)

    answers = {
        driss.get(path).status_code
        for path in (TODAY, KEYING, RETURN, "/prets/en-cours/", "/prets/transferts/")
    }

    assert answers == {403}


def test_the_lists_open_in_a_spreadsheet_without_a_name(scene: Scene, chloe: Client) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)

    loans = chloe.get("/prets/en-cours/", {"format": "csv"}).content.decode("utf-8-sig")
    agreements = chloe.get("/prets/conventions/", {"format": "csv"}).content.decode("utf-8-sig")

    assert tablet.serial in loans and amina.number in agreements
    assert "Amina" not in loans + agreements


def test_a_page_costs_the_same_queries_for_three_children_and_for_one(
    scene: Scene, chloe: Client, django_assert_max_num_queries: object
) -> None:
    scene.prepare()
    chloe.get(TODAY)

    with django_assert_max_num_queries(22):
        chloe.get(TODAY)
