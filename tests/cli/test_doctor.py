"""The doctor names what is missing or dangerous, one line each, and is never satisfied alone."""

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from traitdunion.base.actors import ROBOT
from traitdunion.cli import doctor, health, init
from traitdunion.gateways import operations as gateways
from traitdunion.jobs import operations as jobs

pytestmark = pytest.mark.django_db

PLAN = str(Path(init.__file__).parents[1] / "programme/plans/2020-04-continuite-educative.toml")
AT = datetime(2020, 5, 12, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _real_service(settings: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation in which everything that a setting can do is done."""
    for name in [n for n in os.environ if n.startswith("TRAITDUNION_")]:
        monkeypatch.delenv(name)
    settings.DEMONSTRATION = settings.DEBUG = False
    settings.SECRET_KEY, settings.SECRET_KEY_IS_LASTING = "k" * 50, True
    settings.PSEUDONYM_KEY = "p" * 50
    settings.PUBLIC_URL, settings.SERVED_OVER_TLS = "https://pret.example", True
    settings.ALLOWED_HOSTS = ["pret.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.DPO_CONTACT, settings.DPIA_REFERENCE = "dpd@pret.example", "AIPD-1"
    settings.SERVICE_OWNER, settings.SERVICE_CONTACT = "Préfecture", "nous@pret.example"
    settings.EMAIL_URL, settings.EMAIL_HOST = "smtp.example", "smtp.example"
    settings.DEFAULT_FROM_EMAIL = "nous@pret.example"


def level(code: str) -> str:
    return next(f.level for f in health.findings(at=AT) if f.code == code)


def test_an_empty_installation_lacks_a_programme_contours_and_people() -> None:
    wrong = {f.code for f in health.findings(at=AT) if f.level == health.WRONG}

    assert wrong == {
        *("programme", "controllers", "contours", "schools", "administrator", "backup")
    }


def test_every_fault_comes_with_its_remedy() -> None:
    assert all(f.remedy for f in health.findings(at=AT) if f.level != health.OK)


@pytest.mark.parametrize(
    ("code", "setting", "value"),
    [
        ("demonstration", "DEBUG", True),
        ("secret-key", "SECRET_KEY_IS_LASTING", False),
        ("secret-key", "SECRET_KEY", "short"),
        ("pseudonym-key", "PSEUDONYM_KEY", "pseudonyms:k"),
        ("hosts", "ALLOWED_HOSTS", ["*"]),
        ("hosts", "ALLOWED_HOSTS", ["127.0.0.1"]),
        ("hosts", "PUBLIC_URL", "https://localhost"),
        ("tls", "SERVED_OVER_TLS", False),
        ("proxy", "SECURE_PROXY_SSL_HEADER", None),
        ("proxy", "SERVED_OVER_TLS", False),
        ("dpo", "DPO_CONTACT", ""),
        ("dpia", "DPIA_REFERENCE", ""),
        ("owner", "SERVICE_CONTACT", ""),
        ("email", "EMAIL_URL", ""),
        ("email", "DEFAULT_FROM_EMAIL", "ne-pas-repondre@localhost"),
        ("geocoder", "GEOCODER_URL", "http://ban.example"),
        ("backup", "BACKUP_DIR", "/nowhere/at/all"),
    ],
)
def test_each_dangerous_setting_is_seen(
    code: str, setting: str, value: object, settings: SimpleNamespace
) -> None:
    before = level(code)

    setattr(settings, setting, value)

    assert (before == health.WRONG) is (code == "backup")
    assert level(code) == health.WRONG


def test_a_variable_that_nothing_reads_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAITDUNION_DPO", "x")

    assert level("settings") == health.WRONG


def test_a_register_without_its_protection_is_seen() -> None:
    assert level("registers") == health.OK

    on = "" if connection.vendor == "sqlite" else " ON journal_event"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER journal_event_no_update{on}")

    assert level("registers") == health.WRONG


def test_work_that_nobody_takes_up_is_seen() -> None:
    assert level("worker") == health.OK

    asked = AT - timedelta(minutes=3)
    jobs.open_work(kind="propose", organisation_id=None, total=1, by=ROBOT, at=asked)

    assert level("worker") == health.WRONG


def test_messages_that_should_have_left_are_seen() -> None:
    asked = AT - timedelta(hours=1)
    gateways.post(
        to="a@b.example", template="invitation", context={}, language="fr", by=ROBOT, at=asked
    )

    assert level("email") == health.WRONG


@pytest.mark.parametrize(("hours", "seen"), [(1, health.OK), (30, health.WRONG)])
def test_the_age_of_the_last_backup_is_looked_at(
    hours: int, seen: str, settings: SimpleNamespace, tmp_path: Path
) -> None:
    settings.BACKUP_DIR = str(tmp_path)
    dump = tmp_path / "traitdunion.dump"
    dump.write_bytes(b"x")
    then = time.time() - hours * 3600
    os.utime(dump, (then, then))

    assert level("backup") == seen


def test_a_strand_for_which_nobody_answers_is_named(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    lines = Path(PLAN).read_text().splitlines()
    kept = [line for line in lines if not line.startswith('controller = "Le réseau')]
    plan.write_text("\n".join(kept))
    init.run([str(plan)])

    found = next(f for f in health.findings(at=AT) if f.code == "controllers")

    assert found.level == health.WRONG
    assert "mentoring" in found.says


def test_a_demonstration_on_ones_own_machine_is_not_blamed_for_it(
    settings: SimpleNamespace,
) -> None:
    settings.DEMONSTRATION = True
    settings.DPO_CONTACT = settings.DPIA_REFERENCE = settings.BACKUP_DIR = ""
    settings.SERVED_OVER_TLS = settings.SECRET_KEY_IS_LASTING = False

    levels = {f.code: f.level for f in health.findings(at=AT)}

    assert all(levels[code] != health.WRONG for code in health.OF_A_REAL_SERVICE)
    assert levels["demonstration"] == health.NOTE
    assert health.reasons_not_to_serve(at=AT) == []


@pytest.mark.parametrize("setting", ["DPO_CONTACT", "DPIA_REFERENCE", "SECRET_KEY_IS_LASTING"])
def test_real_people_do_not_come_in_before_what_the_law_asks(
    setting: str, settings: SimpleNamespace
) -> None:
    init.run([PLAN])
    assert health.reasons_not_to_serve(at=AT) == []

    setattr(settings, setting, "")

    assert len(health.reasons_not_to_serve(at=AT)) == 1


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    return lambda: capsys.readouterr().err


def test_the_command_says_it_line_by_line(said: Callable[[], str]) -> None:
    assert doctor.run([]) == 1

    lines = said().splitlines()
    assert len(lines) == len(health.CHECKS) + 1
    assert any(line.startswith("à corriger") and "programme" in line for line in lines)


def test_the_document_holds_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.run(["--json"])

    document = json.loads(capsys.readouterr().out)
    assert not document["ok"]
    assert [f["code"] for f in document["findings"]] == list(health.CHECKS)
