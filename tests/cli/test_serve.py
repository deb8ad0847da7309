"""The server answers, refuses what it must, and leaves when asked."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.cli import init, serve, worker
from traitdunion.gateways import operations as gateways

PLAN = str(Path(init.__file__).parents[1] / "programme/plans/2020-04-continuite-educative.toml")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "TRAITDUNION_DEMONSTRATION": "yes"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "traitdunion", *words],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "traitdunion", "serve", "--port", str(port)],
        cwd=folder,
        env=ENVIRONMENT,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def status(port: int, path: str) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as asked:
                asked.request("GET", path)
                return asked.getresponse().status
        except OSError:
            time.sleep(0.2)
    return 0


@pytest.mark.once
def test_from_nothing_to_a_page_then_gone_when_asked(tmp_path: Path) -> None:
    port = free_port()
    assert command(tmp_path, "init", PLAN).returncode == 0

    with serving(tmp_path, port) as process:
        assert status(port, "/healthz") == 200
        assert status(port, "/programme/") == 200
        second = command(tmp_path, "serve", "--port", str(port))

    assert second.returncode == 2 and "déjà pris" in second.stderr
    assert process.returncode is not None


@pytest.mark.django_db
def test_outside_a_demonstration_what_is_missing_is_named(settings: SimpleNamespace) -> None:
    settings.DEMONSTRATION = False
    settings.DPO_CONTACT = settings.DPIA_REFERENCE = ""

    with pytest.raises(serve.NotReady) as refused:
        serve.check(host="127.0.0.1", port=free_port())

    assert "TRAITDUNION_DPO_CONTACT" in str(refused.value)
    assert "TRAITDUNION_DPIA_REFERENCE" in str(refused.value)


@pytest.mark.django_db
def test_one_process_and_one_thread_write_on_sqlite_two_of_each_on_postgresql() -> None:
    words = serve.server_command(host="::1", port=1, workers=serve.default_workers())

    many = "1" if connection.vendor == "sqlite" else "2"
    assert words[words.index("--workers") + 1] == many
    assert words[words.index("--blocking-threads") + 1] == many


def test_every_process_of_the_server_signs_with_the_same_key(
    settings: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRAITDUNION_SECRET_KEY", raising=False)
    settings.SECRET_KEY = "drawn just now"

    assert serve.server_environment()["TRAITDUNION_SECRET_KEY"] == "drawn just now"


def test_a_key_kept_in_a_file_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAITDUNION_SECRET_KEY", raising=False)
    monkeypatch.setenv("TRAITDUNION_SECRET_KEY_FILE", "/run/secrets/key")

    assert "TRAITDUNION_SECRET_KEY" not in serve.server_environment()


@pytest.mark.django_db
def test_a_duty_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def fail(at: object) -> int:
        raise RuntimeError

    assert worker._perform(worker.Duty("broken", 1, fail)) == 0
    assert "duty broken failed" in caplog.text


@pytest.mark.django_db
def test_the_worker_sends_what_waits() -> None:
    gateways.post(
        to="yanis@school.example",
        template="invitation",
        context={"link": "https://pret.example/x", "organisation": "Collège B"},
        language="fr",
        by=ROBOT,
        at=now(),
    )

    sent = {duty.name: worker._perform(duty) for duty in worker.duties()}

    assert sent["messages"] == 1
    assert mail.outbox[0].to == ["yanis@school.example"]


@pytest.mark.once
def test_the_worker_ends_its_turn_and_leaves(tmp_path: Path) -> None:
    command(tmp_path, "init", PLAN)

    once = command(tmp_path, "worker", "--once", "--json")

    assert once.returncode == 0
    assert '"tasks": 0' in once.stdout


@pytest.mark.once
def test_the_worker_leaves_when_asked(tmp_path: Path) -> None:
    command(tmp_path, "init", PLAN)
    process = subprocess.Popen(
        [sys.executable, "-m", "traitdunion", "worker"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(6)
    assert process.poll() is None, "the worker stays"

    os.kill(process.pid, signal.SIGTERM)

    assert process.wait(timeout=20) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9/nobody"])
def test_no_address_leaves_unless_asked_for_and_while_a_census_is_open(
    url: str, settings: SimpleNamespace
) -> None:
    settings.GEOCODER_URL = url
    init.run([PLAN, "--json"])

    assert worker._place_addresses(now()) == 0
