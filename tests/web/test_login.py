"""Coming in, and staying out."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.gateways.models import Message
from traitdunion.partners import operations as partners
from traitdunion.partners.models import User
from traitdunion.partners.states import Kind, Role

pytestmark = pytest.mark.django_db
PASSWORD = "quatre pommes dans un panier"
BACKEND = "django.contrib.auth.backends.ModelBackend"
AT = datetime(2020, 4, 27, 9, 0, tzinfo=UTC)


@pytest.fixture
def claire() -> User:
    user = User(email="claire@college.example", full_name="Claire")
    user.set_password(PASSWORD)
    user.save()
    return user


def _try(client: Client, email: str, password: str) -> Any:
    return client.post("/connexion/", {"username": email, "password": password})


def test_one_comes_in_with_one_s_password_whatever_the_case_of_the_address(
    client: Client, claire: User
) -> None:
    answer = _try(client, "Claire@College.example", PASSWORD)

    assert answer.status_code == 302 and answer.url == "/"
    assert client.session["_auth_user_id"] == str(claire.pk)


def test_a_wrong_password_and_an_unknown_address_read_the_same(
    client: Client, claire: User
) -> None:
    wrong = _try(client, claire.email, "autre chose")
    unknown = _try(client, "personne@college.example", "autre chose")

    said = "Adresse ou mot de passe incorrect."
    assert wrong.status_code == unknown.status_code == 200
    assert said in wrong.content.decode() and said in unknown.content.decode()


def test_a_closed_account_reads_like_a_wrong_password(client: Client, claire: User) -> None:
    User.objects.update(is_active=False)

    answer = _try(client, claire.email, PASSWORD)

    assert "Adresse ou mot de passe incorrect." in answer.content.decode()


def test_the_error_is_tied_to_its_form_and_read_out(client: Client, claire: User) -> None:
    page = client.post("/connexion/", {"username": "", "password": ""}).content.decode()

    assert 'role="alert"' in page and 'href="#id_username"' in page


def test_after_six_wrong_passwords_even_the_right_one_waits(client: Client, claire: User) -> None:
    tries = [_try(client, claire.email, "faux") for _ in range(6)]
    right = _try(client, claire.email, PASSWORD)

    assert tries[4].status_code == 200 and tries[5].status_code == 429
    assert right.status_code == 429
    assert "Trop d’essais" in right.content.decode() and right.headers["Retry-After"]


def test_a_clumsy_colleague_locks_nobody_else(client: Client, claire: User) -> None:
    for _ in range(6):
        _try(client, "autre@college.example", "faux")

    assert _try(client, claire.email, PASSWORD).status_code == 302


def test_a_page_asked_before_coming_in_opens_after(client: Client, claire: User) -> None:
    asked = client.get("/travaux/")
    given = {"username": claire.email, "password": PASSWORD, "next": "/travaux/"}
    answer = client.post(asked.url, given)

    assert asked.status_code == 302 and asked.url == "/connexion/?next=/travaux/"
    assert answer.url == "/travaux/"


def test_no_link_sends_somebody_elsewhere_after_coming_in(client: Client, claire: User) -> None:
    answer = client.post(
        "/connexion/",
        {"username": claire.email, "password": PASSWORD, "next": "https://ailleurs.example/"},
    )

    assert answer.url == "/"


def test_coming_in_changes_the_session_key(client: Client, claire: User) -> None:
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key

    _try(client, claire.email, PASSWORD)

    assert client.session.session_key != before


def test_one_leaves_by_a_button_not_by_a_link(client: Client, claire: User) -> None:
    client.force_login(claire, backend=BACKEND)

    followed = client.get("/deconnexion/")
    still_there = "_auth_user_id" in client.session
    pressed = client.post("/deconnexion/")

    # A link leads back to a page and does nothing.
    assert followed.status_code == 302 and followed.url == "/" and still_there
    assert pressed.status_code == 302 and "_auth_user_id" not in client.session


# --- The demonstration's log-ins


@pytest.fixture
def persona() -> User:
    return User.objects.create(
        email="alice@demo.example", full_name="Alice", is_demonstration=True
    )


def test_one_click_enters_the_demonstration(client: Client, persona: User, settings: Any) -> None:
    settings.DEMONSTRATION = True

    shown = client.get("/").content.decode()
    answer = client.post("/demonstration/entrer/", {"persona": persona.email})

    assert persona.email in shown
    assert answer.url == "/" and client.session["_auth_user_id"] == str(persona.pk)


def test_a_link_alone_enters_nothing(client: Client, persona: User, settings: Any) -> None:
    settings.DEMONSTRATION = True

    followed = client.get("/demonstration/entrer/")

    assert followed.status_code == 302 and followed.url == "/"
    assert "_auth_user_id" not in client.session


def test_outside_a_demonstration_there_is_no_such_door(client: Client, persona: User) -> None:
    shown = client.get("/").content.decode()
    answer = client.post("/demonstration/entrer/", {"persona": persona.email})

    assert persona.email not in shown
    assert answer.status_code == 404 and "_auth_user_id" not in client.session


def test_outside_a_demonstration_its_passwords_open_nothing(client: Client, persona: User) -> None:
    persona.set_password(PASSWORD)
    persona.save()

    answer = _try(client, persona.email, PASSWORD)

    assert "Adresse ou mot de passe incorrect." in answer.content.decode()


def test_a_session_of_the_demonstration_ends_with_it(
    client: Client, persona: User, settings: Any
) -> None:
    settings.DEMONSTRATION = True
    client.post("/demonstration/entrer/", {"persona": persona.email})
    settings.DEMONSTRATION = False

    assert client.get("/travaux/").status_code == 302


def test_a_real_account_is_never_entered_by_the_door_of_the_demonstration(
    client: Client, claire: User, settings: Any
) -> None:
    settings.DEMONSTRATION = True

    answer = client.post("/demonstration/entrer/", {"persona": claire.email})

    assert answer.status_code == 404


# --- Forgotten passwords and invitations


def test_asking_for_a_new_password_reads_the_same_for_everybody(
    client: Client, claire: User
) -> None:
    known = client.post("/mot-de-passe/", {"email": claire.email})
    unknown = client.post("/mot-de-passe/", {"email": "personne@college.example"})

    assert known.url == unknown.url == "/mot-de-passe/envoye/"
    assert [message.recipient for message in Message.objects.all()] == [claire.email]


def test_the_link_received_opens_a_new_password_once(client: Client, claire: User) -> None:
    client.post("/mot-de-passe/", {"email": claire.email})
    link = Message.objects.get().context["link"].split("8000")[1]
    form = client.get(link)
    chosen = "cinq poires sur une table"

    done = client.post(form.url, {"new_password1": chosen, "new_password2": chosen})

    assert done.url == "/connexion/"
    assert _try(client, claire.email, chosen).status_code == 302
    assert "déjà servi" in Client().get(link).content.decode()


def test_a_password_too_easy_is_refused_with_its_reason(client: Client, claire: User) -> None:
    client.post("/mot-de-passe/", {"email": claire.email})
    form = client.get(Message.objects.get().context["link"].split("8000")[1])

    answer = client.post(form.url, {"new_password1": "bonjour", "new_password2": "bonjour"})

    assert answer.status_code == 200 and "12" in answer.content.decode()


def test_an_invitation_makes_one_account_and_then_is_used_up(client: Client) -> None:
    school = partners.create_organisation(
        kind=Kind.SCHOOL, name="Collège A", identifiers={}, by=ROBOT, at=AT
    )
    _, token = partners.invite(
        organisation=school, email="yanis@college.example", role=Role.MEMBER, by=ROBOT, at=now()
    )
    page = client.get(f"/invitation/{token}/").content.decode()
    given = {"full_name": "Yanis B.", "password": PASSWORD}

    first = client.post(f"/invitation/{token}/", given)
    second = client.post(f"/invitation/{token}/", given)

    assert "Collège A" in page
    assert first.url == "/connexion/" and second.status_code == 404
    assert _try(client, "yanis@college.example", PASSWORD).status_code == 302


def test_the_cost_of_a_real_password_is_argon2id_at_its_stated_parameters(
    settings: Any,
) -> None:
    settings.PASSWORD_HASHERS = ["traitdunion.partners.hashers.Argon2id"]
    user = User(email="a@b.example", full_name="A")

    user.set_password(PASSWORD)

    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert user.last_login is None or user.last_login <= timezone.now()
