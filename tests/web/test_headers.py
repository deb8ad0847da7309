"""What every answer carries."""

import pytest
from django.conf import settings
from django.test import Client

from traitdunion.partners.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client) -> Client:
    user = User.objects.create(email="driss@example.org", full_name="Driss")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _policy(client: Client, path: str = "/connexion/") -> dict[str, list[str]]:
    header = client.get(path).headers["Content-Security-Policy"]
    parts = (part.split() for part in header.split(";") if part.strip())
    return {name: values for name, *values in parts}


def test_a_page_runs_only_scripts_and_styles_of_the_service(client: Client) -> None:
    policy = _policy(client)

    assert policy["default-src"] == ["'self'"]
    assert not any("unsafe" in value for values in policy.values() for value in values)
    assert not any(value.startswith("http") for values in policy.values() for value in values)
    assert policy["frame-ancestors"] == ["'none'"] and policy["object-src"] == ["'none'"]


def test_the_nonce_of_a_page_is_new_each_time(client: Client) -> None:
    first, second = (client.get("/connexion/").headers["Content-Security-Policy"] for _ in "12")

    assert "'nonce-" in first and first != second


def test_no_page_holds_an_inline_style_or_handler(client: Client) -> None:
    page = client.get("/connexion/").content.decode()

    assert " style=" not in page and "<style" not in page
    assert " onclick=" not in page and "javascript:" not in page


@pytest.mark.parametrize("path", ["/", "/connexion/", "/nulle-part/", "/healthz"])
def test_a_browser_is_told_not_to_guess_nor_frame_nor_tell(client: Client, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert len(headers["X-Reference"]) == 8


def test_nothing_seen_while_signed_in_is_kept_by_the_browser(signed_in: Client) -> None:
    assert signed_in.get("/").headers["Cache-Control"] == "no-store"


def test_a_public_page_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/contact/").headers.get("Cache-Control", "")


def test_a_public_page_sets_no_cookie_before_it_needs_one(client: Client) -> None:
    page = client.get("/healthz")

    assert not page.cookies


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(client: Client) -> None:
    cookies = client.get("/connexion/").cookies

    assert cookies["csrftoken"]["httponly"] and cookies["csrftoken"]["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Lax"


def test_the_language_of_the_page_is_the_one_it_declares(client: Client) -> None:
    french = client.get("/connexion/", headers={"Accept-Language": "fr"}).content.decode()
    english = client.get("/connexion/", headers={"Accept-Language": "en"}).content.decode()

    assert '<html lang="fr"' in french and '<html lang="en"' in english
