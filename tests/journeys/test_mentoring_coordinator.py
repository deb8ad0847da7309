"""
A school head asks for mentors, a mother says yes from her telephone, a coordinator pairs everybody
in one click, a mentor logs an hour with two pupils, falls silent, and is replaced; no note about a
child leaves the network.
"""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from tests.journeys.pages import on, post, sit, table, told
from traitdunion.base import clock
from traitdunion.base.actors import ROBOT
from traitdunion.gateways.models import Message
from traitdunion.journal.models import Event
from traitdunion.mentoring import operations
from traitdunion.mentoring.models import Mentor, Network, Pair, Session, YoungPerson
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.people.models import Guardianship
from traitdunion.programme import operations as programmes
from traitdunion.programme import queries as plans
from traitdunion.project.settings import PACKAGE
from traitdunion.territories.models import Department

pytestmark = pytest.mark.django_db

PLAN_FILE = PACKAGE / "programme/plans/2020-04-continuite-educative.toml"
CHECK = "Attestation d'honorabilité"
SECRET_WORDS = "Il dit que son père est parti."
LIST = """Nom\tPrénom\tDate de naissance\tClasse\tMatières\tCréneaux\tSignes\tResponsable\tCourriel
TRAORE\tIssa\t09/07/2010\t6ème\tmaths\tmercredi après-midi\tsans contact\tFanta\tfanta@example.org
BEL\tZoé\t22/01/2009\t5e\tmaths|français\tmercredi après-midi\t\tLise\tlise@example.org
KAYA\tDeniz\t02/03/2008\tYear 9\tmaths\tmercredi après-midi\t\tAyla\tayla@example.org"""


@pytest.fixture
def ground() -> tuple[Organisation, Organisation]:
    programmes.load(toml=PLAN_FILE.read_text(), by=ROBOT, at=on(4, 20))
    department = Department.objects.create(code="94", name="Val-de-Marne")

    def made(kind: str, name: str) -> Organisation:
        return partners.create_organisation(
            kind=kind, name=name, identifiers={}, department=department, by=ROBOT, at=on(4, 20)
        )

    network = made(Kind.MENTORING_NETWORK, "Mentors du 94")
    Network.objects.create(organisation=network)
    return made(Kind.SCHOOL, "Collège des Lilas"), network


def number(page: str, words: str) -> int:
    """The tile that a desk shows before these words."""
    return int(re.search(rf"(\d+) {words}", page)[1])


