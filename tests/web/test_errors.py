"""What a person reads when something goes wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.web import world as worlds
from traitdunion.base.errors import MoveRefused, NotFound
from traitdunion.project import urls as project
from traitdunion.web import errors

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
SECRET = "Aïcha Diallo, née le 4 mai 2009"


def _raising(exception: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise exception

    return view


urlpatterns = [
    *project.urlpatterns,
    path("essai/400", _raising(BadRequest(SECRET))),
    path("essai/403", _raising(PermissionDenied(SECRET))),
    path("essai/404", _raising(Http404(SECRET))),
    path("essai/413", _raising(RequestDataTooBig(SECRET))),
    path("essai/429", errors.locked_out),
    path("essai/500", _raising(RuntimeError(SECRET))),
    path("essai/503", _raising(OperationalError(SECRET))),
    path(
        "essai/refus", _raising(MoveRefused("La vague est déjà confirmée : annulez-la d’abord."))
    ),
    path("essai/absent", _raising(NotFound())),
]
handler400, handler403 = project.handler400, project.handler403
handler404, handler500 = project.handler404, project.handler500


@pytest.fixture
def client(settings: Any) -> Client:
    settings.ROOT_URLCONF = "tests.web.test_errors"
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 503])
def test_each_breakdown_says_what_to_do_and_gives_a_reference(client: Client, status: int) -> None:
    answer = client.get(f"/essai/{status}")
    page = answer.content.decode()

    assert answer.status_code == status
    assert "<h1>" in page and 'class="fr-header"' in page and "/contact/" in page
    assert answer.headers["X-Reference"] in page


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500, 503])
def test_no_breakdown_tells_a_name_or_a_line_of_code(client: Client, status: int) -> None:
    page = client.get(f"/essai/{status}").content.decode()

    assert "Diallo" not in page and "Aïcha" not in page
    assert "Traceback" not in page and "RuntimeError" not in page and ".py" not in page


@pytest.mark.parametrize("status", [429, 503])
def test_what_passes_says_when_to_come_back(client: Client, status: int) -> None:
    assert int(client.get(f"/essai/{status}").headers["Retry-After"]) > 0


def test_a_refusal_is_shown_as_it_is(client: Client) -> None:
    answer = client.get("/essai/refus")

    assert answer.status_code == 409
    assert "La vague est déjà confirmée : annulez-la d’abord." in answer.content.decode()


def test_what_is_not_mine_reads_like_what_does_not_exist(client: Client) -> None:
    foreign, absent = client.get("/essai/absent"), client.get("/essai/404")

    assert foreign.status_code == absent.status_code == 404
    assert _without_reference(foreign) == _without_reference(absent)


def _without_reference(answer: HttpResponse) -> str:
    return answer.content.decode().replace(answer.headers["X-Reference"], "")


def test_a_partial_update_that_is_refused_is_said_in_the_message_area(client: Client) -> None:
    answer = client.get("/essai/refus", headers={"HX-Request": "true"})

    assert answer.headers["HX-Retarget"] == "#messages"
    assert "<html" not in answer.content.decode()
    assert "déjà confirmée" in answer.content.decode()


def test_the_page_of_an_error_needs_no_database(client: Client) -> None:
    asked: list[str] = []

    def refuse(execute: Any, sql: str, *args: Any) -> None:
        asked.append(sql)
        raise OperationalError("no database")

    with connection.execute_wrapper(refuse):
        answers = [client.get(f"/essai/{status}") for status in (404, 500, 503)]

    assert [answer.status_code for answer in answers] == [404, 500, 503]
    assert not asked


def test_somebody_signed_in_reads_503_when_the_database_is_gone(client: Client) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32

    def refuse(execute: Any, sql: str, *args: Any) -> None:
        raise OperationalError("no database")

    with connection.execute_wrapper(refuse):
        answer = client.get("/programme/")

    assert answer.status_code == 503
    assert "Réessayez dans une minute" in answer.content.decode()


def test_a_form_left_open_too_long_says_so(settings: Any) -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/connexion/", {"username": "a@b.fr", "password": "x"})

    assert answer.status_code == 403
    assert "Formulaire expiré" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/prets/preparer/", "/prets/"),
        ("/prets/conventions/PAAAAAAA/signature/", "/prets/conventions/PAAAAAAA/"),
        ("/demonstration/entrer/", "/"),
    ],
)
def test_an_address_that_only_a_form_may_send_leads_to_the_page_above(
    client: Client, address: str, above: str
) -> None:
    world = worlds.build()
    client.force_login(world.people["chloe"], backend=BACKEND)

    assert client.get(address).headers["Location"] == above


def test_another_way_of_asking_is_refused_on_a_page_that_says_so(client: Client) -> None:
    answer = client.put("/demonstration/entrer/")
    page = answer.content.decode()

    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    assert "<h1>" in page and answer.headers["X-Reference"] in page


def test_a_program_is_still_told_405(client: Client) -> None:
    answer = client.delete("/api/v1/envelopes")

    assert answer.status_code == 405 and b"<html" not in answer.content
