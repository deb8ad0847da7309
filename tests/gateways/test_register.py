"""A number leaves, nothing else; what the register does not say is never held against anybody."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.grants import scene as scenes
from tests.grants.scene import AT, RNA, SIRET, Scene
from traitdunion.gateways import register
from traitdunion.gateways.models import Message as Outbox
from traitdunion.grants import operations, queries
from traitdunion.partners.models import Identifier, Organisation
from traitdunion.territories.models import Commune, Department

FOUND = {
    "siren": SIRET[:9],
    "nom_complet": "COUP DE POUCE",
    "etat_administratif": "A",
    "siege": {"siret": SIRET, "adresse": "9 RUE DES LILAS 94000 CRETEIL", "commune": "94028"},
    "complements": {"est_association": True, "identifiant_association": RNA},
}


class Register:
    """The State's register on this machine: it keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.answer, self.status = "", 200
        register_ = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                register_.asked.append(parse_qs(urlsplit(self.path).query))
                self.send_response(register_.status)
                self.end_headers()
                self.wfile.write(register_.answer.encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/search"

    def says(self, **changes: object) -> None:
        self.answer = json.dumps({"results": [{**FOUND, **changes}]})


@pytest.fixture
def asked(settings: object) -> Iterator[Register]:
    made = Register()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    settings.REGISTER_URL = made.url
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def scene(db: None) -> Scene:
    built = scenes.build()
    Identifier.objects.filter(organisation=built.association).delete()
    Organisation.objects.filter(pk=built.association.pk).update(address="")
    built.association.refresh_from_db()
    return built


def _identify(scene: Scene, number: str = RNA) -> str:
    return operations.identify(
        organisation=scene.association, number=number, by=scene.bakary, at=AT
    )


def test_what_the_register_knows_is_not_asked_again(scene: Scene, asked: Register) -> None:
    asked.says()

    said = _identify(scene)

    assert asked.asked == [{"q": [RNA], "per_page": ["1"]}]
    assert "COUP DE POUCE" in said
    assert queries.numbers_of(scene.association) == {"RNA": RNA, "SIRET": SIRET}
    scene.association.refresh_from_db()
    assert scene.association.address == "9 RUE DES LILAS 94000 CRETEIL"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"complements": {"identifiant_association": RNA}}, "n’est pas une association"),
        ({"etat_administratif": "C"}, "fermée"),
    ],
)
def test_who_is_no_association_is_told_at_once(
    scene: Scene, asked: Register, changes: dict[str, object], word: str
) -> None:
    asked.says(**changes)

    with pytest.raises(operations.Ineligible, match=word):
        _identify(scene)

    assert not queries.numbers_of(scene.association)


@pytest.mark.parametrize(
    ("status", "answer"), [(503, ""), (200, "<html>"), (200, "[]"), (200, '{"results": [3]}')]
)
def test_a_register_that_does_not_answer_stops_nobody(
    scene: Scene, asked: Register, status: int, answer: str
) -> None:
    asked.status, asked.answer = status, answer

    said = _identify(scene)

    assert "vérifié plus tard" in said
    assert queries.numbers_of(scene.association) == {"RNA": RNA}


def test_an_answer_about_somebody_else_is_no_answer(asked: Register) -> None:
    asked.says()

    assert register.look_up("W751000001", url=asked.url) is None
    assert register.look_up(RNA, url=asked.url).siret == SIRET


def test_without_a_register_what_is_typed_is_kept(scene: Scene) -> None:
    assert _identify(scene) == ""
    assert queries.numbers_of(scene.association) == {"RNA": RNA}


def test_an_association_without_access_starts_with_its_number(scene: Scene) -> None:
    commune = Commune.objects.create(
        code="94028", name="Créteil", department=Department.objects.get(code="94")
    )
    newcomer = operations.Newcomer(
        number="w2a1000123", association="A Manu", commune=commune, email="a@example.org"
    )
    ask = {"newcomer": newcomer, "language": "fr", "by": scene.driss, "at": AT}

    made = operations.open_access(**ask)

    assert made.department_id == "94" and made.kind == "ASSOCIATION"
    assert "/invitation/" in Outbox.objects.get(recipient="a@example.org").context["link"]
    # Nobody takes the place of an association by knowing its number.
    with pytest.raises(operations.AlreadyHere):
        operations.open_access(**ask)
