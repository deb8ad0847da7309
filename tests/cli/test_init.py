"""From nothing to a service that its first administrator can enter."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from traitdunion.base.actors import ROBOT
from traitdunion.cli import init
from traitdunion.partners import operations, queries
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import queries as programme
from traitdunion.programme.schema import PlanRefused
from traitdunion.territories import queries as territories

pytestmark = pytest.mark.django_db

PLAN = str(Path(init.__file__).parents[1] / "programme/plans/2020-04-continuite-educative.toml")
PASSWORD = "une phrase assez longue"


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    capsys.readouterr()
    assert init.run([PLAN, "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_init_brings_the_programme_the_communes_and_a_way_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = answered(capsys, "--email", "lea@ville.example")

    assert programme.current().code == document["programme"]
    assert territories.has_communes()
    assert document["login"] == "lea@ville.example"
    assert "/invitation/" in document["first_access"]


def test_the_link_opens_the_administration_once(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    link = answered(capsys)["first_access"]
    path = link.removeprefix("http://127.0.0.1:8000")

    client.post(path, {"full_name": "Léa", "password": PASSWORD, "again": PASSWORD})

    organisation = queries.of_kind(Kind.MINISTRY).get()
    assert [m.role for m in queries.members(organisation)] == [Role.ADMINISTRATOR]
    with pytest.raises(queries.InvitationRefused):
        queries.pending_invitation(link.split("/")[-2], datetime.now(UTC))


def test_a_second_time_changes_nothing_and_opens_nothing_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    token = answered(capsys)["first_access"].split("/")[-2]
    operations.accept_invitation(
        token=token, full_name="Léa", password=PASSWORD, by=ROBOT, at=datetime.now(UTC)
    )

    again = answered(capsys)

    assert again["first_access"] is None
    assert queries.of_kind(Kind.MINISTRY).count() == 1


def test_a_lost_link_is_given_again_while_nobody_has_come_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = answered(capsys)["first_access"]

    assert answered(capsys)["first_access"] not in {None, first}


def test_a_rehearsal_reads_the_file_and_writes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert answered(capsys, "--dry-run")["dry_run"]

    assert programme.current_or_none() is None


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfe", "UTF-8"), (None, "absent.toml » : fichier ou dossier introuvable")],
    ids=["bytes", "nothing"],
)
def test_a_file_that_cannot_be_read_is_said_with_its_name(
    content: bytes | None, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "absent.toml"
    if content:
        path.write_bytes(content)

    with pytest.raises(init.CannotRead, match=says):
        init.run([str(path)])


def test_a_wrong_programme_is_refused_before_any_table_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(Path(PLAN).read_text().replace("last_degree = 2", "last_degree = -2"))

    with pytest.raises(PlanRefused, match=r"allocation\.last_degree"):
        init.run([str(path)])
