"""A seal kept elsewhere: mailed once a day, and compared with the chain by `verify`."""

import json
import sqlite3
from datetime import timedelta

import pytest
from django.core import mail

from tests.cli.conftest import traitdunion
from tests.journal.conftest import AT, Office
from traitdunion.cli import worker
from traitdunion.journal import queries as journal

KEPT_BY = ["greffe@chambre-regionale.invalid", "archives@prefecture.invalid"]


def perform(name: str, at: object) -> int:
    return next(duty for duty in worker.duties() if duty.name == name).do(at)


@pytest.fixture
def office(db: None) -> Office:
    made = Office()
    made.work_a_day()
    made.seal()
    return made


def test_those_who_keep_the_seal_elsewhere_get_it_once_a_day(office: Office, settings) -> None:
    settings.SEAL_RECIPIENTS = KEPT_BY

    left = [perform("seal_copies", AT + timedelta(hours=hour)) for hour in (30, 31, 40, 55)]
    perform("messages", AT + timedelta(hours=56))

    assert left == [2, 0, 0, 2]
    assert sorted(one.to[0] for one in mail.outbox) == sorted(KEPT_BY * 2)
    assert all(journal.last_seal().hash in one.body for one in mail.outbox)


def test_nobody_is_written_to_where_nobody_keeps_seals(office: Office, settings) -> None:
    settings.SEAL_RECIPIENTS = []

    assert perform("seal_copies", AT + timedelta(days=1)) == 0


@pytest.mark.once
def test_a_copy_of_a_seal_is_found_in_the_chain_and_a_false_one_is_not(demonstration: str) -> None:
    with sqlite3.connect(demonstration.removeprefix("sqlite:///")) as database:
        [kept] = database.execute("select hash from journal_seal order by number").fetchone()
    false = kept[:-1] + ("0" if kept[-1] != "0" else "1")

    right = traitdunion("verify", "--seal", kept, url=demonstration)
    wrong = traitdunion("verify", "--seal", false, "--json", url=demonstration)

    assert right.returncode == 0, right.stderr
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout)["first_wrong"]["table"] == "journal_seal"