def test_from_a_list_pasted_to_a_mentor_replaced(ground, settings) -> None:
    school, network = ground
    chloe, hugo = sit("chloe", school), sit("hugo", network)
    family = Client()

    # Chloé pastes three lines; one level is not a level here, and comes back with its reason.
    settings.TRAITDUNION_NOW = on(5, 11)
    asked = str(Network.objects.get().pk)
    answer = chloe.post("/mentorat/jeunes/signaler/", {"pasted": LIST, "network": asked})
    page = told(answer)
    assert "« Year 9 » n’est pas un niveau connu" in page and "1 ligne à corriger" in page
    assert YoungPerson.objects.count() == 2
    again = LIST.replace("Year 9", "4e")
    page = post(chloe, "/mentorat/jeunes/signaler/", {"pasted": again, "network": asked})
    assert "1 jeunes ajoutés, 2 corrigés, 0 lignes à corriger" in page

    # She reaches Fanta, sends her the link; Fanta says yes, once. The others told her by phone.
    issa = YoungPerson.objects.get(level="6E")
    tie = Guardianship.objects.get(child=issa.person_id)
    here = f"/mentorat/jeunes/{issa.pk}/"
    post(chloe, f"{here}contact/verifier/", {"adult": tie.pk})
    post(chloe, f"{here}question/", {"adult": tie.pk, "means": "LINK"})
    link = Message.objects.get(template="authorisation").context["link"].split("://")[1]
    link = link[link.index("/") :]
    assert "Un mentor pour Issa" in told(family.get(link))
    assert "Votre réponse est notée" in told(family.post(link, {"reponse": "oui"}))
    assert family.post(link, {"reponse": "non"}).status_code == 404
    for other in YoungPerson.objects.exclude(pk=issa.pk):
        post(chloe, f"/mentorat/jeunes/{other.pk}/reponse/", {"is_given": "oui", "means": "PHONE"})

    # Hugo's network takes everybody on.
    _take(hugo, network)

    # Inès and Karim apply, are met and formed; without a check nobody is proposed.
    ines = sit("ines", network, Role.MENTOR)
    volunteer = _mentor(hugo, "Inès", 2, "ines@example.org")
    karim = _mentor(hugo, "Karim", 3, "karim@example.org")
    page = post(hugo, "/mentorat/mise-en-relation/proposer/", {})
    assert "0 binômes proposés ; 3 en attente" in page
    assert "aucun mentor disponible, formé et contrôlé" in page
    _check(hugo, volunteer, date(2020, 5, 4))

    # One click: Issa, of whom nobody hears, comes first; each line says why.
    page = post(hugo, "/mentorat/mise-en-relation/proposer/", {})
    assert "2 binômes proposés ; 1 en attente" in page
    assert "mathématiques, mercredi après-midi" in page
    assert "2 binômes faits" in post(hugo, "/mentorat/mise-en-relation/confirmer/", {})
    assert Pair.objects.filter(young=issa, mentor=volunteer).exists()

    # Inès logs an hour with both on her telephone; the same draft sent twice is one.
    settings.TRAITDUNION_NOW = on(5, 13, 16)
    pairs = list(Pair.objects.order_by("made_on", "pk").values_list("pk", flat=True))
    page = told(ines.get("/mentorat/seances/"))
    assert "Issa" in page and "TRAORE" not in page
    hour = {"pairs": pairs, "on": "2020-05-13", "hour": "16:00", "minutes": "60", "mode": "REMOTE"}
    assert "2 séances enregistrées" in post(ines, "/mentorat/seances/", hour)
    assert "rien n’est compté deux fois" in post(ines, "/mentorat/seances/", hour)
    assert Session.objects.count() == 2

    # She writes a note and raises an alert; the school reads the alert once Fanta knows, and the
    # note never.
    first = Pair.objects.get(young=issa)
    post(ines, f"/mentorat/binomes/{first.pk}/note/", {"text": SECRET_WORDS})
    post(ines, f"/mentorat/binomes/{first.pk}/alerte/", {"kind": "DROP_OUT"})
    assert SECRET_WORDS in told(hugo.get(f"/mentorat/binomes/{first.pk}/"))
    assert "Aucune alerte." in told(chloe.get("/mentorat/alertes/"))
    alerts = hugo.get("/mentorat/alertes/").content.decode()
    alert = re.search(r"/mentorat/alertes/([0-9a-f-]{36})/", alerts)
    post(hugo, alert[0], {"acte": "partager", "family_told_on": "2020-05-13"})
    page = told(chloe.get("/mentorat/alertes/"))
    assert "risque de décrochage" in page and SECRET_WORDS not in page
    assert SECRET_WORDS not in str(list(Event.objects.values("facts")))

    # A month of silence is on Hugo's desk, and in Monday's digest.
    settings.TRAITDUNION_NOW = on(6, 15, 8)
    assert number(told(hugo.get("/mentorat/")), "silencieux depuis plus de 30 jours") == 2
    plan = plans.plan(plans.current())
    operations.post_digests(plan=plan, link="https://x", by=ROBOT, at=clock.now())
    digest = Message.objects.get(template="mentoring_digest", recipient="hugo@example.org")
    assert (digest.context["silent"], digest.context["waiting"]) == (2, 1)
    assert len(table(hugo, "/mentorat/binomes/?etat=long&format=csv")) == 2

    # Karim is checked and takes Issa over the same day; Inès leaves, Zoé waits again.
    _check(hugo, karim, date(2020, 6, 12))
    page = post(hugo, f"/mentorat/binomes/{first.pk}/releve/", {"mentor": karim.pk})
    assert "Le nouveau mentor prend le relais" in page
    post(hugo, f"/mentorat/mentors/{volunteer.pk}/etape/", {"acte": "depart", "on": "2020-06-15"})
    states = YoungPerson.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["FOLLOWED", "WAITING", "WAITING"]

    # Who read which name is in the journal, and nobody else did.
    readers = set(Event.objects.filter(verb="people.file_read").values_list("actor_id", flat=True))
    known = User.objects.filter(pk__in=readers).values_list("full_name", flat=True)
    assert set(known) <= {"Chloe", "Hugo", "Ines"}


def _take(hugo: Client, network: Organisation) -> None:
    """The network takes everybody on whom it is asked to."""
    page = hugo.get("/mentorat/jeunes/").content.decode()
    for address in set(re.findall(r'action="(/mentorat/demandes/[0-9a-f-]+/)"', page)):
        post(hugo, address, {"reponse": "ACCEPTED"})
    assert YoungPerson.objects.filter(network__organisation=network).count() == 3


def _mentor(hugo: Client, name: str, capacity: int, email: str) -> Mentor:
    """Enrolled on the page, met and formed the same day."""
    asked = {"name": name, "capacity": capacity, "email": email, "subjects": ["MATHS"]}
    asked["slots"] = ["WED_PM"]
    post(hugo, "/mentorat/mentors/nouveau/", asked)
    one = Mentor.objects.get(name=name)
    here = f"/mentorat/mentors/{one.pk}/etape/"
    post(hugo, here, {"acte": "entretien", "suite": "oui", "on": "2020-05-11"})
    post(hugo, here, {"acte": "formation", "on": "2020-05-11"})
    return one


def _check(hugo: Client, one: Mentor, verified_on: date) -> None:
    told_on = {"kind": CHECK, "verified_on": verified_on.isoformat(), "is_clear": "oui"}
    post(hugo, f"/mentorat/mentors/{one.pk}/etape/", {"acte": "controle", **told_on})
    one.refresh_from_db()
    assert one.check_until == verified_on + timedelta(days=180)
