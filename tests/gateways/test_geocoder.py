"""Addresses leave alone, and no answer is never an « outside »."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.census.conftest import AT, World, world
from traitdunion.base.actors import ROBOT
from traitdunion.census import operations
from traitdunion.census.models import Need
from traitdunion.census.states import Doubt, NeedState
from traitdunion.gateways import geocoder
from traitdunion.jobs import tasks
from traitdunion.jobs.models import Work
from traitdunion.people.models import Address

__all__ = ["world"]
HEADER = "text,postcode,city,result_type,result_score,longitude,latitude,result_citycode"
LIST = (
    "Nom;Prénom;Date de naissance;Adresse;CP;Commune;Équipement;Connexion\n"
    "DIALLO;Aïcha;04/05/2009;1 rue du Lin;94000;Trame;aucun;aucune\n"
)


class Service:
    """A batch search on this machine: it keeps what it was sent, and answers what it is told."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.answer, self.status = "", 200
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                service.sent.append(self.rfile.read(length))
                self.send_response(service.status)
                self.end_headers()
                self.wfile.write(service.answer.encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/search/csv"

    def says(self, *rows: str) -> None:
        self.answer = "\n".join((HEADER, *rows)) + "\n"


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def place(world: World, service: Service) -> Callable[[], int]:
    """Ask the service about everything that waits."""
    world.take(LIST)
    return partial(
        operations.place_waiting,
        census=world.census,
        plan=world.plan,
        generation="2015",
        geocode=partial(geocoder.search, url=service.url),
        by=ROBOT,
        at=AT + timedelta(hours=1),
    )


def test_a_house_number_found_surely_decides(place: Callable[[], int], service: Service) -> None:
    service.says("1 rue du Lin,94000,Trame,housenumber,0.97,2.405,48.805,94028")

    assert place() == 1

    need = Need.objects.get()
    assert (need.state, need.neighbourhood.code) == (NeedState.OPEN, "QP094001")


@pytest.mark.parametrize(
    ("answer", "kind", "score"),
    [
        ("street,0.99,2.405,48.805,94028", "street", 0.99),
        ("municipality,0.99,2.405,48.805,94028", "municipality", 0.99),
        ("housenumber,0.41,2.405,48.805,94028", "housenumber", 0.41),
        (",,,,", "", None),
        ("housenumber,nan?,2.405,48.805,", "", None),
    ],
    ids=["street only", "town only", "not sure", "nothing", "nonsense"],
)
def test_anything_less_is_kept_and_decides_nothing(
    place: Callable[[], int], service: Service, answer: str, kind: str, score: float | None
) -> None:
    service.says(f"1 rue du Lin,94000,Trame,{answer}")

    assert place() == 0

    need, address = Need.objects.get(), Address.objects.get()
    assert (need.state, need.doubt) == (NeedState.DOUBTFUL, Doubt.ADDRESS)
    assert (address.found_type, address.found_score, address.lon) == (kind, score, None)


def test_no_name_and_no_identifier_leave(place: Callable[[], int], service: Service) -> None:
    service.says("1 rue du Lin,94000,Trame,housenumber,0.97,2.405,48.805,94028")

    place()

    sent = b"".join(service.sent).decode()
    assert "1 rue du Lin,94000,Trame" in sent
    assert not any(
        word in sent for word in ("DIALLO", "Aïcha", "2009", str(Need.objects.get().pk))
    )


@pytest.mark.parametrize("status", [500, 429, 404])
def test_a_service_that_fails_leaves_everything_waiting(
    place: Callable[[], int], service: Service, status: int
) -> None:
    service.status = status

    with pytest.raises(geocoder.GeocoderUnavailable):
        place()

    assert Address.objects.get().asked_at is None
    assert Need.objects.get().doubt == Doubt.ADDRESS


def test_an_answer_of_another_length_is_refused(
    place: Callable[[], int], service: Service
) -> None:
    service.says()

    with pytest.raises(geocoder.GeocoderUnavailable, match="0 lignes pour 1"):
        place()


def test_outside_said_by_a_house_number_is_outside(
    place: Callable[[], int], service: Service
) -> None:
    service.says("1 rue du Lin,94000,Trame,housenumber,0.97,2.30,48.70,94028")

    place()

    assert Need.objects.get().state == NeedState.OUT


def test_a_list_recorded_by_its_page_has_its_addresses_placed_by_the_worker(
    world: World, service: Service, settings: object
) -> None:
    settings.GEOCODER_URL = service.url
    service.says("1 rue du Lin,94000,Trame,housenumber,0.97,2.405,48.805,94028")
    world.take(LIST)

    tasks.place_soon(by=ROBOT, at=AT)

    assert Need.objects.get().state == NeedState.OPEN
    assert Work.objects.get().state == "DONE"


def test_nothing_leaves_while_no_geocoder_is_set(world: World, service: Service) -> None:
    world.take(LIST)

    tasks.place_soon(by=ROBOT, at=AT)

    assert service.sent == [] and not Work.objects.exists()


def test_a_service_that_fails_ends_the_work_with_its_reason(
    world: World, service: Service, settings: object
) -> None:
    settings.GEOCODER_URL, service.status = service.url, 500
    world.take(LIST)

    tasks.place_soon(by=ROBOT, at=AT)

    work = Work.objects.get()
    assert work.state == "FAILED" and "géocodeur ne répond pas" in work.message
