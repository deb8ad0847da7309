"""A préfecture de région looks over the départements of its region, and no other."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.budget.conftest import WHO, open_envelope, organisation, somebody
from traitdunion.budget import queries as budget
from traitdunion.budget.models import Envelope
from traitdunion.partners import operations, queries
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.territories.models import Department, Region

pytestmark = pytest.mark.django_db


def region(code: str, *departments: str) -> Region:
    made = Region.objects.create(code=code, name=f"Région {code}")
    for one in departments:
        Department.objects.create(code=one, name=f"Département {one}", region=made)
    return made


def prefecture(name: str, **place: object) -> Organisation:
    return operations.create_organisation(
        kind=Kind.PREFECTURE, name=name, identifiers={}, **place, **WHO
    )


def envelope_in(department: str) -> Envelope:
    holder = prefecture(f"Préfecture {department}", department_id=department)
    return open_envelope(100_000, holder=holder, label=f"Équipement {department}")


def seen_by(user: User) -> set[str]:
    return {one.label for one in budget.envelopes_seen_by(queries.seats(user)[0])}


def administrator() -> Client:
    client = Client()
    client.force_login(
        somebody("lea", organisation(Kind.MINISTRY, "Ministère"), Role.ADMINISTRATOR)
    )
    return client


def asked(**changes: str) -> dict[str, str]:
    facts = {"kind": Kind.PREFECTURE, "name": "Préfecture de région", "scheme": "SIRET"}
    return {**facts, "value": "356 000 000 00048", "region": "11", **changes}


def test_a_prefecture_of_a_region_sees_the_envelopes_of_its_departements() -> None:
    region("11", "93", "94"), region("32", "59")
    for code in ("93", "94", "59"):
        envelope_in(code)
    here = somebody("rosa", prefecture("Région 11", region_id="11"))
    elsewhere = somebody("nils", prefecture("Région 32", region_id="32"))

    assert seen_by(here) == {"Équipement 93", "Équipement 94"}
    assert seen_by(elsewhere) == {"Équipement 59"}


def test_a_prefecture_of_a_departement_sees_no_neighbour_of_its_region() -> None:
    """Negative control: the region of its département opens nothing."""
    region("11", "93", "94")
    envelope_in("94")
    own = envelope_in("93")

    assert seen_by(somebody("alice", own.holder)) == {"Équipement 93"}


def test_the_administrator_creates_a_prefecture_of_a_region() -> None:
    region("11", "93")

    answer = administrator().post(reverse("partners:new_organisation"), asked())

    made = Organisation.objects.get(name="Préfecture de région")
    assert answer.status_code == 302
    assert (made.region_id, made.department_id) == ("11", None)


def test_only_a_prefecture_has_a_region() -> None:
    region("11", "93")

    page = administrator().post(reverse("partners:new_organisation"), asked(kind=Kind.ASSOCIATION))

    assert "seule une préfecture en a une" in page.content.decode()
    assert not Organisation.objects.filter(name="Préfecture de région").exists()


def test_a_prefecture_cannot_make_somebody_look_over_its_region() -> None:
    region("11", "93")
    client = Client()
    client.force_login(somebody("alice", prefecture("Préfecture 93", department_id="93")))

    client.post(reverse("partners:new_organisation"), asked())

    made = Organisation.objects.get(name="Préfecture de région")
    assert (made.region_id, made.department_id) == (None, "93")
