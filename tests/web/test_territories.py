"""Neighbourhoods and schools, for any seat; nothing for somebody without one."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import shapely
from django.test import Client

from tests.browser import DESKTOP, ENLARGED, PHONE, Visit
from traitdunion.partners.models import Membership, Organisation, User
from traitdunion.territories.models import (
    CiteEducative,
    Commune,
    Department,
    Neighbourhood,
    NeighbourhoodCommune,
    School,
)

pytestmark = pytest.mark.django_db
CITES = "/territoires/cites-educatives/"
LIST, SCHOOLS = "/territoires/quartiers/", "/territoires/etablissements/"


@pytest.fixture
def places() -> dict[str, Neighbourhood]:
    found = {}
    for code, name in (("94", "Val-de-Marne"), ("93", "Seine-Saint-Denis")):
        department = Department.objects.create(code=code, name=name)
        quarter = Neighbourhood.objects.create(
            code=f"QN0{code}01M",
            name=f"Les Tilleuls {code}",
            generation="2024",
            valid_from_date=date(2024, 1, 1),
            department=department,
            outline=shapely.to_wkb(shapely.box(2, 48, 2.01, 48.01)),
            layer="essai",
        )
        town = Commune.objects.create(
            code=f"{code}001", name=f"Ville {code}", department=department
        )
        NeighbourhoodCommune.objects.create(neighbourhood=quarter, commune=town)
        found[code] = quarter
    School.objects.create(
        uai="0940071S",
        name="Collège Liberté",
        department_id="94",
        priority_network="REP+",
        neighbourhood=found["94"],
    )
    School.objects.create(uai="0930001A", name="École Jaurès", department_id="93")
    return found


@pytest.fixture
def someone() -> User:
    return User.objects.create(email="alice@prefecture.example", full_name="Alice")


@pytest.fixture
def seated(someone: User, places: dict[str, Neighbourhood], client: Client) -> Client:
    home = Organisation.objects.create(kind="PREFECTURE", name="Préfecture", department_id="94")
    at = datetime(2020, 4, 1, tzinfo=UTC)
    Membership.objects.create(user=someone, organisation=home, role="MANAGER", started_at=at)
    client.force_login(someone, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_one_sees_first_the_neighbourhoods_of_one_s_departement_then_any(seated: Client) -> None:
    first = seated.get(LIST).content.decode()
    everywhere = seated.get(LIST, {"q": "tilleuls", "departement": ""}).content.decode()

    assert "QN09401M" in first and "QN09301M" not in first
    assert "Ville 94" in first
    assert "QN09401M" in everywhere and "QN09301M" in everywhere


def test_a_neighbourhood_says_where_it_is_and_which_schools_stand_in_it(seated: Client) -> None:
    page = seated.get(f"{LIST}QN09401M/").content.decode()

    assert "Les Tilleuls 94" in page and "Ville 94" in page
    assert "Collège Liberté" in page and "Jaurès" not in page
    assert 'role="img"' in page


def test_a_neighbourhood_that_does_not_exist_is_not_found(seated: Client) -> None:
    assert seated.get(f"{LIST}QN99999Z/").status_code == 404


def test_schools_are_found_by_name_number_and_network(seated: Client) -> None:
    def found(**asked: str) -> str:
        return seated.get(SCHOOLS, {"q": "", "departement": "", **asked}).content.decode()

    assert "Jaurès" in found(q="jaur") and "Liberté" not in found(q="jaur")
    assert "Liberté" in found(q="0940071")
    assert "Liberté" in found(reseau="REP+") and "Jaurès" not in found(reseau="REP+")


def test_the_lists_open_in_a_spreadsheet(seated: Client) -> None:
    neighbourhoods = seated.get(LIST, {"format": "csv"})
    schools = seated.get(SCHOOLS, {"format": "xlsx", "q": ""})

    assert "QN09401M" in neighbourhoods.content.decode("utf-8-sig")
    assert schools.content.startswith(b"PK")


@pytest.fixture
def cite(places: dict[str, Neighbourhood]) -> CiteEducative:
    return CiteEducative.objects.create(code="94-orly", name="Orly", department_id="94")


def test_a_cite_educative_without_neighbourhood_is_shown_as_to_complete(
    seated: Client, cite: CiteEducative
) -> None:
    assert "à compléter" in seated.get(CITES).content.decode()
    assert "checkbox" not in seated.get(f"{CITES}94-orly/").content.decode()


def test_an_administrator_ticks_the_neighbourhoods_of_a_cite_educative(
    seated: Client, cite: CiteEducative
) -> None:
    Membership.objects.update(role="ADMINISTRATOR")

    answer = seated.post(f"{CITES}94-orly/quartiers/", {"codes": ["QN09401M"]}, follow=True)

    assert answer.status_code == 200
    assert "checked" in answer.content.decode()
    assert "Orly" in seated.get(f"{LIST}QN09401M/").content.decode()


def test_a_neighbourhood_of_elsewhere_cannot_be_ticked(
    seated: Client, cite: CiteEducative
) -> None:
    Membership.objects.update(role="ADMINISTRATOR")

    page = seated.post(f"{CITES}94-orly/quartiers/", {"codes": ["QN09301M"]}).content.decode()

    assert 'id="problems"' in page


def test_nobody_else_changes_what_a_cite_educative_covers(
    seated: Client, cite: CiteEducative
) -> None:
    answer = seated.post(f"{CITES}94-orly/quartiers/", {"codes": ["QN09401M"]})

    assert answer.status_code == 403
    # A link leads to the page of the cité and changes nothing.
    assert seated.get(f"{CITES}94-orly/quartiers/").status_code == 302
    assert seated.get(f"{CITES}99-nulle-part/").status_code == 404


def test_without_contours_the_page_says_what_to_do(seated: Client) -> None:
    School.objects.update(neighbourhood=None)
    NeighbourhoodCommune.objects.all().delete()
    Neighbourhood.objects.all().delete()

    assert "territories load" in seated.get(LIST).content.decode()


@pytest.mark.parametrize("address", [LIST, SCHOOLS, CITES])
def test_somebody_without_a_seat_sees_nothing(client: Client, someone: User, address: str) -> None:
    anonymous = client.get(address)
    client.force_login(someone, backend="django.contrib.auth.backends.ModelBackend")

    assert anonymous.status_code == 302
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("extra", [1, 20])
def test_a_longer_list_asks_no_more_of_the_database(
    seated: Client, extra: int, django_assert_max_num_queries
) -> None:
    for number in range(extra):
        Neighbourhood.objects.create(
            code=f"QN094{number:02d}N",
            name="x",
            generation="2024",
            valid_from_date=date(2024, 1, 1),
            department_id="94",
            outline=shapely.to_wkb(shapely.box(2, 48, 3, 49)),
            layer="essai",
        )

    with django_assert_max_num_queries(18):
        seated.get(LIST)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [DESKTOP, PHONE, ENLARGED], ids=["desktop", "phone", "enlarged"])
def test_every_page_is_open_to_all_at_every_size(
    seated: Client, cite: CiteEducative, open_browser: Callable[..., Visit], size: dict[str, int]
) -> None:
    Membership.objects.update(role="ADMINISTRATOR")
    visit = open_browser(session=seated.cookies["sessionid"].value, size=size)

    for path in (LIST, f"{LIST}QN09401M/", SCHOOLS, CITES, f"{CITES}94-orly/"):
        visit.go(path)

        assert visit.barriers() == [], path
        assert not visit.overflows(), path
    assert visit.complaints == []
