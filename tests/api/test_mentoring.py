"""Sessions that a program logs, and what nobody reads through the API: a name, a note."""

from typing import Any

import pytest

from tests.api.conftest import Program
from tests.web.world import World
from traitdunion.mentoring.models import Alert, Session
from traitdunion.people import operations as people
from traitdunion.people.models import Person

pytestmark = pytest.mark.django_db
HOUR = "2020-05-20T17:00:00+02:00"


def log(program: Program, world: World, key: str | None = None, **facts: Any) -> Any:
    body = {
        "pair": str(world.a.mentoring.pair.pk), "started_at": HOUR, "minutes": 45,
        "mode": "REMOTE", **facts,
    }  # fmt: skip
    return program.ask("post", "sessions", body, key)


def test_a_session_is_logged_and_the_same_hour_again_is_the_same(world, callers) -> None:
    before = Session.objects.count()

    first, again = log(callers["ines"], world), log(callers["ines"], world)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert Session.objects.count() == before + 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"minutes": 0}, "600 minutes"),
        ({"minutes": -5}, "600 minutes"),
        ({"started_at": "2099-01-01T10:00:00+01:00"}, "pas encore eu lieu"),
        ({"started_at": "2020-03-01T10:00:00+01:00"}, "avant le binôme"),
        ({"mode": "PIGEON"}, "ON_SITE"),
    ],
)
def test_a_session_that_cannot_have_been_is_refused(world, callers, facts, said) -> None:
    answer = log(callers["ines"], world, **facts)

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_a_session_without_a_current_check_is_kept_and_flagged(world, callers) -> None:
    """The check of May 2020 lasts until November; this hour is of December."""
    answer = log(callers["ines"], world, started_at="2020-12-10T17:00:00+01:00")

    assert answer.status_code == 201
    assert answer.json()["is_unchecked"]
    assert Alert.objects.filter(kind="CHECK", pair=world.a.mentoring.pair).count() == 1


def test_no_list_tells_a_name_or_a_note(world, callers) -> None:
    young = world.a.mentoring.young
    people.write_note(
        person_id=young.person_id, organisation_id=world.a.mentoring.network.organisation_id,
        text="Son père est parti.", by=world.people["ines"], at=young.referred_at,
    )  # fmt: skip
    name = Person.objects.get(pk=young.person_id).last_name

    for path in ("young-people", "mentors", "pairs", "sessions", "alerts"):
        text = callers["hugo"].ask("get", path).content.decode()
        assert '"items":' in text
        assert name not in text and "père" not in text


def test_a_school_reads_an_alert_once_it_is_shared_with_it(world, callers) -> None:
    alert = world.a.mentoring.alert
    assert callers["chloe"].ask("get", f"alerts/{alert.pk}").status_code == 404

    Alert.objects.filter(pk=alert.pk).update(
        shared_with=world.a.school, shared_at=alert.raised_at,
        family_told_on=alert.raised_at.date(),
    )  # fmt: skip

    assert callers["chloe"].ask("get", f"alerts/{alert.pk}").json()["kind"] == "DROP_OUT"
    assert callers["yanis"].ask("get", f"alerts/{alert.pk}").status_code == 404
